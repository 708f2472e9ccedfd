"""Supplier documents: invoices and bank lines matched, and as the cost documents that they become.

In:   accepted invoices and bank lines, facts that move the books, what is accrued, decisions.
Out:  Settlement: a verdict per invoice and bank line, the cost documents of the exact ones, and
      what is payable afterwards.

An invoice is held against agreements and accruals, a payment against the invoices that stand. Both
become rows as of the `costs` file, so the rules that book those (R13, R14, R16) book these too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from truelift.base.ids import content_hash
from truelift.base.money import allocate, format_minor
from truelift.ledger.invoice_targets import InvoiceTargets, Target
from truelift.ledger.matching import Decision, Line, OpenItem, Window, match
from truelift.ledger.references import bare_number
from truelift.ledger.source import CostDocument, CostState
from truelift.ledger.verdict import Outcome, Reason, Share, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from truelift.ledger.journal import Entry
    from truelift.ledger.source import Facts

INVOICE_WINDOW = Window(before_days=30, after_days=400)
"""Around the signing of an agreement: work is invoiced long after it was agreed."""

PAYMENT_WINDOW = Window(before_days=10, after_days=90)
"""Around an invoice and its due date."""

END_TO_END_LENGTH = 16


@dataclass(frozen=True, slots=True)
class SupplierInvoice:
    """An invoice as the supplier wrote it. supplier: a creator, an agency, or the name as given.

    net_minor below zero: a credit note. account: hash of the bank account it is to be paid to.
    numbers: what it says it is for: agreement, deliverable, purchase order.
    """

    supplier: str
    number: str
    on: dt.date
    currency: str
    net_minor: int
    tax_minor: int = 0
    gross_minor: int | None = None
    due_on: dt.date | None = None
    known_supplier: bool = True
    recoverable: bool = True
    cost_type: str | None = None
    campaign: str | None = None
    deliverable: str | None = None
    numbers: tuple[str, ...] = ()
    text: str = ""
    account: str | None = None
    end_to_end: str | None = None
    disputed: bool = False
    source_file: str = ""
    source_line: int = 0

    @property
    def document(self) -> str:
        """Give the name under which it is matched and booked: two suppliers may use one number."""
        return f"{self.supplier}/{self.number}"

    @property
    def line(self) -> str:
        """Give the name of its verdict."""
        return self.document

    @property
    def counterparty(self) -> str:
        """Give who wrote it."""
        return self.supplier

    @property
    def shown_minor(self) -> int:
        """Give the amount that stands on it: net and tax."""
        return self.total_minor

    @property
    def total_minor(self) -> int:
        """Give what is to be paid: net and tax."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class BankLine:
    """A booked line of a bank account; amount_minor below zero is money that left it."""

    line: str
    on: dt.date
    currency: str
    amount_minor: int
    party: str | None = None
    account: str | None = None
    numbers: tuple[str, ...] = ()
    text: str = ""
    end_to_end: str | None = None
    counterparty: str | None = None
    source_file: str = ""
    source_line: int = 0

    @property
    def shown_minor(self) -> int:
        """Give the amount that stands on it: below zero is money that left."""
        return self.amount_minor


@dataclass(frozen=True, slots=True)
class Payable:
    """What is owed for an invoice, and what of it is still open."""

    document: str
    supplier: str | None
    currency: str
    total_minor: int
    open_minor: int
    on: dt.date
    due_on: dt.date | None = None
    invoice: SupplierInvoice | None = None

    @property
    def end_to_end(self) -> str:
        """Give the end-to-end id to pay it with: the one agreed, else one made of its name."""
        if self.invoice is not None and self.invoice.end_to_end:
            return self.invoice.end_to_end
        return end_to_end_of(self.document)


