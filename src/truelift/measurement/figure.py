"""The lift figure: what is said of one creator or campaign in one metric.

In:   creators' lifts, a campaign's lift, or an experiment's factor.
Out:  LiftFigure, the one form in which lift reaches money and reports.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from truelift.base.estimate import Estimate, Grade, Withheld
from truelift.measurement.calendar import FEW_CONTROLS, ControlsUsed, joined_controls
from truelift.measurement.campaign import CampaignLift, campaign_lift
from truelift.measurement.experiment import Incrementality
from truelift.measurement.lift import CreatorLift, Lifts, LogRatios
from truelift.measurement.limits import THEORY, Limits, joined_limits
from truelift.measurement.ragged import Floats
from truelift.measurement.shrinkage import Shrunk

WARNINGS = {
    "no_controls": "The calendar was not taken out: no control creators were measured.",
    "few_controls": (
        f"Fewer than {FEW_CONTROLS} control creators took the calendar out; their own ups and "
        "downs may stand for it."
    ),
    "signs_differ": (
        "The units of all creators together and their mean lift point in different directions: a "
        "few large creators outweigh the others. Both are shown."
    ),
    "creators_left_out": (
        "{withheld} of {all} creators (each platform counted by itself) could not be measured; "
        "baseline + lift is of the others."
    ),
}
"""What stands beside a figure, by name."""


_TIED_BITS = 51  # two fewer than a float has: a sum of two such numbers is exact


@dataclass(frozen=True, slots=True)
class LiftFigure:
    """Lift in one metric with limits, in log units and in the metric's units.

    expected + units == observed. evidence: 'baseline', 'experiment' or 'counterfactual'. late: the
    baseline was sealed after the launch. measured, withheld: how many creators (or platforms) it
    rests on. p: always-valid p-value, None for an experiment. flagged: above zero in a list of
    figures at a false-discovery rate; None outside a list. controls: the creators who took the
    calendar out, None where nothing did. signs_differ: the summed units and the mean lift of
    several creators point in different directions. boosted: posts left out because what was paid
    for cannot be told apart. shrunk: a creator's lift drawn towards the campaign's mean.
    """

    metric: str
    log: float
    low: float
    high: float
    level: float
    units: float
    units_low: float
    units_high: float
    expected: float
    observed: float
    limits: str
    grade: Grade
    late: bool = False
    evidence: str = "baseline"
    measured: int = 1
    withheld: int = 0
    p: float | None = None
    flagged: bool | None = None
    controls: ControlsUsed | None = None
    signs_differ: bool = False
    boosted: int = 0
    shrunk: Shrunk | None = None

    @property
    def mean_log(self) -> float | None:
        """Give the random-effects mean lift of several creators, which stands beside their sum."""
        return self.log if self.measured > 1 else None

    @property
    def warnings(self) -> dict[str, str]:
        """Give what a reader must know beside the figure: name -> sentence."""
        found = []
        if self.evidence == "baseline" and self.controls is None:
            found.append("no_controls")
        if self.controls is not None and self.controls.few:
            found.append("few_controls")
        if self.signs_differ:
            found.append("signs_differ")
        if self.withheld:
            found.append("creators_left_out")
        counts = {"withheld": self.withheld, "all": self.measured + self.withheld}
        return {name: WARNINGS[name].format(**counts) for name in found}

    @property
    def share(self) -> Estimate | None:
        """Give the incremental share of what was observed, None when nothing was observed."""
        if self.observed <= 0:
            return None
        units = Estimate(self.units, self.units_low, self.units_high, self.level, self.grade)
        return units.scaled(1 / self.observed)


def of_creator(lift: CreatorLift | Withheld, metric: str, *, late: bool) -> LiftFigure | Withheld:
    """Say a creator's lift on one platform."""
    if isinstance(lift, Withheld):
        return lift
    return tied(
        LiftFigure(
            metric=metric,
            log=lift.log,
            low=lift.low,
            high=lift.high,
            level=lift.level,
            units=lift.units,
            units_low=lift.units_low,
            units_high=lift.units_high,
            expected=lift.expected,
            observed=lift.observed,
            limits=lift.limits,
            grade=lift.grade,
            late=late,
            p=lift.p,
            controls=lift.controls,
        )
    )


def of_many(
    lifts: Lifts, metric: str, *, late: bool, limits: Limits = THEORY
) -> LiftFigure | Withheld:
    """Say the lift of several creators or platforms together.

    limits: of the campaign level; a creator who is alone keeps its own.
    """
    known = np.flatnonzero(lifts.known)
    found = campaign_lift(lifts, limits=lifts.limits.at(known[0]) if len(known) == 1 else limits)
    if isinstance(found, Withheld):
        return found
    return _of_campaign(found, metric, late=late)


