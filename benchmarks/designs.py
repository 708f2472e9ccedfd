"""Coverage and width of the two designs by lot: wrong at any daily look, over simulated shops.

    python -m benchmarks.designs 200        # campaigns for each row; geo or stagger: that alone

Shops are of a kind that no model inside Truelift assumes: overdispersed (negative binomial), with
weekdays, an autocorrelated level for each region, a drift that all share, factors that differ
between regions, creators of very different sizes, a burst after each start.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.results import table
from truelift.measurement import geo_holdout, stagger
from truelift.measurement.counterfactual import Series, fit
from truelift.measurement.ragged import Floats
from truelift.measurement.redraws import FactorLimits, Paths, beyond, limits

ALPHA = 0.05
BEFORE, DAYS = 56, 28
WEEK = np.array([0.9, 0.9, 0.95, 1.0, 1.4, 1.2, 0.65])
DISPERSION = 2.0
ALL = (0.0, 0.5, 1.0, 1.5)
REDRAWS = 999
WIDTHS_OF = 20
"""Campaigns of each row whose limits are solved for; the others are only asked about the truth."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A kind of shop and campaign. tracked: as a share of all orders; units: regions or creators.

    share: of the regions kept out. choices: days to draw from. followed: share of creators who
    begin as drawn. sized: whether their sizes are guessed before (give or take a half) or unknown.
    """

    name: str
    orders_a_day: float
    units: int
    tracked: float
    share: float = 0.5
    choices: int = 21
    followed: float = 1.0
    sized: bool = True
    factors: tuple[float, ...] = (0.0, 1.5)


GEO = (
    Shop("50 regions, 300 orders a day, 15 % tracked", 300, 50, 0.15, factors=ALL),
    Shop("50 regions, 2,000 orders a day, 15 % tracked", 2000, 50, 0.15),
    Shop("50 regions, 300 orders a day, 40 % tracked", 300, 50, 0.40),
    Shop("16 regions, 300 orders a day, 40 % tracked", 300, 16, 0.40),
    Shop("50 regions, a quarter kept out, 300, 15 %", 300, 50, 0.15, share=0.25),
)
STAGGER = (
    Shop("8 creators, 21 days, 100 orders a day, 15 % tracked", 100, 8, 0.15),
    Shop("8 creators, 21 days, 300 orders a day, 15 % tracked", 300, 8, 0.15, factors=ALL),
    Shop("20 creators, 21 days, 300 orders a day, 15 % tracked", 300, 20, 0.15),
    Shop("8 creators of unknown size, 300, 15 %", 300, 8, 0.15, sized=False),
    Shop("8 creators, half on another day, 300, 15 %", 300, 8, 0.15, followed=0.5),
    Shop("8 creators, 21 days, 300 orders a day, 40 % tracked", 300, 8, 0.40),
)


def autocorrelated(random: np.random.Generator, rows: int, days: int, *, sd: float) -> Floats:
    """Give rows of a first-order autoregression of .97 with a standing spread of `sd`."""
    z = np.empty((rows, days))
    z[:, 0] = random.normal(0, sd, rows)
    for day in range(1, days):
        z[:, day] = 0.97 * z[:, day - 1] + random.normal(0, sd * np.sqrt(1 - 0.97**2), rows)
    return z


def counts(random: np.random.Generator, rate: Floats) -> Floats:
    """Draw counts with DISPERSION times the variance of Poisson."""
    spread = DISPERSION - 1
    return random.poisson(random.gamma(rate / spread, spread)).astype(np.float64)


def sold(
    random: np.random.Generator, without: Floats, part: Floats, factor: float
) -> tuple[Floats, Floats]:
    """Give what was sold with a campaign, and what of it was tracked.

    part: of the usual orders, expected to be tracked. Up to a factor of 1 the tracked are buyers
    who would have come anyway, and others; above 1 others come whom nobody tracked.
    """
    anyway = random.binomial(without.astype(np.int64), np.minimum(part * max(1 - factor, 0.0), 1.0))
    extra = random.poisson(without.mean(axis=-1, keepdims=True) * part * min(factor, 1.0))
    halo = random.poisson(extra * max(factor - 1, 0.0))
    return without + extra + halo, (anyway + extra).astype(np.float64)


def played_regions(shop: Shop, factor: float, seed: int) -> Paths:
    """Play one campaign with regions kept out."""
    random = np.random.default_rng([seed, 77])
    size = np.arange(1, shop.units + 1) ** -0.8
    days = BEFORE + DAYS
    level = autocorrelated(random, shop.units, days, sd=0.15)
    level += np.cumsum(random.normal(0, 0.02, days))
    rate = shop.orders_a_day * (size / size.sum())[:, None] * WEEK[np.arange(days) % 7]
    rate = rate * np.exp(level)
    orders = counts(random, rate)
    orders = orders[orders[:, :BEFORE].sum(axis=1) > 0]
    regions = geo_holdout.draw(orders[:, :BEFORE].sum(axis=1), shop.share, seed)
    liking = np.exp(random.normal(0, 0.3, len(orders)))[:, None]
    fading = np.exp(-np.arange(DAYS) / 10)
    dose = shop.tracked * liking * fading / fading.mean()
    dose[regions.held] = 0
    tracked = np.zeros(orders.shape)
    orders[:, BEFORE:], tracked[:, BEFORE:] = sold(random, orders[:, BEFORE:], dose, factor)
    step = geo_holdout.drift(orders[:, :BEFORE])
    course = geo_holdout.RegionDays(orders, tracked, BEFORE, step)
    return geo_holdout.factor_paths(regions, course, geo_holdout.redraw(regions, seed, REDRAWS))


def played_creators(shop: Shop, factor: float, seed: int) -> Paths:
    """Play one campaign whose creators begin on drawn days."""
    random = np.random.default_rng([seed, 78])
    days, start = BEFORE + 34 + DAYS, BEFORE + 34
    level = autocorrelated(random, 1, days, sd=0.1)[0] + np.cumsum(random.normal(0, 0.01, days))
    orders = counts(random, shop.orders_a_day * WEEK[np.arange(days) % 7] * np.exp(level))
    drawn = stagger.draw(shop.units, shop.choices, seed)
    other = random.integers(shop.choices, size=shop.units)
    began = np.where(random.random(shop.units) < shop.followed, drawn, other)
    size = np.exp(random.normal(0, 0.8, shop.units))
    guess = size * np.exp(random.normal(0, 0.5, shop.units)) if shop.sized else np.ones(shop.units)
    age = np.arange(DAYS) - began[:, None]
    brought = np.where(age >= 0, 0.8 * 0.5 ** (np.maximum(age, 0) / 3) + 0.05, 0.0)
    each = shop.tracked * shop.orders_a_day * DAYS * size / size.sum()
    brought *= (each / brought.sum(axis=1))[:, None]
    tracked = np.zeros(days)
    part = brought.sum(axis=0) / orders[start:].mean()
    orders[start:], tracked[start:] = sold(random, orders[start:], part, factor)
    series = Series(orders, np.arange(days) % 7, np.zeros((days, 0)))
    course = stagger.Course(series, tracked, start, fit(series.until(start)))
    starts = stagger.Starts(drawn, guess / guess.mean(), shop.choices)
    return stagger.factor_paths(course, starts, stagger.redraw(starts, seed, REDRAWS))


def row(play: Callable[[Shop, float, int], Paths], shop: Shop, factor: float, n: int) -> list[str]:
    """Say how often any look was wrong, how often one fixed look would be peeked wrong, width."""
    wrong = peeked = 0
    widths = []
    for seed in range(n):
        paths = play(shop, factor, seed)
        wrong += bool(beyond(paths, factor, DAYS, ALPHA).any())
        shown = paths.statistic(factor)
        alone = np.quantile(shown, 1 - ALPHA, axis=0)
        peeked += bool((shown[0] > alone).any())
        if seed < WIDTHS_OF:
            found = limits(paths, DAYS, ALPHA)
            known = isinstance(found, FactorLimits)
            widths.append((found.high - found.low) / 2 if known else np.inf)
    median = float(np.median(widths))
    unbounded = float(np.mean(np.isinf(widths)))
    share, error = wrong / n, np.sqrt(wrong / n * (1 - wrong / n) / n)
    return [
        shop.name,
        f"{factor:g}",
        f"{share:.1%} (se {error:.1%})",
        f"{peeked / n:.1%}",
        "none" if np.isinf(median) else f"±{median:.2f}",
        f"{unbounded:.0%}",
    ]


def main(arguments: Sequence[str]) -> None:
    """Print a table for each design: all of them, or the one that is named."""
    n = int(arguments[0]) if arguments else 200
    designs = {"geo": (played_regions, GEO), "stagger": (played_creators, STAGGER)}
    named = arguments[1:] or list(designs)
    head = [
        "shop",
        "true factor",
        "wrong at any look",
        "each look at 5 %",
        "half width",
        "no limits",
    ]
    print(f"{n} campaigns a row, {DAYS} daily looks, {REDRAWS} redraws, limits of 95 %\n")
    for name in named:
        play, shops = designs[name]
        print("\n".join([f"{name}:\n", *table(head, [])]), flush=True)
        for shop in shops:
            for factor in shop.factors:
                print(f"| {' | '.join(row(play, shop, factor, n))} |", flush=True)
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
