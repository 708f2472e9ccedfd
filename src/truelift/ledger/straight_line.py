"""Straight line: what part of a price each accounting period earns, to exactly the whole price.

In:   a price, the first and last day of the service, the entity's calendar, how far time has come.
Out:  one part per period that has ended, dated by its last day.

A part is what is earned to date less what was earned before, never a rounding of its own. So the
parts sum to the price after the last day, whatever the calendar.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

    from truelift.base.time import Period
    from truelift.ledger.accounting_calendar import AccountingCalendar


class Part(NamedTuple):
    """What one period earned: the period, its last day of service, and how much."""

    period: Period
    on: dt.date
    amount_minor: int


def earned_to_date(price: int, first: dt.date, last: dt.date, day: dt.date) -> int:
    """Give what of a price is earned up to and on a day, day by day, rounded half-even once."""
    whole = (last - first).days + 1
    passed = min(max((day - first).days + 1, 0), whole)
    return round(Fraction(price * passed, whole))


def straight_line(
    price: int,
    first: dt.date,
    last: dt.date,
    calendar: AccountingCalendar,
    *,
    through: dt.date,
    stopped_on: dt.date | None = None,
) -> list[Part]:
    """Give what each period earns that ended up to and on `through`.

    stopped_on: the last day that is earned, where the service ended before its last day. A price
    below zero is the mirror image of one above.
    """
    end = last if stopped_on is None else min(last, stopped_on)
    parts, before = [], 0
    for period, day in calendar.period_ends(first, end):
        if day > through:
            break
        upto = earned_to_date(price, first, last, day)
        parts.append(Part(period, day, upto - before))
        before = upto
    return parts