@dataclass(frozen=True, slots=True)
class Settlement:
    """All verdicts, the cost documents of the exact ones, and the payables after all payments.

    supplier_invoices, bank_lines: as they were matched. targets: what an invoice can be accepted
    for.
    """

    invoices: tuple[Verdict, ...] = ()
    payments: tuple[Verdict, ...] = ()
    documents: tuple[CostDocument, ...] = ()
    payables: tuple[Payable, ...] = ()
    supplier_invoices: tuple[SupplierInvoice, ...] = ()
    bank_lines: tuple[BankLine, ...] = ()
    targets: tuple[OpenItem, ...] = ()


def end_to_end_of(document: str) -> str:
    """Make the end-to-end id of a document: at most 35 letters, the same for ever."""
    return f"TL{content_hash(document)[:END_TO_END_LENGTH].upper()}"


def settle(
    invoices: Sequence[SupplierInvoice],
    bank_lines: Sequence[BankLine],
    facts: Facts,
    entries: Iterable[Entry],
    decisions: Mapping[str, Decision],
) -> Settlement:
    """Match invoices, then payments against what is payable with them.

    entries: what `facts` imply for the books, from which the accruals are read.
    """
    targets = InvoiceTargets(facts, entries)
    told = _match_invoices(invoices, targets, decisions)
    shares = {each.line: each.shares for each in told if each.outcome is Outcome.EXACT}
    standing = [each for each in invoices if each.document in shares]
    invoiced = [row for each in standing for row in _invoiced(each, shares[each.document], targets)]
    payables = _payables(facts, standing, invoiced)
    paid, rest = _match_payments(bank_lines, payables, _accounts(invoices), decisions)
    documents = (*invoiced, *_paid(bank_lines, paid, payables))
    return Settlement(
        told, paid, documents, rest, tuple(invoices), tuple(bank_lines), targets.items
    )


def _match_invoices(
    invoices: Sequence[SupplierInvoice],
    targets: InvoiceTargets,
    decisions: Mapping[str, Decision],
) -> tuple[Verdict, ...]:
    blocked = [_blocked(each) for each in invoices]
    lines = [
        _invoice_line(each) for each, why in zip(invoices, blocked, strict=True) if why is None
    ]
    matched = match(
        lines,
        targets.items,
        decisions=decisions,
        taken=targets.identities,
        window=INVOICE_WINDOW,
    )
    told = [*(why for why in blocked if why is not None), *matched]
    return _in_order(told, {each.document: each.on for each in invoices})


def _blocked(invoice: SupplierInvoice) -> Verdict | None:
    """Say why an invoice cannot be matched as it stands; None when it can."""
    currency = invoice.currency
    if invoice.total_minor <= 0 or min(invoice.net_minor, invoice.tax_minor) < 0:
        sentence = "It is a credit note, or for nothing; a person books it against its invoice."
        return Verdict(invoice.document, Outcome.SUGGESTED, Reason.CREDIT_NOTE, sentence)
    if invoice.gross_minor not in {None, invoice.total_minor}:
        total = format_minor(invoice.total_minor, currency)
        sentence = (
            f"Net and tax make {total} {currency}, and its gross is "
            f"{format_minor(invoice.gross_minor or 0, currency)}; ask the supplier which holds."
        )
        return Verdict(invoice.document, Outcome.UNMATCHED, Reason.SUM_DIFFERS, sentence)
    return None


def _invoice_line(invoice: SupplierInvoice) -> Line:
    number = f"{invoice.supplier}/{bare_number(invoice.number)}"
    return Line(
        line=invoice.document,
        on=invoice.on,
        currency=invoice.currency,
        amount_minor=invoice.net_minor,
        party=invoice.supplier if invoice.known_supplier else None,
        sure=True,
        numbers=invoice.numbers,
        text=invoice.text,
        kind=invoice.cost_type,
        identity=f"{number}/{invoice.total_minor}/{invoice.currency}",
        number_identity=number,
    )


