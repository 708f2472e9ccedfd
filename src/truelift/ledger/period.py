"""Accounting periods: calendar months, which of them are closed, and where a late fact goes.

In:   the periods that finance has closed.
Out:  whether a day may still be posted to; if not, the first open day after it.

Closing is sequential: nothing is posted before a closed period, since its opening balances would
move. Other calendars (4-4-5) come with the legal entity's own; `base.time.Period` is their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from truelift.base.time import Period

if TYPE_CHECKING:
    import datetime as dt


class PeriodStatus(StrEnum):
    """Whether a period takes entries. A period without a status is open."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which periods are closed.

    statuses: one (period, status) for each period that ever changed its status.
    """

    statuses: frozenset[tuple[Period, PeriodStatus]] = frozenset()

    @property
    def closed_through(self) -> Period | None:
        """Give the last closed period, or None when none is closed."""
        closed = [each for each, status in self.statuses if status is PeriodStatus.CLOSED]
        return max(closed, default=None)

    def is_open(self, period: Period) -> bool:
        """Say whether a period takes entries: neither it nor any later period is closed."""
        closed = self.closed_through
        return closed is None or period > closed

    def first_open(self, period: Period) -> Period:
        """Give the period itself when it is open, else the first open period after it."""
        closed = self.closed_through
        return period if closed is None or period > closed else closed.next()

    def posting_day(self, day: dt.date) -> tuple[dt.date, str | None]:
        """Give the day to post on, and the period (YYYY-MM) it is late for, None when in time."""
        period = Period.of(day)
        if self.is_open(period):
            return day, None
        return self.first_open(period).first_day, str(period)
