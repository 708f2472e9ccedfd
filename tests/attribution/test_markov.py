"""Removal effects, against paths small enough to do by hand and against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.attribution import markov
from truelift.attribution.markov import (
    AggregatedPath,
    Outcome,
    Removal,
    Transition,
    markov_removal,
    removal_of,
    transitions_of,
)
from truelift.base.errors import UsageError


def test_transitions_are_counted_from_start_to_end():
    paths = [AggregatedPath(("ana", "bo"), 2, 3), AggregatedPath(("bo",), 0, 1)]
    assert set(transitions_of(paths)) == {
        Transition(None, "ana", Outcome.STEP, 5),
        Transition(None, "bo", Outcome.STEP, 1),
        Transition("ana", "bo", Outcome.STEP, 5),
        Transition("bo", None, Outcome.CONVERSION, 2),
        Transition("bo", None, Outcome.NULL, 4),
    }


def test_a_creator_whom_every_buyer_met_is_worth_everything():
    """Ana is on every converting path, Bo on half of them: without Ana nothing is sold."""
    paths = [AggregatedPath(("ana",), 1), AggregatedPath(("bo", "ana"), 1)]
    assert markov_removal(paths) == Removal(
        {"ana": 1_000_000, "bo": 500_000}, {"ana": 666_667, "bo": 333_333}
    )


@pytest.mark.parametrize("paths", [[], [AggregatedPath(("ana",), 0, 9)]])
def test_where_nothing_converts_nothing_is_shared(paths):
    removal = markov_removal(paths)
    assert removal.shares_ppm == {}
    assert set(removal.effects_ppm.values()) <= {0}


def test_too_many_creators_are_refused_before_memory_is_taken(monkeypatch):
    monkeypatch.setattr(markov, "CREATORS_AT_MOST", 1)
    with pytest.raises(UsageError, match="2 creators are too many"):
        markov_removal([AggregatedPath(("ana", "bo"), 1)])


def chance_to_convert(transitions, removed=None):
    """Follow the chain step by step until it has surely ended; a removed creator is a dead end."""
    names = sorted({one.origin for one in transitions if one.origin})
    place = {None: 0} | {name: index for index, name in enumerate(names, start=1)}
    moves, wins = np.zeros((len(place), len(place))), np.zeros(len(place))
    for one in transitions:
        total = sum(other.count for other in transitions if other.origin == one.origin)
        if one.outcome is Outcome.STEP and one.target != removed:
            moves[place[one.origin], place[one.target]] += one.count / total
        elif one.outcome is Outcome.CONVERSION:
            wins[place[one.origin]] += one.count / total
    here, won = np.eye(len(place))[0], 0.0
    for _ in range(2_000):
        won += here @ wins
        here = here @ moves
    return won


paths = st.lists(
    st.builds(
        AggregatedPath,
        st.lists(st.sampled_from(["ana", "bo", "cy"]), min_size=1, max_size=5).map(tuple),
        st.integers(1, 9),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30)
@given(paths=paths)
def test_one_solve_equals_taking_each_creator_out_in_turn(paths):
    transitions = transitions_of(paths)
    whole = chance_to_convert(transitions)
    for name, effect in removal_of(transitions).effects_ppm.items():
        without = chance_to_convert(transitions, removed=name)
        assert effect == pytest.approx(1_000_000 * (1 - without / whole), abs=2)


@given(paths=paths)
def test_shares_are_exactly_one_million(paths):
    assert sum(markov_removal(paths).shares_ppm.values()) == 1_000_000
