"""Leaks: judges the orders that codes brought, and sets the return without leaked ones beside it.

In:   what is known, and a version of the leak rules.
Out:  rows per code and per order, with their evidence; nothing is kept, so rules can be re-run.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.errors import NotFound
from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant, brand_day
from truelift.decisions.dispute import Dispute, held_by
from truelift.decisions.leak_rules import LeakRules, is_coupon_site, rules_of
from truelift.decisions.leaked_code import LeakedCode, leaked_codes
from truelift.decisions.leaks import CodedOrder, Judged, judge
from truelift.facts.words import hashed_person
from truelift.operations.costs import Costs
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.outcomes import Outcomes
from truelift.operations.people import Action, needs
from truelift.reports.leaks import CodeRow, OrderRow
from truelift.store import control_records
from truelift.store.control_records import DISPUTE
from truelift.store.ground import Ground
from truelift.valuation.cost_states import CostStates
from truelift.valuation.ladder import Components, Ladder
from truelift.valuation.roi import Ratios, ratios

AWARENESS = "awareness"
_NOT_ASKED = Withheld(Reason.NOT_AT_THIS_LEVEL, "Leaks are set beside plain return only.")

Pair = tuple[str | None, str | None]


@dataclass
class Leaks:
    """The judged orders of a brand as known, and what the return is without leaked ones."""

    known: Knowledge
    rules: LeakRules

    @cached_property
    def coded(self) -> list[dict[str, Any]]:
        """Give the orders that creators' codes brought."""
        rows: list[dict[str, Any]] = self.known.read(
            "decisions.coded_orders",
            touchpoints=self.known.touchpoints,
            order_shares=self.known.order_shares,
        ).to_pylist()
        return rows

    @cached_property
    def judged(self) -> list[Judged]:
        """Judge every order that a creator's code brought, the oldest first."""
        zone, owners = self.known.ground.brand.timezone, self._creators
        orders = [
            CodedOrder(
                order=order_name(row["source"], row["order_id"]),
                code=row["code"],
                creator=row["creator"],
                campaign=row["campaign"],
                at=row["ordered_at"],
                day=row["day"],
                clicked=row["clicked"],
                coupon=is_coupon_site(
                    row["referrer"], row["utm_source"], row["utm_medium"], row["utm_campaign"]
                ),
                country=row["ship_country"],
                new_customer=row["new_customer"],
                own=row["customer"] is not None and row["customer"] == owners.get(row["creator"]),
            )
            for row in self.coded
        ]
        return judge(orders, self._posts, self.rules, brand_day(self.known.as_of, zone))

    @cached_property
    def _creators(self) -> dict[str, str]:
        """Give creators as customers: the keyed hash of the address each is known by."""
        salt = self.known.ground.customer_salt
        return {
            row["creator"]: hashed_person(row["email"], salt)
            for row in self.known.rows("creators")
            if row["email"]
        }

    @cached_property
    def _posts(self) -> dict[str, list[dt.date]]:
        found: dict[str, list[dt.date]] = defaultdict(list)
        zone = self.known.ground.brand.timezone
        rows = self.known.read("decisions.post_days", readings=self.known.readings)
        for row in rows.to_pylist():
            found[row["creator"]].append(brand_day(row["published_at"], zone))
        return found

    @cached_property
    def codes(self) -> list[LeakedCode]:
        """Add the judged orders up to codes by campaign."""
        return leaked_codes(self.judged)

    @cached_property
    def components(self) -> dict[Pair, tuple[Components, Components]]:
        """Give what orders brought by campaign and creator: all of them, and those not leaked."""
        known = self.known
        shares = known.order_shares
        names = pc.binary_join_element_wise(
            pc.fill_null(shares["source"], ""), shares["order_id"], "/"
        )
        leaked = pa.array([each.order.order for each in self.judged if each.leaked], pa.string())
        valid = replace(known)
        valid.__dict__["order_shares"] = shares.filter(pc.invert(pc.is_in(names, leaked)))
        found: dict[Pair, list[Components]] = defaultdict(lambda: [Components(), Components()])
        for place, each in enumerate((known, valid)):
            outcomes = Outcomes(each, known.rate_set, "event")
            for (campaign, creator), (components, _) in outcomes.money(
                ("campaign", "creator")
            ).items():
                found[campaign, creator][place] += components
        return {pair: (whole, kept) for pair, (whole, kept) in found.items()}

    def returns(self, pair: Pair) -> tuple[Ratios, Ratios, int]:
        """Give the ratios with and without leaked orders, and the accrued cost of both."""
        cost = self._costs.get(pair, CostStates()).accrued
        goal = self.known.campaigns.get(pair[0] or "", {}).get("goal")
        group = self._groups.get(pair)
        whole, kept = self.components.get(pair, (Components(), Components()))
        every = group.components if group else whole
        both = []
        for components in (every, every - (whole - kept)):
            ladder = Ladder(None, components, _NOT_ASKED, 0, cost, self.known.tracked)
            both.append(
                ratios(
                    ladder,
                    cost,
                    _NOT_ASKED,
                    cash_outcome=goal != AWARENESS,
                    incomplete=self._incomplete.get(pair),
                )
            )
        return both[0], both[1], cost

    @cached_property
    def _groups(self) -> dict[Any, Any]:
        return dict(Outcomes(self.known, self.known.rate_set, "event").groups("creator"))

    @cached_property
    def _costs(self) -> dict[Any, CostStates]:
        return Costs(self.known).by(("campaign", "creator"))

    @cached_property
    def _incomplete(self) -> dict[Any, Withheld]:
        return Costs(self.known).incomplete(("campaign", "creator"))


