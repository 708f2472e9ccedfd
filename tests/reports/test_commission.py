"""Commission statements: what a creator earned, lost to refunds, billed, received, and is owed."""

from __future__ import annotations

import datetime as dt

from truelift.ledger.source import CommissionEarned
from truelift.reports.commission import (
    CommissionSums,
    OrderSums,
    order_lines,
    share,
    statement,
)

DAY = dt.date(2026, 5, 12)


def order(name, base, currency="USD", rate=100_000, agreement="A"):
    return CommissionEarned(name, agreement, base, currency, rate, DAY)


def test_open_is_what_is_earned_less_reversed_and_paid():
    sums = [CommissionSums("A", "ana", "USD", 1500, 400, 600, 900, 700)]
    found = statement(sums, [order("1", 10000), order("2", 5000)])
    (row,) = found.rows
    assert (row["orders"], row["base"], row["rate"], row["open"]) == (2, 15000, "0.1", 400)
    assert (row["validated"], row["invoiced"]) == (600, 900)
    assert found.totals[0]["orders"] == 2


def test_a_base_in_several_currencies_and_several_rates_are_left_to_the_lines():
    orders = [order("1", 10000), order("2", 5000, "EUR", 200_000)]
    (row,) = statement([CommissionSums("A", "ana", "USD", 1)], orders).rows
    assert (row["base"], row["base_currency"], row["rate"]) == (None, None, None)
    (row,) = statement([CommissionSums("B", "ana", "USD", 1)], orders).rows
    assert (row["orders"], row["base"]) == (0, None)


def test_lines_are_by_day_with_their_own_base_and_the_agreement_is_told_below():
    sums = [OrderSums("1", "A", "spring", "USD", 1000, 400), OrderSums("9", "A", None, "USD", 5, 0)]
    whole = [CommissionSums("A", "ana", "USD", 1005, 400, 0, 300, 100)]
    found = order_lines(sums, [order("1", 10000, "EUR")], "ana", whole)
    first, second = found.rows
    assert (first["base"], first["base_currency"], first["left"]) == (10000, "EUR", 600)
    assert (second["ordered_on"], second["base"], second["rate"]) == (None, None, None)
    assert found.totals[0]["left"] == 605
    assert found.sentences[1] == "A, USD: 6.05 left, 3.00 invoiced, 1.00 paid, 5.05 open."


def test_a_rate_is_written_as_a_plain_share():
    assert [share(ppm) for ppm in (100_000, 125_500, 1_000_000, 0)] == ["0.1", "0.1255", "1", "0"]
