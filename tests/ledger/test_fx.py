"""Rates are the last known ones: none from the future, none made up, none too old."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.fx import RateRow, RateSet

ROWS = [
    RateRow("2026-05-01", "EUR", "USD", "1.10", "ecb"),
    RateRow("2026-05-08", "EUR", "USD", "1.20", "ecb"),
    RateRow("2026-05-01", "EUR", "GBP", "0.80", "own"),
    RateRow("2026-05-01", "USD", "KWD", "0.3", "own"),
]
RATES = RateSet(ROWS)


def found(day, source, target, rates=RATES):
    rate = rates.find(dt.date(2026, 5, day), source, target)
    return rate and rate.rate


def test_a_day_without_a_rate_takes_the_last_known_one():
    assert found(7, "EUR", "USD") == Decimal("1.10")
    assert found(8, "EUR", "USD") == Decimal("1.20")
    assert found(18, "EUR", "USD") == Decimal("1.20")


def test_before_the_first_and_ten_days_after_the_last_there_is_none():
    assert RATES.find(dt.date(2026, 4, 30), "EUR", "USD") is None
    assert found(19, "EUR", "USD") is None
    assert found(12, "EUR", "GBP") is None
    assert found(2, "EUR", "CHF") is None


def test_a_cross_goes_through_the_euro_and_names_both_sets():
    rate = RATES.find(dt.date(2026, 5, 2), "GBP", "USD")
    assert rate.rate == Decimal("1.375")
    assert rate.rate_set == "ecb+own"
    assert found(12, "GBP", "USD") is None
    assert found(2, "GBP", "CHF") is None


def test_a_pair_that_is_quoted_itself_is_taken_both_ways():
    assert found(2, "USD", "KWD") == Decimal("0.3")
    assert found(2, "KWD", "USD").quantize(Decimal("0.0001")) == Decimal("3.3333")


def test_one_currency_needs_no_rate():
    assert RateSet().find(dt.date(2026, 5, 1), "USD", "USD") == (Decimal(1), None)


def test_the_later_row_of_a_pair_and_day_counts():
    revised = RateSet([*ROWS, RateRow("2026-05-01", "EUR", "USD", "1.11", "own")])
    assert found(2, "EUR", "USD", revised) == Decimal("1.11")


@given(st.permutations(range(20)), st.integers(1, 31))
def test_the_rate_of_a_day_never_comes_from_its_future(order, day):
    rows = [RateRow(f"2026-05-{each + 1:02}", "EUR", "USD", str(each + 1), "s") for each in order]
    rate = found(day, "EUR", "USD", RateSet(rows))
    assert rate == (min(day, 20) if day <= 30 else None)
