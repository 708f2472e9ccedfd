"""Matching: invoices and bank lines read, matched, and what people decide about them kept.

In:   what is known, the facts that move the books, decisions kept as control records.
Out:  a Settlement (ledger.supplier_documents); the cost documents of exact matches for `book`.

A decision is about one line and one document, and the newest one stands; both its times are kept,
so what was decided when can be asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from truelift.ledger.journal import Entry
from truelift.ledger.matching import Decision
from truelift.ledger.references import bare_number
from truelift.ledger.source import CostDocument, Facts
from truelift.ledger.supplier_documents import BankLine, Settlement, SupplierInvoice, settle
from truelift.operations.knowledge import Knowledge, Row
from truelift.store import control_records

EntriesOf = Callable[[Facts], Iterable[Entry]]
"""Gives the entries that facts imply: the accruals are read from them."""

ACCEPTED, REJECTED = "accepted", "rejected"


def settlement(known: Knowledge, facts: Facts, entries_of: EntriesOf) -> Settlement:
    """Match everything that is known; facts: without what is matched here."""
    invoices = known.read("ledger.invoices").to_pylist()
    lines = known.read("ledger.bank_lines").to_pylist()
    if not invoices and not lines:
        return Settlement()
    parties = Parties(known)
    given = [_invoice(row, parties) for row in invoices]
    parties.learn(given)
    booked = {row.document for row in facts.documents}
    bank = [_bank_line(row, parties) for row in lines if row["bank_line"] not in booked]
    return settle(given, bank, facts, entries_of(facts), decisions(known))


def with_matched_documents(known: Knowledge, facts: Facts, entries_of: EntriesOf) -> Facts:
    """Give the facts with the invoices and payments that match exactly, as cost documents."""
    documents: tuple[CostDocument, ...] = settlement(known, facts, entries_of).documents
    return replace(facts, documents=(*facts.documents, *documents)) if documents else facts


def decisions(known: Knowledge) -> dict[str, Decision]:
    """Give what people decided about each line, as known."""
    ground = known.ground
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(
            connection, ground.brand.brand, control_records.MATCH, known.known_at
        )
    by_line: dict[str, list[Row]] = defaultdict(list)
    for item in sorted(kept.values(), key=lambda each: each.recorded_at):
        by_line[item.record["line"]].append(item.record)
    return {line: _decision(rows) for line, rows in by_line.items()}


def _decision(rows: Sequence[Row]) -> Decision:
    named = [row for row in rows if row["document"]]
    whole = next((row for row in rows if not row["document"]), None)
    taken = [row for row in named if row["decision"] == ACCEPTED]
    accepted = tuple(row["document"] for row in taken)
    room = tuple(row["open_minor"] for row in taken)
    rejected = frozenset(row["document"] for row in named if row["decision"] == REJECTED)
    closed = whole is not None and whole["decision"] == REJECTED
    return Decision(accepted, room, rejected, closed=closed)


class Parties:
    """Who is meant by a name or an account: creators, agencies, and other names of theirs."""

    def __init__(self, known: Knowledge) -> None:
        """Read the names of the catalog; a name that two bear means neither."""
        self._names: dict[str, set[str]] = defaultdict(set)
        self._accounts: dict[str, set[str]] = defaultdict(set)
        for row in known.rows("creators"):
            self._name(row["creator"], row["creator"])
            self._name(row["name"], row["creator"])
        for row in known.rows("aliases"):
            if row["kind"] == "name" and row["creator"]:
                self._name(row["alias"], row["creator"])
        for row in known.rows("agreements"):
            self._name(row["creator"], row["creator"])
            self._name(row["agency"], row["agency"])

    def _name(self, name: str | None, party: str | None) -> None:
        if name and party and (bare := bare_number(name)):
            self._names[bare].add(party)

    def learn(self, invoices: Iterable[SupplierInvoice]) -> None:
        """Take the accounts and names that invoices state of their suppliers."""
        for invoice in invoices:
            self._name(invoice.supplier, invoice.supplier)
            if invoice.account is not None:
                self._accounts[invoice.account].add(invoice.supplier)

    def named(self, name: str | None) -> str | None:
        """Give whom a name means; None when nobody or several."""
        return _only(self._names.get(bare_number(name or ""), set()))

    def of_account(self, account: str | None) -> str | None:
        """Give whose an account is; None when nobody's that is known, or several people's."""
        return _only(self._accounts.get(account or "", set()))


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None


def _invoice(row: Row, parties: Parties) -> SupplierInvoice:
    supplier = parties.named(row["supplier"])
    names = (row["agreement"], row["deliverable"], row["purchase_order"])
    return SupplierInvoice(
        supplier=supplier or row["supplier"],
        known_supplier=supplier is not None,
        number=row["number"],
        on=row["date"],
        due_on=row["due_on"],
        currency=row["currency"],
        net_minor=row["net"],
        tax_minor=row["tax"] or 0,
        gross_minor=row["gross"],
        recoverable=row["recoverable"] is not False,
        cost_type=row["type"],
        campaign=row["campaign"],
        deliverable=row["deliverable"],
        numbers=tuple(name for name in names if name),
        text=row["description"] or "",
        account=row["iban"],
        end_to_end=row["end_to_end_id"],
        disputed=row["disputed"] is True,
        source_file=row["source_file"],
        source_line=row["source_line"],
    )


def _bank_line(row: Row, parties: Parties) -> BankLine:
    return BankLine(
        line=row["bank_line"],
        on=row["date"],
        currency=row["currency"],
        amount_minor=row["amount"],
        party=parties.of_account(row["iban"]) or parties.named(row["counterparty"]),
        account=row["iban"],
        numbers=(row["invoice"],) if row["invoice"] else (),
        text=row["reference"] or "",
        end_to_end=row["end_to_end_id"],
        counterparty=row["counterparty"],
        source_file=row["source_file"],
        source_line=row["source_line"],
    )
