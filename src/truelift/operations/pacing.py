"""Pacing: targets and budgets of campaigns beside what was reached and what is booked.

In:   the ground; a campaign, a time.
Out:  rows of the pacing report: each target, and each campaign's budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from truelift.base.estimate import Reason, Withheld
from truelift.base.money import exponent
from truelift.base.time import Instant
from truelift.decisions import pacing as model
from truelift.decisions.completion import ORDER_VARIANCE
from truelift.decisions.pacing import BudgetPace, Pace, Plan
from truelift.measurement.ageing import default_curve
from truelift.measurement.seal import read_code_history
from truelift.operations.budget_versions import budget_of
from truelift.operations.costs import Costs
from truelift.operations.flights import flight
from truelift.operations.forecast_counts import usual_dispersion
from truelift.operations.knowledge import Knowledge, end_of, knowledge
from truelift.operations.measure import Measurement
from truelift.operations.outcomes import Group, Outcomes
from truelift.operations.panels import PPM
from truelift.operations.people import Action, needs
from truelift.operations.plans import DAY, Due, deliverables, flown
from truelift.operations.seal import CONVERSIONS
from truelift.reports.pacing import BUDGET, PaceRow
from truelift.reports.roi import instant_text
from truelift.store.ground import Ground
from truelift.valuation.cost_states import CostStates

Row = dict[str, Any]

POSTED = ("engagement", "views", "reach", "impressions")
COUNTED = {
    "orders": "orders", "leads": "leads", "signups": "leads", "qualified": "qualified",
    "won_leads": "won_leads", "clicks": "clicks_counted", "sessions": "sessions",
    "mentions": "mentions", "posts": "posts",
}  # fmt: skip
"""Target metrics that are counted, and the count of a report's row that each is."""

MONEY = ("margin", "revenue")
PACED = (*POSTED, *COUNTED, *MONEY)
_QUALIFIED = frozenset({"qualified", "won"})


