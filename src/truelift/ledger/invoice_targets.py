"""Invoice targets: what a supplier may still invoice for, from agreements and accruals.

In:   the facts that move the books, and the entries that they imply.
Out:  open items for the matcher, what each stands for, and the invoices that are booked already.

The fixed price of an agreement is open until it is invoiced, live or not: an invoice ahead of the
work is a prepayment. Commissions, bonuses and rights are open as far as they are accrued.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from truelift.ledger.chart import COST_TYPES, PROMOTIONAL_PRODUCT, Book
from truelift.ledger.matching import OpenItem
from truelift.ledger.obligations import fixed_price
from truelift.ledger.references import bare_number
from truelift.ledger.source import CostState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truelift.ledger.journal import Entry
    from truelift.ledger.source import AgreementSigned, CostDocument, Facts

FEE = "fee"
VALIDATED = "2111"


def _types() -> dict[str, str]:
    """Give the type of cost that each accrual account holds for an agreement."""
    types = {VALIDATED: "commission"}
    for name, accounts in COST_TYPES.items():
        if accounts.accrued != PROMOTIONAL_PRODUCT:
            types.setdefault(accounts.accrued, name)
    return types


TYPE_OF_ACCRUAL = _types()


@dataclass(frozen=True, slots=True)
class Target:
    """What an open item stands for: a type of cost of an agreement, or a document of its own."""

    cost_type: str
    creator: str | None
    campaign: str | None
    agreement: str | None = None
    document: str | None = None
    deliverables: frozenset[str] = frozenset()

    def holds(self, deliverable: str | None) -> bool:
        """Say whether a deliverable is part of it."""
        return deliverable in self.deliverables


class InvoiceTargets:
    """What can be invoiced still, by the name of the open item."""

    def __init__(self, facts: Facts, entries: Iterable[Entry]) -> None:
        """Read the facts and the accruals; the order of neither matters."""
        self._targets: dict[str, Target] = {}
        self._items: list[OpenItem] = []
        invoiced = _invoiced_fees(facts)
        accrued = _accrued(entries)
        for agreement in sorted(set(facts.agreements), key=repr):
            self._add_agreement(agreement, invoiced, accrued)
        self._add_documents(facts.documents)
        self.identities = _identities(facts)

    @property
    def items(self) -> tuple[OpenItem, ...]:
        """Give the open items."""
        return tuple(self._items)

    def of(self, item: str) -> Target:
        """Give what an open item stands for."""
        return self._targets[item]

    def _add(self, item: OpenItem, target: Target) -> None:
        if item.item not in self._targets:
            self._targets[item.item] = target
            self._items.append(item)

    def _add_agreement(
        self,
        agreement: AgreementSigned,
        invoiced: dict[str, int],
        accrued: dict[tuple[str, str], int],
    ) -> None:
        name = agreement.agreement
        open_by_type = {
            cost_type: amount for (whose, cost_type), amount in accrued.items() if whose == name
        }
        price = fixed_price(agreement)
        if price > 0 and agreement.cancelled_on is None:
            open_by_type[FEE] = max(0, price - invoiced.get(name, 0))
        deliverables = tuple(each.deliverable for each in agreement.deliverables)
        for cost_type, amount in sorted(open_by_type.items()):
            item = OpenItem(
                item=name if cost_type == FEE else f"{name}:{cost_type}",
                currency=agreement.currency,
                open_minor=max(0, amount),
                on=agreement.signed_on,
                party=agreement.creator,
                numbers=(name, *(deliverables if cost_type == FEE else ())),
                kind=cost_type,
            )
            held = frozenset(deliverables)
            target = Target(
                cost_type, agreement.creator, agreement.campaign, name, deliverables=held
            )
            self._add(item, target)

    def _add_documents(self, rows: Iterable[CostDocument]) -> None:
        """Add accruals that stand alone: documents that were reported as incurred."""
        accrued: dict[str, list[CostDocument]] = defaultdict(list)
        settled: dict[str, int] = defaultdict(int)
        for row in sorted(set(rows), key=repr):
            if row.state is CostState.ACCRUED and not row.agreement and not row.deliverable:
                accrued[row.document].append(row)
            if row.state is CostState.INVOICED:
                settled[row.settles or row.document] += row.amount_minor
        for document, lines in accrued.items():
            first = lines[0]
            total = sum(line.amount_minor for line in lines)
            item = OpenItem(
                item=document,
                currency=first.currency,
                open_minor=max(0, total - settled[document]),
                on=min(line.on for line in lines),
                party=first.creator or first.counterparty,
                numbers=(document,),
                kind=first.cost_type,
            )
            target = Target(first.cost_type, first.creator, first.campaign, document=document)
            self._add(item, target)


def _invoiced_fees(facts: Facts) -> dict[str, int]:
    """Sum what documents of the costs file invoiced of each agreement's fixed price."""
    whose = {
        work.deliverable: agreement.agreement
        for agreement in facts.agreements
        for work in agreement.deliverables
    }
    found: dict[str, int] = defaultdict(int)
    for row in set(facts.documents):
        agreement = row.agreement or whose.get(row.deliverable or "")
        if agreement and row.state is CostState.INVOICED and row.cost_type == FEE:
            found[agreement] += row.amount_minor
    return found


def _accrued(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """Sum what stands accrued by agreement and type of cost, in the agreement's currency."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        if entry.book is Book.FIN:
            for posting in entry.postings:
                cost_type = TYPE_OF_ACCRUAL.get(posting.account)
                if cost_type is not None and posting.agreement is not None:
                    found[posting.agreement, cost_type] -= posting.amount_minor
    return found


def _identities(facts: Facts) -> dict[str, str]:
    """Give the identities of invoices of the costs file, so that none is taken in twice."""
    creators = {each.agreement: each.creator for each in facts.agreements}
    totals: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in set(facts.documents):
        supplier = row.creator or creators.get(row.agreement or "") or row.counterparty
        if row.state is CostState.INVOICED and supplier:
            totals[supplier, row.document, row.currency] += row.amount_minor + row.tax_minor
    found: dict[str, str] = {}
    for (supplier, document, currency), total in sorted(totals.items()):
        number = f"{supplier}/{bare_number(document)}"
        found[f"{number}/{total}/{currency}"] = document
        found.setdefault(number, document)
    return found
