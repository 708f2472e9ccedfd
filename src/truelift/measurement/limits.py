"""Limits that stay right under continuous looking: the boundary on the information clock.

In:   standard errors, degrees of freedom, the ratio of largest to first information; what a placebo
      replay makes of them, when there is one.
Out:  multipliers and half widths in log units (formulas: reference/science.md 1.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import scipy

from truelift.measurement.ragged import Booleans, Floats, Integers

LimitsKind = Literal["theory", "calibrated"]

_LARGEST_ALPHA = 0.1  # above it the approximation's tail is no longer monotone in c
_TOLD_APART = 0.5  # likewise above it the probability of crossing is not monotone
_LOG_RATIOS = np.concatenate([[0.0], np.geomspace(1e-3, 60.0, 240)])


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What multiplies the theory's half width, row by row; arrays that broadcast to the rows.

    half width = factor c_t se share^-shape. Theory: factor 1 and shape 0; where a placebo replay
    was too short to calibrate, a factor above 1. calibrated: factor and shape come from a placebo
    replay that is long enough to replace theory (shape: Wang and Tsiatis's D).
    """

    factor: Floats
    shape: Floats
    calibrated: Booleans

    def kind(self, row: int) -> LimitsKind:
        """Name the limits in force in a row, as every output prints them."""
        one = self.calibrated[row] if np.ndim(self.calibrated) else self.calibrated
        return "calibrated" if one else "theory"

    def at(self, row: int) -> Limits:
        """Give the limits of one row, as scalars."""
        if np.ndim(self.factor) == 0:
            return self
        factor, shape, calibrated = self.factor[row], self.shape[row], self.calibrated[row]
        return Limits(np.array(factor), np.array(shape), np.array(calibrated))

    def take(self, rows: Integers) -> Limits:
        """Keep some rows."""
        if np.ndim(self.factor) == 0:
            return self
        return Limits(self.factor[rows], self.shape[rows], self.calibrated[rows])


THEORY = Limits(np.array(1.0), np.array(0.0), np.array(False))  # noqa: FBT003 - an array of one


def joined_limits(parts: Sequence[tuple[Limits, int]]) -> Limits:
    """Put limits of several tables one after the other: each with its number of rows."""
    columns = [
        np.concatenate([np.broadcast_to(getattr(one, name), (rows,)) for one, rows in parts])
        for name in ("factor", "shape", "calibrated")
    ]
    return Limits(*columns)


def boundary(ratio: Floats, alpha: float = 0.05) -> Floats:
    """Give the constant c with P(sup over 1 <= u <= ratio of |B_u| / sqrt(u) > c) = alpha.

    ratio: largest over first information, any shape; below 1 counts as 1. Miller and Siegmund
    (1982): phi(c) (c - 1/c) ln r + 4 phi(c) / c, joined to the single-look tail as r goes to 1.
    Solved to the last digits: a table of roots, then Newton steps. Raises ValueError for an alpha
    outside (0, 0.1].
    """
    if not 0 < alpha <= _LARGEST_ALPHA:
        msg = f"alpha {alpha} is not in (0, {_LARGEST_ALPHA}]"
        raise ValueError(msg)
    log_ratio = np.minimum(np.log(np.maximum(ratio, 1.0)), _LOG_RATIOS[-1])
    c = np.interp(log_ratio, _LOG_RATIOS, _roots(alpha))
    for _ in range(3):
        value, slope = _crossing(c, log_ratio)
        c = c - (value - alpha) / slope
    return np.asarray(c, dtype=np.float64)


def multiplier(ratio: Floats, nu: Floats, alpha: float = 0.05) -> Floats:
    """Give c_t = t_nu^-1(Phi(c(ratio))): the boundary with the variance estimated on nu degrees.

    nu: degrees of freedom, inf when the variance is known; shapes broadcast.
    """
    c, degrees = np.broadcast_arrays(boundary(ratio, alpha), nu)
    finite = np.where(np.isfinite(degrees), degrees, 1.0)
    corrected = -scipy.special.stdtrit(finite, scipy.special.ndtr(-c))
    return np.asarray(np.where(np.isfinite(degrees), corrected, c), dtype=np.float64)


def crossing_probability(c: Floats, ratio: Floats) -> Floats:
    """Give the alpha whose boundary is c: `boundary` turned round.

    c, ratio: shapes broadcast. 1 where c is at most 1 or the formula gives more than one half:
    there it is neither monotone in c nor of use.
    """
    log_ratio = np.minimum(np.log(np.maximum(ratio, 1.0)), _LOG_RATIOS[-1])
    value, _ = _crossing(np.maximum(c, 1.0), log_ratio)
    return np.asarray(np.where((c > 1) & (value <= _TOLD_APART), value, 1.0), dtype=np.float64)


def half_width(
    se: Floats,
    nu: Floats,
    *,
    ratio: Floats,
    share: Floats,
    level: float = 0.95,
    limits: Limits = THEORY,
) -> Floats:
    """Give the half width of the limits in log units, valid over the whole path of looks.

    se: standard error now. nu: its degrees of freedom. ratio: largest over first information.
    share: information now over the largest, in (0, 1]. factor c_t(ratio, nu) se share^-shape: the
    theory's boundary, scaled and bent (Wang and Tsiatis) as a placebo replay found it.
    """
    bend = share ** -np.asarray(limits.shape)
    width = limits.factor * multiplier(ratio, nu, 1 - level) * se * bend
    return np.asarray(width, dtype=np.float64)


def _crossing(c: Floats, log_ratio: Floats) -> tuple[Floats, Floats]:
    """Give the crossing probability at c and its derivative in c."""
    density = np.exp(-c * c / 2) / np.sqrt(2 * np.pi)
    tail = 2 * scipy.special.ndtr(-c)
    # Half a log unit of information carries the two-sided tail over to the end-point term.
    weight = np.minimum(2 * log_ratio, 1.0)
    ends = 4 * density / c
    value = density * (c - 1 / c) * log_ratio + tail + (ends - tail) * weight
    ends_slope = -4 * density * (1 + 1 / (c * c))
    slope = (
        density * (2 - c * c + 1 / (c * c)) * log_ratio
        - 2 * density
        + (ends_slope + 2 * density) * weight
    )
    return value, slope


@cache
def _roots(alpha: float) -> Floats:
    """Solve for c at the table's log ratios by bisection."""
    low = np.full(len(_LOG_RATIOS), 1.6)
    high = np.full(len(_LOG_RATIOS), 40.0)
    for _ in range(60):
        middle = (low + high) / 2
        above = _crossing(middle, _LOG_RATIOS)[0] > alpha
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)
