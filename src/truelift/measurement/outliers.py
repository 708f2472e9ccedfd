"""Outliers: posts far beyond what is usual for their creator, so that a figure can say so.

In:   counts of posts by unit (creator on one platform), and the unit's organic counts.
Out:  per post how many times the usual it reached, and whether that is remarkable.

Nothing is left out or cut: an outlier widens the limits by the variance it brings, and the figure
carries the mark. The score is a robust z on the log scale, (log y - median) / scale, where the
scale is 1.4826 x the median absolute deviation (Hampel 1974), moderated towards the pooled one as
the variance of baselines is, so that three posts that happen to be alike make nobody an outlier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.measurement.ragged import Booleans, Floats, Integers

REMARKABLE = 5.0
"""A score beyond this is marked: under a normal law one post in 3.5 million is."""

FEWEST = 3
"""With fewer organic posts nobody can say what is usual."""

_PRIOR_POSTS = 5.0
_MAD_TO_SIGMA = 1.4826
_NARROWEST = 0.5
"""Least scale (log), below that of nine in ten accounts (.63): a few posts that are alike by chance
make no outlier of one that reached less than 12 times as much."""

_WIDEST_USUAL = 1.0
"""Scale (log) where no unit has enough posts to say: of likes within accounts it is .6 to 1.4."""


@dataclass(frozen=True, slots=True, eq=False)
class Outliers:
    """Per post, shape (posts,): times the usual of its unit (nan: not known), and the mark."""

    times: Floats
    marked: Booleans


def outliers(
    unit: Integers, counts: Floats, usual_unit: Integers, usual: Floats, units: int
) -> Outliers:
    """Compare posts with the organic posts of their units; only far more than usual is marked.

    counts and usual: counts >= 0, nan where not observed. A young post has less than it will have,
    so that being far below says nothing yet.
    """
    seen = np.isfinite(usual)
    logs, group = np.log(usual[seen] + 0.5), usual_unit[seen]
    number = np.bincount(group, minlength=units)
    middle = _medians(group, logs, units)
    spread = _MAD_TO_SIGMA * _medians(group, np.abs(logs - middle[group]), units)
    enough = number >= FEWEST
    pooled = float(np.median(spread[enough])) if enough.any() else _WIDEST_USUAL
    kept = np.where(enough, spread, pooled)
    scale = np.sqrt((_PRIOR_POSTS * pooled**2 + number * kept**2) / (_PRIOR_POSTS + number))
    above = np.log(counts + 0.5) - middle[unit]
    above[~enough[unit]] = np.nan
    marked = np.nan_to_num(above) > REMARKABLE * np.maximum(scale[unit], _NARROWEST)
    return Outliers(np.exp(above), marked)


def _medians(group: Integers, values: Floats, groups: int) -> Floats:
    """Give the median of each group, nan where it has no value."""
    order = np.lexsort((values, group))
    starts = np.searchsorted(group[order], np.arange(groups + 1))
    size = np.diff(starts)
    found = np.full(groups, np.nan)
    there = size > 0
    low, high = starts[:-1] + (size - 1) // 2, starts[:-1] + size // 2
    ordered = values[order]
    found[there] = (ordered[low[there]] + ordered[high[there]]) / 2
    return found