def _invoiced(
    invoice: SupplierInvoice, shares: Sequence[Share], targets: InvoiceTargets
) -> Iterable[CostDocument]:
    """Write a matched invoice as rows of the costs file, one for each thing that it is for."""
    taxes = allocate(invoice.tax_minor, [share.amount_minor for share in shares])
    for share, tax in zip(shares, taxes, strict=True):
        target: Target = targets.of(share.item)
        yield CostDocument(
            document=invoice.document,
            line=share.item if len(shares) > 1 else None,
            state=CostState.INVOICED,
            on=invoice.on,
            cost_type=target.cost_type,
            amount_minor=share.amount_minor,
            currency=invoice.currency,
            creator=target.creator,
            campaign=invoice.campaign if target.campaign is None else target.campaign,
            agreement=target.agreement,
            deliverable=invoice.deliverable if target.holds(invoice.deliverable) else None,
            tax_minor=tax,
            recoverable=invoice.recoverable,
            settles=target.document,
            counterparty=invoice.supplier,
        )


@dataclass(slots=True)
class _Owed:
    """What a document asks for, and what payments of the costs file settled of it."""

    payable: Payable
    agreements: set[str | None]
    paid: int = 0


def _payables(
    facts: Facts, standing: Sequence[SupplierInvoice], invoiced: Sequence[CostDocument]
) -> list[Payable]:
    """Give what is payable before any bank line: invoices of the costs file, and matched ones.

    Payments of the costs file are taken off; one that names no document pays the oldest documents
    of its agreement.
    """
    creators = {each.agreement: each.creator for each in facts.agreements}
    owed: dict[str, _Owed] = {}
    for row in sorted(set(facts.documents), key=_by_day):
        amount = row.amount_minor + row.tax_minor
        if row.state is CostState.INVOICED and amount > 0:
            supplier = row.creator or creators.get(row.agreement or "") or row.counterparty
            start = Payable(row.document, supplier, row.currency, 0, 0, row.on)
            item = owed.setdefault(row.document, _Owed(start, set()))
            total = item.payable.total_minor + amount
            item.payable = replace(item.payable, total_minor=total)
            item.agreements.add(row.agreement)
    agreements: dict[str, set[str | None]] = defaultdict(set)
    for row in invoiced:
        agreements[row.document].add(row.agreement)
    for each in standing:
        total = each.total_minor
        payable = Payable(
            each.document, each.supplier, each.currency, total, 0, each.on, each.due_on, each
        )
        owed[each.document] = _Owed(payable, agreements[each.document])
    _take_off_payments(owed, facts.documents)
    return [
        replace(each.payable, open_minor=max(0, each.payable.total_minor - each.paid))
        for each in owed.values()
    ]


def _by_day(row: CostDocument) -> tuple[dt.date, str, str]:
    return row.on, row.document, row.line or ""


def _take_off_payments(owed: Mapping[str, _Owed], rows: Iterable[CostDocument]) -> None:
    by_agreement: dict[str, list[_Owed]] = defaultdict(list)
    for item in sorted(owed.values(), key=lambda each: (each.payable.on, each.payable.document)):
        for agreement in item.agreements:
            if agreement is not None:
                by_agreement[agreement].append(item)
    for row in sorted(set(rows), key=_by_day):
        if row.state is not CostState.PAID:
            continue
        left = row.amount_minor + row.tax_minor
        named = owed.get(row.settles or row.document)
        if named is not None:
            named.paid += left
            continue
        for item in by_agreement.get(row.agreement or "", ()):
            part = max(0, min(left, item.payable.total_minor - item.paid))
            item.paid += part
            left -= part


def _payable_item(payable: Payable, known: Mapping[str, Sequence[str]]) -> OpenItem:
    """Give a payable as an open item; where it states no account, the supplier's others hold."""
    invoice = payable.invoice
    stated = None if invoice is None else invoice.account
    number = payable.document if invoice is None else invoice.number
    return OpenItem(
        item=payable.document,
        currency=payable.currency,
        open_minor=payable.open_minor,
        on=payable.on,
        until=payable.due_on,
        party=payable.supplier,
        accounts=tuple(known.get(payable.supplier or "", ())) if stated is None else (stated,),
        numbers=(number, payable.document),
        end_to_end=(payable.end_to_end, end_to_end_of(payable.document), number),
    )


