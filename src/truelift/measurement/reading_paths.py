"""Reading paths: what a post showed at each age, on record or simulated from an ageing curve.

In:   observations of posts, or final counters with an ageing curve.
Out:  counts and the ages they were read at, for any ages asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from truelift.measurement.ageing import AgeingCurve
from truelift.measurement.ragged import Floats, Integers


class ReadingPaths(Protocol):
    """Counts of posts at ages.

    posts: post indices, shape (windows, posts). ages: hours, shape (windows, looks, posts), nan
    where a post is not there yet, inf for mature. factor: the true multiple that the posts are
    given. Result: count and the age it was read at, both nan where nothing had been read.
    """

    def at(self, posts: Integers, ages: Floats, factor: float = 1.0) -> tuple[Floats, Floats]:
        """Give counts and the ages they were read at."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPaths:
    """Final counters grown backwards along an ageing curve.

    final: mature count of each post, shape (posts,). A young count is final e^(g(age) + noise),
    whole numbers; the noise has the curve's variance tau2(age) and independent increments, so a
    later reading forgets the earlier ones.
    """

    final: Floats
    curve: AgeingCurve
    seed: int

    def at(self, posts: Integers, ages: Floats, factor: float = 1.0) -> tuple[Floats, Floats]:
        """Give counts at exactly the ages asked for; nan below the curve's first knot."""
        random = np.random.default_rng([self.seed, 2])
        variance = np.nan_to_num(self.curve.variance(ages))
        later = np.concatenate([variance[:, 1:], np.zeros_like(variance[:, :1])], axis=1)
        steps = np.sqrt(np.maximum(variance - later, 0.0)) * random.standard_normal(ages.shape)
        noise = np.cumsum(steps[:, ::-1], axis=1)[:, ::-1]
        final = (self.final[posts] * factor)[:, None, :]
        grown = (final + 0.5) * np.exp(self.curve.log_fraction(ages) + noise) - 0.5
        count = np.where(np.isinf(ages), np.rint(final), np.maximum(np.rint(grown), 0.0))
        return count, np.where(np.isnan(count), np.nan, ages)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedPaths:
    """Observations as they were made.

    start, count: where each post's observations lie, shape (posts,). age_hours, values: columns
    over observations, by post and ascending age.
    """

    start: Integers
    count: Integers
    age_hours: Floats
    values: Floats

    def at(self, posts: Integers, ages: Floats, factor: float = 1.0) -> tuple[Floats, Floats]:
        """Give the last observation at or before each age; nothing is read between two of them."""
        # One sorted key over all posts: each post's ages moved past those of the post before.
        span = float(np.max(self.age_hours, initial=0.0)) + 1.0
        owner = np.repeat(np.arange(len(self.start)), self.count)
        key = owner * span + np.maximum(self.age_hours, 0.0)
        index = np.broadcast_to(posts[:, None, :], ages.shape)
        asked = index * span + np.clip(np.nan_to_num(ages, nan=-1.0), -1.0, span - 0.5)
        found = np.searchsorted(key, asked, side="right") - 1
        there = (found >= self.start[index]) & ~np.isnan(ages)
        found = np.where(there, found, 0)
        if not len(self.values):
            return np.full(ages.shape, np.nan), np.full(ages.shape, np.nan)
        count = np.where(there, np.rint(self.values[found] * factor), np.nan)
        return count, np.where(there, self.age_hours[found], np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPaths:
    """What other paths gave for certain posts and ages, by factor; for these and no others.

    counts, read_age: shape (windows, looks, posts).
    """

    counts: Mapping[float, Floats]
    read_age: Floats

    def at(self, posts: Integers, ages: Floats, factor: float = 1.0) -> tuple[Floats, Floats]:  # noqa: ARG002 - as the others are asked
        """Give what was drawn with a factor."""
        return self.counts[factor], self.read_age

    def only(self, index: Integers, factors: Sequence[float]) -> DrawnPaths:
        """Keep some windows."""
        return DrawnPaths({f: self.counts[f][index] for f in factors}, self.read_age[index])


def drawn(
    paths: ReadingPaths, posts: Integers, ages: Floats, factors: Sequence[float]
) -> DrawnPaths:
    """Draw counts at ages, once per factor; when a post was read does not hang on its multiple."""
    found = {factor: paths.at(posts, ages, factor) for factor in factors}
    return DrawnPaths({factor: count for factor, (count, _) in found.items()}, found[factors[0]][1])
