"""The calendar in counts: what creators who are in no campaign sold on the same days.

In:   daily counts of control creators, the days on which each is free, windows before and after.
Out:  for each window the controls' log rate ratio with its standard error, as controls of counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.measurement.counts import CONTINUITY
from truelift.measurement.ragged import Booleans, Floats, Integers

LEAST_DAYS = 14.0
"""Usual days of history below which a creator is no control."""


@dataclass(frozen=True, slots=True, eq=False)
class ConcurrentRatios:
    """Columns over windows: the controls' mean log rate ratio and its standard error.

    serves: which creators could serve in each window, shape (windows, creators). Without any the
    mean is 0 and the standard error 0: nothing is taken out.
    """

    mean: Floats
    se: Floats
    serves: Booleans

    @property
    def creators(self) -> Integers:
        """Count the controls of each window."""
        return np.asarray(self.serves.sum(axis=1), dtype=np.int64)


def concurrent_ratios(
    counts: Floats, free: Floats, phi: Floats, before: Floats, after: Floats
) -> ConcurrentRatios:
    """Give the log rate ratio of control creators over the days of each window.

    counts: shape (creators, days), of evergreen codes and links. free: the usual days of each day
    on which a creator is in no campaign, 0 on the others; shape (creators, days). phi: each
    creator's over-dispersion. before, after: the part of each day that is in a window's history
    and in its campaign so far, 0 to 1; shape (windows, days).
    With e_j the counts that creator j's own history expects, R = sum n_j / sum e_j; the mean is
    log R. Its variance is the larger of phi's, and that between creators (ratio estimator, Cochran
    1977, section 6.3), which also holds their own drifts. Creators with much history weigh more.
    """
    seen = counts * (free > 0)
    n0, t0 = before @ seen.T, before @ free.T
    n1, t1 = after @ seen.T, after @ free.T
    usable = (t0 >= LEAST_DAYS) & (t1 > 0)
    scale = np.where(usable, t1 / np.where(usable, t0, 1.0), 0.0)
    expected, n1 = n0 * scale, np.where(usable, n1, 0.0)
    whole, told = expected.sum(axis=1) + CONTINUITY, n1.sum(axis=1) + CONTINUITY
    ratio = told / whole
    # Under one common ratio the counts to come vary as the expected ones do.
    quasi = (phi * ratio[:, None] * expected).sum(axis=1) + CONTINUITY
    history = (phi * ratio[:, None] ** 2 * scale * expected).sum(axis=1)
    number = usable.sum(axis=1)
    spread = ((n1 - ratio[:, None] * expected) ** 2 * usable).sum(axis=1)
    between = spread * number / np.maximum(number - 1, 1)
    variance = np.maximum(quasi + history, between) / told**2
    some = number > 0
    return ConcurrentRatios(
        mean=np.where(some, np.log(ratio), 0.0),
        se=np.where(some, np.sqrt(variance), 0.0),
        serves=usable,
    )