def _match_payments(
    bank_lines: Sequence[BankLine],
    payables: Sequence[Payable],
    accounts: Mapping[str, Sequence[str]],
    decisions: Mapping[str, Decision],
) -> tuple[tuple[Verdict, ...], tuple[Payable, ...]]:
    """Match what left the bank, without what came back, and give what is payable afterwards."""
    back = _returned(bank_lines)
    lines = [
        Line(
            line=each.line,
            on=each.on,
            currency=each.currency,
            amount_minor=-each.amount_minor,
            party=each.party,
            account=each.account,
            numbers=each.numbers,
            text=each.text,
            end_to_end=each.end_to_end,
        )
        for each in bank_lines
        if each.amount_minor < 0 and each.line not in back
    ]
    items = [_payable_item(each, accounts) for each in payables]
    matched = match(lines, items, decisions=decisions, window=PAYMENT_WINDOW)
    told = [*matched, *_others(bank_lines, back)]
    settled: dict[str, int] = defaultdict(int)
    for verdict in matched:
        for share in verdict.shares:
            settled[share.item] += share.amount_minor
    rest = [
        replace(each, open_minor=max(0, each.open_minor - settled[each.document]))
        for each in payables
    ]
    return _in_order(told, {each.line: each.on for each in bank_lines}), tuple(rest)


def _accounts(invoices: Iterable[SupplierInvoice]) -> dict[str, list[str]]:
    """Give the bank accounts that each supplier ever stated."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in invoices:
        if each.account is not None:
            found[each.supplier].add(each.account)
    return {supplier: sorted(accounts) for supplier, accounts in found.items()}


def _returned(bank_lines: Sequence[BankLine]) -> dict[str, str]:
    """Pair every payment that came back with its return: same id, currency and amount, later.

    Only an end-to-end id tells; each return takes the newest payment before it that is left.
    """
    sent: dict[tuple[str, str, int], list[BankLine]] = defaultdict(list)
    pairs: dict[str, str] = {}
    order = sorted(bank_lines, key=lambda each: (each.on, each.amount_minor > 0, each.line))
    for each in order:
        if not each.end_to_end:
            continue
        key = each.end_to_end, each.currency, abs(each.amount_minor)
        if each.amount_minor < 0:
            sent[key].append(each)
        elif sent[key]:
            payment = sent[key].pop()
            pairs[payment.line], pairs[each.line] = each.line, payment.line
    return pairs


def _others(bank_lines: Sequence[BankLine], back: Mapping[str, str]) -> Iterable[Verdict]:
    """Tell of the lines that are no payment that stands: returns, and money that came in."""
    for each in bank_lines:
        if each.line in back:
            way = "It came back with" if each.amount_minor < 0 else "It gives back"
            sentence = f"{way} {back[each.line]}; neither settles anything."
            yield Verdict(each.line, Outcome.EXACT, Reason.RETURNED, sentence)
        elif each.amount_minor >= 0:
            sentence = "Money that came in settles nothing that is owed."
            yield Verdict(each.line, Outcome.UNMATCHED, Reason.MONEY_IN, sentence)


def _paid(
    bank_lines: Sequence[BankLine], verdicts: Sequence[Verdict], payables: Sequence[Payable]
) -> Iterable[CostDocument]:
    """Write matched payments as rows of the costs file, one for each document they settle."""
    lines = {each.line: each for each in bank_lines}
    owner = {each.document: each.supplier for each in payables}
    for verdict in verdicts:
        for share in verdict.shares:
            line = lines[verdict.line]
            yield CostDocument(
                document=line.line,
                line=share.item,
                state=CostState.PAID,
                on=line.on,
                cost_type="other",
                amount_minor=share.amount_minor,
                currency=line.currency,
                settles=share.item,
                counterparty=owner[share.item],
            )


def _in_order(verdicts: Iterable[Verdict], days: Mapping[str, dt.date]) -> tuple[Verdict, ...]:
    return tuple(sorted(verdicts, key=lambda each: (days[each.line], each.line)))