@needs(Action.READ)
def pacing(
    ground: Ground,
    campaign: str | None = None,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[PaceRow]:
    """Give each target's pace and each budget's, campaign by campaign.

    A campaign without any target, or without a budget, says so in a row of its own.
    """
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    if campaign is not None:
        flight(known, campaign)
    desk = Pacing(known, Measurement(known))
    names = [campaign] if campaign else sorted(known.campaigns)
    return [row for name in names for row in desk.rows(name)]


@dataclass
class Pacing:
    """Targets and budgets of a brand's campaigns as known, everything read once."""

    known: Knowledge
    measurement: Measurement

    @cached_property
    def _outcomes(self) -> Outcomes:
        return Outcomes(self.known, self.measurement.panels.rates, "event")

    @cached_property
    def _groups(self) -> dict[str, dict[tuple[object, ...], Group]]:
        return {by: self._outcomes.groups(by) for by in ("campaign", "creator")}

    def rows(self, campaign: str) -> list[PaceRow]:
        """Give the targets of a campaign, the whole campaign's first, and its budget."""
        targets = [row for row in self.known.rows("targets") if row["campaign"] == campaign]
        targets.sort(key=lambda row: (row["creator"] or "", row["metric"]))
        rows = [self._target(campaign, row) for row in targets]
        if not rows:
            words = f"{campaign} has no target; import `targets` with what it is meant to reach."
            rows = [self._row(campaign, None, "", Withheld(Reason.NO_TARGET, words))]
        return [*rows, self._budget(campaign)]

    def _row(
        self,
        campaign: str,
        creator: str | None,
        metric: str,
        pace: Pace | BudgetPace | Withheld,
        **more: Any,  # noqa: ANN401 - fields of PaceRow
    ) -> PaceRow:
        return PaceRow(
            campaign=campaign,
            creator=creator,
            goal=self.known.campaigns[campaign]["goal"],
            metric=metric,
            pace=pace,
            as_of=instant_text(self.known.as_of),
            known_at=instant_text(self.known.known_at),
            **more,
        )

    def _target(self, campaign: str, row: Row) -> PaceRow:
        """Set one target beside what was reached by now."""
        creator, metric = row["creator"] or None, row["metric"]
        reached = self._reached(campaign, creator, metric)
        if isinstance(reached, Withheld):
            return self._row(campaign, creator, metric, reached, by=row["by"])
        far = flown(self.known, campaign)
        end = far.end if row["by"] is None else end_of(row["by"], self.known.ground.brand.timezone)
        days = max((end - far.start) / DAY, 0.0)
        gone = min(max((self.known.as_of - far.start) / DAY, 0.0), days)
        plan = self._plan(campaign, creator, metric, gone, days)
        variance, source = self._variance(campaign, creator, metric, reached)
        left = max((end - max(self.known.as_of, far.start)) / DAY, 0.0)
        found = model.pace(float(Decimal(row["target"])), reached, plan, variance, left)
        return self._row(
            campaign, creator, metric, found,
            plan=plan.curve.value, by=row["by"], variance=variance, source=source,
        )  # fmt: skip

    def _plan(
        self, campaign: str, creator: str | None, metric: str, gone: float, days: float
    ) -> Plan:
        """Spread a target by the deliverables of its creators, or evenly where none is dated."""
        start = self.known.campaigns[campaign]["flight_start"]
        due = [one for one in deliverables(self.known, campaign) if creator in {None, one.creator}]
        dates = {one.deliverable: self._date(one) for one in due}
        if None in dates.values():
            return model.linear_plan(gone, days)
        dated = [(one.creator, (dates[one.deliverable] - start) / DAY) for one in due]
        if metric in POSTED:
            return model.posted_plan([day for _, day in dated], gone, days, default_curve(metric))
        first = {name: min(day for who, day in dated if who == name) for name, _ in dated}
        return model.counted_plan(list(first.values()), gone, days)

    def _date(self, one: Due) -> Instant | None:
        """Give when a deliverable is due, or went live if that was earlier; None where not said."""
        known = [at for at in (self._due_at.get(one.deliverable), one.at) if at is not None]
        return min(known, default=None)

    @cached_property
    def _due_at(self) -> dict[str, Instant]:
        zone = self.known.ground.brand.timezone
        return {
            row["deliverable"]: end_of(row["due_on"], zone) - DAY / 2
            for row in self.known.rows("deliverables")
            if row["due_on"] is not None
        }

    def _reached(self, campaign: str, creator: str | None, metric: str) -> float | Withheld:
        """Give what was reached in a metric; None was read is 0 only where it is known to be."""
        by = "campaign" if creator is None else "creator"
        key = (campaign,) if creator is None else (campaign, creator)
        group = self._groups[by].get(key) or self._outcomes.nothing(by)
        if metric in MONEY:
            return self._money(group, metric)
        if metric == "qualified":
            return self._qualified(campaign, creator)
        if metric not in PACED:
            words = f"{metric} has no pace; set a target in one of {', '.join(PACED)}."
            return Withheld(Reason.NO_TARGET, words)
        value = group.counts.get(COUNTED.get(metric, metric))
        if value is None:
            words = f"No {metric} were read for {creator or campaign} yet; import observations."
            return Withheld(Reason.NOT_OBSERVED, words)
        return float(value)

    def _money(self, group: Group, metric: str) -> float | Withheld:
        """Give contribution or net revenue in main units of the brand's currency."""
        parts = group.components
        if parts.untranslated:
            words = "Some orders are in a currency without an exchange rate; import rates."
            return Withheld(Reason.NO_RATE, words)
        if metric == "margin" and parts.goods_without_margin:
            words = "Some orders have no cost of goods and no margin is known; import margins."
            return Withheld(Reason.NO_MARGIN, words)
        amount = parts.contribution if metric == "margin" else parts.net
        if not amount and group.counts.get("orders") is None:
            words = "No order was read that this could be made of; import orders."
            return Withheld(Reason.NOT_OBSERVED, words)
        return float(Decimal(amount).scaleb(-exponent(self.known.ground.brand.currency)))

    def _qualified(self, campaign: str, creator: str | None) -> float:
        parts: list[float] = [
            row["share_ppm"] / PPM
            for row in self.known.lead_shares.to_pylist()
            if row["campaign"] == campaign
            and creator in {None, row["creator"]}
            and row["stage"] in _QUALIFIED
        ]
        return sum(parts)

    def _variance(
        self, campaign: str, creator: str | None, metric: str, reached: float
    ) -> tuple[float, str]:
        """Give the variance of the log of what was reached, and what it is taken from."""
        by = "campaign" if creator is None else "creator"
        key = (campaign,) if creator is None else (campaign, creator)
        group = self._groups[by].get(key) or self._outcomes.nothing(by)
        if metric in POSTED:
            posts = int(group.counts.get("posts") or 0)
            return model.posts_variance(posts), f"{posts} posts, sd of log .82 between posts"
        counted = "orders" if metric in MONEY else metric
        phi = self._dispersion(campaign, counted)
        if metric in MONEY:
            orders = group.counts.get("orders") or 0.0
            variance = model.count_variance(orders, phi + ORDER_VARIANCE)
            return variance, f"{orders:g} orders, a day's variance {phi:.2f} times its mean"
        return (
            model.count_variance(reached, phi),
            f"{reached:g} {metric}, a day's variance {phi:.2f} times its mean",
        )

    def _dispersion(self, campaign: str, metric: str) -> float:
        """Give the median over-dispersion that the campaign's seals state, else the usual one."""
        names = {key[1] for key in self.measurement.seals if key[0] == campaign}
        records = [self.measurement.seals.get((campaign, name, CONVERSIONS, "")) for name in names]
        kept = [seal.record for seal in records if seal is not None]
        phi = read_code_history(kept, "leads" if metric in {"signups", "qualified"} else metric).phi
        return usual_dispersion(phi)

    @cached_property
    def _costs(self) -> dict[tuple[object, ...], CostStates]:
        return Costs(self.known).by(("campaign",))

    def _budget(self, campaign: str) -> PaceRow:
        """Set a campaign's budget beside its bound and accrued cost."""
        states = self._costs.get((campaign,), CostStates())
        far = flown(self.known, campaign)
        found = model.budget_pace(budget_of(self.known, campaign), states, far.gone, far.left)
        return self._row(campaign, None, BUDGET, found, by=self.known.campaigns[campaign]["ends"])
