"""Power: the smallest lift that a plan can show, before anything is spent.

In:   baselines or code histories, planned posts or days, the limits in force.
Out:  per creator and for the campaign the smallest true multiple whose lower limit lies above zero
      at some look up to the end with the stated probability; the posts that another one needs.

With variance s2~ estimated on nu degrees, the true one is s2~ nu / chi2_nu. Given it, delta / se is
a Brownian motion on the information clock with drift, and the limits are a boundary on that clock.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import scipy

from truelift.measurement import limits as boundaries
from truelift.measurement.ageing import ANY_FORMAT, AgeingCurve, post_curves
from truelift.measurement.baseline import Baselines
from truelift.measurement.calendar import Control
from truelift.measurement.campaign import CampaignLift, campaign_lift
from truelift.measurement.controls import BETWEEN
from truelift.measurement.counts import CONTINUITY, LEAST_EXPECTED, CodeHistory
from truelift.measurement.lift import (
    LogRatios,
    augmented_filter,
    combined_degrees,
    least_variance,
    with_limits,
)
from truelift.measurement.ragged import Floats, Integers, Objects, floats, ragged
from truelift.measurement.random_effects import LIFT_SPREAD, pooled

PROBABILITY = 0.8
"""How probably the smallest detectable lift is shown."""

TARGET = 1.5
"""The multiple that a plan should be able to show; the sentences are about it."""

SPREAD = 0.2
"""Sd of the creators' true lifts in a campaign, log units, assumed before there are any."""

MOST_POSTS = 200
MOST_LIFT = math.log(1000.0)
"""A plan that does not show this multiple shows nothing."""

OVERSHOOT = 0.5826
"""-zeta(1/2) / sqrt(2 pi): how far a walk of unit steps is beyond a boundary when it crosses it,
and so by how much looks with steps between them see less than one that never ends (Siegmund 1985).
"""

_HALVINGS = 32
_HUGE = 1e6  # stands for an infinite variance where it is to be weighed
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_QUANTILES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2


def shown_probability(drift: Floats, c: Floats, nu: Floats, step: Floats, shape: Floats) -> Floats:
    """Give the probability that the lower limit lies above zero at some look up to the end.

    drift: true log lift over its standard error at the end. c: half width over standard error at
    the end. nu: degrees of freedom of the variance. step: share of the final information that came
    with the last look, 1 where there is one look only. shape: Wang and Tsiatis's D of the limits.
    Shapes (rows,).

    Given the true variance, at the end: Phi(drift - c). Crossed before and below at the end:
    looking back from u below the boundary, the path leaves it with drift (1/2 + D) c, so it has
    touched it with probability exp(-(1 + 2 D) c u); over the normal law of u this is
    phi(a) M((1 + 2 D) c - a), a = c - drift, M Mills' ratio (Siegmund 1985, chapter 4), times
    exp(-(1 + 2 D) c OVERSHOOT sqrt(step)) for looks with steps between them. Then the mean over
    nu / chi2_nu by Gauss-Legendre quadrature on its quantiles.
    """
    # Few rows differ in their degrees of freedom, and the quantiles are what takes time here.
    degrees, place = np.unique(np.where(np.isfinite(nu), nu, 1.0), return_inverse=True)
    degrees = degrees[:, None]
    scale = np.sqrt(degrees / scipy.special.chdtri(degrees, _QUANTILES[None, :]))[place]
    scale = np.where(np.isfinite(nu)[:, None], scale, 1.0)
    c, drift = c[:, None] / scale, drift[:, None] / scale
    steep = (1 + 2 * np.broadcast_to(shape, step.shape)[:, None]) * c
    a = c - drift
    density = np.exp(-a * a / 2) / np.sqrt(2 * np.pi)
    mills = np.sqrt(np.pi / 2) * scipy.special.erfcx((steep - a) / np.sqrt(2))
    earlier = density * mills * np.exp(-steep * OVERSHOOT * np.sqrt(step)[:, None])
    earlier = np.where((step < 1)[:, None], earlier, 0.0)
    return np.asarray((scipy.special.ndtr(-a) + earlier) @ _WEIGHTS, dtype=np.float64)


