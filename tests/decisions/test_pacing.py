"""Plans by day, pace with its interval, and what is left of a budget."""

from __future__ import annotations

import math

import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.decisions import pacing
from truelift.decisions.pacing import Curve, Plan, Verdict
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.valuation.cost_states import CostStates

HALF = Plan(0.5, Curve.LINEAR)


def test_a_plan_is_linear_unless_deliverables_say_better():
    assert pacing.linear_plan(10, 40) == Plan(0.25, Curve.LINEAR)
    assert pacing.linear_plan(50, 40).share == 1.0
    assert pacing.linear_plan(-3, 40).share == 0.0
    assert pacing.linear_plan(0, 0).share == 1.0
    assert pacing.counted_plan([], 10, 40) == Plan(0.25, Curve.LINEAR)
    assert pacing.posted_plan([40, 60], 10, 40, ENGAGEMENT_CURVE) == Plan(0.25, Curve.LINEAR)


def test_orders_come_from_the_day_each_creator_begins():
    plan = pacing.counted_plan([0, 20], 20, 40)
    assert plan == Plan(20 / 60, Curve.BEGINNINGS)
    assert pacing.counted_plan([-5, 20], 40, 40).share == 1.0
    assert pacing.counted_plan([20], 10, 40).share == 0.0


def test_posts_grow_by_their_age_from_the_day_they_are_due():
    at = [
        pacing.posted_plan([0, 20], day, 40, ENGAGEMENT_CURVE).share for day in (0, 1, 10, 21, 40)
    ]
    assert at[0] == 0
    assert at == sorted(at)
    assert at[2] == pytest.approx(0.5, abs=0.03)
    assert at[4] == 1.0


def test_a_pace_is_said_only_where_chance_does_not_explain_it():
    far = pacing.pace(100, 20, HALF, pacing.count_variance(20, 1.0), 10)
    assert (far.verdict, far.ratio, far.planned) == (Verdict.UNDER, 0.4, 50)
    assert far.low < 0.4 < far.high < 1
    assert far.needed == 8
    assert far.projected == 40
    near = pacing.pace(100, 47, HALF, pacing.count_variance(47, 1.0), 10)
    assert near.verdict is Verdict.ON_PLAN
    assert pacing.pace(100, 80, HALF, 0.001, 10).verdict is Verdict.OVER


def test_nothing_reached_has_an_interval_too():
    found = pacing.pace(100, 0, HALF, pacing.count_variance(0, 1.0), 10)
    assert found.ratio == 0
    assert 0 <= found.low <= found.high < 1


def test_few_posts_say_little():
    assert pacing.posts_variance(1) > pacing.posts_variance(16)
    assert pacing.posts_variance(0) == pacing.posts_variance(1)


def test_before_the_first_planned_day_there_is_no_pace():
    found = pacing.pace(100, 3, Plan(0.0, Curve.DELIVERABLES), 1.0, 20)
    assert found.verdict is Verdict.BEFORE
    assert math.isnan(found.ratio)
    assert found.needed == 97 / 20


def test_at_the_end_what_is_missing_cannot_be_reached_any_more():
    assert pacing.pace(100, 20, Plan(1.0, Curve.LINEAR), 0.1, 0).needed == math.inf
    assert pacing.pace(100, 120, Plan(1.0, Curve.LINEAR), 0.1, 0).needed == 0


def test_a_target_of_nothing_is_none():
    found = pacing.pace(0, 20, HALF, 0.1, 5)
    assert isinstance(found, Withheld)
    assert found.reason is Reason.NO_TARGET


def test_a_budget_lasts_as_long_as_its_rest_pays_a_day_so_far():
    found = pacing.budget_pace(100_000, CostStates(80_000, 40_000), 20, 10)
    assert (found.left, found.a_day, found.days, found.overrun) == (60_000, 2_000, 30, 0)
    over = pacing.budget_pace(50_000, CostStates(80_000, 60_000, commission=5_000), 20, 10)
    assert (over.days, over.committed, over.bound, over.overrun) == (0, 80_000, 85_000, 35_000)
    assert pacing.budget_pace(50_000, CostStates(), 0, 10).days == math.inf


def test_without_a_budget_the_reason_is_given():
    assert pacing.budget_pace(None, CostStates(), 1, 1).reason is Reason.NO_BUDGET
    why = Withheld(Reason.NO_RATE, "No rate.")
    assert pacing.budget_pace(why, CostStates(), 1, 1) is why
