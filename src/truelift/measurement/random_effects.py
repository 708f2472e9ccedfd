"""Random effects: many creators' log lifts taken together, each creator having a lift of its own.

In:   estimates and variances, one row per question, one column per creator, nan where absent.
Out:  mean, its variance, the variance between creators, how many (DerSimonian and Laird 1986; the
      correction for few creators after Knapp and Hartung 2003, never below 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.measurement.ragged import Floats, Integers


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Means over creators, shape (rows,), nan where a row has no creator.

    variance: of the mean, log units squared. between: variance of true lifts between creators.
    count: creators. scale: sum w (d - mean)^2 / (count - 1), the spread that was found over the
    spread that the variances promise; 1 for one creator. weight: of each creator in the mean, shape
    (rows, creators), 0 where absent.
    """

    mean: Floats
    variance: Floats
    between: Floats
    count: Integers
    scale: Floats
    weight: Floats

    @property
    def cautious(self) -> Floats:
        """Give the variance after Knapp and Hartung, where it is the larger one."""
        return self.variance * np.fmax(self.scale, 1.0)


@dataclass(frozen=True, slots=True)
class BetweenPrior:
    """What is known beforehand of the variance between creators, and how many creators it is worth.

    With few creators their own spread says little of it: DerSimonian and Laird's estimate is 0 in
    most draws and t on m - 1 degrees is endlessly wide. They are moderated instead, as variances
    within creators are (Smyth 2004).
    """

    between: float
    degrees: float


def pooled(delta: Floats, variance: Floats, prior: BetweenPrior | None = None) -> Pooled:
    """Pool each row's estimates; shape (rows, creators), nan in delta where a creator is absent."""
    here = np.isfinite(delta)
    count = here.sum(axis=1)
    values, spread = np.where(here, delta, 0.0), np.where(here, variance, 1.0)
    weight = here / spread
    total = weight.sum(axis=1)
    known = count > 0
    whole = np.where(known, total, 1.0)
    fixed = (weight * values).sum(axis=1) / whole
    heterogeneity = (weight * (values - fixed[:, None]) ** 2).sum(axis=1)
    room = total - (weight**2).sum(axis=1) / whole
    several = count > 1
    excess = (heterogeneity - (count - 1)) / np.where(several, room, 1.0)
    between = np.where(several, np.maximum(excess, 0.0), 0.0)
    if prior is not None:
        own = np.maximum(count - 1, 0)
        between = (prior.degrees * prior.between + own * between) / (prior.degrees + own)
    weight = here / (spread + between[:, None])
    whole = np.where(known, weight.sum(axis=1), np.nan)
    mean = (weight * values).sum(axis=1) / whole
    found = (weight * (values - mean[:, None]) ** 2).sum(axis=1)
    scale = np.where(several, found / np.maximum(count - 1, 1), 1.0)
    return Pooled(
        mean=mean,
        variance=1 / whole,
        between=between,
        count=count,
        scale=np.where(known, scale, np.nan),
        weight=np.where(known[:, None], weight / whole[:, None], 0.0),
    )
