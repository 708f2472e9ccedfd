"""Accounting periods: which of them are closed, and where a late fact goes.

In:   the periods that finance has closed, and the legal entity's calendar (months, 4-4-5).
Out:  whether a day may still be posted to; if not, the first open day after it.

Closing is sequential: nothing is posted before a closed period, since its opening balances would
move.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from truelift.ledger.accounting_calendar import AccountingCalendar

if TYPE_CHECKING:
    import datetime as dt

    from truelift.base.time import Period


class PeriodStatus(StrEnum):
    """Whether a period takes entries. A period without a status is open."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which periods are closed.

    statuses: one (period, status) for each period that ever changed its status. accounting: which
    days each period has.
    """

    statuses: frozenset[tuple[Period, PeriodStatus]] = frozenset()
    accounting: AccountingCalendar = field(default_factory=AccountingCalendar)

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
        period = self.accounting.period_of(day)
        if self.is_open(period):
            return day, None
        return self.accounting.first_day(self.first_open(period)), str(period)