def disputes(ground: Ground, known_at: Instant | None = None) -> dict[str, Dispute]:
    """Give what was decided last on each order and code, by `order/NAME` and `code/NAME`."""
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, ground.brand.brand, DISPUTE, known_at)
    names = ("what", "subject", "state", "reason", "appeal", "decided_by")
    return {
        name: Dispute(
            **{each: item.record[each] for each in names},
            decided_at=dt.datetime.fromisoformat(item.record["decided_at"]),
        )
        for name, item in kept.items()
    }


def order_name(source: str | None, order_id: str) -> str:
    """Name an order as the books do: its source, a slash, its id."""
    return f"{source or ''}/{order_id}"


def leaks_of(known: Knowledge, version: str | None = None) -> Leaks:
    """Judge what is known by a version of the rules, the newest by default."""
    return Leaks(known, rules_of(version))


@dataclass(frozen=True, slots=True)
class LeakRequest:
    """What was asked of leaks; times are naive UTC, None for the newest in the data."""

    campaign: str | None = None
    creator: str | None = None
    code: str | None = None
    rules: str | None = None
    as_of: Instant | None = None
    known_at: Instant | None = None

    def wants(self, campaign: str | None, creator: str, code: str) -> bool:
        """Say whether a code in a campaign was asked for."""
        return (
            self.campaign in {None, campaign}
            and self.creator in {None, creator}
            and self.code in {None, code}
        )


@needs(Action.READ)
def leaked(ground: Ground, request: LeakRequest) -> tuple[Knowledge, list[CodeRow]]:
    """Give a row per code and campaign, those with most leaked orders first."""
    found = _found(ground, request)
    held = disputes(ground, request.known_at)
    rows = []
    for each in found.codes:
        if not request.wants(each.campaign, each.creator, each.code):
            continue
        pair = (each.campaign, each.creator)
        plain, adjusted, cost = found.returns(pair)
        whole, kept = found.components.get(pair, (Components(), Components()))
        rows.append(
            CodeRow(
                code=each,
                rules=found.rules.version,
                cost=None if each.campaign is None else cost,
                leaked_contribution=(whole - kept).contribution,
                roi=plain.roi,
                adjusted=adjusted.roi,
                held=_held(found, each, held),
            )
        )
    return found.known, rows


def _held(found: Leaks, code: LeakedCode, held: dict[str, Dispute]) -> int:
    return sum(
        held_by(each, held) is not None
        for each in found.judged
        if (each.order.campaign, each.order.code) == (code.campaign, code.code)
    )


@needs(Action.READ)
def leaked_orders(ground: Ground, request: LeakRequest) -> tuple[Knowledge, list[OrderRow]]:
    """Give a row per order that a code brought, the most probable leaks first."""
    found = _found(ground, request)
    held = disputes(ground, request.known_at)
    files = {order_name(row["source"], row["order_id"]): row for row in found.coded}
    rows = [
        OrderRow(
            each,
            found.rules.version,
            held_by(each, held),
            files[each.order.order]["source_file"],
            files[each.order.order]["source_line"],
        )
        for each in found.judged
        if request.wants(each.order.campaign, each.order.creator, each.order.code)
    ]
    return found.known, sorted(
        rows, key=lambda row: (-row.judged.probability, row.judged.order.order)
    )


def _found(ground: Ground, request: LeakRequest) -> Leaks:
    known = knowledge(ground, as_of=request.as_of, known_at=request.known_at)
    found = leaks_of(known, request.rules)
    asked = (("code", request.code, {each.order.code for each in found.judged}),
             ("creator", request.creator, {row["creator"] for row in known.rows("creators")}
              | {each.order.creator for each in found.judged}),
             ("campaign", request.campaign, set(known.campaigns)))  # fmt: skip
    for what, name, names in asked:
        if name is not None and name not in names:
            msg = f"There is no {what} {name!r} with orders by code here; see `truelift leaks`."
            raise NotFound(msg)
    return found