class Plan(Protocol):
    """What will be known at the end of a campaign if the true log lift is `effect`."""

    def at(self, effect: Floats) -> tuple[LogRatios, Floats]:
        """Give the estimates' clock at the end, and their variance one look before the end."""

    def take(self, rows: Integers) -> Plan:
        """Keep some rows."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannedControls:
    """What controls will add: variance of their mean and its degrees of freedom, per row.

    Shape (rows,), or scalars that hold for all; 0 and inf where nothing takes the calendar out.
    """

    noise: Floats
    nu: Floats

    def take(self, rows: Integers) -> PlannedControls:
        """Keep some rows."""
        if np.ndim(self.noise) == 0:
            return self
        return PlannedControls(self.noise[rows], self.nu[rows])


NO_CONTROLS = PlannedControls(np.array(0.0), np.array(np.inf))


def planned_controls(variance: Floats, nu: Floats) -> tuple[float, float]:
    """Give the variance that the mean of some controls will have, and its degrees of freedom.

    variance, nu: of each control's own log lift over the window, shape (controls,), at least one.
    They are expected to differ as controls are known to (controls.BETWEEN), and are pooled and
    given Satterthwaite's degrees as controls.control_columns does it.
    """
    weight = 1 / (variance + BETWEEN.between)
    noise = 1 / float(np.sum(weight))
    squared = (weight * noise) ** 2
    own, between = squared * variance, float(np.sum(squared)) * BETWEEN.between
    doubt = float(np.sum(own**2 / nu)) + between**2 / (BETWEEN.degrees + len(variance) - 1)
    return noise, (float(np.sum(own)) + between) ** 2 / doubt


@dataclass(frozen=True, slots=True, eq=False)
class PostPlan:
    """Planned posts against baselines; the effect does not change what will be known."""

    ratios: LogRatios
    before: Floats

    def at(self, effect: Floats) -> tuple[LogRatios, Floats]:  # noqa: ARG002 - see Plan
        """Give the clock at the end, and the variance one post before the end."""
        return self.ratios, self.before

    def take(self, rows: Integers) -> PostPlan:
        """Keep some rows."""
        return PostPlan(_rows(self.ratios, rows), self.before[rows])


@dataclass(frozen=True, slots=True, eq=False)
class CountPlan:
    """Planned days of counting by codes and links against their history."""

    history: CodeHistory
    days: Floats

    def at(self, effect: Floats) -> tuple[LogRatios, Floats]:
        """Give the clock at the end, and the variance one day before the end.

        With n0 in T0 days before, n1 = m (n0 + .5) T1 / T0 is expected at a multiple m = e^effect
        (formulas: measurement/counts.py).
        """
        phi = self.history.phi
        n0 = self.history.n + CONTINUITY
        n1 = np.exp(effect) * n0 * self.days / self.history.days + CONTINUITY
        last = np.maximum((n1 - CONTINUITY) * (1 - 1 / self.days), 0.0) + CONTINUITY
        young = n0 * self.days < self.history.days * LEAST_EXPECTED
        variance = phi * (1 / np.where(young, CONTINUITY, n1) + 1 / n0)
        ratios = LogRatios(
            delta=np.zeros(len(n0)),
            variance=variance,
            variance_first=np.fmax(phi * (1 / CONTINUITY + 1 / n0), variance),
            variance_least=phi / n0,
            nu=np.full(len(n0), np.inf),
            observed=np.round(n1 - CONTINUITY),
            offset=CONTINUITY,
        )
        return ratios, np.where(self.days > 1, phi * (1 / last + 1 / n0), np.inf)

    def take(self, rows: Integers) -> CountPlan:
        """Keep some rows."""
        kept = (self.history.n[rows], self.history.days[rows], self.history.phi[rows])
        return CountPlan(CodeHistory(*kept), self.days[rows])


def even_ages(posts: Integers, hours: float) -> tuple[Integers, Floats]:
    """Give unit and age at the end of posts that are spread evenly over a flight.

    posts: how many per unit, shape (units,). hours: length of the flight. Oldest first.
    """
    group = np.repeat(np.arange(len(posts), dtype=np.int64), posts)
    place = ragged(group, len(posts)).positions
    total = np.maximum(posts, 1)
    return group, (hours * (total[group] - place - 0.5) / total[group]).astype(np.float64)


def post_plan(
    baselines: Baselines, group: Integers, age_hours: Floats, curves: Sequence[AgeingCurve]
) -> PostPlan:
    """Plan posts: unit and age at the campaign's end of each, sorted by unit, oldest first.

    curves: of each unit. A post too young to be read at the end does not count. The first look may
    have been at the youngest age that the curve knows, as in `lift.campaign_posts`.
    """
    units = len(baselines.level)
    mine = [{ANY_FORMAT: curve} for curve in curves]
    nothing: Objects = np.full(len(group), None, dtype=object)
    tau2 = post_curves(mine, np.asarray(group, np.int64), nothing).variance(floats(age_hours))
    usable = np.isfinite(tau2)
    flat = ragged(np.asarray(group, dtype=np.int64)[usable], units)
    tau2 = tau2[usable]
    zeros = np.zeros(len(tau2))
    _, information = augmented_filter(baselines, flat, zeros, tau2)
    kept = flat.positions < (flat.count - 1)[flat.group]
    shorter = ragged(flat.group[kept], units)
    _, earlier = augmented_filter(baselines, shorter, zeros[kept], tau2[kept])
    variance = _inverse(information)
    s2 = baselines.s2
    youngest = np.array([curve.largest_variance for curve in curves])
    first = s2 * (baselines.p + baselines.q + 1) + youngest
    ratios = LogRatios(
        delta=np.zeros(units),
        variance=variance,
        variance_first=np.fmax(first, variance),
        variance_least=np.fmin(least_variance(baselines), variance),
        nu=baselines.nu,
        observed=np.round(np.exp(np.clip(baselines.level + s2 / 2, 0, 30)) * flat.count),
    )
    return PostPlan(ratios, np.where(earlier > 0, _inverse(earlier), np.inf))


def smallest_lift(
    plan: Plan,
    rows: int,
    *,
    probability: float = PROBABILITY,
    level: float = 0.95,
    controls: PlannedControls = NO_CONTROLS,
    limits: boundaries.Limits = boundaries.THEORY,
    halvings: int = _HALVINGS,
) -> Floats:
    """Give each row's smallest log lift that is shown with the probability; inf where none is.

    nan where the plan knows nothing. halvings: of MOST_LIFT, down to how exact the lift is.
    """
    low, high = np.zeros(rows), np.full(rows, MOST_LIFT)
    for _ in range(halvings):
        middle = (low + high) / 2
        enough = row_probability(plan, middle, level=level, controls=controls, limits=limits)
        low, high = (
            np.where(enough < probability, middle, low),
            np.where(enough < probability, high, middle),
        )
    ratios, _ = plan.at(high)
    found = np.where(high < MOST_LIFT, high, np.inf)
    return np.where(np.isfinite(ratios.variance), found, np.nan)


def row_probability(
    plan: Plan,
    effect: Floats,
    *,
    level: float = 0.95,
    controls: PlannedControls = NO_CONTROLS,
    limits: boundaries.Limits = boundaries.THEORY,
) -> Floats:
    """Give the probability that each row's true log lift `effect` is shown."""
    ratios, before = plan.at(effect)
    noise = controls.noise
    variance, least = ratios.variance + noise, ratios.variance_least + noise
    nu = combined_degrees(ratios.variance, ratios.nu, noise, controls.nu)
    c = boundaries.half_width(
        np.ones(len(variance)),
        nu,
        ratio=(ratios.variance_first + noise) / least,
        share=least / variance,
        level=level,
        limits=limits,
    )
    step = 1 - variance / (before + noise)
    return shown_probability(effect / np.sqrt(variance), c, nu, step, limits.shape)


