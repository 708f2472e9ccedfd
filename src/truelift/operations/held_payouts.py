"""Held payouts: commission that is held because its orders are disputed, with reason and appeal.

In:   who holds or releases an order or a code, and why.
Out:  control records, kept for ever; what each agreement's commission is held by, as the books have
      it. A hold posts nothing: the commission stays accrued, and is left out of what may be paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.base.money import format_minor
from truelift.base.time import Instant
from truelift.catalog.permission import same_person
from truelift.decisions.dispute import CODE, HELD, ORDER, RELEASED, Dispute, held_by
from truelift.ledger.movement import Span
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.leaks import disputes, leaks_of
from truelift.operations.people import Action, needs
from truelift.store import control_records, journal_reports
from truelift.store.control_records import DISPUTE
from truelift.store.ground import Ground
from truelift.store.journal_reports import Scope

Row = dict[str, Any]


class HeldOrder(NamedTuple):
    """What an order earned under an agreement and is held, in the agreement's currency."""

    order: str
    code: str
    creator: str
    campaign: str | None
    agreement: str
    currency: str
    amount_minor: int
    probability: float
    dispute: Dispute


@needs(Action.HOLD_PAYOUT, "subject")
def hold(ground: Ground, subject: str, reason: str) -> Dispute:
    """Hold what an order, or the questioned orders of a code, earned its creator.

    What the creator said before stays with it, also where it is held again after a release.
    """
    what, held = _found(ground, subject)
    last = held or disputes(ground).get(f"{what}/{subject}")
    decided = _now(ground, what, subject, HELD, _said(reason, "--reason"))
    return _decide(ground, replace(decided, appeal=last.appeal if last else None))


@needs(Action.HOLD_PAYOUT, "subject")
def release(ground: Ground, subject: str, reason: str) -> Dispute:
    """Release what is held, an appeal decided with it; an order may be released out of its code.

    Refused for the person who held it: what one keeps back, another looks at.
    """
    what, held = _found(ground, subject)
    if held is None:
        raise UsageError(_not_held(what, subject))
    if same_person(held.decided_by, ground.person):
        msg = (
            f"{held.decided_by} held the {what} {subject} and so cannot release it; another person "
            "has to."
        )
        raise Refused(msg)
    decided = _now(ground, what, subject, RELEASED, _said(reason, "--reason"))
    return _decide(ground, replace(decided, appeal=held.appeal))


@needs(Action.HOLD_PAYOUT, "subject")
def appeal(ground: Ground, subject: str, words: str) -> Dispute:
    """Keep what a creator says against a hold; it stays held until somebody releases it."""
    what, held = _found(ground, subject)
    if held is None:
        raise UsageError(_not_held(what, subject))
    decided = _now(ground, what, subject, HELD, held.reason)
    kept = replace(decided, decided_by=held.decided_by, decided_at=held.decided_at)
    return _decide(ground, replace(kept, appeal=_said(words, "--says")))


def _not_held(what: str, subject: str) -> str:
    return f"The {what} {subject} is not held; `truelift leaks held` lists what is."


def _found(ground: Ground, subject: str) -> tuple[str, Dispute | None]:
    """Say whether a name is an order's or a code's, and what holds it now."""
    judged = leaks_of(knowledge(ground)).judged
    decided = disputes(ground)
    for each in judged:
        if each.order.order == subject:
            return ORDER, held_by(each, decided)
    if any(each.order.code == subject for each in judged):
        found = decided.get(f"{CODE}/{subject}")
        return CODE, found if found and found.state == HELD else None
    msg = f"No order, and no code that brought one, is {subject}; see `truelift leaks --orders`."
    raise NotFound(msg)


def _said(text: str, option: str) -> str:
    if not text.strip():
        msg = f"Say why with {option}; it is kept with the decision."
        raise UsageError(msg)
    return text.strip()


def _now(ground: Ground, what: str, subject: str, state: str, reason: str) -> Dispute:
    return Dispute(what, subject, state, reason, None, ground.person, ground.clock.now())


def _decide(ground: Ground, decided: Dispute) -> Dispute:
    """Keep a decision; its turn tells it from an equal one, should the clock stand still."""
    record: Row = {
        "what": decided.what, "subject": decided.subject, "state": decided.state,
        "reason": decided.reason, "appeal": decided.appeal, "decided_by": decided.decided_by,
        "decided_at": decided.decided_at.isoformat(),
    }  # fmt: skip
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        earlier = control_records.newest(connection, brand, DISPUTE).get(decided.name)
        record["turn"] = 1 + (earlier.record["turn"] if earlier else 0)
        control_records.keep(
            connection, brand, DISPUTE, decided.name, record,
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
    return decided


@needs(Action.READ)
def held_rows(ground: Ground, *, known_at: Instant | None = None) -> list[Row]:
    """Give the commission that is held, order by order, as the books have it, with its reason."""
    known = knowledge(ground, known_at=known_at)
    return [
        {
            "creator": row.creator,
            "code": row.code,
            "order": row.order,
            "campaign": row.campaign,
            "agreement": row.agreement,
            "amount": format_minor(row.amount_minor, row.currency),
            "currency": row.currency,
            "probability": round(row.probability, 4),
            "held": row.dispute.what,
            "reason": row.dispute.reason,
            "appeal": row.dispute.appeal,
            "held_by": row.dispute.decided_by,
            "held_at": row.dispute.decided_at,
        }
        for row in held_orders(known, disputes(ground, known_at))
    ]


def held_orders(known: Knowledge, decided: Mapping[str, Dispute]) -> list[HeldOrder]:
    """Give the commission of the orders that are held, as it stands in the books.

    Nothing is judged while nothing is held.
    """
    if not any(each.state == HELD for each in decided.values()):
        return []
    held = {
        each.order.order: (each, found)
        for each in leaks_of(known).judged
        if (found := held_by(each, decided)) is not None
    }
    with known.ground.workspace.transaction() as connection:
        scope = Scope(known.ground.brand.brand, known.known_at)
        earned = journal_reports.commission_orders(connection, scope, Span(None, None))
    rows = []
    for sums in earned:
        name = sums.order.removesuffix(f"/{sums.agreement}")
        if name in held and sums.earned > sums.reversed:
            each, found = held[name]
            rows.append(
                HeldOrder(
                    name, each.order.code, each.order.creator, sums.campaign, sums.agreement or "",
                    sums.currency, sums.earned - sums.reversed, each.probability, found,
                )
            )  # fmt: skip
    return sorted(rows, key=lambda row: (row.creator, row.order, row.agreement))


def held_by_agreement(
    known: Knowledge, known_at: Instant | None = None
) -> dict[tuple[str, str], int]:
    """Sum the commission that is held by agreement and currency."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in held_orders(known, disputes(known.ground, known_at)):
        found[row.agreement, row.currency] += row.amount_minor
    return dict(found)
