"""Regions kept out of a campaign by lot, and what the others sold more.

In:   orders by region before launch, the draw; orders and tracked orders by region and day.
Out:  strata and draws; the effect and the factor with limits that hold at every daily look.

Regions are ranked by their orders before launch and cut into strata of neighbours; in each stratum
the lot keeps out one region (or, for a share above one half, all but one). A region's day is taken
in parts of its usual day, less that of all regions together: seasons and weekdays that all share
fall away. What is left is held against a local level that drifts as it did before launch, solved
forwards, so that no look needs a later day. How far that may go by chance, the lot alone says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.ragged import Booleans, Floats, Integers
from truelift.measurement.redraws import DRAWS, FactorLimits, Paths, limits

FORMULA = "strata-ratio-redraws-1"

_HALF = 0.5
_STEPS = (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)

LEAST_STRATA = 6
"""A draw and its mirror image are two of 2^6 draws: 3 %. With five pairs it would be 6 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """The regions of a lottery. before: their orders before launch, shape (regions,).

    stratum: of each region, 0 the largest. held: drawn to be kept out. single_held: each stratum
    keeps one out; else each leaves one in.
    """

    before: Floats
    stratum: Integers
    held: Booleans
    single_held: bool


@dataclass(frozen=True, slots=True, eq=False)
class RegionDays:
    """Regions by day from before the campaign on, shape (regions, days).

    dose: what the effect is counted in, 0 without the campaign. start: the campaign's first day.
    step: of `drift`, as it was before.
    """

    orders: Floats
    dose: Floats
    start: int
    step: float


def enough(regions: int, share: float) -> Withheld | None:
    """Say why a lottery of so many regions shows nothing at 5 %, or None."""
    size = _size(share)
    if regions // size >= LEAST_STRATA:
        return None
    return Withheld(
        Reason.NOT_OBSERVED,
        f"{regions} regions with orders before launch; a lottery that can show anything at 5 % "
        f"needs {LEAST_STRATA * size} with this share (two for each stratum of one half).",
    )


def draw(before: Floats, share: float, seed: int) -> Regions:
    """Draw which regions are kept out. share: of all regions, above 0 and below 1."""
    size = _size(share)
    strata = len(before) // size
    rank = np.empty(len(before), np.int64)
    rank[np.argsort(-before, kind="stable")] = np.arange(len(before))
    stratum = np.minimum(rank // size, strata - 1)
    single = _single(stratum, 1, np.random.default_rng([seed, 0]))[0]
    single_held = share <= _HALF
    return Regions(before, stratum, single if single_held else ~single, single_held)


def redraw(regions: Regions, seed: int, draws: int = DRAWS) -> Booleans:
    """Draw again with the same lottery; the first row is the draw that was made."""
    random = np.random.default_rng([seed, 1])
    single = _single(regions.stratum, draws, random)
    others = single if regions.single_held else ~single
    return np.concatenate([regions.held[None, :], others])


def drift(daily: Floats) -> float:
    """Fit how far regions drift apart in a day: variance of a step over that of one order's noise.

    daily: orders by region and day before launch. By marginal likelihood on a fixed grid.
    """
    usual = _usual(daily, daily.shape[1])
    apart = _apart(usual, daily)

    def likelihood(step: float) -> float:
        found, spread = _innovations(apart[None], step * usual)
        square = max(float(np.mean(usual[:, None] * found[0] ** 2)), np.finfo(float).tiny)
        return -float(np.mean(np.log(spread)) + np.log(square)) / 2

    return max(_STEPS, key=likelihood)


def factor_paths(regions: Regions, days: RegionDays, held: Booleans) -> Paths:
    """Give what each draw shows of the factor at each day; held: of `redraw`."""
    usual = _usual(days.orders, days.start)
    live = np.zeros(days.orders.shape)
    live[:, days.start :] = 1.0
    series = np.stack([_apart(usual, days.orders), _apart(usual, days.dose), live])
    found, _ = _innovations(series, days.step * usual)
    weighed = usual[:, None] * found[2] * found[:2]
    outcome, dose = np.cumsum(weighed[:, :, days.start - 1 :], axis=2)
    signs = _signs(regions, held)
    sums = np.zeros((5, len(held), outcome.shape[1]))
    for number in range(int(regions.stratum.max()) + 1):
        rows = np.flatnonzero(regions.stratum == number)
        y, x = signs[:, rows] @ outcome[rows], signs[:, rows] @ dose[rows]
        sums += np.stack([y, x, y * y, y * x, x * x])
    return Paths(sums[0], sums[1], (sums[2], sums[3], sums[4]))


def factor(
    regions: Regions, days: RegionDays, *, planned: int, seed: int, level: float = 0.95
) -> FactorLimits | Withheld:
    """Give extra orders per unit of dose with limits that hold at this and every other look.

    The dose is what was tracked in each region, those kept out as well; or the usual orders of the
    regions in the campaign (`usual_dose`): then it is the effect, in parts of them.
    """
    paths = factor_paths(regions, days, redraw(regions, seed))
    return limits(paths, planned, 1 - level)


def usual_dose(regions: Regions, orders: Floats, start: int) -> Floats:
    """Give the usual orders of a day, those before the campaign, where and when it is live."""
    dose = np.zeros(orders.shape)
    dose[~regions.held, start:] = _usual(orders, start)[~regions.held, None]
    return dose


def _usual(orders: Floats, start: int) -> Floats:
    """Give a region's orders of a usual day before the campaign; never nothing, to divide by it."""
    return np.asarray(np.maximum(orders[:, :start].mean(axis=1), _HALF / start), dtype=np.float64)


def _apart(usual: Floats, daily: Floats) -> Floats:
    """Give each region's day in parts of its usual day, less that of all regions together."""
    return np.asarray(daily / usual[:, None] - daily.sum(axis=0) / usual.sum(), dtype=np.float64)


def _innovations(series: Floats, ratio: Floats) -> tuple[Floats, Floats]:
    """Give what each day brings that the days before did not say, by a local level; and its scale.

    series: shape (series, regions, days). ratio: of level to noise variance, shape (regions,).
    """
    level, variance = series[:, :, 0], np.ones(len(ratio))
    found, spread = np.empty_like(series[:, :, 1:]), np.empty_like(series[0, :, 1:])
    for day in range(series.shape[2] - 1):
        ahead = variance + ratio
        spread[:, day] = ahead + 1
        surprise = series[:, :, day + 1] - level
        found[:, :, day] = surprise / np.sqrt(spread[:, day])
        level = level + ahead / spread[:, day] * surprise
        variance = ahead / spread[:, day]
    return found, spread


def _signs(regions: Regions, held: Booleans) -> Floats:
    """Weigh regions: 1 in the campaign, and those kept out so that each stratum sums to 0."""
    size = np.bincount(regions.stratum)[regions.stratum].astype(np.float64)
    other = 1 - size if regions.single_held else -1 / (size - 1)
    return np.where(held, other, 1.0)


def _single(stratum: Integers, draws: int, random: np.random.Generator) -> Booleans:
    """Draw one region of each stratum; shape (draws, regions)."""
    chosen = np.zeros((draws, len(stratum)), dtype=bool)
    tickets = random.random((draws, len(stratum)))
    for number in range(int(stratum.max()) + 1):
        rows = np.flatnonzero(stratum == number)
        chosen[np.arange(draws), rows[np.argmin(tickets[:, rows], axis=1)]] = True
    return chosen


def _size(share: float) -> int:
    return max(round(1 / min(share, 1 - share)), 2)
