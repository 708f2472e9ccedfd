"""The supplier's queue: verdicts of matching, decisions of people, payables, accruals to chase.

In:   the ground.
Out:  rows for reports; decisions kept for ever as control records.

Ages are counted to the newest day of the data, never to the clock.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.base.money import format_minor
from truelift.base.time import Instant, Period, brand_day
from truelift.ledger.held_commission import Asked, held_of
from truelift.ledger.open_accruals import OpenAccrual, open_accruals
from truelift.ledger.supplier_documents import BankLine, Settlement, SupplierInvoice
from truelift.ledger.verdict import Outcome, Reason, Verdict
from truelift.operations.book import book, booking_of
from truelift.operations.held_payouts import held_by_agreement
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.matching import ACCEPTED, REJECTED, decisions, settlement
from truelift.operations.people import Action, needs
from truelift.store import control_records, journal
from truelift.store.ground import Ground

Row = dict[str, Any]

WITHDRAWN = "withdrawn"
INVOICE, PAYMENT = "invoice", "payment"
COMMISSION = "commission"

_NO_EXCEPTION = {Reason.NOT_OURS, Reason.MONEY_IN, Reason.REJECTED}
"""What is unmatched and needs nobody: it has nothing to do with what is owed here."""

_NOT_TO_ACCEPT = {
    Reason.CREDIT_NOTE,
    Reason.SUM_DIFFERS,
    Reason.DUPLICATE,
    Reason.MONEY_IN,
    Reason.RETURNED,
}
"""What cannot be accepted as it stands, whoever says so."""


def settled(known: Knowledge) -> Settlement:
    """Match everything as it is known."""
    booking = booking_of(known)
    return settlement(known, booking.imported, booking.implied)


@needs(Action.READ)
def verdicts(
    ground: Ground, *, exceptions: bool = False, known_at: Instant | None = None
) -> list[Row]:
    """Give the verdict of every invoice and bank line, the oldest first.

    exceptions: only those that wait for a person.
    """
    known = knowledge(ground, known_at=known_at)
    found, day = settled(known), _day(known)
    given = _given(found)
    rows = [
        _verdict_row(verdict, what, given[verdict.line], day)
        for what, group in ((INVOICE, found.invoices), (PAYMENT, found.payments))
        for verdict in group
        if not exceptions or _is_exception(verdict)
    ]
    return sorted(rows, key=lambda row: (row["date"], row["what"], row["line"]))


def _given(found: Settlement) -> dict[str, SupplierInvoice | BankLine]:
    documents: tuple[SupplierInvoice | BankLine, ...] = (
        *found.supplier_invoices,
        *found.bank_lines,
    )
    return {each.line: each for each in documents}


def _is_exception(verdict: Verdict) -> bool:
    return verdict.outcome is not Outcome.EXACT and verdict.reason not in _NO_EXCEPTION


def _day(known: Knowledge) -> dt.date:
    return brand_day(known.as_of, known.ground.brand.timezone)


def _verdict_row(
    verdict: Verdict, what: str, given: SupplierInvoice | BankLine, day: dt.date
) -> Row:
    currency = given.currency
    shares = [
        f"{share.item} {format_minor(share.amount_minor, currency)}" for share in verdict.shares
    ]
    return {
        "line": verdict.line,
        "what": what,
        "date": given.on,
        "age_days": (day - given.on).days,
        "counterparty": given.supplier
        if isinstance(given, SupplierInvoice)
        else given.counterparty,
        "amount": format_minor(given.shown_minor, currency),
        "currency": currency,
        "verdict": verdict.outcome.value,
        "reason": verdict.reason.value,
        "settles": "; ".join(shares) or None,
        "candidates": "; ".join(verdict.candidates) or None,
        "sentence": verdict.sentence,
        "source_file": given.source_file,
        "source_line": given.source_line,
    }


@needs(Action.PREPARE_CLOSE, "line", "documents")
def accept(ground: Ground, line: str, documents: Sequence[str]) -> None:
    """Keep that a person takes a line for these documents, in their order, and no others."""
    found = settled(knowledge(ground))
    verdict = _verdict_of(found, line)
    if verdict.reason in _NOT_TO_ACCEPT:
        msg = f"{line} cannot be accepted as it stands. {verdict.sentence}"
        raise UsageError(msg)
    candidates = _candidates(found, line)
    given = _given(found)[line].currency
    for name in documents:
        if name not in candidates:
            msg = f"{name} is no open document that {line} could settle; see `truelift match`."
            raise NotFound(msg)
        if candidates[name][0] != given:
            msg = (
                f"{line} is in {given} and {name} in {candidates[name][0]}; book the exchange "
                "by hand in the costs file."
            )
            raise UsageError(msg)
    _keep(ground, line, "", WITHDRAWN)
    for name in _accepted(ground, line):
        if name not in documents:
            _keep(ground, line, name, WITHDRAWN)
    for name in documents:
        _keep(ground, line, name, ACCEPTED, candidates[name][1])
    book(ground)


@needs(Action.PREPARE_CLOSE, "line", "document")
def reject(ground: Ground, line: str, document: str | None = None) -> None:
    """Keep that a line is not for a document, or for nothing here at all."""
    found = settled(knowledge(ground))
    _verdict_of(found, line)
    if document is not None and document not in _candidates(found, line):
        msg = f"{document} is no open document that {line} could settle; see `truelift match`."
        raise NotFound(msg)
    _keep(ground, line, document or "", REJECTED)
    book(ground)


def _verdict_of(found: Settlement, line: str) -> Verdict:
    for verdict in (*found.invoices, *found.payments):
        if verdict.line == line:
            return verdict
    msg = f"There is no invoice or bank line {line}; `truelift match` lists them."
    raise NotFound(msg)


def _candidates(found: Settlement, line: str) -> dict[str, tuple[str, int]]:
    """Give the documents that a line may settle: their currency, and what others leave open."""
    invoice = any(each.line == line for each in found.invoices)
    taken: dict[str, int] = defaultdict(int)
    for verdict in found.invoices if invoice else found.payments:
        for share in verdict.shares:
            taken[share.item] += share.amount_minor if invoice and verdict.line != line else 0
            taken[share.item] -= share.amount_minor if not invoice and verdict.line == line else 0
    if invoice:
        items = [(each.item, each.currency, each.open_minor) for each in found.targets]
    else:
        items = [(each.document, each.currency, each.open_minor) for each in found.payables]
    return {name: (currency, max(0, amount - taken[name])) for name, currency, amount in items}


def _accepted(ground: Ground, line: str) -> tuple[str, ...]:
    found = decisions(knowledge(ground)).get(line)
    return found.accepted if found else ()


def _keep(
    ground: Ground, line: str, document: str, decision: str, open_minor: int | None = None
) -> None:
    """Keep one decision; its turn tells it from an equal one, should the clock stand still."""
    brand, name, kind = ground.brand.brand, f"{line}>{document}", control_records.MATCH
    with ground.workspace.transaction() as connection:
        earlier = control_records.newest(connection, brand, kind).get(name)
        turn = 1 + (earlier.record["turn"] if earlier else 0)
        record = {
            "line": line,
            "document": document,
            "decision": decision,
            "open_minor": open_minor,
            "turn": turn,
        }
        control_records.keep(
            connection, brand, kind, name, record, at=ground.clock.now(), by=ground.person
        )


@needs(Action.READ)
def payables(
    ground: Ground, *, due: dt.date | None = None, known_at: Instant | None = None
) -> list[Row]:
    """Give the invoices that may be paid: matched exactly or accepted, not disputed, still open.

    What they ask for commission of disputed orders is left out, and with it an invoice that asks
    for nothing else. due: only what is due up to and on that day; an invoice without a due date is
    due on its own.
    """
    known = knowledge(ground, known_at=known_at)
    found = settled(known)
    held = _held(known, found, known_at)
    reasons = {each.line: each.reason for each in found.invoices}
    rows = []
    for each in found.payables:
        invoice = each.invoice
        waits = held.get(each.document, 0)
        if invoice is None or invoice.disputed or each.open_minor <= waits:
            continue
        due_on = each.due_on or each.on
        if due is None or due_on <= due:
            rows.append({
                "counterparty": each.supplier,
                "document": each.document,
                "number": invoice.number,
                "date": each.on,
                "due_on": due_on,
                "amount": format_minor(each.open_minor - waits, each.currency),
                "held": format_minor(waits, each.currency),
                "currency": each.currency,
                "end_to_end_id": each.end_to_end,
                "approved_by": reasons[each.document].value,
                "account_stated": invoice.account is not None,
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["due_on"], row["document"]))


def _held(known: Knowledge, found: Settlement, known_at: Instant | None) -> dict[str, int]:
    """Give what of each open invoice waits because it asks for commission of disputed orders."""
    held = held_by_agreement(known, known_at)
    if not held:
        return {}
    asked: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for verdict in found.invoices:
        for share in verdict.shares:
            agreement, _, kind = share.item.rpartition(":")
            if kind == COMMISSION:
                asked[verdict.line][agreement] += share.amount_minor
    oldest = sorted(found.payables, key=lambda each: (each.on, each.document))
    return held_of(
        (Asked(each.document, each.currency, each.open_minor, asked[each.document])
         for each in oldest if each.document in asked),
        held,
    )  # fmt: skip


@needs(Action.READ)
def chase(
    ground: Ground,
    *,
    creator: str | None = None,
    period: Period | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give the work of a period or before that is accrued and not invoiced to this day.

    period: the last whole one before the newest day of the data when none is named.
    """
    known = knowledge(ground, known_at=known_at)
    day = _day(known)
    last = (period or _period_before(day)).last_day
    return [
        {
            "creator": each.creator,
            "agreement": each.agreement,
            "campaign": each.campaign,
            "deliverable": each.deliverable,
            "type": each.cost_type,
            "what": each.what,
            "since": each.since,
            "age_days": (day - each.since).days,
            "amount": format_minor(each.amount_minor, each.currency),
            "currency": each.currency,
        }
        for each in _open(known, last, day)
        if creator in {None, each.creator}
    ]


@needs(Action.READ)
def accruals_at(
    ground: Ground,
    *,
    creator: str | None = None,
    period: Period | None = None,
    known_at: Instant | None = None,
) -> tuple[tuple[OpenAccrual, ...], dt.date]:
    """Give what stood accrued at the end of a period, for creators to confirm, and that day."""
    known = knowledge(ground, known_at=known_at)
    last = (period or _period_before(_day(known))).last_day
    return tuple(each for each in _open(known, last, last) if creator in {None, each.creator}), last


def _open(known: Knowledge, until: dt.date, as_of: dt.date) -> tuple[OpenAccrual, ...]:
    ground = known.ground
    with ground.workspace.transaction() as connection:
        entries = journal.entries(
            connection, ground.brand.brand, as_of=as_of, known_at=known.known_at
        )
    return open_accruals(entries, until)


def _period_before(day: dt.date) -> Period:
    return Period.of(Period.of(day).first_day - dt.timedelta(days=1))
