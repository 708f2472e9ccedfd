"""Creators with few posts: drawn to their peers, and honest about it."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.base.estimate import Reason
from truelift.measurement.baseline import FEW_POSTS, VariancePrior, estimate_baselines
from truelift.measurement.lift import CampaignPosts, creator_lift
from truelift.measurement.peers import LEAST_PEERS, Traits, peer_levels

UNKNOWN = np.nan


def population(seed, peers=200, few=400, *, between=0.6, drift=0.02, after=10, category=5):
    """Give posts of creators with 5 to 39 posts, then of creators with 1 to 4, and their traits.

    Levels follow log followers (slope .9), category (sd .5) and the creator (sd `between`).
    """
    random = np.random.default_rng(seed)
    creators = peers + few
    n = np.concatenate([random.integers(FEW_POSTS, 40, peers), random.integers(1, FEW_POSTS, few)])
    log_followers = random.normal(10, 1.2, creators)
    kind = random.integers(0, category, creators)
    own = random.normal(0, between, creators) + random.normal(0, 0.5, category)[kind]
    s2 = 0.5 * 6 / random.chisquare(6, creators)
    group = np.repeat(np.arange(creators), n + after)
    start = np.repeat(np.cumsum(n + after) - (n + after), n + after)
    place = np.arange(len(group)) - start
    walk = np.cumsum(random.normal(0, np.sqrt(drift * s2[group])))
    z = -3 + 0.9 * log_followers[group] + own[group] + walk - walk[start]
    z += random.normal(0, np.sqrt(s2[group]))
    traits = Traits(log_followers, np.array([f"kind {one}" for one in kind], object))
    return n, group, place, z, traits


def baselines(group, z, traits):
    creators = len(traits.category)
    pool = estimate_baselines(group, z, creators)
    prior = peer_levels(pool, traits, traits)
    q = float(pool.q[0])
    return pool, estimate_baselines(group, z, creators, q=q, prior=pool.prior, peers=prior)


@pytest.fixture(scope="module")
def found():
    n, group, place, z, traits = population(1)
    organic = place < n[group]
    return *baselines(group[organic], z[organic], traits), n, traits


def test_from_five_posts_on_nothing_changes(found):
    pool, drawn, n, _ = found
    enough = n >= FEW_POSTS
    for name in ("level", "p", "s2", "nu", "q"):
        np.testing.assert_array_equal(getattr(drawn, name)[enough], getattr(pool, name)[enough])
    assert np.isnan(drawn.shrinkage.weight[enough]).all()


def test_a_creator_with_few_posts_stands_between_its_own_posts_and_its_peers(found):
    pool, drawn, n, _ = found
    few = n < FEW_POSTS
    weight, own, prior = (
        drawn.shrinkage.weight[few], drawn.shrinkage.own[few], drawn.shrinkage.prior,
    )  # fmt: skip
    assert np.all((weight > 0) & (weight < 1))
    mixed = weight * own + (1 - weight) * prior.mean[few]
    np.testing.assert_allclose(drawn.level[few], mixed)
    # Two independent estimates of one level: their precisions add up.
    np.testing.assert_allclose(
        1 / (drawn.p * drawn.s2)[few],
        1 / (drawn.p / drawn.shrinkage.weight * drawn.s2)[few] + 1 / prior.variance[few],
    )
    assert [np.mean(weight[n[few] == count]) for count in (1, 2, 3, 4)] == sorted(
        np.mean(weight[n[few] == count]) for count in (1, 2, 3, 4)
    )
    assert (prior.peers == np.sum(n >= FEW_POSTS)).all()
    assert prior.by_followers.all()
    assert pool.withheld(int(np.flatnonzero(n == 1)[0])).reason is Reason.TOO_FEW_POSTS
    assert drawn.known.all()


def test_one_post_has_the_pool_s_variance_and_its_degrees_of_freedom_only(found):
    _, drawn, n, _ = found
    one = n == 1
    np.testing.assert_allclose(drawn.s2[one], drawn.prior.s02)
    np.testing.assert_allclose(drawn.nu[one], drawn.prior.nu0)


def test_peers_are_a_better_guess_than_one_post_alone():
    n, group, place, z, traits = population(2, between=0.4, drift=0.0, after=60)
    organic = place < n[group]
    _, drawn = baselines(group[organic], z[organic], traits)
    later = np.bincount(group[~organic], z[~organic]) / 60
    one = n == 1
    by_peers = np.sqrt(np.mean((drawn.level - later)[one] ** 2))
    alone = np.sqrt(np.mean((drawn.shrinkage.own - later)[one] ** 2))
    assert by_peers < 0.75 * alone


def test_without_any_post_there_is_no_number_however_many_peers():
    n, group, place, z, traits = population(3)
    kept = (place < n[group]) & (group != 205)
    _, drawn = baselines(group[kept], z[kept], traits)
    assert drawn.withheld(205).reason is Reason.NO_BASELINE
    assert np.isnan([drawn.level[205], drawn.p[205], drawn.s2[205], drawn.nu[205]]).all()


def test_too_small_a_pool_shrinks_nobody():
    n, group, place, z, traits = population(4, peers=LEAST_PEERS - 1, few=8)
    organic = place < n[group]
    pool, drawn = baselines(group[organic], z[organic], traits)
    np.testing.assert_array_equal(drawn.level, pool.level)
    for creator in np.flatnonzero(n == 1).tolist():
        assert drawn.withheld(creator).reason is Reason.TOO_FEW_POSTS


@pytest.fixture
def flat():
    """Pool of 20 equal creators: level 5 each, and their baselines."""
    group = np.repeat(np.arange(20), 10)
    return estimate_baselines(group, np.full(200, 5.0), 20, q=0, prior=VariancePrior(5.0, 0.5))


def traits(followers, category):
    return Traits(np.log(np.asarray(followers, float)), np.array(category, object))


def test_unknown_followers_are_compared_by_category_alone_and_never_as_zero(flat):
    everybody = traits([1000.0] * 20, [""] * 20)
    prior = peer_levels(flat, everybody, traits([1000.0, UNKNOWN, 8000.0], ["", "", ""]))
    np.testing.assert_allclose(prior.mean[:2], 5.0, atol=1e-6)
    assert prior.by_followers.tolist() == [True, False, True]
    # All peers have as many followers: nothing is known of one with eight times as many.
    assert prior.variance[2] > 100 * prior.variance[0]
    unfollowed = traits([UNKNOWN] * 20, [""] * 20)
    prior = peer_levels(flat, unfollowed, traits([1000.0], [""]))
    assert (prior.by_followers[0], prior.peers[0]) == (False, 20)


def test_a_category_that_no_peer_has_is_less_certain():
    random = np.random.default_rng(6)
    level = random.normal(5, 1, 40)
    group = np.repeat(np.arange(40), 20)
    pool = estimate_baselines(group, np.repeat(level, 20) + random.normal(0, 0.3, 800), 40, q=0)
    everybody = traits([UNKNOWN] * 40, ["art"] * 20 + ["food"] * 20)
    prior = peer_levels(pool, everybody, traits([UNKNOWN] * 2, ["art", "zoo"]))
    assert prior.variance[1] > 1.4 * prior.variance[0]
    assert prior.mean[0] == pytest.approx(np.mean(level[:20]), abs=0.2)


def test_the_variance_between_creators_is_found_by_moments():
    random = np.random.default_rng(7)
    level = random.normal(5, 0.7, 400)
    group = np.repeat(np.arange(400), 12)
    z = np.repeat(level, 12) + random.normal(0, 0.9, 4800)
    pool = estimate_baselines(group, z, 400, q=0)
    prior = peer_levels(pool, traits([UNKNOWN] * 400, [""] * 400), traits([UNKNOWN], [""]))
    assert np.sqrt(prior.variance[0]) == pytest.approx(0.7, rel=0.1)


@pytest.mark.parametrize("lift", [0.0, np.log(1.5)])
@pytest.mark.parametrize("peers", [200, 12])
def test_limits_of_creators_with_one_to_four_posts_are_honest_at_every_look(peers, lift):
    """Ten looks at ten campaign posts: wrong at any look at most .06, whatever the true lift.

    Pooled over seeds: 4,800 creators over a pool of 200, 4,800 over pools of 12.
    """
    wrong, counts = [], []
    for seed in range(12 if peers > 100 else 48):
        few = 400 if peers > 100 else 100
        n, group, place, z, about = population(seed, peers, few)
        organic = place < n[group]
        _, drawn = baselines(group[organic], z[organic], about)
        ever = np.zeros(len(n), bool)
        for look in range(1, 11):
            seen = ~organic & (place < n[group] + look)
            zero = np.zeros(int(seen.sum()))
            posts = CampaignPosts(group[seen], zero + 1, z[seen] + lift, zero, zero)
            lifts = creator_lift(drawn, posts)
            ever |= ~((lifts.low <= lift) & (lift <= lifts.high))
        wrong.append(ever[peers:])
        counts.append(n[peers:])
    ever, n = np.concatenate(wrong), np.concatenate(counts)
    for count in (1, 2, 3, 4):
        assert np.mean(ever[n == count]) <= 0.06
    assert np.mean(ever) <= 0.05
