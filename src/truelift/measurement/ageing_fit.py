"""Fitting ageing curves: how counts grow with a post's age, pooled over posts with two readings.

In:   every reading of organic posts (post, age, count) and the curve to shrink to.
Out:  g(age) and tau2(age) on the knots, with the evidence behind them.

A post tells only about the ages between its readings: the growth from one reading to the next is
laid on the intervals of the curve that lie between the two ages, in log age, and the intervals are
added up from the last knot back. So posts that were last read at three days count for the first
three days, and nothing is interpolated or carried on beyond a post's last reading.

Model: log increment of a pair = sum_j w_j m_j + e, Var e = sum_j w_j^2 v_j + counting noise, where
w_j is the part of interval j (in log age) between the two readings. Intervals are independent (the
canonical model of reference/science.md 1.3); inside one a post keeps its own rate, hence the square
(in YouTube's snapshots neighbouring pieces of one interval have correlation .69). m_j >= 0 and
v_j >= 0 are weighted least squares under that constraint, a piece weighing by w_j so that several
pieces of an interval are together one pair; g and tau2 are their sums over the later intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from truelift.measurement.ageing import KNOTS_HOURS, AgeingCurve
from truelift.measurement.ragged import Booleans, Floats, Integers, floats

FORMULA = "ageing-chain-1"

FULL_PAIRS = 200
"""Pairs over an interval from which its own data stand alone."""

PRIOR_PAIRS = 20.0
"""Pairs that the prior curve is worth where there are none; it fades to LEAST_PRIOR at FULL_PAIRS.
From 12 to 48 hours the default curve and news links on Facebook differ by .6 of the spread between
posts, which would make another platform's curve worth about 3 pairs; 20, because pairs come from
few creators. Filling up to 200 with the prior instead left most of its error in (YouTube held out
by channel: views 7 % too low, with 20 pairs 3 %, default curve 10 %)."""

LEAST_PRIOR = 1.0
"""Pairs that the prior stays worth for ever: where every pair spans several intervals it alone says
how their growth is divided among these."""

LATEST_HOURS = 2 * KNOTS_HOURS[-1]
"""Readings older than this are left out: a curve ends at its last knot, and what a post gained in
the years after would be laid on its first month."""

CLIP = 4.0
"""Residuals count as at most so many of their standard deviations (Huber's weights): a counter that
is 1,000 times too large moves a curve no more than a post at four standard deviations does."""

LEAST_VARIANCE = 1e-4
"""Of an interval, log units squared, in weights only: 1 % of spread."""

DECIMALS = 6
"""Curves are kept with so many: sums of floats differ by machine in the digits after."""

ROUNDS = 30
CLOSE = 1e-6

_LOG_KNOTS = np.log(KNOTS_HOURS)
_SPAN = np.diff(_LOG_KNOTS)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshots:
    """Readings as flat columns, shape (readings,), in any order.

    post: a number for each post. age_hours: from publication to the reading, negative where clocks
    disagree, nan where unknown. count: as read, nan where missing.
    """

    post: Integers
    age_hours: Floats
    count: Floats

    def only(self, mask: Booleans) -> Snapshots:
        """Keep the readings a mask names."""
        return Snapshots(self.post[mask], self.age_hours[mask], self.count[mask])


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Growth between two readings of a post, shape (pairs,) but `part` (pairs, intervals).

    part: how much of each interval of the curve lies between the two ages, in log age.
    growth: log increment. noise: 1 / (first count + .5). post: of each pair.
    """

    part: Floats
    growth: Floats
    noise: Floats
    post: Integers

    def __len__(self) -> int:
        """Give the number of pairs."""
        return len(self.growth)

    @property
    def coverage(self) -> Floats:
        """Give how many whole pairs each interval has, shape (intervals,)."""
        total: Floats = self.part.sum(axis=0)
        return total


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a fit stands on. Readings are distinct ones of posts.

    posts: with a pair. pairs: used. readings: all with a count. corrections: counters that went
    down since the reading before (used as read). too_young: before the first knot. before_post:
    read before publication (clocks disagree). too_old: after LATEST_HOURS. from_zero: pairs that
    begin with a count of 0, which has no log growth.
    """

    posts: int
    pairs: int
    readings: int
    corrections: int
    too_young: int
    before_post: int
    too_old: int
    from_zero: int


@dataclass(frozen=True, slots=True)
class AgeingFit:
    """A fitted curve with its evidence; g and tau2 at the knots.

    own: weight of the data against the prior curve, per interval between knots, 0 to 1.
    """

    g: tuple[float, ...]
    tau2: tuple[float, ...]
    own: tuple[float, ...]
    evidence: Evidence

    def curve(self, version: str) -> AgeingCurve:
        """Give the fit as a curve under a version."""
        return AgeingCurve(version, self.g, self.tau2)


def fit_curve(snapshots: Snapshots, prior: AgeingCurve) -> AgeingFit:
    """Fit a curve to the readings of many posts, shrunk to `prior` where pairs are few.

    An interval with n pairs (one that covers half of it is half a pair) weighs as n against the
    prior's 20, which fade to 1 at 200 pairs. The order of rows and repeated rows change nothing.
    Cost is linear in readings but for their sorting.
    """
    pairs, evidence = growth_pairs(snapshots)
    steps, variances = _prior_steps(prior)
    covered = pairs.coverage
    pseudo = np.maximum(PRIOR_PAIRS * (1 - covered / FULL_PAIRS), LEAST_PRIOR)
    if len(pairs):
        steps, variances = _solve(pairs, steps, variances, pseudo)
    g = -np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    tau2 = np.append(np.cumsum(variances[::-1])[::-1], 0.0)
    return AgeingFit(_kept(np.minimum(g, 0.0)), _kept(tau2), _kept(covered / (covered + pseudo)),
                     evidence)  # fmt: skip


def growth_pairs(snapshots: Snapshots) -> tuple[Pairs, Evidence]:
    """Give the growth between neighbouring readings of each post, about one reading per knot.

    Of the readings nearest to a knot the closest stays, and each post's first and last: readings
    every few minutes would only add counting noise.
    """
    known = _distinct(snapshots)
    age, count = known.age_hours, known.count
    same = known.post[1:] == known.post[:-1]
    usable = (age >= KNOTS_HOURS[0]) & (age <= LATEST_HOURS)
    thin = _one_per_knot(known.only(usable))
    follows = thin.post[1:] == thin.post[:-1]
    part = np.diff(_parts(thin.age_hours), axis=0)
    follows &= part.sum(axis=1) > 0
    from_zero = follows & (thin.count[:-1] == 0)
    kept = follows & ~from_zero
    first, second = thin.count[:-1][kept] + 0.5, thin.count[1:][kept] + 0.5
    pairs = Pairs(part[kept], np.log(second / first), 1 / first, thin.post[:-1][kept])
    evidence = Evidence(
        posts=len(np.unique(pairs.post)),
        pairs=len(pairs),
        readings=len(age),
        corrections=int(np.sum(same & (count[1:] < count[:-1]))),
        too_young=int(np.sum((age >= 0) & (age < KNOTS_HOURS[0]))),
        before_post=int(np.sum(age < 0)),
        too_old=int(np.sum(age > LATEST_HOURS)),
        from_zero=int(np.sum(from_zero)),
    )
    return pairs, evidence


def _distinct(snapshots: Snapshots) -> Snapshots:
    """Sort by post and age and drop what is missing; of two counts at one age the larger stays."""
    known = snapshots.only(np.isfinite(snapshots.age_hours) & (floats(snapshots.count) >= 0))
    order = np.lexsort((-known.count, known.age_hours, known.post))
    post, age, count = known.post[order], known.age_hours[order], known.count[order]
    fresh = np.ones(len(post), bool)
    fresh[1:] = (post[1:] != post[:-1]) | (age[1:] != age[:-1])
    return Snapshots(post[fresh], age[fresh], count[fresh])


def _one_per_knot(known: Snapshots) -> Snapshots:
    """Keep the reading closest to each knot among those nearest to it, and the first and last."""
    log_age = np.log(known.age_hours)
    knot = np.searchsorted((_LOG_KNOTS[1:] + _LOG_KNOTS[:-1]) / 2, log_age)
    order = np.lexsort((np.abs(log_age - _LOG_KNOTS[knot]), knot, known.post))
    begins = np.ones(len(order), bool)
    begins[1:] = (np.diff(known.post[order]) != 0) | (np.diff(knot[order]) != 0)
    kept = np.zeros(len(order), bool)
    kept[order[begins]] = True
    turns = np.flatnonzero(np.diff(known.post))
    kept[turns] = kept[turns + 1] = True
    kept[:1] = kept[-1:] = True
    return known.only(kept)


def _parts(age_hours: Floats) -> Floats:
    """Give how far into each interval an age lies, 0 to 1 in log age; shape (ages, intervals)."""
    part: Floats = np.clip((np.log(age_hours)[:, None] - _LOG_KNOTS[:-1]) / _SPAN, 0.0, 1.0)
    return part


def _prior_steps(prior: AgeingCurve) -> tuple[Floats, Floats]:
    """Give a curve's growth and variance of each interval between the knots."""
    hours = np.array(KNOTS_HOURS)
    steps = np.diff(prior.log_fraction(hours))
    return steps, np.maximum(-np.diff(prior.variance(hours)), 0.0)


def _solve(
    pairs: Pairs, prior_steps: Floats, prior_variances: Floats, pseudo: Floats
) -> tuple[Floats, Floats]:
    """Give growth and variance of each interval: least squares, each in turn until both stand."""
    part = pairs.part
    squared = part**2
    steps, variances = prior_steps, np.maximum(prior_variances, LEAST_VARIANCE)
    for _ in range(ROUNDS):
        spread = np.maximum(variances, LEAST_VARIANCE)
        noise = pairs.noise * -np.expm1(-(part @ steps))
        total = part @ spread + noise
        scale = np.sqrt(total)
        off = np.abs(pairs.growth - part @ steps)
        weight = CLIP * scale / np.maximum(off, CLIP * scale) / total
        found = _least_squares(
            part, pairs.growth, weight, centre=prior_steps, weight_of_centre=pseudo / spread
        )
        residual = np.minimum(np.abs(pairs.growth - part @ found), CLIP * scale)
        spread_found = _least_squares(
            squared,
            residual**2 - noise,
            1 / total**2,
            centre=prior_variances + (found - prior_steps) ** 2,
            weight_of_centre=pseudo / spread**2,
        )
        moved = max(np.abs(found - steps).max(), np.abs(spread_found - variances).max())
        steps, variances = found, spread_found
        if moved < CLOSE:
            break
    return steps, variances


def _least_squares(
    part: Floats, target: Floats, weight: Floats, *, centre: Floats, weight_of_centre: Floats
) -> Floats:
    """Solve weighted least squares with coefficients of at least 0, drawn to a centre."""
    weighted = part * weight[:, None]
    normal = part.T @ weighted + np.diag(weight_of_centre)
    right = weighted.T @ target + weight_of_centre * centre
    factor: npt.NDArray[np.float64] = scipy.linalg.cholesky(normal)
    solution: Floats = scipy.optimize.nnls(
        factor, scipy.linalg.solve_triangular(factor, right, trans="T")
    )[0]
    return solution


def _kept(values: Floats) -> tuple[float, ...]:
    return tuple((np.round(values, DECIMALS) + 0.0).tolist())
