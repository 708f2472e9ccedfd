"""Clustering: a share counted over windows that are not independent of each other.

In:   a column of zeros and ones, and the clusters each belongs to.
Out:  the share with limits that are as wide as the clusters make them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from truelift.measurement.ragged import Floats, Integers


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of n with its limits; effective: how many independent ones n is worth."""

    share: float
    low: float
    high: float
    n: int
    effective: float


def proportion(
    happened: Floats, clusterings: Sequence[Integers], level: float = 0.95
) -> Proportion:
    """Give a share with Wilson's limits at the effective number of independent observations.

    happened: 0 or 1, shape (n,). clusterings: cluster numbers, each of shape (n,). The design
    effect is the variance of cluster sums over that of independent ones, of the clustering where
    it is largest and at least 1 (Kish). With a share of 0 or 1 there is nothing to see it by: then
    the smallest number of clusters stands for the effective number.
    """
    n = len(happened)
    if not n:
        return Proportion(math.nan, 0.0, 1.0, 0, 0.0)
    share = float(np.mean(happened))
    sizes = [len(np.unique(clusters)) for clusters in clusterings]
    if share in {0.0, 1.0}:
        effective = float(min([n, *sizes]))
    else:
        effects = [
            _design_effect(happened - share, c, k) for c, k in zip(clusterings, sizes, strict=True)
        ]
        effective = n / max([1.0, *effects])
    z = float(scipy.stats.norm.isf((1 - level) / 2))
    middle = (share + z * z / (2 * effective)) / (1 + z * z / effective)
    half = z / (1 + z * z / effective)
    half *= math.sqrt(share * (1 - share) / effective + z * z / (4 * effective * effective))
    return Proportion(share, max(middle - half, 0.0), min(middle + half, 1.0), n, effective)


def _design_effect(residual: Floats, clusters: Integers, count: int) -> float:
    """Give how much larger the variance of the mean is than for independent observations."""
    if count < 2:  # noqa: PLR2004 - one cluster has no spread between clusters
        return float(len(residual))
    number = np.unique(clusters, return_inverse=True)[1].reshape(-1)
    sums = np.bincount(number, weights=residual)
    between = float(np.sum(sums * sums)) * count / (count - 1)
    return between / float(np.sum(residual * residual))
