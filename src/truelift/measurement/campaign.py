"""The campaign: creators' lifts taken together.

In:   `Lifts` over the campaign's creators.
Out:  units summed over creators with limits, the random-effects mean lift beside it, and a flag
      where the two disagree in sign (formulas: reference/science.md 1.3, 1.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement import limits as boundaries
from truelift.measurement.calendar import ControlsUsed
from truelift.measurement.discoveries import always_valid_p
from truelift.measurement.lift import (
    LARGEST_COUNT,
    LARGEST_EXPONENT,
    Lifts,
    combined_degrees,
    sentence,
)
from truelift.measurement.ragged import Booleans, Floats, floats
from truelift.measurement.random_effects import LIFT_SPREAD, Pooled, pooled, pooled_degrees

LARGEST_SKEW = 5.0
"""e^5 is 150 times: what varies more than that has no mean worth naming."""


@dataclass(frozen=True, slots=True)
class CampaignLift:
    """A campaign's lift over the creators that could be measured.

    log, low, high: random-effects mean log lift with limits. units, units_low, units_high: sum of
    the creators' incremental units with limits of their own; expected + units == observed.
    between: variance of true lifts between creators (log units squared). signs_differ: units and
    mean point in different directions, so both must be shown. grade: the worst of the creators. p:
    always-valid p-value of the mean. controls: what they took out of the mean.
    """

    log: float
    low: float
    high: float
    level: float
    units: float
    units_low: float
    units_high: float
    expected: float
    observed: float
    limits: boundaries.LimitsKind
    grade: Grade
    between: float
    measured: int
    withheld: int
    signs_differ: bool
    p: float
    controls: ControlsUsed | None = None


def campaign_lift(
    lifts: Lifts,
    *,
    limits: boundaries.Limits = boundaries.THEORY,
) -> CampaignLift | Withheld:
    """Sum the creators' units and average their lifts, with limits valid at every look.

    Units: L = sum of L_i; variance of the expected units E = sum of E_i by the delta method:
    creators' own noise adds up as sum (w_i se_i)^2, the calendar's as (sum w_i se_control_i)^2,
    w_i = E_i / E. Creators are compared with the same controls on overlapping dates, so that noise
    does not average out; taking it as wholly shared is the widest it can be. Degrees of freedom
    after Satterthwaite; limits on log E, E e^(-+h), so that one creator alone has the creator's
    limits. Where there are several, each E_i is off by its skew, which does not average out as
    noise does: the limit on that side moves by it (500 creators with one post each and no effect
    were told a lift in 95 of 100 campaigns without it). The clock runs from the least informed
    first look to all creators' information together.
    limits: of the campaign level; a creator-level calibration does not carry over.
    Withheld with the creators' first reason when none was measured.
    """
    known = lifts.known
    if not known.any():
        reason = lifts.reason[0] if len(lifts) else Reason.NOT_OBSERVED
        return Withheld(reason, sentence(reason))
    ratios = lifts.ratios
    scaled = ratios.observed[known] + ratios.offset
    exposure = scaled * np.exp(np.minimum(-lifts.log[known], LARGEST_EXPONENT))
    anyway = float(np.sum(exposure))
    part = exposure / anyway if anyway > 0 else np.full(len(exposure), 1 / len(exposure))
    own, nu = _pooled_variance(part, ratios.variance[known], ratios.nu[known])
    found, mean_nu = _mean(lifts.log[known], ratios.variance[known], ratios.nu[known])
    mean, between = float(found.mean[0]), float(found.between[0])
    calendar, units_calendar = (_shared(lifts, known, w) for w in (found.weight[0], part))
    half_width = partial(_half_width, lifts, limits=limits)
    mean_variance = float(found.cautious[0])
    mean_half, degrees, ratio = half_width((mean_variance, mean_nu), calendar, between=between)
    half = min(half_width((own, nu), units_calendar)[0], LARGEST_EXPONENT)
    skew = _skew(lifts, part) if len(part) > 1 else 0.0
    observed = float(np.sum(ratios.observed[known]))
    reach = float(np.sum(scaled))
    expected = min(observed - float(np.sum(lifts.units[known])), LARGEST_COUNT)
    units = observed - expected
    return CampaignLift(
        log=mean,
        low=mean - mean_half,
        high=mean + mean_half,
        level=lifts.level,
        units=units,
        units_low=min(reach - anyway * math.exp(half + max(skew, 0.0)), units),
        units_high=max(min(reach - anyway * math.exp(-half + min(skew, 0.0)), observed), units),
        expected=expected,
        observed=observed,
        limits=limits.kind(0),
        grade=max(lifts.grade[known]),
        between=between,
        measured=int(known.sum()),
        withheld=int((~known).sum()),
        signs_differ=units * mean < 0,
        p=float(always_valid_p(np.array(mean), np.array(mean_half), degrees, ratio, lifts.level)),
        controls=lifts.control.used(np.flatnonzero(known), calendar.mean, calendar.se),
    )


def _mean(delta: Floats, variance: Floats, nu: Floats) -> tuple[Pooled, float]:
    """Give the random-effects mean of the creators, and the degrees of freedom of its variance."""
    one = variance[None, :]
    found = pooled(delta[None, :], one, LIFT_SPREAD)
    return found, float(pooled_degrees(found, one, nu, LIFT_SPREAD)[0])


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The controls' part in a campaign: the mean taken out and its noise, now and at the ends."""

    mean: float
    se: float
    nu: float
    first: float
    least: float


