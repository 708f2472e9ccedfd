from __future__ import annotations

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from truelift.measurement.baseline import VariancePrior, estimate_baselines
from truelift.measurement.calendar import Control
from truelift.measurement.discoveries import TAIL_DEGREES, adjusted, always_valid_p, flagged
from truelift.measurement.lift import CampaignPosts, creator_lift
from truelift.measurement.limits import (
    THEORY,
    Limits,
    boundary,
    crossing_probability,
    half_width,
    multiplier,
)


def a(value):
    return np.array(float(value))


CALIBRATED = np.ones((), bool)
LIMITS = {
    "theory": THEORY,
    "calibrated": Limits(a(0.8), a(0.4), CALIBRATED),
    "widened": Limits(a(1.2), a(0.0), ~CALIBRATED),
}

ratios = st.floats(1.0, 1e4)
degrees = st.one_of(st.just(np.inf), st.floats(2.5, 200.0))


@given(ratios, st.floats(1e-9, 0.1))
def test_the_probability_of_crossing_is_the_boundary_turned_round(ratio, alpha):
    c = boundary(a(ratio), alpha)
    assert float(crossing_probability(c, a(ratio))) == pytest.approx(alpha, rel=1e-6)


@given(ratios)
def test_a_higher_boundary_is_crossed_less_often(ratio):
    c = np.linspace(0, 12, 500)
    p = crossing_probability(c, a(ratio))
    assert np.all(np.diff(p) <= 0)
    assert p[0] == 1
    assert np.all((p > 0) & (p <= 1))


@given(ratios, degrees, st.floats(0.001, 0.1))
def test_theory_is_inverted_with_its_t_correction_and_never_below_what_the_limits_say(
    ratio, nu, alpha
):
    se = a(0.3)
    at_limit = multiplier(a(ratio), a(nu), alpha) * se
    half = half_width(se, a(nu), ratio=a(ratio), share=a(0.5))
    found = float(always_valid_p(at_limit, half, a(nu), a(ratio)))
    if alpha > 0.0501 or nu <= TAIL_DEGREES:
        assert found == pytest.approx(alpha, rel=1e-5)
    else:
        assert found >= alpha * (1 - 1e-5)


def test_beyond_the_limits_p_falls_as_slowly_as_real_creators_make_it():
    half, ratio = a(1), a(20)
    many, few = (float(always_valid_p(a(2), half, a(nu), ratio)) for nu in (np.inf, 6))
    assert many == pytest.approx(few)
    assert many > 10 * float(crossing_probability(2 * boundary(ratio), ratio))


@given(
    st.sampled_from(sorted(LIMITS)),
    ratios,
    degrees,
    st.floats(-8, 8),
    st.sampled_from([0.9, 0.95, 0.99]),
)
def test_p_is_below_the_level_exactly_when_the_limits_in_force_exclude_zero(
    name, ratio, nu, log, level
):
    half = half_width(a(0.4), a(nu), ratio=a(ratio), share=a(0.3), level=level, limits=LIMITS[name])
    if abs(abs(log) / half - 1) < 1e-6:
        return
    p = float(always_valid_p(a(log), half, a(nu), a(ratio), level))
    assert (p < 1 - level) == (abs(log) > half)


def test_a_withheld_lift_has_no_p():
    logs = np.array([np.nan, 3.0])
    p = always_valid_p(logs, np.array([np.nan, 1.0]), a(np.inf), a(20))
    assert np.isnan(p[0])
    assert p[1] < 1e-3


def test_a_lift_alone_in_a_list_is_flagged_exactly_when_its_limits_lie_above_zero():
    assert flagged(np.array([0.049]), np.array([1.0])).tolist() == [True]
    assert flagged(np.array([0.05]), np.array([1.0])).tolist() == [False]
    assert flagged(np.array([1e-9]), np.array([-1.0])).tolist() == [False]


