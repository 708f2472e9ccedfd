"""Levels of the ladder are whole minor units whose differences add up exactly."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.valuation.ladder import Components, Ladder

MONEY = [
    item.name
    for item in fields(Components)
    if item.name not in {"goods_without_margin", "untranslated"}
]
components = st.builds(Components, **dict.fromkeys(MONEY, st.integers(0, 10**12)))
NO_BASELINE = Withheld(Reason.NO_ORDER_BASELINE, "No history.")
ONE = Components(
    goods=9000, discounts=1000, tax=1900, refunds=2000, reserve=100, cogs=3000, margin_cost=500,
    cogs_returned=700, fulfilment=200, payment_fees=30, refund_fees=5, won_leads=400,
)  # fmt: skip


def ladder(parts=ONE, incremental=NO_BASELINE, cost=1000, *, reported=None, tracked=True):
    return Ladder(reported, parts, incremental, 0, cost, tracked=tracked)


def levels(of):
    return [level.withheld.reason if level.withheld else level.amount for level in of.levels()]


def test_each_level_is_the_one_before_less_its_own_parts():
    assert ONE.matched == 9000 + 1000 + 1900 + 400
    assert ONE.net == ONE.matched - 1000 - 1900 - 2000 - 100
    assert ONE.goods_cost == 3000 + 500 - 700
    assert ONE.contribution == ONE.net - ONE.goods_cost - 200 - 30 - 5


@given(components, components)
def test_levels_of_a_sum_are_the_sums_of_levels_and_a_difference_undoes_it(one, other):
    for level in ("matched", "net", "goods_cost", "contribution"):
        assert getattr(one + other, level) == getattr(one, level) + getattr(other, level)
    assert one + other - other == one


def test_the_return_is_incremental_contribution_after_cost():
    known = Estimate(2500.4, 100.0, 4000.0, 0.95, Grade.C)
    found = ladder(incremental=known, reported=5)
    assert levels(found) == [5, 12300, 7300, 4265, 2500, 1500]
    assert found.contribution == 4265


def test_without_a_baseline_the_ladder_stops_at_contribution():
    reason = Reason.NO_ORDER_BASELINE
    assert levels(ladder()) == [None, 12300, 7300, 4265, reason, reason]


def test_without_a_margin_it_stops_at_net_and_without_a_rate_before_matched():
    known = Estimate(2500.0, 100.0, 4000.0)
    no_margin = ladder(ONE + Components(goods_without_margin=1), known)
    assert levels(no_margin) == [None, 12300, 7300, *[Reason.NO_MARGIN] * 3]
    assert no_margin.contribution == no_margin.withheld_money
    no_rate = ladder(ONE + Components(untranslated=1, goods_without_margin=1), known)
    assert levels(no_rate) == [None, *[Reason.NO_RATE] * 5]


def test_without_any_order_nothing_is_matched_rather_than_zero():
    assert levels(ladder(Components(), reported=7, tracked=False)) == [
        7, *[Reason.NO_ORDERS] * 3, *[Reason.NO_ORDER_BASELINE] * 2,
    ]  # fmt: skip


def test_a_claim_that_cannot_be_translated_is_withheld_alone():
    claim = Withheld(Reason.NO_RATE, "No rate.")
    assert levels(ladder(reported=claim))[:2] == [Reason.NO_RATE, 12300]