def _shared(lifts: Lifts, known: Booleans, share: Floats) -> _Calendar:
    """Weigh the controls' statistic as the creators are weighed; their noise is wholly shared."""
    control = lifts.control.take(np.flatnonzero(known))
    se = floats(control.se)
    total = float(np.sum(share * se))
    doubt = float(np.sum(share * se / floats(control.nu)))
    return _Calendar(
        mean=float(np.sum(share * floats(control.mean))),
        se=total,
        nu=total / doubt if doubt > 0 else math.inf,
        first=float(np.sum(share * np.sqrt(floats(control.first)))) ** 2,
        least=float(np.sum(share * np.sqrt(floats(control.least)))) ** 2,
    )


def _skew(lifts: Lifts, share: Floats) -> float:
    """Give log(mean of E / E), E the summed expected units: skews weighed as the creators are."""
    skew = np.broadcast_to(lifts.ratios.skew, lifts.known.shape)[lifts.known]
    return float(np.log(np.sum(share * np.exp(np.clip(skew, -LARGEST_SKEW, LARGEST_SKEW)))))


def _pooled_variance(share: Floats, variance: Floats, nu: Floats) -> tuple[float, float]:
    """Give the variance of log E, E the summed exposure, and its Satterthwaite degrees."""
    parts = share * share * variance
    own = float(np.sum(parts))
    doubt = float(np.sum(parts * parts / nu))
    return own, own * own / doubt if doubt > 0 else math.inf


def _half_width(
    lifts: Lifts,
    own: tuple[float, float],
    calendar: _Calendar,
    *,
    limits: boundaries.Limits,
    between: float = 0.0,
) -> tuple[float, Floats, Floats]:
    """Give the half width on the campaign's own clock, its degrees of freedom, the clock's length.

    own: variance and degrees of freedom of the creators' own noise. between: variance of true lifts
    that a mean has in it, at its first look and at its last.

    The calendar's noise stands at both ends of the clock, each with what it is there: differences
    of two estimates whose covariance is the later one's variance have that property too.
    """
    known, ratios = lifts.known, lifts.ratios
    variance, nu = own
    noise = calendar.se**2
    first = float(np.max(ratios.variance_first[known])) + between + calendar.first
    least = 1 / float(np.sum(1 / (ratios.variance_least[known] + between))) + calendar.least
    degrees = combined_degrees(*(np.array(v) for v in (variance, nu, noise, calendar.nu)))
    ratio = np.array(first / least)
    half = boundaries.half_width(
        np.array(math.sqrt(variance + noise)),
        degrees,
        ratio=ratio,
        share=np.array(min(least / (variance + noise), 1.0)),
        level=lifts.level,
        limits=limits,
    )
    return float(half), degrees, ratio
