"""The accounting calendar of a legal entity: which days a period has.

In:   the calendar's text: `months`, or weeks such as `4-4-5`, `4-4-5:02-01:sunday`.
Out:  the period of a day, the first and the last day of a period.

A calendar of weeks has years of 52 or 53 weeks, each of four quarters with (say) 4, 4 and 5 weeks.
Its year begins on the Monday (or the weekday named) nearest to 1 January (or the day named) and has
the number of the calendar year in which that day lies. The 53rd week belongs to period 12.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from truelift.base.time import Period

MONTHS = "months"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = 7
PERIODS = 12
_FORM = re.compile(r"(4-4-5|4-5-4|5-4-4)(?::(\d\d)-(\d\d))?(?::([a-z]+))?")


@dataclass(frozen=True, slots=True)
class AccountingCalendar:
    """Calendar months, or quarters of weeks.

    weeks: of the three periods of a quarter, empty for months. month, day, weekday: the year begins
    on the weekday (0 is Monday) nearest to this day.
    """

    weeks: tuple[int, ...] = ()
    month: int = 1
    day: int = 1
    weekday: int = 0

    @classmethod
    def parse(cls, text: str) -> AccountingCalendar:
        """Read a calendar's text; ValueError for anything that is none."""
        if text == MONTHS:
            return cls()
        found = _FORM.fullmatch(text)
        if found is None or (found[4] and found[4] not in WEEKDAYS):
            msg = f"{text!r} is no calendar; use months, 4-4-5, or 4-4-5:02-01:sunday"
            raise ValueError(msg)
        weeks = tuple(int(part) for part in found[1].split("-"))
        month, day = int(found[2] or 1), int(found[3] or 1)
        dt.date(2001, month, day)
        return cls(weeks, month, day, WEEKDAYS.index(found[4] or WEEKDAYS[0]))

    def period_of(self, day: dt.date) -> Period:
        """Give the period that a day falls in."""
        if not self.weeks:
            return Period.of(day)
        year = day.year + 1
        while self._start(year) > day:
            year -= 1
        week = (day - self._start(year)).days // WEEK
        number = sum(1 for place in range(1, PERIODS) if self._weeks_before(place + 1) <= week)
        return Period(year, number + 1)

    def first_day(self, period: Period) -> dt.date:
        """Give the first day of a period."""
        if not self.weeks:
            return period.first_day
        weeks = self._weeks_before(period.month)
        return self._start(period.year) + dt.timedelta(weeks=weeks)

    def last_day(self, period: Period) -> dt.date:
        """Give the last day of a period."""
        return self.first_day(period.next()) - dt.timedelta(days=1)

    def period_ends(self, first: dt.date, last: dt.date) -> list[tuple[Period, dt.date]]:
        """Give each period that a span of days touches, with its last day within the span."""
        found = []
        day = first
        while day <= last:
            period = self.period_of(day)
            end = min(self.last_day(period), last)
            found.append((period, end))
            day = end + dt.timedelta(days=1)
        return found

    def _start(self, year: int) -> dt.date:
        nominal = dt.date(year, self.month, self.day)
        away = (self.weekday - nominal.weekday() + WEEK // 2) % WEEK - WEEK // 2
        return nominal + dt.timedelta(days=away)

    def _weeks_before(self, number: int) -> int:
        quarters, rest = divmod(number - 1, len(self.weeks))
        return quarters * sum(self.weeks) + sum(self.weeks[:rest])
