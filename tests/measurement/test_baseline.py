from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.estimate import Reason
from truelift.measurement.ageing import ENGAGEMENT_CURVE, reading
from truelift.measurement.baseline import (
    DEFAULT_PRIOR,
    DRIFT_GRID,
    LevelPrior,
    VariancePrior,
    all_zero,
    estimate_baselines,
    inverse_trigamma,
    newest_posts,
    variance_prior,
)


@pytest.mark.parametrize("q", [0.0, 0.003, 0.05, 0.4])
def test_the_filter_agrees_with_the_oracle(oracle, pool, q):
    group, z, matrix = pool
    wild = np.exp(np.random.default_rng(7).normal(0, 0.3, 40))  # else nu0 is at its bound
    z, matrix = z * wild[group], matrix * wild[:, None]
    level, p, s2, df, _, _ = oracle.baseline(matrix, q)
    moderated, nu0, s02 = oracle.squeeze_var(s2, df)
    found = estimate_baselines(group, z, 40, q=q)
    np.testing.assert_allclose(found.level, level, rtol=1e-9)
    np.testing.assert_allclose(found.p, p, rtol=1e-9)
    np.testing.assert_allclose(found.s2, moderated, rtol=1e-9)
    np.testing.assert_allclose(found.nu, nu0 + df, rtol=1e-9)
    assert found.prior.s02 == pytest.approx(s02, rel=1e-9)
    assert found.q.tolist() == [q] * 40


def test_the_pooled_drift_agrees_with_the_oracle(oracle, pool):
    group, z, matrix = pool
    assert estimate_baselines(group, z, 40).q[0] == oracle.fit_q(matrix)


def test_a_post_that_was_not_observed_is_no_post(pool):
    group, z, _ = pool
    with_gaps = np.insert(z, [0, 3, 100], np.nan)
    groups = np.insert(group, [0, 3, 100], [group[0], group[3], group[100]])
    whole, gaps = estimate_baselines(group, z, 40), estimate_baselines(groups, with_gaps, 40)
    np.testing.assert_array_equal(whole.level, gaps.level)
    np.testing.assert_array_equal(whole.n, gaps.n)


def test_fewer_than_two_posts_are_withheld_with_their_reason():
    found = estimate_baselines(np.array([0, 1, 1]), np.array([5.0, 4.0, 4.5]), 3)
    assert found.known.tolist() == [False, True, False]
    assert found.withheld(0).reason is Reason.TOO_FEW_POSTS
    assert found.withheld(1) is None
    assert found.withheld(2).reason is Reason.NO_BASELINE
    assert np.isnan(found.s2).tolist() == [True, False, True]


def test_no_post_at_all_withholds_everything():
    found = estimate_baselines(np.array([], int), np.array([]), 2)
    assert not found.known.any()
    assert found.q[0] == DRIFT_GRID[0]
    assert len(estimate_baselines(np.array([], int), np.array([]), 0).level) == 0


def test_one_creator_alone_takes_the_documented_prior():
    z = np.random.default_rng(3).normal(5, 0.8, 20)
    found = estimate_baselines(np.zeros(20, int), z, 1)
    assert found.prior == DEFAULT_PRIOR
    assert found.nu[0] == pytest.approx(DEFAULT_PRIOR.nu0 + 19)


def test_a_small_pool_takes_the_documented_degrees_and_its_own_scale():
    random = np.random.default_rng(4)
    group = np.repeat(np.arange(5), 30)
    found = estimate_baselines(group, random.normal(5, 3, 150), 5, q=0)
    assert found.prior.nu0 == DEFAULT_PRIOR.nu0
    assert 2 < np.sqrt(found.prior.s02) < 4


def test_a_given_prior_is_used_as_it_stands(pool):
    group, z, _ = pool
    prior = VariancePrior(8.0, 0.5)
    assert estimate_baselines(group, z, 40, prior=prior).prior == prior


def test_equal_variances_are_worth_what_all_posts_of_the_pool_are_and_no_more():
    assert variance_prior(np.full(50, 0.5), np.full(50, 10.0)).nu0 == 500
    group = np.repeat(np.arange(14), 12)
    z = np.random.default_rng(1).normal(5, 0.6, len(group))  # one variance for all: no spread
    assert estimate_baselines(group, z, 14).prior.nu0 <= 14 * 11


@pytest.mark.parametrize("y", [0.001, 0.3, 1.0, 40.0])
def test_inverse_trigamma_inverts_trigamma(y):
    from scipy import special  # noqa: PLC0415 - the one test that needs it

    assert inverse_trigamma(float(special.polygamma(1, y))) == pytest.approx(y, rel=1e-6)


