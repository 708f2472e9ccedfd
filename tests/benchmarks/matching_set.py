"""A labelled set of invoices and bank lines, drawn by a seed: what a year of payments looks like.

Each line knows what it truly settles. Most payments name an invoice in one of many ways, some carry
only an amount, some are traps: twins of one amount, numbers that look like ours, other accounts,
wrong currencies, returns, duplicates, rent and wages.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from truelift.ledger.source import AgreementSigned
from truelift.ledger.supplier_documents import BankLine, SupplierInvoice, end_to_end_of

START = dt.date(2026, 1, 5)
CURRENCIES = ("USD", "USD", "USD", "EUR", "JPY")
WAYS = (
    ("number in text", 34), ("end-to-end id", 26), ("number written otherwise", 12),
    ("several invoices", 8), ("two parts", 6), ("account and amount", 6), ("invoice field", 4),
    ("never paid", 4),
)  # fmt: skip
TRAPS = (
    "rent", "wages", "twin amount", "number of a stranger", "other account", "wrong currency",
    "above", "returned", "paid twice", "money in", "name only",
)  # fmt: skip


@dataclass
class Labelled:
    """The set, and the truth: line -> {item: amount} for all that is truly settled.

    decidable: lines that state enough for a careful clerk to book them without asking.
    """

    agreements: list[AgreementSigned] = field(default_factory=list)
    invoices: list[SupplierInvoice] = field(default_factory=list)
    lines: list[BankLine] = field(default_factory=list)
    truth: dict[str, dict[str, int]] = field(default_factory=dict)
    decidable: set[str] = field(default_factory=set)


class Drawing:
    """Draws one set."""

    def __init__(self, seed: int, invoices: int) -> None:
        self.random = random.Random(seed)
        self.set = Labelled()
        self.count = invoices
        self.number = 0

    def drawn(self) -> Labelled:
        creators = [f"creator-{number}" for number in range(max(3, self.count // 12))]
        for number in range(self.count):
            self.invoice(self.random.choice(creators), number)
        ways, weights = zip(*WAYS, strict=True)
        waiting = [each for each in self.set.invoices if each.document in self.booked]
        while waiting:
            way = self.random.choices(ways, weights)[0]
            self.pay(waiting, way)
        for _ in range(self.count // 4):
            self.trap(self.random.choice(TRAPS))
        self.random.shuffle(self.set.lines)
        self.random.shuffle(self.set.invoices)
        return self.set

    @property
    def booked(self):
        return {name for name, truth in self.set.truth.items() if truth and "/" in name}

    def invoice(self, creator, number):
        """An agreement, and mostly an invoice that names it; now and then one that cannot stand."""
        draw = self.random
        currency = draw.choice(CURRENCIES)
        fee = draw.choice([50_000, 80_000, 100_000, draw.randrange(10_000, 900_000)])
        day = START + dt.timedelta(days=draw.randrange(330))
        name = f"agr-{number}"
        signed = day - dt.timedelta(days=30)
        self.set.agreements.append(AgreementSigned(name, creator, currency, signed, None, fee))
        how = draw.random()
        names, net = (name,), fee
        if how < 0.03:
            net += draw.randrange(1, 5_000)
        elif how < 0.06:
            names = ()
        style = draw.choice(("INV-{n:04}", "2026-{n:05}", "RE {n}/26", "{c}{n:05}", "{n:06}"))
        written = style.format(n=number, c=creator[:2].upper())
        invoice = SupplierInvoice(
            supplier=creator,
            number=written,
            on=day,
            currency=currency,
            net_minor=net,
            tax_minor=draw.choice((0, 0, net * 19 // 100)),
            due_on=day + dt.timedelta(days=30),
            numbers=names,
            account=f"hash-of-{creator}" if draw.random() < 0.9 else None,
        )
        self.set.invoices.append(invoice)
        if how < 0.03:
            self.set.truth[invoice.document] = {}
        else:
            self.set.truth[invoice.document] = {name: net}
            if names:
                self.set.decidable.add(invoice.document)
        if draw.random() < 0.02:
            again = written.replace("-", " ").replace("/", "-").lower()
            twin = SupplierInvoice(**{
                **{key: getattr(invoice, key) for key in invoice.__slots__},
                "number": f"{again}.", "on": day + dt.timedelta(days=9),
            })  # fmt: skip
            self.set.invoices.append(twin)
            self.set.truth[twin.document] = {}

    def line(self, day, invoice_or_none, amount, truth, *, decidable, **said):
        self.number += 1
        name = f"bank-{self.number:06}"
        invoice = invoice_or_none
        usual = {
            "currency": invoice.currency if invoice else "USD",
            "account": f"hash-of-{invoice.supplier}" if invoice else None,
            "party": invoice.supplier if invoice else None,
        }
        if invoice and self.random.random() < 0.2:
            usual |= {"account": None, "party": None}
        self.set.lines.append(BankLine(line=name, on=day, amount_minor=-amount, **(usual | said)))
        self.set.truth[name] = truth
        if decidable:
            self.set.decidable.add(name)
        return self.set.lines[-1]

    def pay(self, waiting, way):
        draw = self.random
        invoice = waiting.pop(draw.randrange(len(waiting)))
        day = invoice.on + dt.timedelta(days=draw.randrange(1, 40))
        total, whole = invoice.total_minor, {invoice.document: invoice.total_minor}
        number = invoice.number
        if way == "number in text":
            text = draw.choice(("Invoice {}", "{}", "Rechnung {}, danke", "Payment for {} May"))
            self.line(day, invoice, total, whole, decidable=True, text=text.format(number))
        elif way == "number written otherwise":
            text = f"inv {number.lower().replace('-', ' ').replace('/', '-')}"
            self.line(day, invoice, total, whole, decidable=True, text=text)
        elif way == "end-to-end id":
            name = end_to_end_of(invoice.document)
            self.line(day, invoice, total, whole, decidable=True, end_to_end=name)
        elif way == "invoice field":
            self.line(day, invoice, total, whole, decidable=True, numbers=(number,))
        elif way == "several invoices":
            others = [
                each for each in waiting
                if each.supplier == invoice.supplier and each.currency == invoice.currency
            ][:3]  # fmt: skip
            for other in others:
                waiting.remove(other)
            together = [invoice, *others]
            day = max(each.on for each in together) + dt.timedelta(days=3)
            text = ", ".join(each.number for each in together)
            truth = {each.document: each.total_minor for each in together}
            self.line(day, invoice, sum(truth.values()), truth, decidable=True, text=text)
        elif way == "two parts":
            first = total * draw.randrange(10, 90) // 100
            for part, later in ((first, 0), (total - first, 11)):
                truth = {invoice.document: part}
                known = {"account": f"hash-of-{invoice.supplier}", "party": invoice.supplier}
                when = day + dt.timedelta(days=later)
                self.line(when, invoice, part, truth, decidable=True, text=number, **known)
        elif way == "account and amount":
            self.line(day, invoice, total, whole, decidable=False, text="thank you")

    def trap(self, what):  # noqa: C901 - one branch for each trap
        draw = self.random
        invoice = draw.choice(self.set.invoices)
        day = START + dt.timedelta(days=draw.randrange(340))
        total, number = invoice.total_minor, invoice.number
        if what in {"rent", "wages"}:
            self.line(day, None, draw.randrange(1, 900_000), {}, decidable=False, text=what)
        elif what == "twin amount":
            text = f"INV-9{draw.randrange(10_000):04}"
            self.line(invoice.on, invoice, total, {}, decidable=False, text=text)
        elif what == "number of a stranger":
            self.line(day, None, total + 7, {}, decidable=False, text=f"customer {number} refund")
        elif what == "other account":
            said = {"account": "hash-of-a-thief", "text": number}
            self.line(day, invoice, total, {}, decidable=False, **said)
        elif what == "wrong currency":
            other = "GBP"
            self.line(day, invoice, total, {}, decidable=False, currency=other, text=number)
        elif what == "above":
            self.line(day, invoice, total * 3, {}, decidable=False, text=number)
        elif what == "returned":
            name = f"ret-{self.number}"
            sent = self.line(day, invoice, total, {}, decidable=False, text=number, end_to_end=name)
            later = sent.on + dt.timedelta(days=4)
            self.line(later, invoice, -total, {}, decidable=False, text=number, end_to_end=name)
        elif what == "paid twice":
            paying = [each.on for each in self.set.lines if each.line in self.set.decidable
                      and invoice.document in self.set.truth[each.line]]  # fmt: skip
            if paying:
                later = max(paying) + dt.timedelta(days=20)
                self.line(later, invoice, total, {}, decidable=False, text=number)
        elif what == "money in":
            self.line(day, invoice, -total, {}, decidable=False, text=number)
        else:
            self.line(day, None, total, {}, decidable=False, party=invoice.supplier)


def drawn(seed: int, invoices: int = 400) -> Labelled:
    """Draw the set of a seed."""
    return Drawing(seed, invoices).drawn()
