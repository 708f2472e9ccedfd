"""Forecast: what campaigns will have brought by their end, from what is known now.

In:   the ground; a campaign, a time.
Out:  rows of the forecast report; what reallocation asks: log incremental value of a unit of money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.decisions import forecast as model
from truelift.decisions.completion import Money, Outlook, outlooks
from truelift.decisions.forecast import Factors, Prior, Totals
from truelift.decisions.value_basis import Beside, ValueBasis
from truelift.measurement.figure import LiftFigure
from truelift.measurement.metric import default_metric, metric_named
from truelift.measurement.ragged import Floats
from truelift.measurement.random_effects import LIFT_SPREAD
from truelift.operations import forecast_counts, forecast_posts
from truelift.operations.counts import COUNT_METRICS
from truelift.operations.developments import Developments
from truelift.operations.flights import flight
from truelift.operations.forecast_money import Sold, money, sold
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.measure import Figures, Measured, Measurement
from truelift.operations.panels import VALUE
from truelift.operations.people import Action, needs
from truelift.operations.plans import flown, parties
from truelift.operations.value_basis import basis_of, beside_of, other_basis_of
from truelift.reports.forecast import ForecastRow, OtherBasis
from truelift.reports.roi import instant_text
from truelift.store import control_records
from truelift.store.control_records import FORECAST_SCALE
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord
from truelift.valuation.ladder import Components

Row = dict[str, Any]
NORMAL_LEVEL = 1.959963984540054
_NOTHING = Prior(0.0, LIFT_SPREAD.between, 1.0)


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """What was asked: a campaign (None: all), a metric (None: by goal), a target ROI."""

    campaign: str | None = None
    metric: str | None = None
    target: float = 0.0
    as_of: Instant | None = None
    known_at: Instant | None = None

    def check(self) -> None:
        """Refuse a metric that there is none of."""
        if self.metric is not None:
            metric_named(self.metric)


@needs(Action.READ)
def forecast(ground: Ground, request: ForecastRequest) -> list[ForecastRow]:
    """Forecast campaigns to the end of their flights: each campaign, then its creators."""
    request.check()
    known = knowledge(ground, as_of=request.as_of, known_at=request.known_at)
    if request.campaign is not None:
        flight(known, request.campaign)
    names = [request.campaign] if request.campaign else sorted(known.campaigns)
    desk = Forecasts(Measurement(known))
    return [row for name in names for row in desk.rows(name, request.metric, target=request.target)]


@needs(Action.READ)
def returns(
    ground: Ground,
    campaign: str,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> dict[str, tuple[float, float] | Withheld]:
    """Give, per creator, mean and variance of log incremental value of a unit of money."""
    rows = forecast(ground, ForecastRequest(campaign, as_of=as_of, known_at=known_at))
    found: dict[str, tuple[float, float] | Withheld] = {}
    for row in rows:
        if row.creator is None:
            continue
        if isinstance(row.outlook, Withheld):
            found[row.creator] = row.outlook
        elif row.outlook.log_mean is None or row.outlook.log_variance is None:
            why = row.outlook.roi
            assert isinstance(why, Withheld)
            found[row.creator] = why
        else:
            found[row.creator] = (row.outlook.log_mean, row.outlook.log_variance)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Foreseen:
    """Totals of a campaign's creators in one metric; who has none, and whose extra is not known."""

    names: list[str]
    so_far: Floats
    totals: Totals
    withheld: dict[str, Withheld]
    silent: dict[str, Withheld]
    inputs: dict[str, dict[str, float | None]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the rows of a campaign have in common. others: outlooks by the other value basis."""

    campaign: str
    metric: str
    figures: Figures
    basis: ValueBasis
    target: float
    others: Mapping[str | None, OtherBasis] = field(default_factory=dict)
    beside: Mapping[str | None, Beside | None] = field(default_factory=dict)


@dataclass
class Forecasts:
    """Forecasts of a brand's campaigns as known, everything read once."""

    measurement: Measurement
    scale: float | None = None

    @property
    def known(self) -> Knowledge:
        """Give what is known."""
        return self.measurement.known

    @cached_property
    def developments(self) -> Developments:
        """Give what comes in late."""
        return Developments(self.known, self.measurement.panels)

    def scale_of(self, metric: str) -> tuple[float, str]:
        """Give the factor on the log-sd of what is to come, and where it comes from."""
        if self.scale is not None:
            return self.scale, "given"
        kind = kind_of(metric)
        kept = self._scales.get(kind)
        if kept is not None and kept.record["in_force"]:
            return float(kept.record["scale"]), f"backtest {kept.sha256[:12]}"
        return model.DEFAULT_SCALE[kind], "default, no backtest is in force"

    @cached_property
    def _scales(self) -> dict[str, KeptRecord]:
        with self.known.ground.workspace.transaction() as connection:
            return control_records.newest(
                connection, self.known.ground.brand.brand, FORECAST_SCALE, self.known.known_at
            )

    def rows(self, campaign: str, metric: str | None, *, target: float) -> list[ForecastRow]:
        """Give the campaign's row, then its creators'; all withheld where nothing can be said."""
        goal = self.known.campaigns[campaign]["goal"]
        name = metric or default_metric(goal).name
        found = self.foreseen(campaign, name)
        figures = self.measurement.lift(campaign, name)
        panels = self.measurement.panels
        basis, other = basis_of(panels, campaign), other_basis_of(panels, campaign)
        if isinstance(found, Withheld):
            one = _Asked(campaign, name, figures, basis, target)
            return [self._row(one, None, found, {})]
        rows = self._outlooks(campaign, name, found, basis, target)
        beside = self._outlooks(campaign, name, found, other, target) if other else []
        others = {row.creator: OtherBasis(other.words, row) for row in beside if other}
        asked = _Asked(campaign, name, figures, basis, target, others, self._beside(campaign))
        told = [
            self._row(asked, one.creator, one, found.inputs.get(one.creator or "", {}))
            for one in rows
        ]
        return told + [
            self._row(asked, creator, words, {}) for creator, words in sorted(found.silent.items())
        ]

    def _beside(self, campaign: str) -> dict[str | None, Beside | None]:
        """Give what the campaign (None) and its creators bring beside the goal."""
        money = self.developments.outcomes.creators_money([campaign])
        parts: dict[str | None, Components] = {who: each for (_, who), each in money.items()}
        parts[None] = sum(money.values(), Components())
        return {who: beside_of(self.known, campaign, each) for who, each in parts.items()}

    def by_basis(
        self,
        campaign: str,
        basis: ValueBasis | None = None,
        *,
        target: float = 0.0,
        own_targets: Mapping[str, float] | None = None,
    ) -> list[Outlook] | Withheld:
        """Give the outlooks of a campaign by its goal's metric, money counted by a basis.

        basis: the campaign's own by default; another where what was said earlier is looked at now.
        """
        name = default_metric(self.known.campaigns[campaign]["goal"]).name
        found = self.foreseen(campaign, name)
        if isinstance(found, Withheld):
            return found
        counted = basis or basis_of(self.measurement.panels, campaign)
        return self._outlooks(campaign, name, found, counted, target, own_targets=own_targets)

    def _outlooks(
        self,
        campaign: str,
        metric: str,
        found: Foreseen,
        basis: ValueBasis,
        target: float,
        *,
        own_targets: Mapping[str, float] | None = None,
    ) -> list[Outlook]:
        valued, values = self._money(campaign, metric, found, basis)
        return outlooks(
            found.names, found.so_far, found.totals, valued, withheld=found.withheld,
            values=values, target=target, own_targets=own_targets,
        )  # fmt: skip

    def _row(
        self,
        asked: _Asked,
        creator: str | None,
        outlook: Outlook | Withheld,
        inputs: dict[str, float | None],
    ) -> ForecastRow:
        scale, origin = self.scale_of(asked.metric)
        missing = Withheld(Reason.NOT_OBSERVED, _NOT_LIVE)
        far = flown(self.known, asked.campaign)
        return ForecastRow(
            campaign=asked.campaign,
            creator=creator,
            goal=self.known.campaigns[asked.campaign]["goal"],
            metric=asked.metric,
            outlook=outlook,
            lift=asked.figures.get(creator, missing),
            value_basis=asked.basis.words,
            over=far.left <= 0,
            other_basis=asked.others.get(creator),
            beside=asked.beside.get(creator),
            scale=scale,
            scale_from=origin,
            target=asked.target,
            as_of=instant_text(self.known.as_of),
            known_at=instant_text(self.known.known_at),
            inputs={"days_gone": far.gone, "days_left": far.left} | inputs,
        )

    def foreseen(self, campaign: str, metric: str) -> Foreseen | Withheld:
        """Forecast one metric of a campaign; Withheld where nothing at all can be said."""
        names = parties(self.known, campaign)
        if not names:
            words = "No creator takes part yet; import agreements or participants."
            return Withheld(Reason.NOT_PLANNED, words)
        if metric in COUNT_METRICS:
            return self._counts(campaign, metric)
        return self._posts(campaign, metric, names)

    def _random(self, part: int) -> np.random.Generator:
        return np.random.default_rng([model.SEED, part])

    def _counts(self, campaign: str, metric: str) -> Foreseen | Withheld:
        late = self.developments.late(metric)
        found = forecast_counts.counted(self.measurement, campaign, metric, late)
        found = found.take([at for at, name in enumerate(found.names) if name not in found.silent])
        if not found.names:
            return next(iter(found.silent.values()))
        prior = model.campaign_prior(found.counting.evidence)
        measured = self.measurement.measured(campaign, metric)
        tested = None if isinstance(measured, Measured) else _tested(measured, found.names)
        withheld = {name: why for name, why in found.withheld.items() if name in found.names}
        if isinstance(prior, Withheld):
            withheld, prior = dict.fromkeys(found.names, prior) | withheld, _NOTHING
        scale, _ = self.scale_of(metric)
        totals = model.count_totals(found.counting, prior, self._random(0), scale=scale)
        if tested is not None:
            totals, withheld = model.by_factor(totals, tested, self._random(1)), {}
        counting = found.counting
        inputs = {
            name: {
                "usual_days_gone": float(counting.days_gone[at]),
                "usual_days_left": float(counting.days_left[at]),
                "dispersion": float(counting.dispersion[at]),
                "late_factor": counting.late,
                **_lift_inputs(totals, prior, at),
            }
            for at, name in enumerate(found.names)
        }
        return Foreseen(found.names, counting.so_far, totals, withheld, found.silent, inputs)

    def _posts(self, campaign: str, metric: str, names: list[str]) -> Foreseen | Withheld:
        found = forecast_posts.posted(self.measurement, campaign, metric)
        shown = [
            name for name in names
            if name in {unit[0] for unit in found.units} and name not in found.silent
        ]  # fmt: skip
        silent = {name: found.silent.get(name, _UNPLANNED) for name in names if name not in shown}
        if not shown:
            return next(iter(silent.values()))
        prior = model.campaign_prior(found.posts.evidence)
        withheld = {name: why for name, why in found.withheld.items() if name in shown}
        if isinstance(prior, Withheld):
            withheld, prior = dict.fromkeys(shown, prior) | withheld, _NOTHING
        scale, _ = self.scale_of(metric)
        each = model.post_totals(found.posts, prior, self._random(2), scale=scale)
        matrix = found.of(shown)
        totals = Totals(
            each.rest @ matrix, each.total @ matrix, each.incremental @ matrix, each.levels
        )
        rows = len(found.units)
        so_far = np.bincount(found.posts.row, weights=found.posts.count, minlength=rows) @ matrix
        live = np.bincount(found.posts.row, minlength=rows) @ matrix
        planned = np.bincount(found.posts.planned_row, minlength=rows) @ matrix
        inputs: dict[str, dict[str, float | None]] = {
            name: {"live_posts": float(live[at]), "planned_posts": float(planned[at]),
                   "campaign_lift": prior.mean}
            for at, name in enumerate(shown)
        }  # fmt: skip
        return Foreseen(shown, so_far, totals, withheld, silent, inputs)

    def _money(
        self, campaign: str, metric: str, found: Foreseen, basis: ValueBasis
    ) -> tuple[Money | Withheld, Totals | None]:
        """Give money by a basis, and totals that are money already (awareness)."""
        panels = self.measurement.panels
        goal = self.known.campaigns[campaign]["goal"]
        usual = default_metric(goal).name
        if goal != "awareness" and metric != usual:
            words = f"The money of this campaign comes of {usual}; forecast those for its return."
            return Withheld(Reason.NO_VALUES, words), None
        if goal != "awareness":
            given = sold(self.developments, campaign, found.names, _units(self, campaign, found))
            return money(panels, campaign, found.names, given, basis), None
        if panels.value_schedule is None:
            words = (
                "No value schedule is approved, so outputs have no value; import `values` with one."
            )
            return Withheld(Reason.NO_VALUES, words), None
        worth = self.foreseen(campaign, VALUE)
        if isinstance(worth, Withheld):
            return worth, None
        nothing = np.zeros(len(found.names))
        unsold = Sold(nothing, nothing, nothing, nothing, nothing, None)
        valued = money(panels, campaign, found.names, unsold, basis)
        return valued, _aligned(worth, found.names)


def kind_of(metric: str) -> str:
    """Say which scale a metric takes: of counts by day, or of counts on posts."""
    return model.COUNTS if metric in COUNT_METRICS else model.POSTS


_NOT_LIVE = "Nothing of this creator is live yet; import its posts once they are."
_UNPLANNED = Withheld(
    Reason.NOT_PLANNED,
    "No post is live and no deliverable says what is planned; import deliverables with their "
    "platform.",
)


def _units(desk: Forecasts, campaign: str, found: Foreseen) -> Floats:
    """Give attributed orders and leads of creators: what their contribution is divided by."""
    counts = dict.fromkeys(found.names, 0.0)
    goal = desk.known.campaigns[campaign]["goal"]
    for row in desk.measurement.panels.counted_days(default_metric(goal).name):
        if row["campaign"] == campaign and row["creator"] in counts:
            counts[row["creator"]] += row["units"]
    return np.array([counts[name] for name in found.names], float)


def _aligned(worth: Foreseen, names: list[str]) -> Totals:
    """Put totals in the order of other names; who has none in it is worth nothing known."""
    place = {name: at for at, name in enumerate(worth.names) if name not in worth.withheld}

    def put(part: Floats) -> Floats:
        nothing = np.full(len(part), np.nan)
        columns = [part[:, place[name]] if name in place else nothing for name in names]
        return np.stack(columns, axis=1)

    totals = worth.totals
    return Totals(put(totals.rest), put(totals.total), put(totals.incremental), totals.levels)


def _lift_inputs(totals: Totals, prior: Prior, at: int) -> dict[str, float | None]:
    levels = totals.levels
    return {
        "campaign_lift": prior.mean,
        "shrunk_lift": float(levels.mean[at]),
        "own_weight": float(levels.own[at]),
    }


def _tested(figures: Figures, names: list[str]) -> Factors | None:
    """Read an experiment's factor per creator; None where it gives no figure to all of them."""
    whole = figures.get(None)
    if not isinstance(whole, LiftFigure):
        return None

    def factor(one: LiftFigure) -> tuple[float, float]:
        middle, low, high = (-np.expm1(-each) for each in (one.log, one.low, one.high))
        return float(middle), float((high - low) / (2 * NORMAL_LEVEL))

    common = factor(whole)
    each = [figures.get(name) for name in names]
    pairs = [factor(one) if isinstance(one, LiftFigure) else common for one in each]
    return Factors(
        np.array([middle for middle, _ in pairs]), np.array([sd for _, sd in pairs]), common[1]
    )
