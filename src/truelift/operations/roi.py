"""ROI: brings facts, lift and the ledger's cost together into the rows of the report.

In:   the ground, and what was asked (times, basis, cost basis, model, grouping).
Out:  a header and rows of reports.roi.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from truelift.attribution.models import RULE, Model
from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Estimate, Reason, Withheld
from truelift.base.time import Instant, Period
from truelift.measurement.discoveries import flagged
from truelift.measurement.figure import LiftFigure
from truelift.measurement.metric import default_metric, metric_named
from truelift.operations.costs import Costs
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.measure import Figures, Measurement
from truelift.operations.outcomes import GROUPINGS, ROLLED, Group, Key, Outcomes, rolled_key
from truelift.operations.panels import VALUE
from truelift.operations.people import Action, needs
from truelift.reports.roi import RoiHeader, RoiRow, instant_text
from truelift.store.ground import Ground
from truelift.store.workspace_database import SealRecord
from truelift.valuation.cost_states import CostStates
from truelift.valuation.increment import campaign_increment, incremental_contribution, whole_parts
from truelift.valuation.ladder import Ladder
from truelift.valuation.roi import ratios
from truelift.valuation.worth import valued_outcomes

AWARENESS = "awareness"
_WHO = frozenset({"campaign", "creator"})
MODELS = tuple(model.value for model in Model)

NOT_HERE = Withheld(
    Reason.NOT_AT_THIS_LEVEL,
    "Lift is measured per creator, cohort, campaign and programme; ask --by one of these.",
)


@dataclass(frozen=True, slots=True)
class RoiRequest:
    """What was asked of the report; times are naive UTC, None for the newest in the data."""

    campaign: str | None = None
    creator: str | None = None
    by: str = "creator"
    metric: str | None = None
    as_of: Instant | None = None
    known_at: Instant | None = None
    basis: str = "event"
    cost: str = "accrued"
    model: str = "code-first"

    def check(self) -> None:
        """Refuse words that the report does not know."""
        choices = {
            "by": tuple(GROUPINGS),
            "basis": ("event", "order"),
            "cost": ("accrued", "committed", "paid"),
            "model": MODELS,
        }
        for name, allowed in choices.items():
            given = getattr(self, name)
            if given not in allowed:
                msg = f"--{name} {given} is not known; use one of {', '.join(allowed)}."
                raise UsageError(msg)
        if self.metric is not None:
            metric_named(self.metric)
        for name in ("campaign", "creator"):
            if self.by in ROLLED and name not in GROUPINGS[self.by] and getattr(self, name):
                msg = f"--{name} does not go with --by {self.by}, whose rows are of many."
                raise UsageError(msg)


@needs(Action.READ)
def roi(ground: Ground, request: RoiRequest) -> tuple[RoiHeader, list[RoiRow]]:
    """Give the report's header and rows, in the order of their names."""
    request.check()
    known = knowledge(
        ground,
        as_of=request.as_of,
        known_at=request.known_at,
        model=request.model.replace("-", "_"),
        campaign=request.campaign,
    )
    return report_of(known, request)


def report_of(known: Knowledge, request: RoiRequest) -> tuple[RoiHeader, list[RoiRow]]:
    """Give the report of what is known already, whose times count; the request was checked."""
    brand = known.ground.brand
    header = RoiHeader(
        workspace=known.ground.workspace_id,
        brand=brand.brand,
        currency=brand.currency,
        timezone=brand.timezone,
        as_of=known.as_of,
        known_at=known.known_at,
        basis=request.basis,
        cost_basis=request.cost,
        model=request.model,
        by=request.by,
        metric=request.metric,
        rule=RULE,
    )
    return header, _Report(known, request).rows()


def campaign_ladders(
    known: Knowledge, campaign: str | None, period: Period | None = None
) -> dict[str | None, Ladder]:
    """Give the ladder of each campaign (None: costs without campaign), over a period if named."""
    request = RoiRequest(campaign=campaign, by="campaign")
    return {row.campaign: row.ladder for row in _Report(known, request, period).rows()}


def campaign_rows(known: Knowledge, campaign: str) -> tuple[list[RoiRow], Measurement]:
    """Give the report's rows of a campaign's creators, and the measurement they rest on."""
    report = _Report(known, RoiRequest(campaign=campaign))
    return report.rows(), report.measurement


