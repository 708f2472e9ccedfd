"""Forecast: what a campaign will have brought by its end, as draws of a prediction.

In:   what each creator did before launch and since, readings of live posts, what is still planned.
Out:  draws of totals and of their incremental part, and their P10, P50 and P90.

    level ~ flat, lift ~ N(mean of the campaign, spread);  before ~ N(level, v0),
    since ~ N(level + lift, v1)

so that the posterior lift is mean + spread / (spread + v0 + v1) (own - mean): a creator's shrunk
lift (reference/science.md 3). The band is a prediction, right at the look it is made for; the
lift's limits, which hold at every look, are another thing and stand apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.counts import LEAST_EXPECTED
from truelift.measurement.ragged import Booleans, Floats, Integers, floats
from truelift.measurement.random_effects import LIFT_SPREAD, pooled

DRAWS = 1_000
SEED = 20_260
BAND = 0.8
NORMAL_BAND = 1.2815515655446004
"""Half the width of a normal's 80 % band, in standard deviations."""

QUANTILES = (0.1, 0.5, 0.9)
CONTINUITY = 0.5
FORMULA = "joint-normal-lift-1"

FLAT = 1e-9
"""Precision of a prior that says nothing: it changes no digit that is shown."""

COUNTS, POSTS = "counts", "posts"
DEFAULT_SCALE = {COUNTS: 1.2, POSTS: 1.0}
"""Factor on the log-sd until a backtest has measured one. Counts: 1.2 on simulated campaigns other
than those reported, whose weeks are better or worse than days alone explain. Posts: 1.0, within .93
and 1.10 on those halves of real accounts that nothing is reported of (benchmarks/forecast.py)."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of levels, in log units as columns over creators (or creators on a platform).

    before, before_variance: level before launch; variance inf without a baseline. since,
    since_variance: level since launch; variance inf where nothing is live yet. shared: variance of
    the calendar in `before`, which all have in common.
    """

    before: Floats
    before_variance: Floats
    since: Floats
    since_variance: Floats
    shared: float = 0.0

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Draws of each row's level without campaign and lift, shape (draws, rows).

    mean, variance: of the posterior lift. own: weight of the row's own estimate in it.
    """

    level: Floats
    lift: Floats
    mean: Floats
    variance: Floats
    own: Floats


@dataclass(frozen=True, slots=True)
class Prior:
    """What a campaign says of a creator's log lift.

    between: variance of true lifts around the mean; variance: of the mean itself. alone: it rests
    on one creator, who is taken for itself.
    """

    mean: float
    between: float
    variance: float
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """An 80 % prediction band: one time in ten below p10, one in ten above p90."""

    p10: float
    p50: float
    p90: float


def campaign_prior(evidence: Evidence) -> Prior | Withheld:
    """Give what the creators of a campaign say of one creator's lift.

    One creator alone is taken for itself. Withheld while nobody with a baseline is live.
    """
    variance = evidence.before_variance + evidence.since_variance
    known = np.isfinite(variance)
    delta = np.where(known, evidence.since - evidence.before, np.nan)
    found = pooled(delta[None, :], np.where(known, variance, 1.0)[None, :], LIFT_SPREAD)
    if not int(found.count[0]):
        words = (
            "Nothing with a baseline is live in this campaign yet, so no lift of it is known; seal "
            "with `truelift seal` before launch, and wait for the first days."
        )
        return Withheld(Reason.NO_HISTORY, words)
    alone = int(found.count[0]) == 1
    between = LIFT_SPREAD.between if alone else float(found.between[0])
    return Prior(float(found.mean[0]), between, float(found.cautious[0]), alone=alone)


def draw_levels(
    evidence: Evidence, prior: Prior, random: np.random.Generator, draws: int = DRAWS
) -> Levels:
    """Draw levels and lifts from their posterior, jointly per row; the campaign's mean is shared.

    Rows without a baseline draw `level + lift` from what they did since; their lift is the prior's
    and says nothing of them (the caller withholds what rests on it).
    """
    before, since = 1 / evidence.before_variance, 1 / evidence.since_variance
    own = np.isfinite(evidence.before_variance + evidence.since_variance)
    around = np.where(prior.alone & own, FLAT, 1 / prior.between)
    both, sure = np.maximum(before + since, FLAT), since + around
    determinant = both * sure - since * since
    first = before * np.where(before > 0, evidence.before, 0.0)
    second = since * np.where(since > 0, evidence.since, 0.0)
    shift = both * around / determinant
    at_zero = (both * second - since * (first + second)) / determinant
    variance, slope = both / determinant, -since / both
    z = random.standard_normal((2, draws, len(evidence)))
    mean = prior.mean + np.sqrt(prior.variance) * random.standard_normal((draws, 1))
    common = np.sqrt(evidence.shared) * random.standard_normal((draws, 1))
    # Given the lift, the level is normal around what both levels say of it.
    lift = (
        at_zero + shift * np.where(prior.alone & own, prior.mean, mean) + np.sqrt(variance) * z[0]
    )
    level = (first + second) / both + slope * lift + z[1] / np.sqrt(both)
    return Levels(
        level=floats(level + common),
        lift=floats(lift - common),
        mean=floats(at_zero + shift * prior.mean),
        variance=floats(variance + shift**2 * prior.variance + evidence.shared),
        own=floats(np.where(own, 1 - shift, 0.0)),
    )


def widened(draws: Floats, scale: float) -> Floats:
    """Widen draws of logs around their mean, shape (draws, rows)."""
    middle = draws.mean(axis=0)
    return floats(middle + scale * (draws - middle))


def scaled_rest(rest: Floats, scale: float) -> Floats:
    """Widen draws of what is still to come around their median, in logs; shape (draws, rows)."""
    logs = np.log(np.maximum(rest, 0.0) + CONTINUITY)
    middle = np.median(logs, axis=0)
    return floats(np.maximum(np.exp(middle + scale * (logs - middle)) - CONTINUITY, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Counting:
    """Counts of a campaign as columns over creators; the evidence is in log counts a usual day.

    so_far: counts since launch. days_gone, days_left: usual days since launch, and still to come
    until the flight ends. dispersion: variance over mean of a day's count. late, late_variance:
    factor by which orders after the flight's end raise its counts, and its relative variance.
    """

    evidence: Evidence
    so_far: Floats
    days_gone: Floats
    days_left: Floats
    dispersion: Floats
    late: float = 1.0
    late_variance: float = 0.0


def count_evidence(
    before: tuple[Floats, Floats], since: tuple[Floats, Floats], dispersion: Floats
) -> Evidence:
    """Say what counts and the usual days they took say of log rates; 0 or nan days: nothing.

    A rate is taken as gamma with shape (n + .5) / dispersion, whose log has mean log(n + .5) -
    variance / 2: without that each rate would be drawn too high. While the history expects less
    than one count, what came since says next to nothing (counts.LEAST_EXPECTED).
    """
    n0, t0, has = _known(*before)
    n1, t1, began = _known(*since)
    young = has & (n0 / t0 * t1 < LEAST_EXPECTED)
    return Evidence(
        np.log(n0 / t0) - np.minimum(dispersion / n0, 1.0) / 2,
        np.where(has, dispersion / n0, np.inf),
        np.log(n1 / t1) - np.minimum(dispersion / n1, 1.0) / 2,
        np.where(began, dispersion / np.where(young, CONTINUITY, n1), np.inf),
    )


def _known(count: Floats, days: Floats) -> tuple[Floats, Floats, Booleans]:
    there: Booleans = (days > 0) & (count >= 0)
    return np.where(there, count, 0.0) + CONTINUITY, np.where(there, days, 1.0), there


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Draws at the campaign's end, shape (draws, creators). rest: what came after the look."""

    rest: Floats
    total: Floats
    incremental: Floats
    levels: Levels


