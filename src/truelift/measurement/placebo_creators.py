"""The placebo study of single creators: every window is one creator's campaign that never was.

In:   organic posts of many creators as sorted columns, windows cut from them, reading paths.
Out:  a study that `calibration` replays, with or without the other creators as controls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from truelift.measurement.ageing import AgeingCurve
from truelift.measurement.baseline import VariancePrior
from truelift.measurement.placebo import Windows, ages_at_looks
from truelift.measurement.placebo_controls import (
    Calendar,
    Feed,
    Rows,
    calendar,
    estimates,
    without_calendar,
)
from truelift.measurement.placebo_parts import parted
from truelift.measurement.ragged import Booleans, Floats, Integers
from truelift.measurement.reading_paths import DrawnPaths, ReadingPaths, drawn
from truelift.measurement.replay import Readings, Replay, readings_at, replay, window_baselines

MOST_CONTROLS = 40
"""Controls of one window: of more creators as many, drawn once for all windows."""

ROWS_AT_ONCE = 20_000
"""Windows x controls that are measured together, which bounds memory."""


@dataclass
class CreatorStudy:
    """Windows of single creators.

    feed: all organic posts. half: shape (windows,). controls: whether the other creators' posts on
    the same dates take the calendar out. serving: the creators that serve as controls, where they
    were drawn before.
    """

    windows: Windows
    half: Booleans
    feed: Feed
    paths: ReadingPaths
    curve: AgeingCurve
    looks: int
    controls: bool
    seed: int = 0
    serving: Integers | None = None
    _drawn: dict[tuple[float, ...], DrawnPaths] = field(default_factory=dict)
    _readings: dict[float, Readings] = field(default_factory=dict)
    _calendars: dict[tuple[object, ...], Calendar] = field(default_factory=dict)

    @property
    def clusterings(self) -> list[Integers]:
        """Give the creator-date block and the creator of each window."""
        return [self.windows.blocks, self.windows.creator]

    @property
    def independent(self) -> int:
        """Count the independent creator-date blocks."""
        return len(np.unique(self.windows.blocks))

    def drift(self, part: Booleans) -> float:
        """Fit the drift to the baselines of a part's windows."""
        found = window_baselines(self.windows.only(part), self.feed.z, q=None, prior=None)
        return float(found.q[0])

    def prior(self, part: Booleans, q: float) -> VariancePrior:
        """Fit the variance prior to the baselines of a part's windows."""
        return window_baselines(self.windows.only(part), self.feed.z, q=q, prior=None).prior

    def played(
        self, part: Booleans, *, q: float, prior: VariancePrior, factor: float = 1.0
    ) -> Replay:
        """Replay a part's windows."""
        windows = self.windows.only(part)
        seen = self._seen(factor)
        baselines = window_baselines(windows, self.feed.z, q=q, prior=prior)
        kept = Readings(seen.z[part], seen.tau2[part], seen.first_tau2[part])
        found = replay(baselines, kept)
        return without_calendar(found, self._beside(part, q, prior)) if self.controls else found

    def pieces(self) -> list[Integers]:
        """Part the windows: indices, ascending, each piece in one half."""
        return parted(self.half)

    def only(self, index: Integers, factors: Sequence[float]) -> CreatorStudy:
        """Give some windows as a study of its own: their creators' posts and the controls'."""
        key = tuple(factors)
        if key not in self._drawn:
            self._drawn = {key: drawn(self.paths, self.windows.campaign, self._ages, key)}
        mask = np.zeros(len(self.windows), bool)
        mask[index] = True
        windows = self.windows.only(mask)
        needed = np.zeros(self.feed.posts.creators, bool)
        needed[windows.creator] = True
        if self.controls:
            needed[self._chosen] = True
        feed, place = self.feed.only(needed[self.feed.posts.group])
        return CreatorStudy(
            windows.moved(place),
            self.half[index],
            feed,
            self._drawn[key].only(index, key),
            self.curve,
            self.looks,
            self.controls,
            self.seed,
            self._chosen,
        )

    def _seen(self, factor: float) -> Readings:
        if factor not in self._readings:
            count, read_age = self.paths.at(self.windows.campaign, self._ages, factor)
            self._readings[factor] = readings_at(count, read_age, self.curve)
        return self._readings[factor]

    @cached_property
    def _chosen(self) -> Integers:
        """Draw the creators that serve as controls."""
        if self.serving is not None:
            return self.serving
        creators = np.flatnonzero(self.feed.posts.count > 0)
        random = np.random.default_rng([self.seed, 3])
        return np.sort(random.permutation(creators)[:MOST_CONTROLS])

    @cached_property
    def _ages(self) -> Floats:
        return ages_at_looks(self.feed.hours[self.windows.campaign], self.looks)

    @cached_property
    def _moments(self) -> Floats:
        """Give when each look happens, hours; looks at mature posts happen at the newest one."""
        published = self.feed.hours[self.windows.campaign][:, None, :]
        age = np.where(np.isinf(self._ages), 0.0, self._ages)
        return np.asarray(np.nanmax(published + age, axis=2))

    def _beside(self, part: Booleans, q: float, prior: VariancePrior) -> Calendar:
        """Measure the controls of a part's windows, in pieces; kept, as multiples share them."""
        key = (q, prior.nu0, prior.s02, part.tobytes())
        if key not in self._calendars:
            windows, moments = self.windows.only(part), self._moments[part]
            chosen = self._chosen
            at_once = max(ROWS_AT_ONCE // len(chosen), 1)
            pieces = [
                self._calendar(windows, moments, slice(first, first + at_once), q=q, prior=prior)
                for first in range(0, len(windows), at_once)
            ]
            self._calendars = {key: Calendar(*map(np.concatenate, zip(*pieces, strict=True)))}
        return self._calendars[key]

    def _calendar(
        self, windows: Windows, moments: Floats, piece: slice, *, q: float, prior: VariancePrior
    ) -> tuple[Floats, ...]:
        starts, looks = windows.starts[piece], moments[piece]
        count = len(self._chosen)
        rows = Rows(
            np.tile(self._chosen, len(starts)),
            np.repeat(starts, count),
            np.repeat(looks, count, axis=0),
        )
        posts = windows.baseline.shape[1]
        found = estimates(self.feed, rows, baseline_posts=posts, q=q, prior=prior)
        others = self._chosen != windows.creator[piece][:, None]
        beside = calendar(found, others)
        return (beside.mean, beside.variance, beside.first, beside.least, beside.nu)