@dataclass
class _Report:
    """One run of the report: everything it needs, read once."""

    known: Knowledge
    request: RoiRequest
    period: Period | None = None

    @cached_property
    def outcomes(self) -> Outcomes:
        rates = self.measurement.panels.rates
        return Outcomes(self.known, rates, self.request.basis, self.period)

    @cached_property
    def measurement(self) -> Measurement:
        return Measurement(self.known)

    @cached_property
    def costs(self) -> Costs:
        return Costs(self.known)

    def rows(self) -> list[RoiRow]:
        """Give the rows asked for, costs without campaign included."""
        by = self.request.by
        groups = self._by_creator if by == "creator" else self.outcomes.groups(by)
        costs = self._costs(by)
        keys = set(groups) | set(costs) | (set(self._incomplete) if self._measurable else set())
        keys |= self._parties() if by == "creator" else set()
        if by == "campaign":
            keys |= {(campaign,) for campaign in self.known.campaigns}
        self._refuse_unknown(keys)
        if "campaign" in GROUPINGS[by] and self.request.campaign is not None:
            place = GROUPINGS[by].index("campaign")
            keys = {key for key in keys if key[place] == self.request.campaign}
        found = [
            self._row(
                key, groups.get(key) or self.outcomes.nothing(by), costs.get(key, CostStates())
            )
            for key in sorted(keys, key=lambda key: [(part is None, str(part)) for part in key])
        ]
        return in_a_list([row for row in found if self._wanted(row)])

    def _costs(self, by: str) -> dict[Key, CostStates]:
        if by not in ROLLED:
            return self.costs.by(GROUPINGS[by], self.period)
        found: dict[Key, CostStates] = defaultdict(CostStates)
        for key, states in self.costs.by(GROUPINGS[ROLLED[by]], self.period).items():
            found[rolled_key(self.known, by, key)] += states
        return dict(found)

    @cached_property
    def _pairs(self) -> dict[Key, set[tuple[str, str]]]:
        """Give the creators in their campaigns that roll up to each row."""
        by, found = self.request.by, defaultdict(set)
        for campaign, creator in {*self._by_creator, *self._parties()}:
            if by in ROLLED and campaign is not None and creator is not None:
                key = (campaign, creator)[: len(GROUPINGS[ROLLED[by]])]
                found[rolled_key(self.known, by, key)].add((str(campaign), str(creator)))
        return found

    def _refuse_unknown(self, keys: set[Key]) -> None:
        """Refuse a campaign or creator that no row and no imported file names."""
        names = GROUPINGS[self.request.by]
        for position, name in enumerate(GROUPINGS["creator"]):
            asked = getattr(self.request, name)
            known = {row[name] for row in self.known.rows(f"{name}s")}
            known |= {key[position] for key in self._parties()}
            if name in names:
                known |= {key[names.index(name)] for key in keys}
            if asked is not None and asked not in known:
                msg = f"There is no {name} {asked!r} in this brand; see `truelift roi --by {name}`."
                raise NotFound(msg)

    def _parties(self) -> set[Key]:
        rows = [*self.known.rows("agreements"), *self.known.rows("participants")]
        pairs: set[Key] = {
            (row["campaign"], row["creator"])
            for row in rows
            if row["campaign"] and row.get("arm", "treated") == "treated"
        }
        return pairs | set(self.known.launches)

    def _wanted(self, row: RoiRow) -> bool:
        request = self.request
        return request.campaign in {None, row.campaign} and request.creator in {None, row.creator}

    def _row(self, key: Key, group: Group, cost: CostStates) -> RoiRow:
        names: dict[str, Any] = dict(zip(GROUPINGS[self.request.by], key, strict=True))
        campaign, creator = names.get("campaign"), names.get("creator")
        goal = self.known.campaigns.get(campaign, {}).get("goal") if campaign else None
        metric = self.request.metric or (default_metric(goal).name if goal else "engagement")
        incremental, unmeasured, coverage = self._incremental(key, campaign, creator, group)
        lift = partial(self._lift, campaign, creator)
        if self.request.by in ROLLED:
            lift = partial(self._rolled_lift, key)
        ladder = Ladder(
            reported=group.reported,
            components=group.components,
            incremental=incremental,
            unmeasured=unmeasured,
            cost=cost.accrued,
            tracked=self.known.tracked,
            rounded=self._rounded(key, campaign, creator),
        )
        incomplete = self._incomplete.get(self._who(key))
        basis = cost.basis(self.request.cost)
        return RoiRow(
            **names | {"campaign": campaign, "creator": creator},
            goal=goal,
            cost=cost,
            outputs=group.counts,
            ladder=ladder,
            lift=lift(metric),
            lift_metric=metric,
            ratios=ratios(
                ladder,
                basis,
                self._valued(campaign, lift, group),
                cash_outcome=goal != AWARENESS,
                incomplete=incomplete,
            ),
            cost_basis=basis,
            engagement_lift=lift("engagement"),
            media_value=group.media_value,
            schedule=self.measurement.panels.value_schedule,
            baseline=self._baseline(campaign, creator),
            coverage=coverage,
            completion=_not_forecast(campaign),
            incomplete=incomplete,
        )

    @property
    def _measurable(self) -> bool:
        return self.request.by in {"campaign", "creator", *ROLLED}

    def _who(self, key: Key) -> Key:
        """Give the part of a key that a cost which is not booked has too."""
        if self.request.by in ROLLED:
            return key
        return key[: len(_WHO & set(GROUPINGS[self.request.by]))]

    def _figures(self, campaign: str, metric: str) -> Figures:
        if (campaign, metric) not in self._lifts:
            self._lifts[campaign, metric] = self.measurement.lift(campaign, metric)
        return self._lifts[campaign, metric]

    @cached_property
    def _lifts(self) -> dict[tuple[str, str], Figures]:
        return {}

    def _rolled_lift(self, key: Key, metric: str) -> LiftFigure | Withheld:
        """Give the lift of all who roll up to a row, on a clock of their own."""
        pairs = self._pairs.get(key)
        if not pairs:
            return Withheld(Reason.NO_BASELINE, "This cost belongs to no campaign or creator.")
        return self.measurement.lift_of(pairs, metric)

    def _lift(
        self, campaign: str | None, creator: str | None, metric: str
    ) -> LiftFigure | Withheld:
        if not self._measurable:
            return NOT_HERE
        if campaign is None:
            return Withheld(Reason.NO_BASELINE, "This cost belongs to no campaign.")
        if creator is None and self.request.by != "campaign":
            return Withheld(Reason.NO_BASELINE, "This cost belongs to no creator.")
        missing = Withheld(Reason.NOT_OBSERVED, "Nothing of this creator is live in the campaign.")
        return self._figures(campaign, metric).get(creator, missing)

    def _incremental(
        self, key: Key, campaign: str | None, creator: str | None, group: Group
    ) -> tuple[Estimate | Withheld, int, tuple[int, int] | None]:
        if not self._measurable:
            return NOT_HERE, 0, None
        if self.request.by in ROLLED and self._pairs.get(key):
            names = sorted({pair[0] for pair in self._pairs[key]})
            members = [
                (part.components, estimate)
                for name in names
                for who, part, estimate in self._members(name)
                if (name, who) in self._pairs[key]
            ]
            found = campaign_increment(members, self._rolled_lift(key, "orders"))
            return found.incremental, found.unmeasured, (found.measured_creators, found.creators)
        if self.request.by != "campaign" or campaign is None:
            return self._creator_increment(campaign, creator, group), 0, None
        found = campaign_increment(
            [(part.components, estimate) for _, part, estimate in self._members(campaign)],
            self._lift(campaign, None, "orders"),
        )
        return found.incremental, found.unmeasured, (found.measured_creators, found.creators)

    def _members(self, campaign: str) -> list[tuple[str, Group, Estimate | Withheld]]:
        """Give each creator of a campaign with what happened and its incremental contribution."""
        return [
            (str(key[1]), part, self._creator_increment(campaign, str(key[1]), part))
            for key, part in self._by_campaign[campaign]
        ]

    @cached_property
    def _by_campaign(self) -> dict[object, list[tuple[Key, Group]]]:
        """Give the groups of creators by campaign."""
        found: dict[object, list[tuple[Key, Group]]] = defaultdict(list)
        for key, group in self._by_creator.items():
            if key[1] is not None:
                found[key[0]].append((key, group))
        return found

    def _rounded(self, key: Key, campaign: str | None, creator: str | None) -> int | None:
        """Give the whole minor units of an incremental amount: creators add up to a campaign."""
        if self.request.by in ROLLED and self._pairs.get(key):
            return sum(self._whole(name).get(who, 0) for name, who in self._pairs[key])
        if not self._measurable or campaign is None:
            return None
        parts = self._whole(campaign)
        return sum(parts.values()) if self.request.by == "campaign" else parts.get(str(creator))

    def _whole(self, campaign: str) -> dict[str, int]:
        """Give the whole minor units of each creator of a campaign."""
        if campaign not in self._parts:
            known = [(n, e.point) for n, _, e in self._members(campaign) if isinstance(e, Estimate)]
            parts = whole_parts([point for _, point in known])
            self._parts[campaign] = {n: part for (n, _), part in zip(known, parts, strict=True)}
        return self._parts[campaign]

    @cached_property
    def _parts(self) -> dict[str, dict[str, int]]:
        return {}

    @cached_property
    def _incomplete(self) -> dict[Key, Withheld]:
        by = self.request.by
        columns = tuple(name for name in GROUPINGS[ROLLED.get(by, by)] if name in _WHO)
        found = self.costs.incomplete(columns)
        if by not in ROLLED:
            return found
        return {rolled_key(self.known, by, key): words for key, words in found.items()}

    @cached_property
    def _by_creator(self) -> dict[Key, Group]:
        """Give groups per campaign and creator, whatever the report groups by."""
        return self.outcomes.groups("creator")

    def _creator_increment(
        self, campaign: str | None, creator: str | None, group: Group
    ) -> Estimate | Withheld:
        orders = self._lift(campaign, creator, "orders")
        leads = self._lift(campaign, creator, "leads")
        return incremental_contribution(group.components, orders, leads)

    def _valued(
        self, campaign: str | None, lift: Callable[[str], LiftFigure | Withheld], group: Group
    ) -> Estimate | Withheld:
        if self.measurement.panels.value_schedule is None:
            return Withheld(Reason.NO_VALUES, "No value schedule is approved.")
        if not self._measurable or campaign is None:
            return NOT_HERE
        return valued_outcomes(
            outputs=lift(VALUE),
            leads=lift("leads"),
            unwon_share=_unwon(group),
            lead_value=self.measurement.panels.lead_value(campaign),
        )

    def _baseline(self, campaign: str | None, creator: str | None) -> dict[str, object] | None:
        if campaign is None or creator is None:
            return None
        seal = self._seals.get((campaign, creator))
        if seal is None:
            return None
        rates = seal.record["engagement_rates"]
        return {
            "sealed_at": instant_text(seal.sealed_at),
            "sealed_by": seal.sealed_by,
            "late": self.measurement.is_late(seal, campaign, creator),
            "sha256": seal.sha256,
            "engagement_rates": {name: rate["rate"] for name, rate in rates.items()},
        }

    @cached_property
    def _seals(self) -> dict[tuple[str, str], SealRecord]:
        """Give each creator's own seal per campaign: of engagement, else of conversions."""
        found: dict[tuple[str, str], dict[str, SealRecord]] = defaultdict(dict)
        for (campaign, creator, metric, _), seal in sorted(self.measurement.seals.items()):
            found[campaign, creator].setdefault(metric, seal)
        return {
            pair: kept.get("engagement") or next(iter(kept.values()))
            for pair, kept in found.items()
        }