def count_totals(
    counting: Counting,
    prior: Prior,
    random: np.random.Generator,
    *,
    scale: float = DEFAULT_SCALE[COUNTS],
    draws: int = DRAWS,
) -> Totals:
    """Draw orders, leads or clicks at the end: rate x usual days left, negative binomial.

    incremental: total less what the level alone would have brought on the same days; late orders
    are extra in the same part.
    """
    levels = draw_levels(counting.evidence, prior, random, draws)
    expected = np.exp(np.clip(levels.level + levels.lift, -30, 20)) * counting.days_left
    rest = scaled_rest(_negative_binomial(expected, counting.dispersion, random), scale)
    late = np.exp(np.sqrt(counting.late_variance) * random.standard_normal((draws, 1)))
    tail = 1 + np.maximum(counting.late - 1, 0.0) * late
    total = (counting.so_far + rest) * tail
    level = widened(levels.level, scale)
    usual = np.exp(np.clip(level, -30, 20)) * (counting.days_gone + counting.days_left)
    return Totals(total - counting.so_far, total, total - usual * tail, levels)


def _negative_binomial(mean: Floats, dispersion: Floats, random: np.random.Generator) -> Floats:
    """Draw counts whose variance is dispersion x mean; Poisson where it is 1."""
    more = np.maximum(dispersion - 1, 1e-9)
    shape = np.clip(mean / more, 1e-12, LARGEST_SHAPE)
    spread = np.where(shape < LARGEST_SHAPE, random.gamma(shape) * more, mean)
    return floats(random.poisson(np.minimum(spread, LARGEST_MEAN)))


