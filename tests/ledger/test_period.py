"""Closing is sequential: the last closed period closes all before it."""

from __future__ import annotations

from truelift.base.time import Period
from truelift.ledger.period import Calendar, PeriodStatus

APRIL, MAY, JUNE = Period(2026, 4), Period(2026, 5), Period(2026, 6)
CALENDAR = Calendar(frozenset({(MAY, PeriodStatus.CLOSED), (APRIL, PeriodStatus.OPEN)}))


def test_a_period_before_a_closed_one_is_closed_too():
    assert CALENDAR.closed_through == MAY
    assert [CALENDAR.is_open(each) for each in (APRIL, MAY, JUNE)] == [False, False, True]


def test_the_first_open_period_follows_the_last_closed_one():
    assert [CALENDAR.first_open(each) for each in (APRIL, MAY, JUNE)] == [JUNE, JUNE, JUNE]
    december = Calendar(frozenset({(Period(2026, 12), PeriodStatus.CLOSED)}))
    assert december.first_open(MAY) == Period(2027, 1)


def test_without_a_closed_period_everything_is_open():
    assert Calendar().closed_through is None
    assert Calendar().is_open(APRIL)
    assert Calendar().first_open(APRIL) == APRIL
