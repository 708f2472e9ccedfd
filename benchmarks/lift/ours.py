"""Our limits on the same windows: fitted on one half of the accounts, said of the other.

In:   a placebo study whose halves are accounts split by a hash.
Out:  Intervals of theory and of the calibrated boundary, each window by the half it is not in.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lift import Intervals
from truelift.measurement.baseline import DRIFT_GRID
from truelift.measurement.calibration import Boundary, narrowest
from truelift.measurement.calibration import _boundaries as boundaries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.lift import Floats
    from truelift.measurement.placebo_parts import Study
    from truelift.measurement.ragged import Booleans
    from truelift.measurement.replay import Replay

LEVEL = 0.95


def ours(study: Study, kind: str) -> Intervals:
    """Give theory's or the calibrated limits of every window."""
    windows = len(study.half)
    found: list[Floats | None] = [None, None, None]
    seconds = 0.0
    chosen = []
    for second in (False, True):
        fit, test = study.half == second, study.half != second
        boundary = fitted(study, fit, kind, DRIFT_GRID)
        prior = study.prior(fit, boundary.q)
        start = time.process_time()
        played = study.played(test, q=boundary.q, prior=prior)
        half = half_width(played, boundary)
        seconds += time.process_time() - start
        for place, part in enumerate((played.delta, played.delta - half, played.delta + half)):
            if found[place] is None:
                found[place] = np.full((part.shape[1], windows), np.nan)
            found[place][:, test] = part.T
        chosen.append(f"q {boundary.q:g} D {boundary.shape:g} kappa {boundary.kappa:.2f}")
    return Intervals(*found, np.arange(windows), seconds, "; ".join(chosen))


def fitted(study: Study, fit: Booleans, kind: str, drifts: Sequence[float]) -> Boundary:
    """Give theory's boundary, or the one that a part of the windows chooses."""
    if kind == "theory":
        return Boundary(study.drift(fit), 0.0, 1.0)
    (options,) = boundaries(study, [fit], LEVEL, drifts, enough=True)
    return narrowest(options)


def half_width(played: Replay, boundary: Boundary) -> Floats:
    """Give the half width of a boundary's limits at every look, log units."""
    return boundary.kappa * played.theory(LEVEL) * played.share**-boundary.shape
