"""Parts of a placebo study: some of its windows with all that their replay takes.

In:   a study, and which drifts or limits its windows are replayed with.
Out:  a few figures per window. A part's figures hang on nothing outside it, so that parts can be
      replayed anywhere and in any order: what is drawn by chance was drawn before and lies in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from truelift.measurement.baseline import VariancePrior
from truelift.measurement.ragged import Booleans, Floats, Integers, floats
from truelift.measurement.replay import Replay, scores

WINDOWS_AT_ONCE = 125
"""Windows of a part: few enough for many workers, enough for columns to pay."""


class Study(Protocol):
    """Placebo windows that can be replayed; columns have shape (windows,)."""

    @property
    def half(self) -> Booleans:
        """Say which half of the creators each window belongs to."""

    @property
    def clusterings(self) -> Sequence[Integers]:
        """Number the clusters each window belongs to, one array per way of clustering."""

    @property
    def independent(self) -> int:
        """Count the independent creator-date blocks."""

    def drift(self, part: Booleans) -> float:
        """Fit the drift q to the windows of a part."""

    def prior(self, part: Booleans, q: float) -> VariancePrior:
        """Fit the variance prior to the windows of a part."""

    def played(
        self, part: Booleans, *, q: float, prior: VariancePrior, factor: float = 1.0
    ) -> Replay:
        """Replay the windows of a part, posts multiplied by a true factor."""

    def pieces(self) -> list[Integers]:
        """Part the windows: indices, ascending, each piece in one half."""

    def only(self, index: Integers, factors: Sequence[float]) -> Study:
        """Give a piece as a study of its own, with what its replay takes and nothing else.

        Its readings are those that the whole study draws with each of the factors.
        """


@dataclass(frozen=True, slots=True)
class Fitting:
    """Ask what boundaries of several shapes would need, with one drift.

    Columns: per shape the worst look, in half widths; per shape the sum of the log half widths over
    the later half of the looks; over how many looks.
    """

    q: float
    prior: VariancePrior
    level: float
    shapes: tuple[float, ...]

    @property
    def columns(self) -> int:
        """Give the number of columns."""
        return 2 * len(self.shapes) + 1

    def of(self, study: Study) -> Floats:
        """Replay every window of a part; shape (windows, columns)."""
        played = study.played(np.ones(len(study.half), bool), q=self.q, prior=self.prior)
        theory, share = played.theory(self.level), played.share
        off = np.abs(played.delta) / theory
        later = slice(share.shape[1] // 2, None)
        bends = [share**-shape for shape in self.shapes]
        halves = [np.log(theory * bend)[:, later] for bend in bends]
        seen = np.isfinite(halves[0]).sum(axis=1)
        sums = [np.nansum(half, axis=1) for half in halves]
        return np.stack([*(worst(off / bend) for bend in bends), *sums, floats(seen)], axis=1)


@dataclass(frozen=True, slots=True)
class Judging:
    """Ask how a boundary does on windows that it was not fitted on.

    Columns: whether it was wrong at any look, and at the last one; the last half width; per true
    multiple whether it was always covered; per multiple whether it was found.
    """

    q: float
    shape: float
    kappa: float
    prior: VariancePrior
    level: float
    multiples: tuple[float, ...]

    @property
    def columns(self) -> int:
        """Give the number of columns."""
        return 3 + 2 * len(self.multiples)

    def of(self, study: Study) -> Floats:
        """Replay every window of a part; shape (windows, columns)."""
        everyone = np.ones(len(study.half), bool)
        played = study.played(everyone, q=self.q, prior=self.prior)
        found = scores(played, self.shape, self.level) / self.kappa
        covered, detected = [], []
        for multiple in self.multiples:
            injected = study.played(everyone, q=self.q, prior=self.prior, factor=multiple)
            off = scores(injected, self.shape, self.level, np.log(multiple)) / self.kappa
            low = injected.delta - self._half(injected)
            covered.append(floats(worst(off) <= 1))
            detected.append(floats((np.nan_to_num(low, nan=-1.0) > 0).any(axis=1)))
        wrong, final = floats(worst(found) > 1), floats(found[:, -1] > 1)
        return np.stack([wrong, final, self._half(played)[:, -1], *covered, *detected], axis=1)

    def _half(self, played: Replay) -> Floats:
        bent = played.share**-self.shape
        return np.asarray(self.kappa * played.theory(self.level) * bent)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A part, and what is asked of it."""

    study: Study
    asked: tuple[Fitting | Judging, ...]


Spread = Callable[[Iterable[Task]], Iterable[Floats]]
"""Replays parts, somewhere, and gives what `replayed` gives of each, in their order."""


def replayed(task: Task) -> Floats:
    """Answer what is asked of a part, side by side; shape (windows, columns of all)."""
    return np.concatenate([each.of(task.study) for each in task.asked], axis=1)


def in_turn(tasks: Iterable[Task]) -> Iterator[Floats]:
    """Replay one part after the other."""
    return map(replayed, tasks)


def parted(half: Booleans, at_once: int = WINDOWS_AT_ONCE) -> list[Integers]:
    """Part windows by the half they belong to, and further into some at once."""
    sides = [np.flatnonzero(half == side) for side in (False, True)]
    return [
        side[first : first + at_once] for side in sides for first in range(0, len(side), at_once)
    ]


def worst(found: Floats) -> Floats:
    """Give each window's worst look; nan where nothing was ever seen."""
    filled = np.where(np.isnan(found), -np.inf, found).max(axis=1)
    return np.where(np.isneginf(filled), np.nan, filled)
