"""Replay: the lift engine run over placebo windows, at every look.

In:   windows, readings at every look, the drift and the variance prior in force.
Out:  per window and look the log ratio, its standard error and what the boundary needs, hence
      how many times the theory's half width the truth lay away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from truelift.measurement.ageing import AgeingCurve, reading
from truelift.measurement.baseline import Baselines, VariancePrior, estimate_baselines
from truelift.measurement.lift import CampaignPosts, log_lift
from truelift.measurement.limits import multiplier
from truelift.measurement.placebo import Windows
from truelift.measurement.ragged import Floats

ROWS_AT_ONCE = 40_000
"""Window-looks that are filtered together, which bounds memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What was seen of each campaign post at each look; shape (windows, looks, posts).

    z, tau2: reading and its extra variance, nan where nothing was seen. first_tau2: tau2 at the
    post's first look, shape (windows, posts).
    """

    z: Floats
    tau2: Floats
    first_tau2: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Estimates of placebo windows (or campaigns) at every look, shape (windows, looks).

    delta: log ratio, nan before anything was seen. variance: of delta; variance_first,
    variance_least: at the first look and at the most information. nu: degrees of freedom.
    """

    delta: Floats
    variance: Floats
    variance_first: Floats
    variance_least: Floats
    nu: Floats

    @property
    def share(self) -> Floats:
        """Give the information now over the largest, in (0, 1]."""
        return np.asarray(np.minimum(self.variance_least / self.variance, 1.0))

    def theory(self, level: float) -> Floats:
        """Give the theory's half width at every look, log units."""
        ratio = self.variance_first / self.variance_least
        half = multiplier(ratio, self.nu, 1 - level) * np.sqrt(self.variance)
        return np.asarray(half)


def readings_at(count: Floats, read_age: Floats, curve: AgeingCurve) -> Readings:
    """Read counts at every look as if mature; shape (windows, looks, posts)."""
    z, tau2 = reading(count, read_age, curve)
    seen = np.isfinite(tau2)
    first = np.argmax(seen, axis=1)
    first_age = np.take_along_axis(read_age, first[:, None, :], axis=1)[:, 0, :]
    first_tau2 = np.nan_to_num(curve.variance(first_age))
    return Readings(z, tau2, first_tau2)


def window_baselines(
    windows: Windows, z: Floats, *, q: float | None, prior: VariancePrior | None
) -> Baselines:
    """Estimate the baseline of every window from its own baseline posts.

    z: mature reading of every post the windows were drawn from.
    """
    posts = z[windows.baseline]
    group = np.repeat(np.arange(len(windows)), posts.shape[1])
    return estimate_baselines(group, posts.ravel(), len(windows), q=q, prior=prior)


def replay(baselines: Baselines, readings: Readings) -> Replay:
    """Run the engine on every window at every look."""
    windows, looks, _ = readings.z.shape
    at_once = max(ROWS_AT_ONCE // looks, 1)
    parts = [
        _replayed(baselines, readings, slice(first, first + at_once))
        for first in range(0, windows, at_once)
    ]
    columns = ("delta", "variance", "variance_first", "variance_least", "nu")
    return Replay(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def _replayed(baselines: Baselines, readings: Readings, part: slice) -> Replay:
    """Take every look of every window as a creator of its own: one call for all."""
    z, tau2 = readings.z[part], readings.tau2[part]
    windows, looks, posts = z.shape
    columns = ("level", "p", "s2", "nu", "q", "n")
    repeated: dict[str, Any] = {
        name: np.repeat(getattr(baselines, name)[part], looks) for name in columns
    }
    first = np.broadcast_to(readings.first_tau2[part][:, None, :], z.shape)
    flat = CampaignPosts(
        group=np.repeat(np.arange(windows * looks), posts),
        count=np.zeros(z.size),
        z=z.ravel(),
        tau2=tau2.ravel(),
        first_tau2=np.fmax(first, tau2).ravel(),
    )
    ratios = log_lift(Baselines(**repeated, prior=baselines.prior), flat)
    shape = (windows, looks)
    return Replay(
        ratios.delta.reshape(shape),
        ratios.variance.reshape(shape),
        ratios.variance_first.reshape(shape),
        ratios.variance_least.reshape(shape),
        ratios.nu.reshape(shape),
    )


def scores(played: Replay, shape: float, level: float, truth: float = 0.0) -> Floats:
    """Say how far the truth lay away, in half widths of the theory bent by `shape`.

    Shape (windows, looks); above 1 the theory's limits were wrong; nan where nothing was seen.
    """
    bent = played.theory(level) * played.share**-shape
    return np.asarray(np.abs(played.delta - truth) / bent)