def smallest_campaign_lift(
    plan: Plan,
    rows: int,
    *,
    probability: float = PROBABILITY,
    level: float = 0.95,
    controls: PlannedControls = NO_CONTROLS,
    spread: float = SPREAD,
    limits: boundaries.Limits = boundaries.THEORY,
) -> float:
    """Give the smallest mean log lift of all rows together that is shown; inf where none is.

    spread: sd of the true lifts between creators. Every row must be known.
    """
    low, high = 0.0, MOST_LIFT
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        found = campaign_probability(
            plan, rows, middle, level=level, controls=controls, spread=spread, limits=limits
        )
        low, high = (middle, high) if found < probability else (low, middle)
    return high if high < MOST_LIFT else math.inf


def campaign_probability(
    plan: Plan,
    rows: int,
    effect: float,
    *,
    level: float = 0.95,
    controls: PlannedControls = NO_CONTROLS,
    spread: float = SPREAD,
    limits: boundaries.Limits = boundaries.THEORY,
) -> float:
    """Give the probability that the random-effects mean's lower limit lies above zero.

    The engine will estimate the spread between creators and moderate it (random_effects.
    LIFT_SPREAD), and a mean with the estimate's weights has not the variance it believes in: both
    follow from Cochran's Q, which is taken as chi-square with rows - 1 degrees of freedom scaled to
    its mean under the true spread (DerSimonian and Laird 1986), and averaged over. The multiplier
    is the campaign's own. Creators post by turns, so that one look adds the share of one row.
    """
    ratios, before = plan.at(np.full(rows, effect))
    between = spread**2 if rows > 1 else 0.0
    moderated, cautious = _estimated_spread(ratios.variance, between)
    estimated = moderated[:, None]
    weight = 1 / (ratios.variance + estimated)
    total = weight.sum(axis=1)
    weight = weight / total[:, None]
    parts = weight**2 * ratios.variance
    se = np.sqrt(np.broadcast_to(controls.noise, (rows,)))
    noise = (weight @ se) ** 2
    true = np.sum(parts + weight**2 * between, axis=1) + noise
    earlier = np.sum(weight**2 * (np.fmin(before, _HUGE) + between), axis=1) + noise
    apart = np.sum(weight**2, axis=1) * moderated
    doubt = np.sum(parts**2 / ratios.nu, axis=1) + apart**2 / (LIFT_SPREAD.degrees + rows - 1)
    own = parts.sum(axis=1) + apart
    nu = np.divide(own**2, doubt, out=np.full(len(doubt), np.inf), where=doubt > 0)
    shaky = weight @ (se / np.broadcast_to(controls.nu, (rows,)))
    calendar = np.divide(weight @ se, shaky, out=np.full(len(shaky), np.inf), where=shaky > 0)
    nu = combined_degrees(own, nu, noise, calendar)
    c = _campaign_multiplier(ratios, level, controls, limits)
    c = c * np.sqrt((cautious / total + noise) / true)
    shown = shown_probability(
        effect / np.sqrt(true), c, nu, (1 - true / earlier) / rows, limits.shape
    )
    return float(shown @ _WEIGHTS)


