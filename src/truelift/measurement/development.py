"""Development: how much of what belongs to a time comes in later, such as refunds and late orders.

In:   triangles: a row per cohort (what was sold in a week), a column per age, nan where no cohort
      has come so far yet.
Out:  chain-ladder factors from age to age with their spread (Mack 1993), and what is still to come.

A refund takes off: the cohort's value falls from age to age and its factors lie below 1. Late
orders add: factors lie above 1. Both are the same arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.ragged import Floats, Integers, floats

LEAST_COHORTS = 4
"""Fewer cohorts that have come to the first age say nothing of a rate."""


@dataclass(frozen=True, slots=True, eq=False)
class Development:
    """What becomes of a cohort, age by age.

    ages: days, ascending, the first is 0. factors: value at an age over that at the age before,
    shape (ages - 1,). spread: Mack's variance parameter of each step, volume: what its factor rests
    on, both in the unit of the triangle. cohorts: rows that have come to the first age after 0.
    """

    ages: tuple[int, ...]
    factors: Floats
    spread: Floats
    volume: Floats
    cohorts: int

    @property
    def to_come(self) -> Floats:
        """Give the factor from each age to the last one, shape (ages,)."""
        product: Floats = np.cumprod(np.append(self.factors, 1.0)[::-1])[::-1]
        return product

    @property
    def ultimate(self) -> float:
        """Give what is left of (or comes to) 1 at the last age."""
        return float(self.to_come[0])

    def still(self, age_days: Floats) -> Floats:
        """Give the factor from an age to the last one; log-linear in days between two ages."""
        known = np.log(np.maximum(self.to_come, np.finfo(float).tiny))
        return floats(np.exp(np.interp(age_days, self.ages, known)))

    def settled_after(self, share: float) -> int:
        """Give the first age at which this share of the whole development has come in."""
        moved = 1 - self.to_come
        whole = moved[0]
        if whole == 0:
            return self.ages[0]
        done = 1 - moved / whole
        return next(
            age for age, part in zip(self.ages, done.tolist(), strict=True) if part >= share - 1e-12
        )

    def relative_variance(self, volume: float) -> float:
        """Give the variance of the last age's value over its square, of a cohort of this size.

        Mack's mean squared error from age 0: process and parameter, step by step.
        """
        total, size = 0.0, volume
        rows = zip(self.factors.tolist(), self.spread.tolist(), self.volume.tolist(), strict=True)
        for factor, spread, seen in rows:
            if factor > 0 and size > 0 and seen > 0:
                total += spread / factor**2 * (1 / size + 1 / seen)
            size *= factor
        return total


def chain_ladder(triangle: Floats, ages: Sequence[int]) -> Development | Withheld:
    """Estimate the factors from age to age.

    triangle: value of each cohort at each age, shape (cohorts, ages), nan where not seen yet.
    f_j = sum C_{j+1} / sum C_j over the cohorts that have both; sigma2_j = sum C_j (C_{j+1} / C_j -
    f_j)^2 / (n - 1). A step that no cohort has taken, or that begins with nothing, has factor 1;
    one that a single cohort has taken has the spread of the step before.
    """
    before, after = floats(triangle[:, :-1]), floats(triangle[:, 1:])
    both = np.isfinite(before) & np.isfinite(after) & (np.nan_to_num(before) > 0)
    cohorts = int(both[:, 0].sum()) if both.shape[1] else 0
    if cohorts < LEAST_COHORTS:
        words = (
            f"{cohorts} cohorts are old enough; a development needs {LEAST_COHORTS}. Import "
            "earlier orders with their refunds, or wait."
        )
        return Withheld(Reason.NO_HISTORY, words)
    old, new = np.where(both, before, 0.0), np.where(both, after, 0.0)
    volume, count = old.sum(axis=0), both.sum(axis=0)
    factors = np.divide(new.sum(axis=0), volume, out=np.ones(len(volume)), where=volume > 0)
    single = np.divide(new, old, out=np.zeros_like(old), where=both)
    squares = (old * (single - factors) ** 2 * both).sum(axis=0)
    spread = np.divide(squares, count - 1, out=np.full(len(volume), np.nan), where=count > 1)
    for step in range(1, len(spread)):
        if np.isnan(spread[step]):
            spread[step] = spread[step - 1]
    return Development(tuple(ages), factors, floats(np.nan_to_num(spread)), volume, cohorts)


def triangle(
    start: Floats,
    born: Integers,
    moves: tuple[Integers, Integers, Floats],
    ages: Sequence[int],
    last_day: int,
) -> Floats:
    """Arrange what happened as a triangle, shape (cohorts, ages).

    start: value of each cohort at age 0. born: the last day on which it was made, as a day number.
    moves: cohort, age in days and amount (negative takes off) of everything that came later.
    last_day: the last day that is known; an age that a cohort reaches later is nan.
    """
    cohort, age, amount = moves
    edges = np.asarray(ages)
    place = np.searchsorted(edges, np.maximum(age, 1), side="left")
    inside = place < len(edges)
    table = np.zeros((len(start), len(edges)))
    np.add.at(table, (cohort[inside], place[inside]), amount[inside])
    table[:, 0] = start
    grown = np.cumsum(table, axis=1)
    return floats(np.where(born[:, None] + edges[None, :] <= last_day, grown, np.nan))