def in_a_list(rows: Sequence[RoiRow]) -> list[RoiRow]:
    """Flag the lifts above zero at the false-discovery rate of the list that is shown.

    An experiment's factor has no p-value of its own per row, and is no part of the list.
    """
    lifts = [row.lift if isinstance(row.lift, LiftFigure) else None for row in rows]
    p = np.array([np.nan if one is None or one.p is None else one.p for one in lifts])
    log = np.array([np.nan if one is None else one.log for one in lifts])
    marks = flagged(p, log).tolist()
    return [
        row if one is None or one.p is None else replace(row, lift=replace(one, flagged=mark))
        for row, one, mark in zip(rows, lifts, marks, strict=True)
    ]


def _unwon(group: Group) -> float:
    leads = group.counts.get("leads", 0.0)
    return (leads - group.counts.get("won_leads", 0.0)) / leads if leads else 0.0


def _not_forecast(campaign: str | None) -> Withheld:
    """Say where the return at completion is.

    A report of one campaign reads that campaign alone; a forecast rests on the refunds, weekdays
    and late orders of all, so that another number than the forecast's own would stand here.
    """
    where = "`truelift forecast`"
    if campaign is not None:
        where = f"`truelift forecast --campaign {campaign}`"
    words = f"This report makes no forecast to the end; {where} does."
    return Withheld(Reason.NOT_FORECAST, words)
