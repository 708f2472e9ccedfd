"""Power: what is stated before launch is what the very engine then shows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from truelift.measurement import power
from truelift.measurement.ageing import ENGAGEMENT_CURVE, AgeingCurve
from truelift.measurement.baseline import VariancePrior, estimate_baselines
from truelift.measurement.campaign import campaign_lift
from truelift.measurement.controls import BETWEEN
from truelift.measurement.counts import CodeHistory, code_lift
from truelift.measurement.lift import CampaignPosts, Control, creator_lift
from truelift.measurement.limits import THEORY, Limits

MATURE = AgeingCurve("mature", (0.0,) * 10, (0.0,) * 10)
BENT = Limits(np.array(0.85), np.array(0.4), np.ones((), bool))
CREATORS = 2000


def drawn(random, creators, organic, posts, *, q, prior):
    """Draw creators from the prior: log counts of campaign posts, and their estimated baselines."""
    s2 = prior.nu0 * prior.s02 / random.chisquare(prior.nu0, creators)
    drift = np.cumsum(random.normal(0, math.sqrt(q), (creators, organic + posts)), axis=1)
    noise = random.normal(0, 1, drift.shape)
    z = 6 + (drift + noise) * np.sqrt(s2)[:, None]
    group = np.repeat(np.arange(creators), organic)
    baselines = estimate_baselines(group, z[:, :organic].ravel(), creators, q=q, prior=prior)
    return z[:, organic:], baselines


def planned(baselines, posts):
    creators = len(baselines.level)
    group = np.repeat(np.arange(creators), posts)
    return power.post_plan(baselines, group, np.full(len(group), 1e4), [MATURE] * creators)


def beside(noise, nu=np.inf):
    return power.PlannedControls(np.array(noise), np.array(nu))


def seen_after(z, have):
    """Give the campaign posts of which each creator has published the first `have`."""
    group = np.repeat(np.arange(len(z)), have)
    read = np.concatenate([row[:count] for row, count in zip(z, have, strict=True)])
    nothing = np.zeros(len(read))
    return CampaignPosts(group, np.round(np.exp(read)), read, nothing, nothing)


@pytest.mark.parametrize(
    ("organic", "posts", "q", "prior", "limits"),
    [
        (20, 6, 0.0, VariancePrior(8.0, 0.7), THEORY),
        (5, 3, 0.02, VariancePrior(4.7, 0.7), THEORY),
        pytest.param(60, 20, 0.02, VariancePrior(9.0, 0.2), THEORY, marks=pytest.mark.soak),
        pytest.param(20, 10, 0.01, VariancePrior(8.0, 1.9), BENT, marks=pytest.mark.soak),
        (12, 1, 0.0, VariancePrior(8.0, 0.4), THEORY),
    ],
)
def test_the_stated_lift_is_shown_as_often_as_stated(organic, posts, q, prior, limits):
    random = np.random.default_rng(17)
    z, baselines = drawn(random, CREATORS, organic, posts, q=q, prior=prior)
    plan = planned(baselines, posts)
    for probability in (0.5, 0.8):
        lift = power.smallest_lift(plan, CREATORS, probability=probability, limits=limits)
        shown = np.zeros(CREATORS, bool)
        for look in range(1, posts + 1):
            have = np.full(CREATORS, look)
            posted = seen_after(z + lift[:, None], have)
            shown |= creator_lift(baselines, posted, limits=limits).low > 0
        assert shown.mean() == pytest.approx(probability, abs=0.03)


@pytest.mark.soak
def test_the_campaign_shows_its_lift_as_often_as_stated_spread_and_controls_included():
    random = np.random.default_rng(18)
    creators, posts, campaigns, spread, noise = 8, 4, 100, 0.2, 0.01
    shown = []
    for _ in range(campaigns):
        z, baselines = drawn(random, creators, 20, posts, q=0.01, prior=VariancePrior(8.0, 0.7))
        plan = planned(baselines, posts)
        lift = power.smallest_campaign_lift(plan, creators, controls=beside(noise), spread=spread)
        z = z + lift + random.normal(0, spread, creators)[:, None]
        control = Control(random.normal(0, math.sqrt(noise)), math.sqrt(noise), 20)
        seen = False
        for turn in range(creators, creators * posts + 1, 4):
            have = (turn + np.arange(creators)) // creators
            lifts = creator_lift(baselines, seen_after(z, have), control=control)
            seen |= campaign_lift(lifts).low > 0
        shown.append(seen)
    assert np.mean(shown) == pytest.approx(0.8, abs=3 * math.sqrt(0.16 / campaigns))


@pytest.mark.parametrize(
    ("n0", "phi"), [(40, 1.0), pytest.param(150, 1.0, marks=pytest.mark.soak), (150, 2.5)]
)
def test_counts_show_their_lift_as_often_as_stated(n0, phi):
    random = np.random.default_rng(19)
    creators, before, days = 1500, 60, 30
    # quasi-Poisson by phi-sized clumps: variance phi times the mean
    history = phi * random.poisson(n0 / phi, creators)
    codes = CodeHistory(history, np.full(creators, float(before)), np.full(creators, phi))
    plan = power.CountPlan(codes, np.full(creators, float(days)))
    lift = power.smallest_lift(plan, creators)
    rate = n0 / before * np.exp(lift)
    shown, total = np.zeros(creators, bool), np.zeros(creators)
    for day in range(1, days + 1):
        total += phi * random.poisson(rate / phi)
        shown |= code_lift(codes, total, np.full(creators, float(day))).low > 0
    assert shown.mean() == pytest.approx(0.8, abs=0.04)


def test_more_of_anything_shows_less_and_noise_shows_more():
    _, baselines = drawn(np.random.default_rng(1), 30, 20, 4, q=0.01, prior=VariancePrior(8, 0.5))
    lifts = [power.smallest_lift(planned(baselines, posts), 30) for posts in (1, 2, 5, 30)]
    assert np.all(np.diff(lifts, axis=0) < 0)
    plan = planned(baselines, 5)
    usual = power.smallest_lift(plan, 30)
    assert np.all(power.smallest_lift(plan, 30, controls=beside(0.02)) > usual)
    few = power.smallest_lift(plan, 30, controls=beside(0.02, 2.0))
    assert np.all(few > power.smallest_lift(plan, 30, controls=beside(0.02)))
    assert np.all(power.smallest_lift(plan, 30, probability=0.9) > usual)
    assert np.all(power.smallest_lift(plan, 30, level=0.99) > usual)
    together = [power.smallest_campaign_lift(plan.take(np.arange(n)), n) for n in (1, 5, 15, 30)]
    assert np.all(np.diff(together) < 0)
    assert together[0] == pytest.approx(usual[0])
    assert power.smallest_campaign_lift(plan, 30, spread=0.5) > together[-1]


def test_planned_controls_are_pooled_as_controls_are_whose_lifts_are_as_far_apart_as_known():
    variance, nu = np.array([0.05, 0.1, 0.2]), np.full(3, 12.0)
    noise, degrees = power.planned_controls(variance, nu)
    assert noise == pytest.approx(1 / np.sum(1 / (variance + BETWEEN.between)))
    assert BETWEEN.degrees < degrees < 36
    alone, few = power.planned_controls(variance[:1], nu[:1])
    assert alone == pytest.approx(0.05 + BETWEEN.between)
    assert BETWEEN.degrees <= few < degrees


def test_a_platform_with_few_controls_does_not_cost_the_others_their_degrees():
    _, baselines = drawn(np.random.default_rng(7), 12, 20, 4, q=0.0, prior=VariancePrior(8, 0.5))
    plan = planned(baselines, 6)
    nu = np.full(12, 30.0)
    usual = power.smallest_campaign_lift(
        plan, 12, controls=power.PlannedControls(np.full(12, 0.01), nu)
    )
    nu[0] = 3.0
    one_poor = power.smallest_campaign_lift(
        plan, 12, controls=power.PlannedControls(np.full(12, 0.01), nu)
    )
    assert usual < one_poor < 1.1 * usual


def test_a_probability_is_reached_at_the_lift_that_is_stated_for_it():
    _, baselines = drawn(np.random.default_rng(2), 9, 20, 4, q=0.0, prior=VariancePrior(8, 0.5))
    plan = planned(baselines, 6)
    lift = power.smallest_lift(plan, 9, probability=0.7)
    np.testing.assert_allclose(power.row_probability(plan, lift), 0.7, atol=1e-6)
    whole = power.smallest_campaign_lift(plan, 9, probability=0.7)
    assert power.campaign_probability(plan, 9, whole) == pytest.approx(0.7, abs=1e-6)


def test_posts_needed_are_enough_and_one_less_is_not():
    _, baselines = drawn(np.random.default_rng(3), 40, 30, 4, q=0.0, prior=VariancePrior(9, 0.05))
    effect, hours = math.log(2), 24 * 60.0
    needed = power.posts_needed(baselines, effect, [ENGAGEMENT_CURVE] * 40, hours)
    reached = needed > 0
    assert reached.any()

    def probability(posts):
        ages = power.even_ages(posts, hours)
        plan = power.post_plan(baselines, *ages, [ENGAGEMENT_CURVE] * 40)
        return power.row_probability(plan, np.full(40, effect))

    assert np.all(probability(np.maximum(needed, 1))[reached] >= 0.8)
    fewer = reached & (needed > 1)
    assert np.all(probability(np.maximum(needed - 1, 1))[fewer] < 0.8)
    never = power.posts_needed(baselines, 0.01, [ENGAGEMENT_CURVE] * 40, hours)
    assert np.all(never == 0)


def test_posts_that_are_still_young_at_the_end_count_for_less_and_too_young_for_nothing():
    _, baselines = drawn(np.random.default_rng(4), 2, 20, 2, q=0.0, prior=VariancePrior(9, 0.3))
    group = np.array([0, 0, 1, 1])

    def variance(*ages):
        return power.post_plan(
            baselines, group, np.array(ages), [ENGAGEMENT_CURVE] * 2
        ).ratios.variance

    mature, young = variance(1e4, 1e4, 1e4, 1e4), variance(1e4, 12.0, 1e4, 0.2)
    assert young[0] > mature[0]
    assert young[1] > young[0] * mature[1] / mature[0]
    nothing = variance(0.5, 0.2, 1e4, 1e4)
    assert np.isnan(nothing[0])
    plan = power.post_plan(baselines, group, np.array([0.5, 0.2, 9e3, 9e3]), [ENGAGEMENT_CURVE] * 2)
    assert np.isnan(power.smallest_lift(plan, 2)).tolist() == [True, False]


def test_posts_are_spread_evenly_over_the_flight_oldest_first():
    group, ages = power.even_ages(np.array([2, 0, 1]), 100.0)
    assert group.tolist() == [0, 0, 2]
    assert ages.tolist() == [75.0, 25.0, 50.0]


def test_the_fewest_who_show_the_target_together_are_the_surest():
    prior = VariancePrior(30.0, 0.3)
    _, baselines = drawn(np.random.default_rng(5), 12, 40, 2, q=0.0, prior=prior)
    plan = planned(baselines, 6)
    names = [f"c{at:02}" for at in range(12)]
    target = math.log(1.8)
    none = power.PlannedControls(np.zeros(12), np.full(12, np.inf))
    chosen, lift = power.smallest_set(plan, names, target, controls=none)
    assert lift <= target
    assert 1 < len(chosen) < 12
    sure = np.argsort(plan.ratios.variance)[: len(chosen)]
    assert set(chosen) == {names[at] for at in sure}
    fewer = np.sort(sure[:-1])
    assert power.smallest_campaign_lift(plan.take(fewer), len(fewer)) > target
    assert power.smallest_set(plan, names, 0.05) is None
    assert power.smallest_set(plan, ["one"] * 12, target) is None


def test_a_plan_that_shows_nothing_says_so():
    _, baselines = drawn(np.random.default_rng(6), 2, 20, 2, q=0.0, prior=VariancePrior(9, 0.3))
    wild = replace(baselines, s2=np.full(2, 50.0))
    assert np.isinf(power.smallest_lift(planned(wild, 1), 2)).all()
    assert math.isinf(power.smallest_campaign_lift(planned(wild, 1), 2))


def test_a_code_without_history_has_no_power():
    codes = CodeHistory(np.array([50.0, np.nan]), np.array([60.0, np.nan]), np.ones(2))
    plan = power.CountPlan(codes, np.full(2, 30.0))
    lift = power.smallest_lift(plan, 2)
    assert np.isnan(lift).tolist() == [False, True]
    one_day = power.CountPlan(codes, np.ones(2))
    assert power.smallest_lift(one_day, 2)[0] > lift[0]
    assert power.smallest_campaign_lift(plan.take(np.array([0])), 1) == pytest.approx(lift[0])
