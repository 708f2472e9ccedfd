"""Candidates: the creators of a running campaign, as decisions on money look at them.

In:   what is known, a campaign.
Out:  per creator what is tracked, what is believed of its lift, what is live, what is to come and
      what of it can be cancelled; or the sentence that says why its money stays as it is.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from truelift.base.errors import NotFound
from truelift.base.estimate import Withheld
from truelift.base.money import exponent, translate
from truelift.base.time import brand_day
from truelift.decisions.candidate import Candidate
from truelift.decisions.value_basis import Beside, Counted, ValueBasis
from truelift.measurement.figure import LiftFigure
from truelift.measurement.shrinkage import Posterior, posteriors
from truelift.operations import budget_versions
from truelift.operations.costs import Costs
from truelift.operations.knowledge import Knowledge
from truelift.operations.measure import Measured, Measurement
from truelift.operations.panels import VALUE
from truelift.operations.roi import campaign_rows
from truelift.operations.value_basis import basis_of, beside_of
from truelift.reports.commitments import Terms, standing
from truelift.reports.roi import RoiRow
from truelift.valuation.cost_states import CostStates
from truelift.valuation.ladder import Components

Row = dict[str, Any]

METRICS = {"sales": "orders", "leads": "leads", "awareness": VALUE}
"""Whose lift says what is extra, by goal: the outcome that money is made of."""

TWO_SIDED = 1.959964
CANCELLABLE = "cancellable"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was agreed with a creator here, in minor units of the brand's currency.

    live: price of the deliverables that are live. price: of one more. planned: how many are to
    come. agreed: price of all that is live or to come. unsigned: what a budget version adds to it;
    cancelling: the fee in that of what it cancels.
    firm: of these that can no longer be cancelled. fee: of cancelling. why: a sentence, where
    no more can be bought or nothing is priced by deliverable.
    """

    live: int = 0
    price: int = 0
    planned: int = 0
    firm: int = 0
    fee: int = 0
    why: str = ""
    agreed: int = 0
    unsigned: int = 0
    cancelling: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """One creator of the campaign with the row of the ROI report that it is shown beside.

    candidate: None where its money stays as it is, and why says so.
    """

    creator: str
    row: RoiRow
    plan: Plan
    candidate: Candidate | None
    why: str
    days: float