def test_in_a_list_more_is_needed_and_rows_without_a_lift_are_no_part_of_it():
    p = np.array([0.04, np.nan, 0.0001, 0.6, 1.0])
    log = np.array([1.0, np.nan, 2.0, 0.1, 0.0])
    assert flagged(p, log).tolist() == [False, False, True, False, False]
    assert flagged(p, log, 0.2).tolist() == [True, False, True, False, False]
    assert flagged(p[:0], log[:0]).tolist() == []
    assert flagged(np.full(2, np.nan), np.full(2, np.nan)).tolist() == [False, False]


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40), st.randoms())
def test_whoever_is_flagged_has_limits_above_zero_and_a_longer_list_flags_no_other(values, random):
    p = np.array(values)
    log = np.array([random.choice((-1.0, 1.0)) for _ in values])
    found = flagged(p, log)
    assert np.all(p[found] < 0.05)
    assert np.all(log[found] > 0)
    longer = flagged(np.append(p, 1.0), np.append(log, 1.0))
    assert np.all(found[longer[:-1]])


PRIOR = VariancePrior(8.0, 0.7)
LOOKS, CREATORS, ORGANIC, POSTS = 50, 500, 20, 10


def looked_at(random, lists, share_lifted=0.0, lift=0.0, controls=40):
    """Play lists of creators with 50 looks at 10 posts each, and flag at every look.

    Everybody shares the calendar of the list and the controls that take it out. Gives, per list,
    whether anything was flagged at any look while nobody had an effect, the share of false flags at
    the worst look and at the last, and the share of true effects flagged at the last.
    """
    anything, worst, last, found = [], [], [], []
    per_look = LOOKS // POSTS
    for _ in range(lists):
        s2 = PRIOR.nu0 * PRIOR.s02 / random.chisquare(PRIOR.nu0, CREATORS)
        sd = np.sqrt(s2)[:, None]
        organic = random.normal(0, 1, (CREATORS, ORGANIC)) * sd
        calendar = random.normal(0, 0.1, POSTS)
        truth = (np.arange(CREATORS) < share_lifted * CREATORS) * lift
        z = random.normal(0, 1, (CREATORS, POSTS)) * sd + calendar + truth[:, None]
        noise = np.cumsum(calendar + random.normal(0, np.sqrt(0.7 / controls), POSTS))
        before = random.normal(0, np.sqrt(0.7 / (controls * ORGANIC)))
        group = np.repeat(np.arange(CREATORS), ORGANIC)
        baselines = estimate_baselines(group, organic.ravel(), CREATORS, q=0.0, prior=PRIOR)
        # a reading gets surer over five looks at a post: a path of noise that runs out
        young = random.normal(0, 0.15, (per_look, CREATORS, POSTS))
        ever, shares = False, []
        for look in range(LOOKS):
            posts, step = look // per_look + 1, look % per_look
            left = per_look - 1 - step
            extra = np.zeros((CREATORS, posts))
            extra[:, -1] = 0.15**2 * left
            read = z[:, :posts].copy()
            read[:, -1] += young[:left, :, posts - 1].sum(axis=0)
            flat = np.repeat(np.arange(CREATORS), posts)
            first = np.full(CREATORS * posts, 0.15**2 * (per_look - 1))
            campaign = CampaignPosts(flat, np.ones(len(flat)), read.ravel(), extra.ravel(), first)
            variance = 0.7 / controls * (1 / posts + 1 / ORGANIC)
            control = Control(noise[posts - 1] / posts + before, np.sqrt(variance), controls)
            lifts = creator_lift(baselines, campaign, control=control)
            flags = flagged(lifts.p, lifts.log)
            false = flags & (truth == 0)
            ever |= bool(false.any())
            shares.append(false.sum() / max(flags.sum(), 1))
        anything.append(ever)
        worst.append(max(shares))
        last.append(shares[-1])
        found.append(flags[truth > 0].mean() if share_lifted else 0.0)
    return np.array(anything), np.array(worst), np.array(last), np.array(found)


@pytest.mark.soak
def test_lists_of_500_creators_without_effect_flag_anything_in_at_most_one_of_twenty():
    anything, *_ = looked_at(np.random.default_rng(41), 40)
    assert anything.mean() <= 0.05


def test_among_flagged_creators_at_most_the_stated_share_has_no_effect():
    _, _, last, found = looked_at(np.random.default_rng(42), 20, share_lifted=0.1, lift=2.6)
    assert last.mean() <= 0.05
    assert found.mean() > 0.3


def test_adjusted_p_values_are_those_of_scipy():
    draws = np.random.default_rng(4)
    for count in (1, 2, 50, 501):
        p = draws.uniform(size=count)
        p[: count // 3] = p[0]
        want = scipy.stats.false_discovery_control(p)
        assert adjusted(p).tolist() == want.tolist()