def _estimated_spread(variance: Floats, between: float) -> tuple[Floats, Floats]:
    """Give quantiles of the moderated variance between creators, at the quadrature's nodes.

    Beside it the factor by which the mean's variance is taken larger where the creators differ
    more than that (Knapp and Hartung), with their own variances at their harmonic mean.
    """
    degrees = len(variance) - 1
    if not degrees:
        return np.zeros(len(_QUANTILES)), np.ones(len(_QUANTILES))
    weight = 1 / variance
    denominator = float(np.sum(weight) - np.sum(weight**2) / np.sum(weight))
    scaled = scipy.special.chdtri(degrees, _QUANTILES) * (1 + between * denominator / degrees)
    excess = (scaled - degrees) / denominator
    prior = LIFT_SPREAD
    moderated = prior.degrees * prior.between + degrees * np.maximum(0.0, excess)
    moderated = moderated / (prior.degrees + degrees)
    usual = 1 / float(np.mean(weight))
    return floats(moderated), floats(np.fmax((usual + excess) / (usual + moderated), 1.0))


def posts_needed(
    baselines: Baselines,
    effect: float,
    curves: Sequence[AgeingCurve],
    hours: float,
    *,
    probability: float = PROBABILITY,
    level: float = 0.95,
    controls: PlannedControls = NO_CONTROLS,
    limits: boundaries.Limits = boundaries.THEORY,
) -> Integers:
    """Give how many evenly spread posts show a log lift, per unit; 0 where MOST_POSTS do not."""
    units = len(baselines.level)
    low, high = np.zeros(units, np.int64), np.full(units, MOST_POSTS + 1, np.int64)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        plan = post_plan(baselines, *even_ages(middle, hours), curves)
        shown = row_probability(
            plan, np.full(units, effect), level=level, controls=controls, limits=limits
        )
        enough = (middle > 0) & (shown >= probability)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(high > MOST_POSTS, 0, high)


