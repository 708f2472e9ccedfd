"""Engagement rates: each by its name, and beside peers of the same platform, size and format."""

from __future__ import annotations

import math

import numpy as np
import pytest

from truelift.base.errors import UsageError
from truelift.decisions.engagement_rate import (
    FORMULAS,
    LEAST_PEERS,
    RatePosts,
    among_peers,
    formula_named,
    peer_groups,
    peer_scores,
    rates,
    size_bands,
    typed_rates,
)
from truelift.measurement.metric import ENGAGEMENT_RATES, engagement_rates

NAN = math.nan


def posts_of(unit, **counters):
    return RatePosts(
        np.array(unit), {name: np.array(values, float) for name, values in counters.items()}
    )


POSTS = posts_of(
    [0, 0, 1],
    likes=[90, 110, 40], comments=[5, 5, 2], shares=[5, 5, 1], saves=[10, 10, NAN],
    reach=[1000, NAN, 500],
)  # fmt: skip


def rate(name, followers=(1000.0, NAN)):
    return rates(POSTS, np.array(followers), FORMULAS[name]).tolist()


def test_every_formula_has_one_base_and_says_which_parts_it_adds_up():
    assert len(FORMULAS) == 20
    assert formula_named("by_reach_likes_and_comments").words == (
        "sum of (likes + comments) / sum of reach, over posts with both"
    )
    assert "newest follower count" in FORMULAS["by_followers"].words
    assert "at 24 hours (18 to 30)" in FORMULAS["by_followers_at_24_hours"].words
    with pytest.raises(UsageError, match="no engagement rate 'er'"):
        formula_named("er")


def test_a_mean_post_is_divided_by_followers_and_what_is_not_known_has_no_rate():
    assert rate("by_followers")[0] == pytest.approx(0.12)
    assert rate("by_followers_without_saves")[0] == pytest.approx(0.11)
    assert rate("by_followers_without_shares")[0] == pytest.approx(0.115)
    assert rate("by_followers_likes_and_comments")[0] == pytest.approx(0.105)
    assert math.isnan(rate("by_followers")[1])
    assert rate("by_followers_at_24_hours")[0] == pytest.approx(0.12)
    assert math.isnan(rate("by_followers", (0.0, 100.0))[0])


def test_only_posts_with_both_count_and_a_counter_never_shown_is_left_out():
    first, second = rate("by_reach")
    assert first == pytest.approx(110 / 1000)
    assert second == pytest.approx(43 / 500)
    assert all(math.isnan(one) for one in rate("by_views"))
    assert POSTS.shown("saves", 2).tolist() == [True, False]
    assert POSTS.shown("views", 2).tolist() == [False, False]


def test_the_whole_formulas_are_those_that_baselines_are_sealed_with():
    whole = np.array([110.0, 130.0])
    sealed = engagement_rates(whole, followers=1000, reach=np.array([1000, NAN]))
    assert set(ENGAGEMENT_RATES) <= set(FORMULAS)
    assert {name: rate(name)[0] for name in sealed} == pytest.approx(sealed)


def test_size_bands_begin_at_their_least_follower_count():
    assert size_bands(np.array([NAN, 0, 9_999, 10_000, 499_999, 2e6])).tolist() == [
        -1, 0, 0, 1, 2, 4,
    ]  # fmt: skip


def test_peers_are_of_the_narrowest_group_that_has_enough_others():
    units = 2 * LEAST_PEERS + 4
    platform = np.array(["x"] * (units - 1) + ["blog"], dtype=object)
    formats = np.array(["a"] * (LEAST_PEERS + 1) + ["b"] * (units - LEAST_PEERS - 1), dtype=object)
    band = np.ones(units, np.int64)
    band[-2] = -1
    band[-3] = 3
    values = np.arange(units) / 100
    groups = peer_groups(platform, band, formats)
    found = among_peers(values, groups)
    assert found.level[0] == 0
    assert found.count[0] == LEAST_PEERS
    assert found.place[0] == 0
    assert found.place[LEAST_PEERS] == 1
    assert found.level[LEAST_PEERS + 1] == 1
    assert found.level[-2] == found.level[-3] == 2
    assert found.level[-1] == -1
    assert math.isnan(found.place[-1])
    assert found.middle[0] == pytest.approx(0.05)
    assert found.low[0] < found.middle[0] < found.high[0]
    scores = peer_scores(found)
    assert scores[0] < 0 < scores[LEAST_PEERS]
    assert math.isnan(scores[-1])


def test_equal_rates_stand_half_above_each_other_and_unknown_ones_nowhere():
    values = np.array([0.1] * (LEAST_PEERS + 1) + [NAN])
    groups = (np.zeros(len(values), np.int64),)
    found = among_peers(values, groups)
    assert found.place[:-1].tolist() == [0.5] * (LEAST_PEERS + 1)
    assert found.level[-1] == -1
    assert among_peers(np.full(3, NAN), (np.zeros(3, np.int64),)).level.tolist() == [-1] * 3


def test_numbers_typed_in_give_every_formula_that_has_all_its_parts():
    found = typed_rates({"followers": 2000, "likes": 90, "comments": 10, "reach": 0})
    assert found["by_followers_likes_and_comments"] == 0.05
    assert found["by_followers"] is None
    assert "by_followers_at_24_hours" not in found
    assert found["by_reach_likes_and_comments"] is None
