"""Expected returns: own history by how exactly it is known, the rest like peers, truth inside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.expected_return import (
    BETWEEN_CREATORS,
    LEVEL,
    Past,
    expected_returns,
    spread_within,
    standard_error,
)

NO_TRAITS = np.zeros((6, 0))
NOBODY = np.zeros(100, bool)
GROUPS = np.array([0, 0, 0, 1, 1, 2])


def past_of(*rows):
    creator, returns, se = zip(*rows, strict=True)
    return Past(
        np.array(creator), np.array(returns, float), np.array(se, float), np.zeros(len(rows), bool)
    )


def test_own_history_counts_by_how_exactly_it_is_known():
    past = past_of((0, 3.0, 0.1), (1, 3.0, 2.0), (2, 0.5, 0.3), (3, 1.0, 0.3))
    found = expected_returns(past, GROUPS, NO_TRAITS)
    assert found.own[0] > 0.7
    assert found.own[1] < 0.5
    assert found.peers[0] < found.point[1] < found.point[0] < 3.0
    assert found.high[1] - found.low[1] > found.high[0] - found.low[0]
    assert found.measured == 4
    assert found.level == LEVEL
    assert (found.low < found.point).all()
    assert (found.point < found.high).all()


def test_who_was_never_measured_is_like_its_peers_with_a_wider_interval():
    past = past_of((0, 3.0, 0.2), (1, 3.2, 0.2), (3, 0.1, 0.2))
    found = expected_returns(past, GROUPS, NO_TRAITS)
    width = found.high - found.low
    assert found.own[2] == 0
    assert np.isnan(found.own_return[2])
    assert found.point[2] == found.peers[2] > found.point[4] == found.peers[4]
    assert found.point[4] < found.point[5] < found.point[2]  # no peer was measured: all creators
    assert found.group_count.tolist() == [2, 2, 2, 1, 1, 0]
    assert width[5] > width[2] > width[0]


def test_several_campaigns_of_a_creator_count_more_than_one():
    once = past_of((0, 3.0, 0.5), (1, 0.0, 0.5), (2, 1.0, 0.5))
    twice = past_of((0, 3.0, 0.5), (0, 3.0, 0.5), (1, 0.0, 0.5), (2, 1.0, 0.5))
    few = expected_returns(once, np.zeros(3, np.int64), np.zeros((3, 0)))
    more = expected_returns(twice, np.zeros(3, np.int64), np.zeros((3, 0)))
    assert more.own[0] > few.own[0]
    assert more.own_return[0] == 3.0


@pytest.mark.parametrize(
    "past", [past_of((0, 1.0, 0.1), (1, 2.0, 0.1)), past_of((0, 1, 0.0), (1, 2, 1), (2, np.nan, 1))]
)
def test_fewer_than_three_measured_creators_rank_nobody(past):
    found = expected_returns(past, GROUPS, NO_TRAITS)
    assert isinstance(found, Withheld)
    assert found.reason is Reason.NO_PAST_RETURN
    assert "of at least 3 creators" in found.detail


def test_traits_say_nothing_unless_past_returns_do():
    drawn = np.random.default_rng(3)
    count = 200
    cheap = drawn.normal(0, 1, count)
    group = np.zeros(count, np.int64)
    noise = drawn.normal(1.5, 0.3, count)
    rows = np.arange(100)
    se = np.full(100, 0.2)
    idle = expected_returns(Past(rows, noise[:100], se, NOBODY), group, cheap[:, None])
    told = expected_returns(Past(rows, (noise + cheap)[:100], se, NOBODY), group, cheap[:, None])
    assert abs(idle.effects[0]) < 0.1
    assert 0.8 < told.effects[0] < 1.1
    assert np.corrcoef(told.point[100:], cheap[100:])[0, 1] > 0.99
    assert told.trait_effect == pytest.approx(told.effects[0] * cheap)


def test_an_unknown_trait_is_taken_as_the_peers_and_doubted():
    past = past_of(*((at, 1.0 + at % 3, 0.2) for at in range(9)))
    traits = np.append(np.linspace(-1, 1, 9), [np.nan, 0.0])[:, None]
    found = expected_returns(past, np.zeros(11, np.int64), traits)
    assert found.point[9] == found.point[10]
    assert found.high[9] > found.high[10]


def test_the_spread_between_creators_is_found_and_moderated():
    values = np.array([0.0, 4.0, 0.0, 4.0])
    found, degrees = spread_within(
        values, np.full(4, 0.1), np.array([0, 0, 1, 1]), BETWEEN_CREATORS
    )
    assert degrees == 4
    assert 2 < found < 8
    alone, least = spread_within(values, np.full(4, 0.1), np.arange(4), BETWEEN_CREATORS)
    assert (alone, least) == (BETWEEN_CREATORS.between, BETWEEN_CREATORS.degrees)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    drawn = np.random.default_rng(12)
    inside = []
    for _ in range(60):
        group = drawn.integers(0, 5, 60)
        true = drawn.gamma(1.2, 1.1, 60) + drawn.normal(0, 0.4, 5)[group]
        rows = np.arange(25)
        se = drawn.uniform(0.2, 1.2, 25)
        seen = true[:25] + drawn.normal(0, 0.4, 25) + se * drawn.normal(size=25)
        found = expected_returns(Past(rows, seen, se, NOBODY[:25]), group, np.zeros((60, 0)))
        inside.append(np.mean((found.low <= true) & (true <= found.high)))
    assert 0.75 < np.mean(inside) < 0.9


def test_who_shares_an_experiments_error_says_nothing_of_how_creators_differ():
    alike = [(at, 1.0, 0.5) for at in range(20)]
    past = past_of(*alike, (20, 0.0, 0.1), (21, 4.0, 0.1), (22, -3.0, 0.1))
    group, traits = np.zeros(23, np.int64), np.zeros((23, 0))
    shared = replace(past, common=np.arange(23) < 20)
    both, apart = (expected_returns(one, group, traits) for one in (past, shared))
    assert apart.own[0] > both.own[0]
    assert apart.own[21] > both.own[21]
    everybody = replace(past, common=np.ones(23, bool))
    assert expected_returns(everybody, group, traits).measured == 23


def test_limits_of_an_experiment_are_read_once_and_others_at_every_look():
    low, high = np.array([0.0, 0.0]), np.array([2.0, 2.0])
    found = standard_error(low, high, np.array([False, True]))
    assert found == pytest.approx([0.33, 1 / 1.96])