@dataclass
class Candidates:
    """The creators of a campaign, read once.

    without: a proposal that is made again as it was asked, so without what its acceptance changed.
    """

    known: Knowledge
    campaign: str
    without: str | None = None

    def __post_init__(self) -> None:
        """Refuse a campaign that nothing names."""
        if self.campaign not in self.known.campaigns:
            known = ", ".join(sorted(self.known.campaigns))
            named = f"known are {known}" if known else "import `campaigns` first, none is known"
            msg = f"There is no campaign {self.campaign!r} in this brand; {named}."
            raise NotFound(msg)

    @property
    def record(self) -> Row:
        """Give the campaign with its flight."""
        return self.known.campaigns[self.campaign]

    @property
    def today(self) -> dt.date:
        """Give the newest day that counts, in the brand's time zone."""
        return brand_day(self.known.as_of, self.known.ground.brand.timezone)

    @property
    def metric(self) -> str:
        """Give the metric whose lift says what is extra."""
        return METRICS.get(self.record["goal"], "orders")

    @property
    def days_left(self) -> float:
        """Give the days from now to the end of the flight, 0 when it is over."""
        left: float = (self.record["flight_end"] - self.known.as_of) / DAY
        return max(0.0, left)

    @cached_property
    def _reported(self) -> tuple[list[RoiRow], Measurement]:
        return campaign_rows(self.known, self.campaign)

    @property
    def rows(self) -> list[RoiRow]:
        """Give the rows of the ROI report, costs without creator left out."""
        return [row for row in self._reported[0] if row.creator is not None]

    @property
    def measurement(self) -> Measurement:
        """Give what the lifts come from."""
        return self._reported[1]

    @property
    def beside(self) -> Beside | None:
        """Give what is tracked beside the campaign's goal and not counted here."""
        whole = sum((row.ladder.components for row in self.rows), Components())
        return beside_of(self.known, self.campaign, whole)

    @cached_property
    def basis(self) -> ValueBasis:
        """Give which money of the campaign counts."""
        return basis_of(self.measurement.panels, self.campaign)

    @cached_property
    def lifts(self) -> Mapping[str, Posterior]:
        """Give what is believed of each creator's lift; those who could not be measured are not in.

        Of an experiment it is the factor's own limits: it is the same for all, nothing is shrunk.
        """
        found = self.measurement.measured(self.campaign, self.metric)
        if isinstance(found, Measured):
            return posteriors(found.lifts, found.creators)
        return {
            name: Posterior(figure.log, ((figure.high - figure.low) / 2 / TWO_SIDED) ** 2)
            for name, figure in found.items()
            if name is not None and isinstance(figure, LiftFigure) and _limited(figure)
        }

    @cached_property
    def states(self) -> dict[str | None, CostStates]:
        """Give what each creator of the campaign costs by state."""
        found = Costs(self.known).by(("campaign", "creator"))
        return {
            None if creator is None else str(creator): states
            for (campaign, creator), states in found.items()
            if campaign == self.campaign
        }

    @cached_property
    def budget(self) -> int | Withheld | None:
        """Give the campaign's budget in the brand's currency; None where it has none."""
        return budget_versions.budget_of(self.known, self.campaign, without=self.without)

    @cached_property
    def version(self) -> Row | None:
        """Give the budget version in force."""
        return budget_versions.in_force(self.known, self.campaign, without=self.without)

    def uncommitted(self, budget: int) -> int:
        """Give what is left of a budget after what is bound, accepted, and the commission to come.

        Commission goes on at the pace so far until the flight ends. Below zero: over the budget.
        """
        commission = sum(each.commission for each in self.states.values())
        flown = (self.known.as_of - self.record["flight_start"]) / DAY
        more = commission * self.days_left / flown if flown > 0 else 0.0
        return budget - self.bound - round(more)

    @property
    def bound(self) -> int:
        """Give what a budget is bound by: signed or accepted, and the commission earned."""
        return self.committed + sum(each.commission for each in self.states.values())

    @property
    def committed(self) -> int:
        """Give what is signed, with what a budget version adds to it."""
        signed = sum(each.committed for each in self.states.values())
        return signed + sum(plan.unsigned for plan in self.plans.values())

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Give what was agreed with each creator, or accepted and not signed yet."""
        return {name: self._accepted(name, plan) for name, plan in self.signed.items()}

    def _accepted(self, creator: str, plan: Plan) -> Plan:
        """Start from what a budget version gives a creator until its agreements are imported."""
        found = budget_versions.accepted_of(self.version, creator, plan.agreed)
        if found is None or not plan.price:
            return plan
        planned = max(plan.firm, round((found["amount"] - plan.live) / plan.price))
        if planned == plan.planned:
            return plan
        change = (planned - plan.planned) * plan.price
        if change > 0:
            return replace(plan, planned=planned, unsigned=change)
        fee = found["cancel_fee"]
        return replace(plan, planned=planned, unsigned=change + fee, fee=0, cancelling=fee)

    @cached_property
    def signed(self) -> dict[str, Plan]:
        """Give what was agreed with each creator of the campaign."""
        mine: dict[str, list[Row]] = defaultdict(list)
        for row in self.known.rows("agreements"):
            if row["campaign"] == self.campaign and row["creator"]:
                mine[row["creator"]].append(row)
        return {name: self._plan(rows) for name, rows in mine.items()}

    @cached_property
    def _deliverables(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.known.rows("deliverables"):
            found[row["agreement"]].append(row)
        return found

    def _plan(self, agreements: Sequence[Row]) -> Plan:
        live = planned = firm = fee = agreed = 0
        prices: list[int] = []
        why = ""
        for row in agreements:
            priced = [each for each in self._deliverables[row["agreement"]] if each["price"]]
            rate = self._rate(row)
            if rate is None:
                return Plan(why=f"no exchange rate for {row['currency']} is known on its day")
            if not priced:
                why = why or _unpriced(row)
                continue
            amounts = [self._translated(_minor(each["price"], row), row) for each in priced]
            done = [each["live_at"] is not None and each["live_at"] <= self.known.as_of
                    for each in priced]  # fmt: skip
            terms = Terms(row["cancellable_until"], row["cancel_fee"], row["cancelled_on"])
            to_come = sum(a for a, yes in zip(amounts, done, strict=True) if not yes)
            state, _ = standing(terms, to_come, self.today)
            live += sum(a for a, yes in zip(amounts, done, strict=True) if yes)
            prices += amounts
            if state.startswith("cancelled"):
                why = f"the agreement was {state}"
                continue
            planned += done.count(False)
            agreed += to_come
            if state == CANCELLABLE:
                fee += self._translated(row["cancel_fee"] or 0, row)
            else:
                firm += done.count(False)
        price = round(sum(prices) / len(prices)) if prices else 0
        return Plan(live, price, planned, firm, fee, why, live + agreed)

    def _rate(self, agreement: Row) -> object | None:
        brand = self.known.ground.brand
        if agreement["currency"] == brand.currency:
            return 1
        day = agreement["signed_on"] or self.record["starts"]
        return self.known.rate_set.find(day, agreement["currency"], brand.currency)

    def _translated(self, minor: int, agreement: Row) -> int:
        brand = self.known.ground.brand
        if agreement["currency"] == brand.currency:
            return minor
        day = agreement["signed_on"] or self.record["starts"]
        found = self.known.rate_set.find(day, agreement["currency"], brand.currency)
        return translate(minor, agreement["currency"], brand.currency, found.rate) if found else 0

    @cached_property
    def standings(self) -> list[Standing]:
        """Give each creator of the campaign, in the order of their names."""
        return [self._standing(row) for row in self.rows]

    def _standing(self, row: RoiRow) -> Standing:
        creator = str(row.creator)
        plan = self.plans.get(creator, Plan(why="nothing was agreed"))
        launched = self.known.launches.get((self.campaign, creator))
        until = min(self.known.as_of, self.record["flight_end"])
        days = (until - launched) / DAY if launched is not None else 0.0
        why = self._hindrance(row, plan, days)
        candidate = None
        if not why:
            candidate = Candidate(
                creator=creator,
                tracked=self.tracked(row) / days * self.days_left,
                lift=self.lifts[creator],
                spent=plan.live,
                price=plan.price,
                planned=plan.planned,
                firm=plan.firm,
                fee=plan.fee,
                may_grow=not plan.why,
                commission=self.commission(row) / days * self.days_left,
            )
        return Standing(creator, row, plan, candidate, why, days)

    def _hindrance(self, row: RoiRow, plan: Plan, days: float) -> str:
        """Say why a creator's money stays as it is; empty where it can move."""
        if row.incomplete is not None:
            return row.incomplete.detail
        if not plan.price:
            return plan.why or "nothing is priced by deliverable"
        if not plan.live or days <= 0:
            return "nothing is live yet, so nothing was measured"
        if row.ladder.withheld_money is not None and self.metric != VALUE:
            return row.ladder.withheld_money.detail
        if str(row.creator) not in self.lifts:
            figures = self.measurement.lift(self.campaign, self.metric)
            found = figures.get(str(row.creator))
            return found.detail if isinstance(found, Withheld) else "its lift is not measured"
        return ""

    def tracked(self, row: RoiRow, basis: ValueBasis | None = None) -> float:
        """Give the value tracked so far, in minor units; commission is owed on it besides.

        basis: which money counts; the campaign's own by default.
        """
        basis = basis or self.basis
        if basis.counted is Counted.OUTPUTS:
            figure = self.measurement.lift(self.campaign, VALUE).get(row.creator)
            return figure.observed if isinstance(figure, LiftFigure) else 0.0
        counts, value = row.outputs, self.measurement.panels.lead_value(self.campaign)
        not_won = (counts.get("leads") or 0.0) - (counts.get("won_leads") or 0.0)
        parts = row.ladder.components
        orders, won = float(parts.contribution - parts.won_leads), float(parts.won_leads)
        return basis.money(orders, won, not_won, value)

    def commission(self, row: RoiRow, basis: ValueBasis | None = None) -> float:
        """Give the commission that a creator earned so far, in minor units.

        Where outputs are valued nothing is tracked that commission is owed on.
        """
        states = self.states.get(row.creator)
        outputs = (basis or self.basis).counted is Counted.OUTPUTS
        return float(states.commission) if states and not outputs else 0.0


def _minor(micro: int, agreement: Row) -> int:
    """Give a price of a deliverable in minor units; it is kept in millionths."""
    return round(Decimal(micro).scaleb(exponent(agreement["currency"]) - 6))


def _limited(figure: LiftFigure) -> bool:
    return math.isfinite(figure.low) and math.isfinite(figure.high)


def _unpriced(agreement: Row) -> str:
    kind = agreement["kind"] or "agreement"
    if kind == "affiliate":
        return "works for commission only, so there is no deliverable to buy or to cancel"
    if kind == "gift":
        return "was given a product, so there is no price to move"
    return f"the {kind} has no price by deliverable"
