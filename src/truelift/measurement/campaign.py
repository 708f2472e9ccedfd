"""The campaign: creators' lifts taken together.

In:   `Lifts` over the campaign's creators.
Out:  units summed over creators with limits, the random-effects mean lift beside it, and a flag
      where the two disagree in sign (formulas: reference/science.md 1.3, 1.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement import limits as boundaries
from truelift.measurement.discoveries import always_valid_p
from truelift.measurement.lift import LARGEST_COUNT, LARGEST_EXPONENT, Lifts, sentence
from truelift.measurement.ragged import Floats


@dataclass(frozen=True, slots=True)
class CampaignLift:
    """A campaign's lift over the creators that could be measured.

    log, low, high: random-effects mean log lift with limits. units, units_low, units_high: sum of
    the creators' incremental units with limits of their own; expected + units == observed.
    between: variance of true lifts between creators (log units squared). signs_differ: units and
    mean point in different directions, so both must be shown. grade: the worst of the creators. p:
    always-valid p-value of the mean.
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


def random_effects(delta: Floats, variance: Floats) -> tuple[float, float, float]:
    """Give the DerSimonian-Laird mean, its variance and the variance between creators.

    delta, variance: shape (creators,), log units and their squares, at least one creator.
    """
    weight = 1 / variance
    total = float(np.sum(weight))
    fixed = float(np.sum(weight * delta)) / total
    heterogeneity = float(np.sum(weight * (delta - fixed) ** 2))
    denominator = total - float(np.sum(weight**2)) / total
    excess = heterogeneity - (len(delta) - 1)
    between = max(0.0, excess / denominator) if len(delta) > 1 else 0.0
    weight = 1 / (variance + between)
    total = float(np.sum(weight))
    return float(np.sum(weight * delta)) / total, 1 / total, between


def campaign_lift(
    lifts: Lifts,
    *,
    limits: boundaries.Limits = boundaries.THEORY,
) -> CampaignLift | Withheld:
    """Sum the creators' units and average their lifts, with limits valid at every look.

    Units: L = sum of L_i; variance of the expected units E = sum of E_i by the delta method,
    sum (E_i se_i)^2 + (E se_control)^2 (creators share their controls), degrees of freedom after
    Satterthwaite; limits on log E, E e^(-+h), so that one creator alone has the creator's limits.
    The clock runs from the least informed first look to all creators' information together.
    limits: of the campaign level; a creator-level calibration does not carry over.
    Withheld with the creators' first reason when none was measured.
    """
    known = lifts.known
    if not known.any():
        reason = lifts.reason[0] if len(lifts) else Reason.NOT_OBSERVED
        return Withheld(reason, sentence(reason))
    ratios = lifts.ratios
    noise = lifts.control.se**2 if lifts.control else 0.0
    scaled = ratios.observed[known] + ratios.offset
    exposure = scaled * np.exp(np.minimum(-lifts.log[known], LARGEST_EXPONENT))
    own, nu = _pooled_variance(exposure, ratios.variance[known], ratios.nu[known])
    factor, ratio = _multiplier(lifts, own, nu, limits=limits)
    mean, mean_variance, between = random_effects(lifts.log[known], ratios.variance[known])
    mean_half = factor * math.sqrt(mean_variance + noise)
    half = min(factor * math.sqrt(own + noise), LARGEST_EXPONENT)
    observed = float(np.sum(ratios.observed[known]))
    reach, anyway = float(np.sum(scaled)), float(np.sum(exposure))
    expected = min(observed - float(np.sum(lifts.units[known])), LARGEST_COUNT)
    units = observed - expected
    return CampaignLift(
        log=mean,
        low=mean - mean_half,
        high=mean + mean_half,
        level=lifts.level,
        units=units,
        units_low=min(reach - anyway * math.exp(half), units),
        units_high=max(min(reach - anyway * math.exp(-half), observed), units),
        expected=expected,
        observed=observed,
        limits=limits.kind(0),
        grade=max(lifts.grade[known]),
        between=between,
        measured=int(known.sum()),
        withheld=int((~known).sum()),
        signs_differ=units * mean < 0,
        p=float(
            always_valid_p(np.array(mean), np.array(mean_half), np.array(nu), ratio, lifts.level)
        ),
    )


def _pooled_variance(exposure: Floats, variance: Floats, nu: Floats) -> tuple[float, float]:
    """Give the variance of log E, E the summed exposure, and its Satterthwaite degrees."""
    total = float(np.sum(exposure))
    weight = exposure / total if total > 0 else np.full(len(exposure), 1 / len(exposure))
    parts = weight * weight * variance
    own = float(np.sum(parts))
    doubt = float(np.sum(parts * parts / nu))
    return own, own * own / doubt if doubt > 0 else math.inf


def _multiplier(
    lifts: Lifts,
    own: float,
    nu: float,
    *,
    limits: boundaries.Limits,
) -> tuple[float, Floats]:
    """Give half width / standard error on the campaign's own clock, and the clock's length."""
    known, ratios = lifts.known, lifts.ratios
    noise = lifts.control.se**2 if lifts.control else 0.0
    first = float(np.max(ratios.variance_first[known])) + noise
    least = 1 / float(np.sum(1 / ratios.variance_least[known])) + noise
    ratio = np.array(first / least)
    half = boundaries.half_width(
        np.array(1.0),
        np.array(nu),
        ratio=ratio,
        share=np.array(min(least / (own + noise), 1.0)),
        level=lifts.level,
        limits=limits,
    )
    return float(half), ratio