def of_experiment(factor: Incrementality, metric: str, observed: float) -> LiftFigure:
    """Say what an experiment makes of a tracked count: units = factor x observed."""
    units = factor.units(observed)
    return tied(
        LiftFigure(
            metric=metric,
            log=_log_share(factor.factor),
            low=_log_share(factor.low),
            high=_log_share(factor.high),
            level=factor.level,
            units=units.point,
            units_low=units.low,
            units_high=units.high,
            expected=observed - units.point,
            observed=observed,
            limits="experiment",
            grade=factor.grade,
            evidence="counterfactual" if factor.design == "counterfactual" else "experiment",
        )
    )


def tied(figure: LiftFigure) -> LiftFigure:
    """Make expected + units == observed hold in floating point too.

    Whole counts hold it already (lift.split). A share of a post, or a factor times a count, has as
    many binary digits as a float holds, and the parts of such a number need not add up to it: all
    three are rounded to one grid that is coarse enough (relative change below 1e-14).
    """
    if figure.expected + figure.units == figure.observed:
        return figure
    largest = max(abs(figure.observed), abs(figure.expected), abs(figure.units))
    grid = 2.0 ** (math.frexp(largest)[1] - _TIED_BITS)
    observed = round(figure.observed / grid) * grid
    expected = round(figure.expected / grid) * grid
    units = observed - expected
    return replace(
        figure,
        observed=observed,
        expected=expected,
        units=units,
        units_low=min(figure.units_low, units),
        units_high=max(figure.units_high, units),
    )


def take(lifts: Lifts, index: Sequence[int]) -> Lifts:
    """Keep some rows of a table of lifts."""
    rows = np.asarray(index, dtype=np.int64)
    ratios = LogRatios(
        delta=lifts.ratios.delta[rows],
        variance=lifts.ratios.variance[rows],
        variance_first=lifts.ratios.variance_first[rows],
        variance_least=lifts.ratios.variance_least[rows],
        nu=lifts.ratios.nu[rows],
        observed=lifts.ratios.observed[rows],
        offset=lifts.ratios.offset,
        skew=np.broadcast_to(lifts.ratios.skew, lifts.log.shape)[rows],
    )
    return replace(
        lifts,
        ratios=ratios,
        log=lifts.log[rows],
        se=lifts.se[rows],
        low=lifts.low[rows],
        high=lifts.high[rows],
        units=lifts.units[rows],
        units_low=lifts.units_low[rows],
        units_high=lifts.units_high[rows],
        expected=lifts.expected[rows],
        grade=lifts.grade[rows],
        p=lifts.p[rows],
        reason=lifts.reason[rows],
        limits=lifts.limits.take(rows),
        control=lifts.control.take(rows),
    )


def together(tables: Sequence[Lifts]) -> Lifts:
    """Put the rows of several tables of one metric one after the other; at least one table."""
    first, ratios = tables[0], [table.ratios for table in tables]
    estimates: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in ratios])
        for name in ("delta", "variance", "variance_first", "variance_least", "nu", "observed")
    }
    skews = [np.broadcast_to(one.skew, one.delta.shape) for one in ratios]
    lifts: dict[str, Any] = {
        name: np.concatenate([getattr(table, name) for table in tables])
        for name in (
            *("log", "se", "low", "high", "units", "units_low", "units_high", "expected"),
            *("grade", "reason", "p"),
        )
    }
    return replace(
        first,
        ratios=replace(first.ratios, **estimates, skew=np.concatenate(skews)),
        limits=joined_limits([(table.limits, len(table)) for table in tables]),
        control=joined_controls([table.control for table in tables]),
        **lifts,
    )


def in_part(lifts: Lifts, share: Floats) -> Lifts:
    """Count only a share of each row's units: posts that several campaigns share out.

    share: shape (rows,), from 0 to 1. The log lift is the whole posts' own and stays as it is.
    """
    observed = lifts.ratios.observed * share
    units = lifts.units * share
    return replace(
        lifts,
        ratios=replace(lifts.ratios, observed=observed),
        units=units,
        units_low=lifts.units_low * share,
        units_high=lifts.units_high * share,
        expected=observed - units,
    )


def _of_campaign(found: CampaignLift, metric: str, *, late: bool) -> LiftFigure:
    return tied(
        LiftFigure(
            metric=metric,
            log=found.log,
            low=found.low,
            high=found.high,
            level=found.level,
            units=found.units,
            units_low=found.units_low,
            units_high=found.units_high,
            expected=found.expected,
            observed=found.observed,
            limits=found.limits,
            grade=found.grade,
            late=late,
            measured=found.measured,
            withheld=found.withheld,
            p=found.p,
            controls=found.controls,
            signs_differ=found.signs_differ,
        )
    )


def _log_share(factor: float) -> float:
    """Give the log lift at which this share of the observed is extra; inf when all of it is."""
    return -math.log1p(-factor) if factor < 1 else math.inf