LARGEST_SHAPE, LARGEST_MEAN = 1e7, 1e15
"""A gamma of a larger shape is its mean; no Poisson is drawn of a larger mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """What an experiment says of each creator: extra counts per tracked one, and its sd.

    shared: the part of the sd that all creators have in common, the campaign's own.
    """

    factor: Floats
    sd: Floats
    shared: float


def by_factor(totals: Totals, tested: Factors, random: np.random.Generator) -> Totals:
    """Split totals by a campaign's tested factor instead of by levels before launch."""
    draws, rows = totals.total.shape
    alone = np.sqrt(np.maximum(tested.sd**2 - tested.shared**2, 0.0))
    factor = (
        tested.factor
        + tested.shared * random.standard_normal((draws, 1))
        + alone * random.standard_normal((draws, rows))
    )
    return Totals(totals.rest, totals.total, totals.total * factor, totals.levels)


@dataclass(frozen=True, slots=True, eq=False)
class Posts:
    """Posts of a campaign; the evidence is in log mature counts, a row per creator on a platform.

    row: of each live post. count: its reading. grow: g(end) - g(now), log growth still to come, and
    grow_variance; end_age: g(end). planned_row: of each unpublished post; planned_age: g at its age
    when the flight ends, planned_variance: tau2 there. spread: variance between posts of each row.
    """

    evidence: Evidence
    row: Integers
    count: Floats
    grow: Floats
    grow_variance: Floats
    end_age: Floats
    planned_row: Integers
    planned_age: Floats
    planned_variance: Floats
    spread: Floats


def post_totals(
    posts: Posts,
    prior: Prior,
    random: np.random.Generator,
    *,
    scale: float = DEFAULT_SCALE[POSTS],
    draws: int = DRAWS,
) -> Totals:
    """Draw counts of posts at the end: live ones grow by their age, planned ones are drawn anew.

    A young count says little of what its post will have: its mature log is drawn between what it
    grows to and the creator's level since launch, each by its precision.
    """
    levels = draw_levels(posts.evidence, prior, random, draws)
    now = levels.level + levels.lift
    mine = posts.spread[posts.row]
    weight = mine / (mine + posts.grow_variance)
    grown = np.log(posts.count + CONTINUITY) + posts.grow
    middle = weight * grown + (1 - weight) * (now[:, posts.row] + posts.end_age)
    noise = np.sqrt(weight * posts.grow_variance) * random.standard_normal(middle.shape)
    final = np.exp(np.clip(middle + noise, -30, 40)) - CONTINUITY
    more = np.where(posts.grow_variance + posts.grow > 0, np.maximum(final - posts.count, 0.0), 0.0)
    wide = np.sqrt(posts.spread[posts.planned_row] + posts.planned_variance)
    mature = now[:, posts.planned_row]
    fresh = random.standard_normal((draws, len(posts.planned_row)))
    new = np.exp(np.clip(mature + posts.planned_age + wide * fresh, -30, 40))
    rows = len(posts.evidence)
    rest = scaled_rest(
        _summed(more, posts.row, rows) + _summed(new, posts.planned_row, rows), scale
    )
    so_far = np.bincount(posts.row, weights=posts.count, minlength=rows)
    total = so_far + rest
    lift = widened(levels.lift, scale)
    return Totals(rest, total, total * -np.expm1(-np.clip(lift, -30, 30)), levels)


def _summed(values: Floats, row: Integers, rows: int) -> Floats:
    """Sum columns to rows, shape (draws, rows)."""
    found = np.zeros((rows, len(values)))
    np.add.at(found, row, values.T)
    return floats(found.T)


def band(draws: Floats) -> Band:
    """Give the 80 % band of draws of one figure, shape (draws,)."""
    return Band(*(float(each) for each in np.quantile(draws, QUANTILES)))


def log_return(value: Floats, cost: Floats) -> tuple[float, float]:
    """Give mean and variance of log(value / cost) over draws, at least log LEAST_RETURN each.

    An incremental value may be below zero, its log not: a creator who probably brings nothing
    extra stands at the floor, where no money goes.
    """
    ratio = np.log(np.maximum(value / np.maximum(cost, 1.0), LEAST_RETURN))
    return float(np.mean(ratio)), float(np.var(ratio))


LEAST_RETURN = 0.01
"""Of a unit of money, in units of money: the floor of `log_return`."""
