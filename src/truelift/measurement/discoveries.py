"""Discoveries: which lifts of a list may be called above zero, however long the list.

In:   lifts with the limits in force; a list of p-values and signs.
Out:  always-valid p-values, and the rows flagged at a false-discovery rate.

A p-value here is the smallest alpha at which the limits in force exclude zero. The limits hold over
the whole path of looks, so the p-value does too: without an effect it falls to a or below at any
look with probability at most a, and one that is looked at every day needs no second correction.
"""

from __future__ import annotations

import numpy as np
import scipy

from truelift.measurement import limits as boundaries
from truelift.measurement.ragged import Booleans, Floats

FALSE_DISCOVERY_RATE = 0.05

TAIL_DEGREES = 6.0
"""A long list asks for p-values far below what limits at 95 % say anything about, and real creators
are wilder out there than the model. Windows of real accounts without any campaign, 10 looks: with
the model's own tail 17 and 30 in 100 lists of 500 (X) flagged something. Chosen on every second
account as the largest of 3, 4, 5, 6, 8, 10, 12 with at most 4.5 in 100 in each of four settings
(lists of one and of many windows per account, X and Instagram: .7, .8, 2.3, 0 in 100); on the other
accounts it then was 1.0, 0, 0, 0.
"""


def always_valid_p(
    log: Floats, half: Floats, nu: Floats, ratio: Floats, level: float = 0.95
) -> Floats:
    """Give the smallest alpha at which the limits in force exclude zero, two-sided.

    log: the estimate, log units, nan where withheld (then p is nan). half: half width of its limits
    at `level`, whatever is in force. nu, ratio: what `limits.half_width` was given; shapes
    broadcast. Every limits in force are the theory's multiplier c_t times something that does not
    depend on alpha, so |log| reaches the multiplier z = c_t |log| / half; carried back through the
    t-correction, c = Phi^-1(T_nu(z)), alpha is what a boundary at c is crossed with. Exact at
    `level`: p < 1 - level just when the limits exclude zero.

    Beyond the limits the tail is that of t on at most TAIL_DEGREES degrees of freedom, scaled to
    meet the limits there; that makes p larger, never smaller.
    """
    degrees = np.where(np.abs(log) > half, np.minimum(nu, TAIL_DEGREES), nu)
    z = boundaries.multiplier(ratio, degrees, 1 - level) * np.abs(log) / half
    p = boundaries.crossing_probability(_normal(z, degrees), ratio)
    return np.where(np.isnan(log), np.nan, p)


def flagged(p: Floats, log: Floats, rate: float = FALSE_DISCOVERY_RATE) -> Booleans:
    """Flag the lifts of a list that are above zero, at a false-discovery rate.

    p: two-sided always-valid p-values, shape (rows,), nan for a row without a lift, which is then
    no part of the list. log: the lifts; one at or below zero counts with p = 1.

    Benjamini and Hochberg (1995). It needs p-values that depend on each other positively (PRDS:
    Benjamini and Yekutieli 2001). Creators are independent but for their common controls. Given the
    controls' noise they are independent, and each lift falls as that noise rises, with a monotone
    likelihood ratio (normal, and t, which is a noncentral t); hence one-sided p-values are PRDS at
    any one look. Two-sided ones are not, so a lift below zero never counts as small. Keeping the
    two-sided value for the positive side doubles it: a creator alone in the list is flagged exactly
    when the limits lie above zero, and no row is ever flagged whose limits do not. Looking on is
    safe because the p-values are always valid; that the share of lists that ever flag anything
    without an effect stays below the rate is shown by simulation, shared controls included.
    """
    known = np.isfinite(p)
    result = np.zeros(len(p), dtype=bool)
    if known.any():
        above = np.where(log[known] > 0, p[known], 1.0)
        result[known] = adjusted(above) < rate
    return result


def adjusted(p: Floats) -> Floats:
    """Adjust p-values as Benjamini and Hochberg do: the rate at which each is flagged.

    The same as scipy.stats.false_discovery_control, whose module takes a second to load.
    """
    order = np.argsort(p)
    count = len(p)
    raised = p[order] * (count / np.arange(1, count + 1))
    result = np.empty(count)
    result[order] = np.minimum.accumulate(raised[::-1])[::-1]
    return np.clip(result, 0, 1)


def _normal(z: Floats, nu: Floats) -> Floats:
    """Carry a t statistic to the normal one with the same tail; nu inf is normal already."""
    statistic, degrees = np.broadcast_arrays(z, nu)
    finite = np.where(np.isfinite(degrees), degrees, 1.0)
    carried = -scipy.special.ndtri(scipy.special.stdtr(finite, -statistic))
    return np.where(np.isfinite(degrees), carried, statistic)
