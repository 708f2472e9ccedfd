"""Baselines from organic posts: each creator up to its own launch, the pool up to the earliest."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from truelift.base.estimate import Reason
from truelift.operations.knowledge import knowledge
from truelift.operations.organic import Organic
from truelift.operations.panels import Panels

NEW_YEAR = dt.datetime(2026, 1, 1, 12)
JUNE = dt.datetime(2026, 6, 1)


def history(creators, posts, seed=1, likes=200):
    """Write posts of creators, one every third day from New Year on, each read a month later."""
    random = np.random.default_rng(seed)
    rows = {"posts": [], "observations": [], "followers": [], "creators": [], "profiles": []}
    for number, creator in enumerate(creators):
        count = posts[number % len(posts)]
        rows["creators"].append(f"{creator} | {creator} | {'art' if number % 2 else 'food'}")
        rows["profiles"].append(f"x | {creator} | {creator}")
        rows["followers"].append(f"x | {creator} | {NEW_YEAR} | {1000 * (number + 1)}")
        for index in range(count):
            at = NEW_YEAR + dt.timedelta(days=3 * index, minutes=number)
            name = f"{creator}-{index}"
            count = int(likes * np.exp(random.normal(0, 0.6)))
            rows["posts"].append(f"x | {name} | {creator} | {at}")
            rows["observations"].append(f"x | {name} | {at + dt.timedelta(days=31)} | {count}")
    heads = {
        "posts": "platform | post_id | handle | published_at",
        "observations": "platform | post_id | observed_at | likes",
        "followers": "platform | handle | observed_at | followers",
        "creators": "creator | name | category",
        "profiles": "platform | handle | creator",
    }
    return "\n\n".join("\n".join([kind, heads[kind], *rows[kind]]) for kind in rows)


def organic(told):
    return Organic(Panels(knowledge(told.ground)))


def test_the_pool_ends_at_the_earliest_cut_and_each_creator_at_its_own(told):
    names = [f"c{number:02}" for number in range(14)]
    told.given(history(names, [20]), at=JUNE)
    early, late = NEW_YEAR + dt.timedelta(days=30), NEW_YEAR + dt.timedelta(days=50)
    both = organic(told).baselines("x", "engagement", "", {"c00": early, "c01": late})
    alone = organic(told).baselines("x", "engagement", "", {"c00": early})
    assert both.units == (0, 1)
    assert both.baselines.n[:3].tolist() == [10, 17, 0]
    assert both.baselines.prior == alone.baselines.prior
    assert both.baselines.level[0] == alone.baselines.level[0]
    # A cut later than all posts: the pool and the creator are as if estimated together.
    whole = organic(told).baselines("x", "engagement", "", dict.fromkeys(names, JUNE))
    assert whole.baselines.n.tolist() == [20] * 14
    assert whole.baselines.shrinkage.prior.peers.tolist() == [14] * 14


def test_a_creator_with_one_post_is_drawn_to_peers_by_followers_and_category(told):
    names = [f"c{number:02}" for number in range(15)]
    told.given(history(names, [20] * 14 + [1]), at=JUNE)
    found = organic(told).baselines("x", "engagement", "", {"c14": JUNE})
    shrinkage = found.baselines.shrinkage
    assert found.baselines.n[14] == 1
    assert shrinkage.prior.peers[14] == 14
    assert shrinkage.prior.by_followers[14]
    assert 0 < shrinkage.weight[14] < 1
    assert found.reference(14) == 15_000
    assert found.baselines.withheld(14) is None


def test_readings_are_relative_to_the_newest_followers_before_the_cut(told):
    told.given(
        history(["c00"], [20])
        + """

        followers
        platform | handle | observed_at | followers
        x        | c00    | @01-20      | 2000
        x        | c00    | @04-01      | 9000
        """,
        at=JUNE,
    )
    cut = dt.datetime(2026, 3, 15)
    found = organic(told).baselines("x", "engagement", "", {"c00": cut})
    assert found.reference(0) == 2000
    assert found.audience(0).followers.tolist() == [1000, 2000]
    assert found.audience(0).carried_back == 0
    grown = np.where(found.panel.published_at < np.datetime64("2026-01-20T17"), np.log(0.5), 0.0)
    np.testing.assert_allclose(found.z, np.log(found.counts + 0.5) - grown)
    # Before the first count posts take the first: no jump where followers begin to be known.
    first = dt.datetime(2026, 1, 10)
    told.given(
        """
        posts
        platform | post_id | handle | published_at
        x        | early   | c00    | 2025-12-20T12:00

        observations
        platform | post_id | observed_at | likes
        x        | early   | @02-01      | 150
        """,
        at=JUNE,
    )
    found = organic(told).baselines("x", "engagement", "", {"c00": first})
    assert found.audience(0).carried_back == 1
    assert found.z[0] == pytest.approx(np.log(150.5))


def test_without_followers_or_readings_nothing_is_made_up(told):
    told.given(
        """
        posts
        platform | post_id | creator | published_at
        x        | p       | ana     | @03-01
        x        | q       | bo      | @03-01

        observations
        platform | post_id | observed_at | likes
        x        | p       | @04-10      | 100
        """,
        at=JUNE,
    )
    found = organic(told).baselines("x", "engagement", "", {"ana": JUNE, "bo": JUNE})
    assert (found.reference(0), found.audience(0)) == (None, None)
    reasons = [found.baselines.withheld(unit).reason for unit in found.units]
    assert reasons == [Reason.TOO_FEW_POSTS, Reason.NO_BASELINE]
    assert organic(told).baselines("x", "views", "", {"ana": JUNE}) is None


def test_a_creator_whose_every_post_shows_0_is_withheld_and_left_out_of_the_pool(told):
    names = [f"c{number:02}" for number in range(12)]
    told.given(history(names, [12]), at=JUNE)
    plain = organic(told).baselines("x", "engagement", "", dict.fromkeys(names, JUNE))
    told.given(history(["nil"], [12], likes=0), at=JUNE)
    asked = dict.fromkeys([*names, "nil"], JUNE)
    found = organic(told).baselines("x", "engagement", "", asked).baselines
    assert found.n.tolist() == [12] * 13
    assert found.prior == plain.baselines.prior
    assert found.known.tolist() == [True] * 12 + [False]
    assert found.withheld(12).reason is Reason.NO_BASELINE
    assert "shows 0" in found.withheld(12).detail
