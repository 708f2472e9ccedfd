"""Markov: how many conversions would be lost if a creator had not been there, solved exactly.

A visitor moves from creator to creator, each step depending on the last creator only, and ends in a
conversion or in nothing. The removal effect of a creator is the part of all conversions that is
lost when every step to that creator leads to nothing (Anderl, Becker, von Wangenheim, Schumann
2016, "Mapping the customer journey"). It is not simulated: with N = (I - Q)^-1, the expected visits
from state to state, the chance to reach creator k is N[start, k] / N[k, k], and of those who reach
k a part x[k] converts; so the loss is N[start, k] / N[k, k] * x[k], over the chance to convert at
all. One linear solve gives all effects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from truelift.base.errors import UsageError
from truelift.base.money import PARTS_PER_MILLION, allocate

CREATORS_AT_MOST = 4_000
"""The solve takes memory as the square (128 MB here) and time as the cube of the creators."""

_FINE = 10**12
"""Resolution at which removal effects become the whole-number weights of shares."""


class Outcome(StrEnum):
    """What a transition is: a step to a creator, or one of the two ends."""

    STEP = "step"
    CONVERSION = "conversion"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class AggregatedPath:
    """Creators (or channels) in order of touch, and how many such paths did and did not convert."""

    channels: tuple[str, ...]
    conversions: int
    nulls: int = 0


@dataclass(frozen=True, slots=True)
class Transition:
    """How often visitors went from origin (None: the start) to target (None: an end)."""

    origin: str | None
    target: str | None
    outcome: Outcome
    count: int


@dataclass(frozen=True, slots=True)
class Removal:
    """Removal effects and the shares of all conversions that follow, both ppm by creator.

    shares_ppm sums to exactly 1,000,000 and is empty when nothing converts.
    """

    effects_ppm: dict[str, int]
    shares_ppm: dict[str, int]


def transitions_of(paths: Iterable[AggregatedPath]) -> list[Transition]:
    """Count the transitions of paths; the same that `attribution.visitor_paths` gives."""
    counts: Counter[tuple[str | None, str | None, Outcome]] = Counter()
    for path in paths:
        total = path.conversions + path.nulls
        stops = (None, *path.channels)
        for origin, target in pairwise(stops):
            counts[origin, target, Outcome.STEP] += total
        counts[stops[-1], None, Outcome.CONVERSION] += path.conversions
        counts[stops[-1], None, Outcome.NULL] += path.nulls
    return [Transition(*key, count) for key, count in counts.items() if count > 0]


def markov_removal(paths: Iterable[AggregatedPath]) -> Removal:
    """Give removal effects and shares for aggregated paths."""
    return removal_of(transitions_of(paths))


def removal_of(transitions: Iterable[Transition]) -> Removal:
    """Give removal effects and shares for counted transitions.

    Raises UsageError for more creators than the exact solve can hold.
    """
    known = list(transitions)
    names = sorted({name for step in known for name in (step.origin, step.target) if name})
    if len(names) > CREATORS_AT_MOST:
        msg = (
            f"{len(names)} creators are too many for the exact Markov model, which takes"
            f" {CREATORS_AT_MOST}; choose one campaign, or another model."
        )
        raise UsageError(msg)
    place = {None: 0} | {name: index for index, name in enumerate(names, start=1)}
    moves = np.zeros((len(place), len(place)))
    converts, leaves = np.zeros(len(place)), np.zeros(len(place))
    for step in known:
        origin = place[step.origin]
        leaves[origin] += step.count
        if step.outcome is Outcome.STEP:
            moves[origin, place[step.target]] += step.count
        elif step.outcome is Outcome.CONVERSION:
            converts[origin] += step.count
    leaves[leaves == 0] = 1  # a start that nobody left from: no paths at all
    identity = np.eye(len(place))
    visits = np.linalg.solve(identity - moves / leaves[:, None], identity)
    chances = visits @ (converts / leaves)
    lost = visits[0] / np.diag(visits) * chances
    effects = [float(part) / float(chances[0] or 1) for part in lost[1:]]
    return _rounded(names, effects)


def _rounded(names: list[str], effects: list[float]) -> Removal:
    effects_ppm = {
        name: round(effect * PARTS_PER_MILLION) for name, effect in zip(names, effects, strict=True)
    }
    weights = [max(0, round(effect * _FINE)) for effect in effects]
    if not any(weights):
        return Removal(effects_ppm, {})
    parts = allocate(PARTS_PER_MILLION, weights)
    return Removal(effects_ppm, dict(zip(names, parts, strict=True)))
