"""Signals with their evidence: what is planted is seen, what is usual is not, nobody is judged."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.decisions.authenticity import (
    LEAST_POSTS,
    Shown,
    Signal,
    far_from_peers,
    follower_jumps,
    narrow_spreads,
    spreads,
    together,
)
from truelift.measurement.followers import follower_counts

UNITS, POSTS = 30, 25
DAY = np.timedelta64(1, "D")
START = np.datetime64("2026-01-01T00:00:00", "us")


def shown_posts(spread, *, loud=None):
    drawn = np.random.default_rng(4)
    unit = np.repeat(np.arange(UNITS), POSTS)
    log = 6 + np.repeat(spread, POSTS) * drawn.normal(size=UNITS * POSTS)
    at = START + np.tile(np.arange(POSTS), UNITS) * 5 * DAY
    if loud is not None:
        log[loud] += 4
    return Shown(unit, at, log)


def test_posts_that_all_get_the_same_engagement_are_a_signal_and_usual_ones_are_not():
    spread = np.full(UNITS, 0.7)
    spread[3] = 0.1
    found = narrow_spreads(shown_posts(spread), np.zeros(UNITS, np.int64), UNITS)
    assert list(found) == [3]
    (signal,) = found[3]
    assert signal.name == "narrow_spread"
    assert signal.evidence["posts"] == POSTS
    assert signal.evidence["spread"] < signal.evidence["peers_median"] / 2
    assert "29 peers" in signal.sentence


def test_few_posts_or_few_peers_say_nothing():
    few = Shown(np.zeros(LEAST_POSTS - 1, np.int64), np.full(9, START), np.zeros(9))
    spread, count = spreads(few, 2)
    assert np.isnan(spread).all()
    assert count.tolist() == [LEAST_POSTS - 1, 0]
    spread = np.full(UNITS, 0.7)
    spread[3] = 0.1
    group = np.arange(UNITS) % 3
    assert narrow_spreads(shown_posts(spread), group, UNITS) == {}
    assert far_from_peers("a", "b", np.array([1.0, 900.0]), np.zeros(2, np.int64)) == {}


def test_a_ratio_far_from_the_peers_is_a_signal_with_its_side():
    values = np.exp(np.linspace(-3.5, -2.5, 300))
    values[4], values[5], values[6], values[7] = 2.0, 0.0001, np.nan, 0.0
    found = far_from_peers(
        "comments_per_like", "comments per like", values, np.zeros(300, np.int64)
    )
    assert set(found) == {4, 5}
    assert "far above" in found[4][0].sentence
    assert "far below" in found[5][0].sentence
    assert found[4][0].evidence["peers"] == 297


def test_peers_who_are_all_equal_have_no_usual_spread():
    assert far_from_peers("a", "b", np.ones(UNITS), np.zeros(UNITS, np.int64)) == {}


def counts_of(*steps, start=10_000.0):
    """Give one unit's monthly counts from the factors between them."""
    counts = start * np.cumprod([1.0, *steps])
    at = START + np.arange(len(counts)) * 30 * DAY
    return follower_counts(np.zeros(len(counts), np.int64), at, counts)


NOTHING = Shown(np.zeros(0, np.int64), np.zeros(0, "datetime64[us]"), np.zeros(0))
STEADY = (1.01, 1.02, 1.01, 1.015, 1.01)


def test_a_jump_far_from_the_own_usual_growth_is_a_signal():
    found = follower_jumps(counts_of(*STEADY, 1.6, 1.01), NOTHING, 1)
    (signal,) = found[0]
    assert signal.evidence["from"] == 10_667
    assert signal.evidence["to"] == 17_067
    assert "no post of those days stood out" in signal.sentence
    (gone,) = follower_jumps(counts_of(*STEADY, 0.7, 1.01), NOTHING, 1)[0]
    assert "many left at once" in gone.sentence


@pytest.mark.parametrize("steps", [STEADY, (1.6, 1.01), (1.4, 1.7, 1.3, 1.6, 1.5, 1.8)])
def test_steady_growth_short_histories_and_those_that_always_leap_are_none(steps):
    assert follower_jumps(counts_of(*steps), NOTHING, 1) == {}


def test_a_post_that_went_round_explains_a_jump_after_it():
    jump = counts_of(*STEADY, 1.6, 1.01)
    at = START + np.array([0, 30, 60, 90, 155]) * DAY
    quiet = Shown(np.zeros(5, np.int64), at, np.full(5, 6.0))
    loud = Shown(np.zeros(5, np.int64), at, np.array([6.0, 6, 6, 6, 9]))
    early = Shown(np.zeros(4, np.int64), at[:4], np.array([6.0, 6, 6, 9]))
    assert 0 in follower_jumps(jump, quiet, 1)
    assert 0 in follower_jumps(jump, early, 1)
    assert follower_jumps(jump, loud, 1) == {}


def test_signals_of_one_creator_stand_together():
    one, two = Signal("a", "A", {}), Signal("b", "B", {})
    assert together({1: [one]}, {1: [two], 2: [one]}) == {1: [one, two], 2: [one]}
