"""The order and its reasons: best first, equals by what can be measured, nothing guessed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from truelift.decisions.shortlist import Because, order, traits, two, why

NAN = math.nan
NAMES = np.array(["a", "b", "c", "d"], dtype=object)


def test_who_should_bring_most_comes_first_then_who_can_be_measured_then_the_rate_then_the_name():
    smallest = np.array([0.5, 0.9, NAN, math.inf])
    place = np.array([0.1, 0.2, 0.3, NAN])
    point = np.array([1.0, 2.0, 1.0, 1.0])
    assert NAMES[order(point, smallest, place, NAMES)].tolist() == ["b", "a", "c", "d"]
    assert NAMES[order(None, smallest, place, NAMES)].tolist() == ["a", "b", "c", "d"]
    nothing = np.full(4, NAN)
    assert order(None, nothing, nothing, NAMES[::-1]).tolist() == [3, 2, 1, 0]


def test_a_price_is_told_as_how_often_it_halves_the_peers():
    found = traits(np.array([50.0, 200, NAN]), np.array([100.0, 100, 100]), np.array([1, NAN, 0.5]))
    assert found[:2, 0].tolist() == [1, -1]
    assert math.isnan(found[2, 0])
    assert found[0, 1] == 1


OWN = Because(
    expected=0.21, low=-0.6, high=1.0, level=0.8, currency="USD", own=0.83, campaigns=1,
    own_return=-0.13, raw_return=3.0, peers=1.87, peers_words="its peers (4 measured)",
)  # fmt: skip


def test_a_high_tracked_return_that_would_have_come_anyway_is_named():
    assert why(OWN) == (
        "Each USD should bring 0.21 of won contribution that would not come anyway (-0.60 to "
        "1.00, 80 %); it brought -0.13 in 1 campaign, its peers (4 measured) 1.87, and its own "
        "history counts 83 %; the 3.00 that was tracked looks profitable, but most of it "
        "would have come without the campaign."
    )


@pytest.mark.parametrize("raw", [None, 0.7])
def test_a_low_or_unknown_tracked_return_is_not_mentioned(raw):
    assert "tracked" not in why(replace(OWN, raw_return=raw, campaigns=2))
    assert "in 2 campaigns" in why(replace(OWN, raw_return=raw, campaigns=2))


def test_without_an_own_history_the_reason_is_said_and_what_was_not_used():
    told = why(replace(OWN, own_return=None, not_used=("price", "followers")))
    assert "no campaign of ours has measured it, so it is taken to be like its peers" in told
    assert told.endswith("not known and not used: price, followers.")
    told = why(replace(OWN, own_return=NAN, unmeasured="its own return is not known (glow)"))
    assert "its own return is not known (glow), so it is taken" in told


def test_what_rounds_to_nothing_has_no_sign():
    assert [two(one) for one in (-0.004, -0.006, 1.005)] == ["0.00", "-0.01", "1.00"]
