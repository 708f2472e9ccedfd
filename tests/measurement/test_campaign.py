from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.estimate import Grade, Reason
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.baseline import Baselines, estimate_baselines
from truelift.measurement.calendar import Control
from truelift.measurement.campaign import campaign_lift
from truelift.measurement.lift import campaign_posts, creator_lift


def lifted(counts, levels, control=None, *, n=20, late=False):
    creators = len(levels)
    found = Baselines(
        np.array(levels, float),
        np.full(creators, 0.05),
        np.full(creators, 0.4),
        np.full(creators, 24.0),
        np.full(creators, 0.01),
        np.broadcast_to(n, creators),
    )
    posts = campaign_posts(
        np.arange(creators), np.array(counts, float), np.full(creators, 800.0), ENGAGEMENT_CURVE
    )
    return creator_lift(found, posts, control=control, late=late)


def test_one_creator_alone_has_the_same_limits_as_a_campaign():
    for control in (None, Control(0.1, 0.2, 8)):
        lifts = lifted([300], [5.0], control)
        row, whole = lifts.row(0), campaign_lift(lifts)
        for name in ("log", "low", "high", "units", "units_low", "units_high", "expected"):
            assert getattr(whole, name) == pytest.approx(getattr(row, name), rel=1e-12)


def test_units_are_the_sum_of_the_creators_and_limits_are_not():
    lifts = lifted([300, 500, 800], [5.0, 6.0, 6.0])
    whole = campaign_lift(lifts)
    assert whole.units == pytest.approx(lifts.units.sum())
    assert whole.observed == 1600
    assert whole.expected + whole.units == whole.observed
    assert whole.units_low > lifts.units_low.sum()
    assert (whole.measured, whole.withheld, whole.grade) == (3, 0, Grade.C)


def test_controls_are_shared_so_their_doubt_does_not_average_out():
    counts, levels = [300] * 50, [5.0] * 50
    free, shared = (campaign_lift(lifted(counts, levels, Control(0.0, se, 9))) for se in (0.0, 0.3))
    assert shared.high - shared.log > 2 * (free.high - free.log)
    assert shared.units_high > free.units_high


def test_a_few_large_creators_against_many_small_ones_are_flagged():
    whole = campaign_lift(lifted([100_000, *[300] * 9], [np.log(150_000), *[np.log(150)] * 9]))
    assert whole.units < 0 < whole.log
    assert whole.signs_differ


def test_agreeing_signs_are_not_flagged():
    assert not campaign_lift(lifted([300, 400], [5.0, 5.0])).signs_differ


def test_a_withheld_creator_is_counted_and_left_out():
    whole = campaign_lift(lifted([300, 400], [5.0, np.nan], n=np.array([20, 0])))
    assert (whole.measured, whole.withheld, whole.observed) == (1, 1, 300)


def test_the_grade_is_the_worst_of_the_creators():
    lifts = lifted([300, 400], [5.0, 5.0], Control(0, 0.1, 9), late=np.array([True, False]))
    assert campaign_lift(lifts).grade is Grade.C


def test_a_campaign_of_nobody_is_withheld():
    assert campaign_lift(lifted([300], [np.nan], n=0)).reason is Reason.NO_BASELINE
    assert campaign_lift(lifted([], [])).reason is Reason.NOT_OBSERVED


def test_a_campaign_without_any_count_has_limits_and_no_units():
    whole = campaign_lift(lifted([0, 0], [1.0, 1.0]))
    assert (whole.units, whole.expected) == (0, 0)
    assert whole.low < whole.log < whole.high


def test_limits_too_wide_for_a_number_stay_finite():
    whole = campaign_lift(lifted([300, 400], [5.0, 5.0], Control(0.0, 1e4, 2)))
    assert np.isfinite([whole.units_low, whole.units_high]).all()


def test_creators_who_agree_are_told_apart_only_as_much_as_creators_usually_are():
    alone = campaign_lift(lifted([300], [5.0]))
    together = campaign_lift(lifted([300, 300, 300], [5.0, 5.0, 5.0]))
    assert alone.between == 0
    assert together.between == pytest.approx(2 * 0.1 / 4)
    many = campaign_lift(lifted([300] * 100, [5.0] * 100))
    assert many.between == pytest.approx(2 * 0.1 / 101)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.floats(0, 60)), min_size=1, max_size=12))
def test_expected_and_incremental_add_up_over_a_campaign(creators):
    counts, levels = zip(*creators, strict=True)
    whole = campaign_lift(lifted(counts, levels))
    assert whole.expected + whole.units == whole.observed == sum(counts)
    assert whole.units_low <= whole.units <= whole.units_high <= whole.observed


def test_the_calendars_noise_is_added_up_and_not_its_squares():
    se = np.array([0.1, 0.3])
    lifts = lifted([300, 300], [5.0, 5.0], Control(np.array([0.2, 0.0]), se, np.array([9, 9])))
    exposure = 300 * np.exp(-lifts.log)
    share = exposure / exposure.sum()
    bare = campaign_lift(lifted([300, 300], [5.0, 5.0]))
    whole = campaign_lift(lifts)
    assert whole.controls.creators == 9
    assert whole.controls.mean == pytest.approx(0.1, abs=0.02)
    assert whole.controls.se == pytest.approx(0.2, abs=0.02)
    assert whole.units_high - whole.units > bare.units_high - bare.units
    own = (share**2 * lifts.ratios.variance).sum()
    narrow = math.sqrt(own + (share**2 * se**2).sum())
    wide = math.sqrt(own + (share * se).sum() ** 2)
    half = math.log(exposure.sum() / (600 - whole.units_high))
    assert half / wide < half / narrow
    assert 2.2 < half / wide < 3.6  # the boundary's multiplier, corrected for 24 degrees each


def test_few_controls_of_a_campaign_bring_few_degrees_of_freedom():
    widths = [
        campaign_lift(lifted([300] * 9, [5.0] * 9, Control(0.0, 0.4, 3, nu))).high
        for nu in (np.inf, 2.0)
    ]
    assert widths[1] > 1.2 * widths[0]


def test_many_creators_with_one_post_each_and_no_effect_are_told_no_lift():
    """Each creator's expected units are a middle, not a mean; summed, they fall short of it."""
    wrong = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        organic = np.repeat(np.arange(300), 20)
        level = random.normal(6, 1, 300)
        found = estimate_baselines(
            organic, level[organic] + random.normal(0, 0.8, len(organic)), 300, q=0.0
        )
        count = np.round(np.exp(level + random.normal(0, 0.8, 300)))
        posts = campaign_posts(np.arange(300), count, np.full(300, 800.0), ENGAGEMENT_CURVE)
        whole = campaign_lift(creator_lift(found, posts))
        assert whole.units > 0
        wrong += not whole.units_low <= 0 <= whole.units_high
    assert wrong <= 3


def test_the_doubt_of_many_levels_moves_the_other_limit():
    lifts = lifted([300] * 3, [5.0] * 3)
    skewed = replace(lifts, ratios=replace(lifts.ratios, skew=np.full(3, -0.2)))
    even = replace(lifts, ratios=replace(lifts.ratios, skew=0.0))
    assert campaign_lift(skewed).units_low == campaign_lift(even).units_low
    assert campaign_lift(skewed).units_high > campaign_lift(even).units_high