def smallest_set(
    plan: Plan,
    names: Sequence[str],
    target: float,
    *,
    probability: float = PROBABILITY,
    level: float = 0.95,
    controls: PlannedControls = NO_CONTROLS,
    spread: float = SPREAD,
    limits: boundaries.Limits = boundaries.THEORY,
) -> tuple[tuple[str, ...], float] | None:
    """Name the fewest creators who together show a log lift, the surest ones first.

    names: creator of each row. Gives the creators and the smallest log lift that they show; None
    where even all of them do not reach the target.
    """
    ratios, _ = plan.at(np.full(len(names), target))
    sure: dict[str, float] = {}
    for name, variance in zip(names, ratios.variance.tolist(), strict=True):
        sure[name] = sure.get(name, 0.0) + 1 / variance
    order = sorted(sure, key=lambda name: (-sure[name], name))
    for size in range(2, len(order) + 1):
        chosen = set(order[:size])
        rows = np.array([at for at, name in enumerate(names) if name in chosen], dtype=np.int64)
        part, asked, beside = plan.take(rows), limits.take(rows), controls.take(rows)
        options = {"level": level, "spread": spread}
        shown = campaign_probability(
            part, len(rows), target, controls=beside, limits=asked, **options
        )
        if shown >= probability:
            found = smallest_campaign_lift(
                part,
                len(rows),
                probability=probability,
                controls=beside,
                limits=asked,
                **options,
            )
            return tuple(sorted(chosen)), found
    return None


def _campaign_multiplier(
    ratios: LogRatios, level: float, controls: PlannedControls, limits: boundaries.Limits
) -> float:
    """Give half width over standard error of the campaign's mean, from the engine itself."""
    reason = np.full(len(ratios.delta), None, dtype=object)
    se = np.sqrt(np.broadcast_to(controls.noise, reason.shape))
    control = Control(0.0, se, 1, controls.nu) if se.any() else None
    lifts = with_limits(ratios, reason, control=control, level=level)
    found = cast("CampaignLift", campaign_lift(lifts, limits=limits))  # every row is known
    mean = pooled(np.zeros((1, len(se))), ratios.variance[None, :], LIFT_SPREAD)
    noise = float(np.sum(mean.weight[0] * se)) ** 2
    return (found.high - found.log) / math.sqrt(float(mean.variance[0]) + noise)


def _rows(ratios: LogRatios, rows: Integers) -> LogRatios:
    return LogRatios(
        delta=ratios.delta[rows],
        variance=ratios.variance[rows],
        variance_first=ratios.variance_first[rows],
        variance_least=ratios.variance_least[rows],
        nu=ratios.nu[rows],
        observed=ratios.observed[rows],
        offset=ratios.offset,
    )


def _inverse(information: Floats) -> Floats:
    return 1 / np.where(information > 0, information, np.nan)
