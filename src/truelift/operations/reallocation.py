"""Reallocation: proposes moves of what can still move, and keeps what a person decided on them.

In:   the ground, a campaign, what is laid down, times.
Out:  Advice; control records of decisions and of budget versions. Nothing is posted.

A proposal's id holds all that it depends on besides the facts, so asking for it writes nothing:
whoever accepts it names the id, and it is made again from what was known then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from truelift.base.errors import NotFound, Overtaken, UsageError
from truelift.base.estimate import Reason, Withheld
from truelift.base.ids import content_hash
from truelift.base.money import MINOR_LIMIT, format_minor
from truelift.base.time import Instant
from truelift.decisions.constraints import Constraints
from truelift.decisions.reallocation import Proposal, propose
from truelift.decisions.response import EXPONENT
from truelift.facts.kinds import KINDS
from truelift.operations import approvals
from truelift.operations.budget_versions import imported_budget
from truelift.operations.candidates import Candidates
from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, needs
from truelift.reports.figure import figure_id, parse_figure_id
from truelift.reports.roi import instant_text
from truelift.store import catalog_store, control_records
from truelift.store.control_records import BUDGET, REALLOCATION
from truelift.store.ground import Ground

Row = dict[str, Any]

NAME = "reallocation"
ADVISER = "truelift's advice"
"""Who prepared what a person approves: nobody who could approve it."""

ACCEPTED, WAITING, REJECTED = "accepted", "awaiting approval", "rejected"


@dataclass(frozen=True, slots=True)
class ReallocationRequest:
    """What was asked. budget: of the whole campaign in minor units, instead of the imported one."""

    campaign: str
    budget: int | None = None
    floors: Mapping[str, int] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    exclusive: tuple[tuple[str, str], ...] = ()
    explore: float = 0.0
    spend_all: bool = False
    as_of: Instant | None = None
    known_at: Instant | None = None

    def check(self) -> None:
        """Refuse amounts and shares that are none."""
        amounts = [self.budget or 0, *self.floors.values(), *self.caps.values()]
        if any(not 0 <= amount <= MINOR_LIMIT for amount in amounts):
            msg = "A budget, floor or cap is an amount from 0, such as 500.00."
            raise UsageError(msg)
        if not 0 <= self.explore < 1:
            msg = f"--explore {self.explore} is no share; write one such as 0.03."
            raise UsageError(msg)
        for pair in self.exclusive:
            if pair[0] == pair[1]:
                msg = f"{pair[0]} cannot exclude itself; name two creators, such as ana+bo."
                raise UsageError(msg)

    @property
    def constraints(self) -> Constraints:
        """Give what is laid down."""
        return Constraints(
            floors=self.floors, caps=self.caps, excluded=frozenset(self.excluded),
            exclusive=self.exclusive, explore=self.explore, spend_all=self.spend_all,
            exponent=EXPONENT,
        )  # fmt: skip

    @property
    def name(self) -> str:
        """Give the id of the proposal."""
        parts = {
            "campaign": self.campaign,
            "budget": None if self.budget is None else str(self.budget),
            "floors": _pairs(self.floors),
            "caps": _pairs(self.caps),
            "excluded": ",".join(self.excluded) or None,
            "exclusive": ",".join("+".join(pair) for pair in self.exclusive) or None,
            "explore": f"{self.explore:g}" if self.explore else None,
            "spend_all": "yes" if self.spend_all else None,
            "as_of": instant_text(self.as_of) if self.as_of else None,
            "known_at": instant_text(self.known_at) if self.known_at else None,
        }
        return figure_id(NAME, parts)


@dataclass(frozen=True, slots=True)
class Advice:
    """What is advised, and all that it rests on. request: with the times that were used.

    gap: how much of what is over the budget has to be closed before anything is bought.
    """

    request: ReallocationRequest
    candidates: Candidates
    proposal: Proposal | Withheld
    budget: int | None
    uncommitted: int | None
    gap: int = 0

    @property
    def content(self) -> str:
        """Give the hash of what would be done."""
        if isinstance(self.proposal, Withheld):
            return content_hash([self.request.name, self.proposal.reason.value])
        moves = [[move.candidate.creator, move.units, move.change] for move in self.proposal.moves]
        return content_hash([self.request.name, moves])


@needs(Action.READ)
def reallocation(ground: Ground, request: ReallocationRequest, *, again: bool = False) -> Advice:
    """Propose what to do with the money of a campaign that can still move.

    again: make a proposal again as it was asked, whatever was accepted of it since.
    """
    request.check()
    known = knowledge(ground, as_of=request.as_of, known_at=request.known_at)
    request = replace(request, as_of=known.as_of, known_at=known.known_at)
    without = request.name if again else None
    return advised(Candidates(known, request.campaign, without), request)


def advised(found: Candidates, request: ReallocationRequest) -> Advice:
    """Give the advice on candidates."""
    _refuse_unknown(found, request)
    budget = found.budget if request.budget is None else request.budget
    if isinstance(budget, Withheld):
        return Advice(request, found, budget, None, None)
    left = None if budget is None else found.uncommitted(budget)
    gap = _gap(found, request, budget, left)
    hindered = _hindered(found, request, left) or _below_bound(found, request)
    proposal = hindered or propose(
        [each.candidate for each in found.standings if each.candidate],
        left or 0,
        request.constraints,
        found.known.ground.brand.currency,
        gap,
    )
    return Advice(request, found, proposal, budget, left, gap)


def _gap(
    found: Candidates, request: ReallocationRequest, budget: int | None, left: int | None
) -> int:
    """Give what money that is freed has to close first.

    A budget that somebody names holds with all that is to come. The campaign's own is not closed
    for commission: it comes with the sales that it is paid for.
    """
    if budget is None or left is None or left >= 0:
        return 0
    return -left if request.budget is not None else max(found.committed - budget, 0)


def _below_bound(found: Candidates, request: ReallocationRequest) -> Withheld | None:
    """Say that a budget that was named is below what is bound."""
    if request.budget is None or request.budget >= found.bound:
        return None
    currency = found.known.ground.brand.currency
    budget, bound, signed, earned = (
        f"{format_minor(amount, currency)} {currency}"
        for amount in (
            request.budget, found.bound, found.committed, found.bound - found.committed,
        )
    )  # fmt: skip
    sentence = (
        f"The budget ({budget}) is below what is bound ({bound}: {signed} signed, {earned} "
        f"commission earned); name {bound} or more with `--budget`, or leave it out to go by the "
        "campaign's own."
    )
    return Withheld(Reason.CONTRADICTION, sentence)


def _hindered(found: Candidates, request: ReallocationRequest, left: int | None) -> Withheld | None:
    """Say why nothing can be advised before anything is weighed."""
    name, ends = request.campaign, found.record["ends"]
    if found.known.as_of < found.record["flight_start"]:
        sentence = f"{name} has not begun, so nothing of it was measured; see `truelift power`."
        return Withheld(Reason.NOT_OBSERVED, sentence)
    if found.days_left <= 0:
        sentence = (
            f"{name} ended on {ends}; nothing is left to move. See `truelift fee` before it is "
            "bought again."
        )
        return Withheld(Reason.NOTHING_TO_MOVE, sentence)
    pinned = {each.creator: each.why for each in found.standings if not each.candidate}
    for creator in sorted({*request.floors, *request.caps} & pinned.keys()):
        because = pinned[creator].rstrip(".")
        sentence = (
            f"{creator} has a floor or a cap, but its money stays as it is: {because}; ask without "
            "its floor and cap."
        )
        return Withheld(Reason.CONTRADICTION, sentence)
    movable = any(each.plan.planned > each.plan.firm for each in found.standings if each.candidate)
    if left is None and not movable:
        sentence = (
            f"{name} has no budget, and nothing that is signed can still be cancelled; name what "
            "there is with --budget."
        )
        return Withheld(Reason.NO_BUDGET, sentence)
    return None


def _refuse_unknown(found: Candidates, request: ReallocationRequest) -> None:
    known = {each.creator for each in found.standings}
    named = {*request.floors, *request.caps, *request.excluded}
    named |= {name for pair in request.exclusive for name in pair}
    for name in sorted(named - known):
        there = ", ".join(sorted(known)) or "nobody"
        msg = f"There is no creator {name!r} in {request.campaign}; there are {there}."
        raise NotFound(msg)


def _pairs(amounts: Mapping[str, int]) -> str | None:
    return ",".join(f"{name}:{amount}" for name, amount in sorted(amounts.items())) or None


def request_named(name: str) -> ReallocationRequest:
    """Read the id of a proposal back."""
    kind, parts = parse_figure_id(name)
    if kind != NAME or "campaign" not in parts or "known_at" not in parts:
        msg = f"{name!r} is no proposal; copy its id from `truelift reallocate --format json`."
        raise UsageError(msg)
    try:
        return ReallocationRequest(
            campaign=parts["campaign"],
            budget=int(parts["budget"]) if "budget" in parts else None,
            floors=_amounts(parts.get("floors")),
            caps=_amounts(parts.get("caps")),
            excluded=tuple(parts["excluded"].split(",")) if "excluded" in parts else (),
            exclusive=tuple(
                (each.partition("+")[0], each.partition("+")[2])
                for each in parts.get("exclusive", "").split(",")
                if each
            ),
            explore=float(parts.get("explore", 0)),
            spend_all="spend_all" in parts,
            as_of=_instant(parts["as_of"]) if "as_of" in parts else None,
            known_at=_instant(parts["known_at"]),
        )
    except ValueError:
        msg = f"{name!r} is no proposal; copy its id from `truelift reallocate --format json`."
        raise UsageError(msg) from None


def _amounts(text: str | None) -> dict[str, int]:
    words = [each.rpartition(":") for each in (text or "").split(",") if each]
    return {name: int(amount) for name, _, amount in words}


def _instant(text: str) -> Instant:
    return dt.datetime.fromisoformat(text.removesuffix("Z"))


@needs(Action.SET_BUDGET, "proposal", logged=False)
def accept(ground: Ground, proposal: str, reason: str = "") -> Row:
    """Accept a proposal: it becomes the campaign's budget version once enough people did.

    Above the brand's threshold another person has to accept it too. Refused where what it cancels
    went live or can no longer be cancelled, and where it was decided already.
    """
    found = _open(ground, proposal)
    made = found.proposal
    if isinstance(made, Withheld):
        msg = f"There is nothing to accept: {made.detail}"
        raise UsageError(msg)
    if not made.moves_anything:
        msg = "There is nothing to accept: the proposal leaves everything as it is."
        raise UsageError(msg)
    _still_possible(ground, found, made)
    moved = sum(abs(move.change) for move in made.moves)
    subject = f"{NAME}/{content_hash(proposal)[:12]}"
    standing = approvals.approve(
        ground, Action.SET_BUDGET, subject, content=found.content, prepared_by=ADVISER,
        amount_minor=moved,
    )  # fmt: skip
    state = ACCEPTED if standing.complete else WAITING
    told = {"approved_by": list(standing.given), "needed": standing.needed, "reason": reason}
    decided = _decision(found, state) | told
    _keep(ground, REALLOCATION, proposal, decided)
    if standing.complete:
        version = _next_version(ground, found.request.campaign)
        _keep(ground, BUDGET, found.request.campaign, _version(found, made, version) | told)
        decided |= {"version": version}
    return decided


@needs(Action.SET_BUDGET, "proposal", "reason")
def reject(ground: Ground, proposal: str, reason: str) -> Row:
    """Reject a proposal, with a reason; it is scored all the same."""
    if not reason.strip():
        msg = "Say why it is rejected with --reason."
        raise UsageError(msg)
    found = _open(ground, proposal)
    decided = _decision(found, REJECTED) | {"approved_by": [], "needed": 0, "reason": reason}
    _keep(ground, REALLOCATION, proposal, decided)
    return decided


def decisions(ground: Ground, campaign: str | None, known_at: Instant | None = None) -> list[Row]:
    """Give what was decided on proposals of a campaign, the newest word on each, oldest first."""
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, ground.brand.brand, REALLOCATION, known_at)
    rows = [item.record for item in kept.values()]
    mine = [row for row in rows if campaign in {None, row["campaign"]}]
    return sorted(mine, key=lambda row: (row["recorded_at"], row["proposal"]))


@needs(Action.READ)
def versions(ground: Ground, campaign: str | None = None) -> list[Row]:
    """Give the budget versions, oldest first; the newest of a campaign is in force."""
    with ground.workspace.transaction() as connection:
        kept = control_records.records(connection, ground.brand.brand, BUDGET)
        planned = catalog_store.known_rows(connection, KINDS["campaigns"], ground.brand.brand)
    if campaign is not None and campaign not in planned["campaign"].to_pylist():
        msg = f"There is no campaign {campaign!r} in this brand; `truelift list campaigns` has all."
        raise NotFound(msg)
    return [item.record for item in kept if campaign in {None, item.record["campaign"]}]


def _open(ground: Ground, proposal: str) -> Advice:
    """Make a proposal again that is not decided yet."""
    request = request_named(proposal)
    for row in decisions(ground, request.campaign):
        if row["proposal"] == proposal and row["state"] != WAITING:
            msg = f"The proposal was {row['state']} by {row['recorded_by']} already."
            raise Overtaken(msg)
    return reallocation(ground, request)


def _still_possible(ground: Ground, found: Advice, made: Proposal) -> None:
    """Refuse what can no longer be done as of the newest facts, or was decided otherwise."""
    seen = instant_text(found.candidates.known.known_at)
    for row in decisions(ground, found.request.campaign):
        other = row["proposal"] != found.request.name
        if other and row["state"] == ACCEPTED and row["known_at"] >= seen:
            msg = (
                f"Another proposal on the same facts was accepted by {row['recorded_by']}; import "
                "what was agreed since, and ask for a new one."
            )
            raise Overtaken(msg)
    now = Candidates(knowledge(ground), found.request.campaign)
    for move in made.moves:
        plan = now.plans.get(move.candidate.creator)
        if move.change < 0 and plan is not None and move.units < plan.firm:
            msg = (
                f"As of {now.today} {move.candidate.creator} has {plan.firm} deliverables that can "
                f"no longer be cancelled, and the proposal leaves {move.units}; ask for a new one."
            )
            raise Overtaken(msg)
        if move.change < 0 and plan is not None and plan.live > move.candidate.spent:
            msg = (
                f"More of {move.candidate.creator} went live since the proposal was made; ask for "
                "a new one."
            )
            raise Overtaken(msg)
    if now.days_left <= 0:
        msg = f"{found.request.campaign} ended on {now.record['ends']}; nothing is left to move."
        raise Overtaken(msg)


def _decision(found: Advice, state: str) -> Row:
    """Tell a decision with what was advised, so that it can be scored whatever happens to code."""
    made, request = found.proposal, found.request
    told: Row = {
        "proposal": request.name, "campaign": request.campaign, "state": state,
        "content": found.content, "as_of": instant_text(found.candidates.known.as_of),
        "known_at": instant_text(found.candidates.known.known_at),
    }  # fmt: skip
    if isinstance(made, Proposal):
        told |= {
            "recommended": made.recommended, "gain": round(made.gain),
            "spread": round(made.spread), "regret": round(made.regret, 4), "fees": made.fees,
        }  # fmt: skip
    return told


def _version(found: Advice, made: Proposal, version: int) -> Row:
    """Tell a budget version: what each creator whose money can move gets in all, and the budget.

    agreed: what agreements come to; imported_budget: what was imported. While these are the same,
    the version is what the next proposal, pacing and alerts start from.
    """
    campaign = found.request.campaign
    plans, signed = found.candidates.plans, found.candidates.signed
    creators = [
        {
            "creator": move.candidate.creator,
            "deliverables_to_come": move.units,
            "deliverables_before": move.candidate.planned,
            "amount": move.candidate.spent + move.units * move.candidate.price,
            "change": move.change,
            "cancel_fee": move.fee + plans[move.candidate.creator].cancelling,
            "agreed": signed[move.candidate.creator].agreed,
        }
        for move in made.moves
    ]
    return _decision(found, ACCEPTED) | {
        "version": version,
        "currency": found.candidates.known.ground.brand.currency,
        "creators": creators,
        "budget": found.budget,
        "imported_budget": _whole(imported_budget(found.candidates.known, campaign)),
    }


def _whole(amount: int | Withheld | None) -> int | None:
    return None if isinstance(amount, Withheld) else amount


def _next_version(ground: Ground, campaign: str) -> int:
    with ground.workspace.transaction() as connection:
        kept = control_records.records(connection, ground.brand.brand, BUDGET)
    return 1 + len([item for item in kept if item.record["campaign"] == campaign])


def _keep(ground: Ground, kind: str, name: str, record: Row) -> None:
    with ground.workspace.transaction() as connection:
        control_records.keep(
            connection, ground.brand.brand, kind, name, record,
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
