"""From lift to money: each outcome by its own lift, creators add up to the campaign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.valuation.increment import (
    campaign_increment,
    incremental_contribution,
    total,
    whole_parts,
)
from truelift.valuation.ladder import Components

NO_HISTORY = Withheld(Reason.NO_ORDER_BASELINE, "No history.")
ORDERS = Components(goods=10000, cogs=4000)
LEADS = Components(won_leads=1000)


def test_orders_take_the_lift_of_orders_and_won_leads_that_of_leads(lift):
    both = incremental_contribution(ORDERS + LEADS, lift(4, 1, 6), lift(5, 5, 5))
    assert (both.point, both.low, both.high) == pytest.approx((2400 + 500, 600 + 500, 3600 + 500))


def test_an_outcome_without_money_lends_neither_limits_nor_grade(lift):
    orders = lift(grade=Grade.B)
    assert incremental_contribution(ORDERS, orders, lift(grade=Grade.C)).grade is Grade.B
    assert incremental_contribution(ORDERS, orders, NO_HISTORY).grade is Grade.B
    assert incremental_contribution(ORDERS, orders, None).grade is Grade.B


def test_no_order_so_far_is_an_increment_of_zero_when_it_could_be_measured(lift):
    nothing = lift(units=0, low=0, high=0, observed=0)
    assert incremental_contribution(Components(), nothing, None) == Estimate(
        0.0, 0.0, 0.0, 0.95, Grade.C
    )


@pytest.mark.parametrize(
    ("parts", "orders", "leads", "reason"),
    [
        (Components(), None, None, Reason.NO_ORDERS),
        (Components(), NO_HISTORY, NO_HISTORY, Reason.NO_ORDERS),
        (ORDERS, None, None, Reason.NO_ORDER_BASELINE),
        (ORDERS, NO_HISTORY, None, Reason.NO_ORDER_BASELINE),
        (LEADS, None, None, Reason.NO_LEAD_BASELINE),
    ],
)
def test_money_without_its_own_lift_is_withheld_with_its_reason(parts, orders, leads, reason):
    assert incremental_contribution(parts, orders, leads).reason is reason


def test_engagement_is_no_way_to_make_leads_of_orders(lift):
    assert incremental_contribution(ORDERS + LEADS, lift(), None).reason is Reason.NO_LEAD_BASELINE


def test_a_sum_takes_the_lowest_level_and_the_worst_grade():
    parts = [Estimate(1, 0, 2, 0.95, Grade.A), Estimate(2, 1, 4, 0.9, Grade.C)]
    assert total(parts) == Estimate(3, 1, 6, 0.9, Grade.C)


ANA = (Components(goods=9000), Estimate(4500.0, 900.0, 8100.0, 0.95, Grade.C))
BO = (Components(goods=6000), Estimate(600.0, -600.0, 1200.0, 0.95, Grade.B))


def test_a_campaign_is_the_sum_of_its_creators_with_limits_by_its_own_clock(lift):
    found = campaign_increment([ANA, BO], lift(units=3, low=2, high=5))
    # Limits of the campaign's share, 0.3 less 0.1 and plus 0.2, of the 150.00 that were measured.
    assert found.incremental.point == 5100
    assert (found.incremental.low, found.incremental.high) == pytest.approx((3600, 8100))
    assert found.incremental.grade is Grade.C
    assert (found.unmeasured, found.measured_creators, found.creators) == (0, 2, 2)


@pytest.mark.parametrize("orders", [None, NO_HISTORY, "nothing observed"])
def test_without_a_lift_of_the_campaign_the_creators_limits_add_up(lift, orders):
    if orders == "nothing observed":
        orders = lift(units=0, low=0, high=0, observed=0)
    found = campaign_increment([ANA, BO], orders)
    assert (found.incremental.low, found.incremental.high) == (300, 9300)


def test_one_creator_alone_keeps_its_own_limits(lift):
    assert campaign_increment([ANA], lift()).incremental == ANA[1]


def test_a_small_creator_without_history_is_named_and_a_large_one_withholds_the_campaign(lift):
    small = campaign_increment([ANA, (Components(goods=2250), NO_HISTORY)], lift())
    assert (small.incremental, small.unmeasured) == (ANA[1], 2250)  # 80 % are measured
    large = campaign_increment([ANA, (Components(goods=2251), NO_HISTORY)], lift())
    assert (large.incremental, large.unmeasured) == (NO_HISTORY, 0)
    assert (large.measured_creators, large.creators) == (1, 2)


def test_a_campaign_without_any_money_says_so():
    nothing = Withheld(Reason.NO_ORDERS, "Nothing.")
    assert campaign_increment([], None).incremental.reason is Reason.NO_ORDERS
    found = campaign_increment([(Components(), nothing)], None)
    assert found.incremental.reason is Reason.NO_ORDERS


def test_rounded_parts_add_up_to_the_rounded_sum_and_the_largest_remainder_goes_up():
    assert whole_parts([0.4, 0.4, 0.4]) == [1, 0, 0]
    assert whole_parts([1.2, 2.7, -0.6]) == [1, 3, -1]
    assert whole_parts([]) == []


@given(st.lists(st.floats(-1e9, 1e9), max_size=30))
def test_no_rounded_part_is_off_by_a_whole_unit(points):
    parts = whole_parts(points)
    assert sum(parts) == round(sum(points))
    assert all(abs(part - point) <= 1 for part, point in zip(parts, points, strict=True))
