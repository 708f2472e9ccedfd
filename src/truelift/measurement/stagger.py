"""Creators whose first day was drawn by lot, and what the shop sold more when they began.

In:   the shop's orders and the tracked orders by day; the drawn first days.
Out:  draws; extra orders per tracked order with limits that hold at every daily look.

A day's orders less what weekday and drifting level let expect (the shop's Gaussian process of
`counterfactual`, solved forwards, so that no look needs a later day) are held against a dose: each
creator from the drawn day on, as large as was expected before launch, dying away. The dose is of
the lottery alone. A creator who begins on
another day weakens it and cannot bias it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.counterfactual import Series, Strengths, shop_covariance
from truelift.measurement.ragged import Floats, Integers
from truelift.measurement.redraws import DRAWS, FactorLimits, Paths, limits

FORMULA = "level-weekday-dose-redraws-1"

LEAST_CREATORS = 5
LEAST_START_DAYS = 5

HALF_LIFE_DAYS = 3.0
"""Of a creator's dose after the drawn day. Like the creators' sizes it decides how narrow limits
are, not whether they hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """The lottery of first days. drawn: days after the first that could be drawn, (creators,).

    sizes: of the creators, as expected before launch. choices: days that could be drawn.
    """

    drawn: Integers
    sizes: Floats
    choices: int


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The shop by day from before the campaign on, and the orders tracked to the lot's creators.

    tracked: shape (days,). start: the first day that could be drawn. strengths: as fitted before.
    """

    series: Series
    tracked: Floats
    start: int
    strengths: Strengths


def enough(creators: int, choices: int) -> Withheld | None:
    """Say why a lottery of so many creators and first days shows too little, or None."""
    if creators >= LEAST_CREATORS and choices >= LEAST_START_DAYS:
        return None
    return Withheld(
        Reason.NOT_OBSERVED,
        f"{creators} creators and {choices} first days to draw from; a lottery needs "
        f"{LEAST_CREATORS} creators and {LEAST_START_DAYS} days.",
    )


def draw(creators: int, choices: int, seed: int) -> Integers:
    """Draw each creator's first day, 0 to choices - 1, each by a lot of its own."""
    return np.random.default_rng([seed, 0]).integers(choices, size=creators)


def redraw(starts: Starts, seed: int, draws: int = DRAWS) -> Integers:
    """Draw again with the same lottery; the first row is the draw that was made."""
    random = np.random.default_rng([seed, 1])
    others = random.integers(starts.choices, size=(draws, len(starts.drawn)))
    return np.concatenate([starts.drawn[None, :], others])


def factor_paths(course: Course, starts: Starts, drawn: Integers) -> Paths:
    """Give what each draw shows of the factor at each usable day; drawn: of `redraw`."""
    kept, start = course.series.usable, course.start
    dose = np.zeros((len(drawn), len(kept)))
    dose[:, start:] = _dose(drawn, starts.sizes, len(kept) - start)
    rows = np.concatenate([[course.series.outcome], [course.tracked], dose])[:, kept]
    covariance = shop_covariance(course.series, course.strengths)
    lower = scipy.linalg.cholesky(covariance, lower=True, check_finite=False)
    white = scipy.linalg.solve_triangular(lower, rows.T, lower=True, check_finite=False).T
    outcome, tracked, live = white[0], white[1], slice(int(kept[:start].sum()), None)
    doses = white[2:, live]
    power = np.cumsum(doses**2, axis=1)
    days = np.arange(1, len(outcome) + 1)
    pairs = ((outcome, outcome), (outcome, tracked), (tracked, tracked))
    a, b, c = (power * (np.cumsum(x * y) / days)[live] for x, y in pairs)
    return Paths(
        np.cumsum(doses * outcome[live], axis=1),
        np.cumsum(doses * tracked[live], axis=1),
        (a, b, c),
    )


def factor(
    course: Course, starts: Starts, *, planned: int, seed: int, level: float = 0.95
) -> FactorLimits | Withheld:
    """Give extra orders per order tracked with limits that hold at this and every other look."""
    if not course.series.usable[course.start :].any():
        return Withheld(Reason.NOT_OBSERVED, "No usable day of the campaign has been seen yet.")
    paths = factor_paths(course, starts, redraw(starts, seed))
    return limits(paths, planned, 1 - level)


def _dose(drawn: Integers, sizes: Floats, days: int) -> Floats:
    """Give the dose of all creators together by day, shape (draws, days)."""
    age = np.arange(days) - drawn[:, :, None]
    part = np.where(age >= 0, 0.5 ** (np.maximum(age, 0) / HALF_LIFE_DAYS), 0.0)
    return np.asarray(np.einsum("dct,c->dt", part, sizes), dtype=np.float64)
