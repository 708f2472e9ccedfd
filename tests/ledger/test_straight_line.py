"""A term's parts sum to exactly its price, whatever the calendar, and no part is a rounding."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.straight_line import straight_line

MONTHS = AccountingCalendar()
calendars = st.sampled_from(
    [MONTHS, *map(AccountingCalendar.parse, ("4-4-5", "4-5-4:02-01:sunday"))]
)


terms = given(
    st.integers(0, 10**12),
    st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
    st.integers(0, 1_200),
    calendars,
)


@settings(max_examples=300, deadline=None)
@terms
def test_a_retainer_sums_over_its_periods_to_exactly_its_price(price, first, days, calendar):
    adds_up(price, first, days, calendar)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None)
@terms
def test_ten_thousand_retainers_sum_to_exactly_their_price(price, first, days, calendar):
    adds_up(price, first, days, calendar)


def adds_up(price, first, days, calendar):
    last = first + dt.timedelta(days=days)
    parts = straight_line(price, first, last, calendar, through=dt.date.max)
    assert sum(part.amount_minor for part in parts) == price
    assert min(part.amount_minor for part in parts) >= 0
    assert parts[-1].on == last
    earned = 0
    for part in parts:
        earned += part.amount_minor
        exact = Fraction(price * ((part.on - first).days + 1), days + 1)
        assert abs(earned - exact) <= Fraction(1, 2)


def test_only_periods_that_have_ended_are_earned():
    first, last = dt.date(2026, 5, 17), dt.date(2026, 7, 15)
    parts = straight_line(6_000, first, last, MONTHS, through=dt.date(2026, 7, 14))
    assert [(str(part.period), part.amount_minor) for part in parts] == [
        ("2026-05", 1_500),
        ("2026-06", 3_000),
    ]


def test_a_service_that_is_stopped_earns_its_days_only():
    first, last = dt.date(2026, 5, 1), dt.date(2026, 5, 30)
    stopped = dt.date(2026, 5, 10)
    (part,) = straight_line(3_000, first, last, MONTHS, through=dt.date.max, stopped_on=stopped)
    assert (part.on, part.amount_minor) == (stopped, 1_000)
