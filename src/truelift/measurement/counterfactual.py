"""What a whole shop would have sold: a forecast from before the campaign, and what came on top.

In:   a shop's outcome by day (orders, new customers or revenue), weekdays, control series that the
      campaign does not touch; days to leave out are nan.
Out:  cumulative effect over a campaign's days with limits valid at every daily look, and the
      placebo record that says how those limits did where there was no campaign.

Model, in log units: z = log(y + c) = weekday + local level + ridge on control series + noise. All
of it is one Gaussian process over the days before the campaign (the kernel of a structural time
series, Brodersen et al. 2015, without sampling), so forecast and covariance are one solve.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import scipy

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.looks import path_multiplier
from truelift.measurement.ragged import Booleans, Floats, Integers

FORMULA = "gaussian-level-weekday-ridge-1"

OUTCOMES = ("orders", "new_customers", "revenue")

LEAST_DAYS = 56
"""Days before a campaign, or a pseudo-campaign, without which nothing is forecast."""

INDEPENDENT_BLOCKS = 20
"""From here on the placebo replaces the model's own limits; below it can only widen them."""

_OFFSET_COUNT, _OFFSET_SHARE = 0.5, 0.05
_DIFFUSE = 1e3
_LEVEL = (0.0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
_WEEKDAY = (0.001, 0.03, 0.3, 3.0)
_RIDGE = (0.0, 0.01, 0.1, 1.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A shop by day, oldest first and without gaps between the days.

    outcome: shape (days,), nan where a day is left out. weekday: Monday 0. controls: shape
    (days, series), counts that the campaign cannot touch; a day with nan in any is left out.
    """

    outcome: Floats
    weekday: Integers
    controls: Floats

    @property
    def usable(self) -> Booleans:
        """Say which days are known in every series."""
        return np.isfinite(self.outcome) & np.isfinite(self.controls).all(axis=1)

    def until(self, day: int) -> Series:
        """Keep the days before a day."""
        return Series(self.outcome[:day], self.weekday[:day], self.controls[:day])


@dataclass(frozen=True, slots=True)
class Strengths:
    """How much each part moves the series, as variance over the noise's, and what was added.

    level: of a day's step of the local level. weekday, ridge: prior variance of weekdays and of
    the weights of standardised control series. offset: c, added to the outcome before the log.
    """

    level: float
    weekday: float
    ridge: float
    offset: float


@dataclass(frozen=True, slots=True)
class PlaceboRecord:
    """How the limits did over pseudo-campaigns of the same length before the real one.

    factor: what the model's half width is multiplied by. windows: pseudo-campaigns, overlapping;
    blocks: how many of them lie apart. wrong: the share of windows in which the model's own limits
    were wrong at any look. half_width: their mean at the end, log units. calibrated: enough blocks
    for the placebo to replace the model's limits; else it can only widen them.
    """

    factor: float
    windows: int
    blocks: int
    wrong: float
    half_width: float
    calibrated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What was to be expected on the usable days of a campaign, in the shifted scale y + offset.

    expected: shape (days,). covariance: of the log forecast errors, shape (days, days).
    """

    expected: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class Effect:
    """The cumulative effect up to a look, in the outcome's unit, with limits for every look.

    observed - expected == effect. days: usable days so far; left_out: days that were not used.
    """

    effect: float
    low: float
    high: float
    level: float
    expected: float
    observed: float
    days: int
    left_out: int


def fit(before: Series) -> Strengths:
    """Choose the strengths by marginal likelihood on the days before the campaign.

    Coordinate search over fixed grids: the same days give the same strengths on every machine.
    """
    kept = before.usable
    offset = _OFFSET_COUNT + _OFFSET_SHARE * float(np.mean(before.outcome[kept]))
    chosen = Strengths(0.003, 0.3, 0.1 if before.controls.shape[1] else 0.0, offset)
    parts = _kernels(before, kept)
    z = np.log(before.outcome[kept] + offset)
    grids = {"level": _LEVEL, "weekday": _WEEKDAY}
    if before.controls.shape[1]:
        grids["ridge"] = _RIDGE
    best = _likelihood(parts, chosen, z)
    for _, (name, grid) in product(range(2), grids.items()):
        for value in grid:
            tried = replace(chosen, **{name: value})
            found = _likelihood(parts, tried, z)
            if found > best:
                best, chosen = found, tried
    return chosen


def forecast(series: Series, start: int, strengths: Strengths) -> Forecast:
    """Forecast the usable days from `start` on, from the usable days before it and the controls.

    The mean of y + c is e^z times Duan's (1983) smearing factor of the residuals before.
    """
    kept = series.usable
    first = int(kept[:start].sum())
    covariance = _mixed(_kernels(series, kept, start), strengths)
    z = np.log(series.outcome[kept][:first] + strengths.offset)
    inner = covariance[:first, :first]
    factor = scipy.linalg.cho_factor(inner, lower=True, check_finite=False)
    weights = scipy.linalg.cho_solve(factor, z, check_finite=False)
    noise = float(z @ weights) / first  # the diffuse constant takes one of `first` degrees
    cross = covariance[first:, :first]
    mean = cross @ weights
    spread = covariance[first:, first:] - cross @ scipy.linalg.cho_solve(
        factor, cross.T, check_finite=False
    )
    smear = float(np.mean(np.exp(weights)))  # z - fitted = noise K^-1 z in units of the noise
    return Forecast(np.exp(mean) * smear, spread * noise)


def enough(before: Series) -> Withheld | None:
    """Say why nothing can be forecast, or None."""
    days = int(before.usable.sum())
    if days >= LEAST_DAYS:
        return None
    return Withheld(
        Reason.NOT_OBSERVED,
        f"{days} usable days before the campaign; a counterfactual needs {LEAST_DAYS}.",
    )


def path(found: Forecast) -> tuple[Floats, Floats]:
    """Give the weights of days in each look, and the covariance of the cumulative log ratio.

    Both of shape (looks, looks); a look a day. First order: the log of a sum moves by the mean of
    its days' log errors, weighted by what each was expected to bring.
    """
    weights = np.tril(np.broadcast_to(found.expected, (len(found.expected),) * 2))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights, weights @ found.covariance @ weights.T


def placebo(
    before: Series, strengths: Strengths, horizon: int, *, level: float = 0.95
) -> PlaceboRecord:
    """Replay pseudo-campaigns of `horizon` days inside the days before the campaign.

    Each is forecast from its own past alone. T = the largest of |log ratio| / half width over its
    daily looks. With INDEPENDENT_BLOCKS blocks that lie apart: the factor is the quantile of T
    that split-conformal prediction takes, the number of blocks counted and not of the windows.
    With fewer: the largest T found, never below 1 (the model's own limits, widened).
    """
    stride = max(1, horizon // 4)
    starts = range(len(before.outcome) - horizon, LEAST_DAYS - 1, -stride)
    worst, widths = [], []
    for start in starts:
        window = before.until(start + horizon)
        if int(window.usable[:start].sum()) < LEAST_DAYS or not window.usable[start:].any():
            continue
        ratio, half = _looked_at(window, start, strengths, 1 - level)
        worst.append(float(np.max(np.abs(ratio) / half)))
        widths.append(float(half[-1]))
    blocks = max(len(before.outcome) - LEAST_DAYS, 0) // horizon if worst else 0
    calibrated = blocks >= INDEPENDENT_BLOCKS
    found = np.sort(np.array(worst)) if worst else np.ones(1)
    rank = min((blocks + 1) * level / blocks, 1.0) if calibrated else 1.0
    factor = float(found[min(math.ceil(rank * len(found)), len(found)) - 1])
    return PlaceboRecord(
        factor=factor if calibrated else max(1.0, factor),
        windows=len(worst),
        blocks=blocks,
        wrong=float(np.mean(found > 1)) if worst else math.nan,
        half_width=float(np.mean(widths)) if widths else math.nan,
        calibrated=calibrated,
    )


def effect(
    series: Series,
    start: int,
    strengths: Strengths,
    *,
    factor: float = 1.0,
    horizon: int | None = None,
    level: float = 0.95,
) -> Effect | Withheld:
    """Give the cumulative effect of a campaign that began on day `start`, up to the last day.

    horizon: the planned number of days, for the looks still to come; more than that were seen only
    when the campaign ran on. factor: of the placebo record. Limits lie around what was expected,
    e^(log expected -+ half width), so observed - limits are valid at this and every other look.
    """
    why = enough(series.until(start))
    if why is not None:
        return why
    kept = series.usable[start:]
    if not kept.any():
        return Withheld(Reason.NOT_OBSERVED, "No usable day of the campaign has been seen yet.")
    planned = _padded(series, start, horizon or 0)
    found = forecast(planned, start, strengths)
    _, covariance = path(found)
    days = int(kept.sum())
    se = math.sqrt(covariance[days - 1, days - 1])
    half = factor * path_multiplier(covariance, 1 - level) * se
    observed = float(np.sum(series.outcome[start:][kept]))
    reach = observed + days * strengths.offset  # in the scale of the model, y + offset
    shifted = float(np.sum(found.expected[:days]))
    low, high = (min(reach - shifted * math.exp(h), observed) for h in (half, -half))
    point = min(reach - shifted, observed)
    return Effect(
        effect=point,
        low=low,
        high=high,
        level=level,
        expected=observed - point,
        observed=observed,
        days=days,
        left_out=len(kept) - days,
    )


def as_record(strengths: Strengths, found: PlaceboRecord) -> dict[str, Any]:
    """Give what a registration keeps of the model, as JSON-able words and numbers."""
    told = {name: None if math.isnan(value) else value for name, value in asdict(found).items()}
    return {"formula": FORMULA, "strengths": asdict(strengths), "placebo": told}


def shop_covariance(series: Series, strengths: Strengths) -> Floats:
    """Give the covariance of the shop's usable days without a campaign, in units of the noise."""
    return _mixed(_kernels(series, series.usable), strengths)


def _looked_at(
    window: Series, start: int, strengths: Strengths, alpha: float
) -> tuple[Floats, Floats]:
    """Give the cumulative log ratio of a pseudo-campaign and its half width, at every look."""
    found = forecast(window, start, strengths)
    _, covariance = path(found)
    seen = window.outcome[start:][window.usable[start:]] + strengths.offset
    ratio = np.log(np.cumsum(seen)) - np.log(np.cumsum(found.expected))
    half = path_multiplier(covariance, alpha) * np.sqrt(np.diag(covariance))
    return ratio, half


def _padded(series: Series, start: int, horizon: int) -> Series:
    """Add the days still to come: their controls stand at their mean, as if nothing moved them."""
    missing = start + horizon - len(series.outcome)
    if missing <= 0:
        return series
    weekday = (series.weekday[-1] + 1 + np.arange(missing)) % 7
    usual = np.nanmean(series.controls[:start], axis=0, keepdims=True)
    return Series(
        np.concatenate([series.outcome, np.zeros(missing)]),
        np.concatenate([series.weekday, weekday]),
        np.concatenate([series.controls, np.repeat(usual, missing, axis=0)]),
    )


def _kernels(series: Series, kept: Booleans, start: int | None = None) -> tuple[Floats, ...]:
    """Give the covariance of level, weekdays and controls over the usable days, unit strength."""
    day = np.flatnonzero(kept).astype(np.float64)
    level = np.minimum(day[:, None], day[None, :])
    weekday = series.weekday[kept]
    same = (weekday[:, None] == weekday[None, :]).astype(np.float64)
    x = np.log(series.controls[kept] + _OFFSET_COUNT)
    past = x if start is None else x[: int(kept[:start].sum())]
    spread = past.std(axis=0)
    x = (x - past.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return level, same, x @ x.T / max(x.shape[1], 1)


def _mixed(parts: tuple[Floats, ...], strengths: Strengths) -> Floats:
    level, same, ridge = parts
    mixed = strengths.level * level + strengths.weekday * same + strengths.ridge * ridge + _DIFFUSE
    mixed[np.diag_indices_from(mixed)] += 1.0
    return np.asarray(mixed, dtype=np.float64)


def _likelihood(parts: tuple[Floats, ...], strengths: Strengths, z: Floats) -> float:
    """Give the log marginal likelihood, the noise profiled out."""
    lower = scipy.linalg.cholesky(_mixed(parts, strengths), lower=True, check_finite=False)
    white = scipy.linalg.solve_triangular(lower, z, lower=True, check_finite=False)
    noise = float(white @ white) / len(z)
    return -float(np.sum(np.log(np.diag(lower)))) - len(z) / 2 * math.log(noise)