def test_who_shows_nothing_but_zeros_has_no_baseline_and_speaks_for_nobody(pool):
    group, z, _ = pool
    groups = np.concatenate([group, np.full(12, 40), [41, 42, 42]])
    zeros = np.concatenate([z, np.full(12, np.log(0.5)), [np.log(0.5), np.nan, 3.0]])
    counts = np.where(zeros == np.log(0.5), 0.0, 7.0)
    silent = all_zero(groups, counts, zeros, 44)
    assert np.flatnonzero(silent).tolist() == [40, 41]  # nobody is silent who has no post
    plain = estimate_baselines(group, z, 40)
    peers = LevelPrior(*np.full((2, 44), 1.0), np.full(44, 9), np.zeros(44, bool))
    found = estimate_baselines(groups, zeros, 44, silent=silent, peers=peers)
    assert (found.prior, found.q[0]) == (plain.prior, plain.q[0])
    assert found.known[40:].tolist() == [False, False, True, False]
    assert found.withheld(40).reason is Reason.NO_BASELINE
    assert "shows 0" in found.withheld(40).detail
    assert found.withheld(41).reason is Reason.TOO_FEW_POSTS


def test_all_zero_counters_give_a_finite_baseline():
    z, _ = reading(np.zeros(40), np.full(40, 900.0), ENGAGEMENT_CURVE)
    found = estimate_baselines(np.repeat([0, 1], 20), z, 2)
    assert np.all(found.s2 > 0)
    np.testing.assert_allclose(found.level, np.log(0.5))


def test_one_viral_post_widens_the_variance_and_breaks_nothing():
    y = np.full(20, 100.0)
    y[10] *= 1000
    calm, _ = reading(np.full(20, 100.0), np.full(20, 900.0), ENGAGEMENT_CURVE)
    wild, _ = reading(y, np.full(20, 900.0), ENGAGEMENT_CURVE)
    group = np.zeros(20, int)
    before, after = estimate_baselines(group, calm, 1), estimate_baselines(group, wild, 1)
    assert after.s2[0] > before.s2[0]
    assert abs(after.level[0] - before.level[0]) < 1


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(2, 20))
def test_the_order_of_creators_does_not_matter(random, creators):
    numbers = np.random.default_rng(random.randrange(2**32))
    counts = numbers.integers(0, 15, creators)
    group = np.repeat(np.arange(creators), counts)
    z = numbers.normal(4, 1, len(group))
    shuffled = numbers.permutation(creators)
    place = np.argsort(shuffled)
    order = np.argsort(place[group], kind="stable")
    one = estimate_baselines(group, z, creators)
    two = estimate_baselines(place[group][order], z[order], creators)
    np.testing.assert_allclose(two.level[place], one.level, rtol=1e-9)
    np.testing.assert_allclose(two.s2[place], one.s2, rtol=1e-9)
    np.testing.assert_allclose(two.nu[place], one.nu, rtol=1e-6)


def test_every_real_creator_gets_a_baseline_that_agrees_with_the_oracle(oracle, real_posts):
    names, group, engagement = real_posts
    z, _ = reading(engagement, np.full(len(group), 1000.0), ENGAGEMENT_CURVE)
    found = estimate_baselines(group, z, len(names))
    assert len(names) == 129
    assert found.known.all()
    assert np.all((found.s2 > 0) & (found.p > 0) & (found.p < 1))
    creator = int(np.argmin(np.abs(found.n - 400)))
    level, p, *_ = oracle.baseline(z[group == creator][None], found.q[0])
    assert found.level[creator] == pytest.approx(level[0], rel=1e-9)
    assert found.p[creator] == pytest.approx(p[0], rel=1e-9)


@pytest.mark.parametrize(
    ("platform", "q", "nu0"), [("instagram", 0.02, 6.3), ("twitter", 0.01, 10)]
)
def test_drift_and_moderation_on_real_creators_stay_what_they_were_measured_as(
    real_posts, platform, q, nu0
):
    """44 Instagram and 85 X accounts, likes + comments + shares of all posts but replies."""
    names, group, engagement = real_posts
    mine = np.char.startswith(names, f"{platform}/")
    number = np.cumsum(mine) - 1
    kept = mine[group]
    z, _ = reading(engagement[kept], np.full(int(kept.sum()), 1000.0), ENGAGEMENT_CURVE)
    found = estimate_baselines(number[group[kept]], z, int(mine.sum()))
    assert found.q[0] == q
    assert found.prior.nu0 == pytest.approx(nu0, rel=0.02)


def test_only_the_newest_observed_posts_are_kept():
    z = np.array([1.0, np.nan, 2.0, 3.0, 4.0, np.nan])
    kept = newest_posts(np.array([0, 0, 0, 0, 2, 2]), z, 2, 3)
    np.testing.assert_array_equal(kept, [np.nan, np.nan, 2.0, 3.0, 4.0, np.nan])
