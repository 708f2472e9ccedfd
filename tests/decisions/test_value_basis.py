"""Which money a decision counts: one rule for all of them, and its words."""

from __future__ import annotations

from truelift.decisions.value_basis import (
    LEAD_DAYS,
    Beside,
    Counted,
    ValueBasis,
    beside,
    other_basis,
    value_basis,
)

OPEN = ValueBasis(Counted.OPEN_LEADS, "v3")
WON = ValueBasis(Counted.WON_LEADS)
ORDERS = ValueBasis(Counted.ORDERS)


def test_leads_count_by_approved_value_until_they_had_time_to_be_won():
    assert value_basis("leads", -20, 800.0, "v3") == OPEN
    assert value_basis("leads", LEAD_DAYS - 1, 800.0, "v3") == OPEN
    assert value_basis("leads", LEAD_DAYS, 800.0, "v3") == WON
    assert value_basis("leads", -20, None, "v3") == WON


def test_sales_count_what_was_won_and_awareness_its_outputs():
    assert value_basis("sales", -20, 800.0, "v3") == ORDERS
    assert value_basis("awareness", 50, None, "v3") == ValueBasis(Counted.OUTPUTS, "v3")


def test_only_leads_with_an_approved_value_can_be_counted_both_ways():
    assert other_basis("leads", 0, 800.0, "v3") == WON
    assert other_basis("leads", LEAD_DAYS, 800.0, "v3") == OPEN
    assert other_basis("leads", -1, 800.0, "v3") is None
    assert other_basis("leads", 0, None, "v3") is None
    assert other_basis("sales", 0, 800.0, "v3") is None


def test_the_words_name_the_schedule_and_money_is_counted_by_them():
    assert ORDERS.words == "won contribution of orders"
    assert OPEN.words == (
        "won contribution of leads and approved values of those not won yet, schedule v3"
    )
    assert OPEN.money(70.0, 1_000.0, 2.0, 800.0) == 2_600
    assert OPEN.money(70.0, 1_000.0, -1.0, None) == 1_000
    assert WON.money(70.0, 1_000.0, 2.0, 800.0) == 1_000
    assert ORDERS.money(70.0, 1_000.0, 2.0, 800.0) == 70


def test_what_comes_beside_the_goal_is_told_and_not_counted():
    assert beside("sales", 900, 0, "USD") is None
    assert beside("sales", 900, 50, "USD") == Beside(50, "won leads", "USD")
    assert beside("leads", 900, 50, "USD") == Beside(900, "orders", "USD")
    assert beside("awareness", 900, 50, "USD") == Beside(950, "orders and won leads", "USD")
    found = beside("awareness", 900, 0, "USD")
    assert found.sentence.startswith("Not in it: 9.00 USD that orders contributed so far, tracked;")
