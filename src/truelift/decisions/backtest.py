"""Backtest: forecasts of past campaigns beside what came, and the scale that makes bands honest.

In:   for each forecast the band of what was still to come then, and what came.
Out:  the factor on the log-sd by which an 80 % band covers 80 %, fitted on one half of the
      campaigns and judged on the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truelift.decisions.forecast import BAND, CONTINUITY, Band
from truelift.measurement.ragged import Floats, floats

STAGES = (0.25, 0.5, 0.75)
"""Parts of the flight that were over when the forecast was made."""

LEAST_FORECASTS = 20
"""Fewer forecasts of a half fit no scale."""

LEAST_SCALE, LARGEST_SCALE = 0.5, 5.0
_LEAST_WIDTH = 1e-3


@dataclass(frozen=True, slots=True)
class Past:
    """One forecast of the past: of which campaign and creator, when, and what came after it.

    rest: band of what was still to come, at scale 1; came: what did.
    """

    campaign: str
    creator: str | None
    stage: float
    rest: Band
    came: float


@dataclass(frozen=True, slots=True)
class Judged:
    """How often bands held. fitted, judged: forecasts in each half; plain: covered at scale 1."""

    scale: float
    fitted: int
    judged: int
    covered: float | None
    plain: float | None
    by_stage: tuple[tuple[float, int, float], ...]
    in_force: bool


def distance(past: Sequence[Past]) -> Floats:
    """Give how far what came lies from the median, in half widths of the band on that side."""
    found = []
    for one in past:
        low, middle, high, came = (
            np.log(max(each, 0.0) + CONTINUITY)
            for each in (one.rest.p10, one.rest.p50, one.rest.p90, one.came)
        )
        side = high - middle if came >= middle else middle - low
        found.append(abs(came - middle) / max(side, _LEAST_WIDTH))
    return floats(found)


def fitted_scale(past: Sequence[Past]) -> float:
    """Give the scale at which BAND of the forecasts hold (split conformal: rounded up)."""
    if len(past) < LEAST_FORECASTS:
        return 1.0
    ordered = np.sort(distance(past))
    place = min(int(np.ceil((len(ordered) + 1) * BAND)), len(ordered)) - 1
    return float(np.clip(ordered[place], LEAST_SCALE, LARGEST_SCALE))


def backtest(past: Sequence[Past]) -> Judged:
    """Fit the scale on every second campaign, judge it on the others.

    Every second creator where there is one campaign. In force are scales that stand on
    LEAST_FORECASTS of each half.
    """
    campaigns = sorted({one.campaign for one in past})
    names = campaigns if len(campaigns) > 1 else sorted({str(one.creator) for one in past})
    first = set(names[::2])

    def mine(one: Past) -> str:
        return one.campaign if len(campaigns) > 1 else str(one.creator)

    fit = [one for one in past if mine(one) in first]
    rest = [one for one in past if mine(one) not in first]
    scale = fitted_scale(fit)
    far = distance(rest)
    stages = []
    for stage in STAGES:
        there = np.array([one.stage == stage for one in rest], bool)
        if there.any():
            stages.append((stage, int(there.sum()), float(np.mean(far[there] <= scale))))
    return Judged(
        scale=scale,
        fitted=len(fit),
        judged=len(rest),
        covered=float(np.mean(far <= scale)) if len(far) else None,
        plain=float(np.mean(far <= 1.0)) if len(far) else None,
        by_stage=tuple(stages),
        in_force=min(len(fit), len(rest)) >= LEAST_FORECASTS,
    )
