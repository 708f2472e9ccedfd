"""Two intervals that the field uses, in numpy, on the same readings: equal weight for every post.

In:   Looks.
Out:  Intervals of the t interval (peeked) and of the asymptotic confidence sequence.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from benchmarks.lift import Intervals

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.lift import Floats, Looks

ALPHA = 0.05
TUNED_FOR = 5.0
"""Effective posts at which the confidence sequence is narrowest: it has 0.95 to 6.7 of them."""


def t_interval(looks: Looks) -> Intervals:
    """Give the 95 % two-sample t interval at every look, as if it were the only one."""

    def half(spread: Floats, size: Floats, freedom: Floats) -> Floats:
        return stats.t.ppf(1 - ALPHA / 2, freedom) * spread / np.sqrt(size)

    return _mean_difference(looks, half)


def asymptotic_sequence(looks: Looks) -> Intervals:
    """Give the asymptotic confidence sequence (Waudby-Smith et al. 2024, normal mixture).

    half width = s sqrt(2 (t rho^2 + 1) / (t^2 rho^2) log(sqrt(t rho^2 + 1) / alpha)), t effective
    posts; rho minimises it at TUNED_FOR: rho^2 = (-2 log alpha + log(-2 log alpha) + 1) / t.
    """
    doubled = -2 * np.log(ALPHA)
    rho = (doubled + np.log(doubled) + 1) / TUNED_FOR

    def half(spread: Floats, size: Floats, _freedom: Floats) -> Floats:
        grown = size * rho + 1
        return spread * np.sqrt(2 * grown / (size**2 * rho) * np.log(np.sqrt(grown) / ALPHA))

    return _mean_difference(looks, half)


def _mean_difference(looks: Looks, half: Callable[[Floats, Floats, Floats], Floats]) -> Intervals:
    """Give mean of the campaign's posts - mean of the baseline's, with pooled variance.

    half: half width from (standard deviation, effective posts n k / (n + k), degrees of freedom).
    """
    start = time.process_time()
    before = looks.baseline.shape[1]
    seen = np.isfinite(looks.readings)
    after = seen.sum(axis=2).astype(np.float64)
    after[after == 0] = np.nan
    values = np.where(seen, looks.readings, 0.0)
    mean = values.sum(axis=2) / after
    squares = (np.where(seen, looks.readings - mean[:, :, None], 0.0) ** 2).sum(axis=2)
    squares = squares + ((looks.baseline - looks.baseline.mean(axis=1)[:, None]) ** 2).sum(axis=1)
    freedom = before + after - 2
    spread = np.sqrt(squares / freedom)
    log = mean - looks.baseline.mean(axis=1)
    width = half(spread, before * after / (before + after), freedom)
    seconds = time.process_time() - start
    return Intervals(log, log - width, log + width, np.arange(len(looks.baseline)), seconds)
