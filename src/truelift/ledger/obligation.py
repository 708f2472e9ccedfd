"""An obligation: what is owed for one thing, from commitment to payment, and the entries it makes.

In:   the steps of one obligation in order: signed, delivered, invoiced, paid, cancelled.
Out:  entries, through a `Writer`.

One obligation is one agreement and type of cost, or one line of a document that stands alone.
States are cumulative: what is reported twice, as a live deliverable and as an invoice, is one cost.
What takes something back (credit notes, returned payments, clawbacks) is in `corrections.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truelift.base.money import PARTS_PER_MILLION, allocate, format_minor
from truelift.ledger import chart
from truelift.ledger.chart import Book
from truelift.ledger.source import FaultCode, Missing

if TYPE_CHECKING:
    from truelift.ledger.source import Happening
    from truelift.ledger.writer import Leg, Writer


NO_INVOICE = "Paid without an invoice"
"""Memo of what a payment implies where no invoice asked for it; policy may refuse it."""


@dataclass(slots=True)
class Pool:
    """An amount with what it was booked at in the brand's currency; a part takes its base along."""

    amount: int = 0
    base: int = 0

    def add(self, amount: int, base: int) -> None:
        """Put an amount and its base in; both may be negative."""
        self.amount += amount
        self.base += base

    def take(self, amount: int) -> int:
        """Take 0 <= amount <= the pool out and give its base; the last unit takes all of it."""
        base = allocate(self.base, [amount, self.amount - amount])[0] if amount else 0
        self.add(-amount, -base)
        return base


def residue_of(pool: Pool) -> int:
    """Empty the base of a pool that has no amount left, and give it: it is exchange."""
    residue = pool.base if pool.amount == 0 else 0
    pool.base -= residue
    return residue


@dataclass(slots=True)
class Prepaid:
    """Payments ahead of the work, oldest first, each frozen at the rate of its own day."""

    layers: list[Pool] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """Give what is still prepaid."""
        return sum(layer.amount for layer in self.layers)

    def take(self, amount: int) -> int:
        """Take up to what is there from the oldest layers and give its base."""
        base = 0
        for layer in self.layers:
            part = min(amount, layer.amount)
            base += layer.take(part)
            amount -= part
        return base


@dataclass(slots=True)
class Obligation:
    """The running states of one obligation; every step writes the entries it implies.

    awaits_delivery: the price is earned by deliverables, so what is invoiced or paid ahead of them
    is prepaid and not cost. estimated: the accrual was an own estimate, so that the last invoice
    settles it and the difference is a price variance. fixed: the price that was agreed. advance:
    what may be paid ahead where nothing awaits delivery. tolerance_ppm: by how much of the price an
    invoice may exceed it. most_owed: what is owed at most where there is no price, None where the
    agreement does not say. validated: commissions that can no longer be refunded. claims: what the
    other side owes back.
    """

    writer: Writer
    cost_type: str
    awaits_delivery: bool = False
    standalone: bool = False
    fixed: int = 0
    advance: int = 0
    tolerance_ppm: int | None = None
    most_owed: int | None = None
    refuses_unmatched: bool = False
    cancelled: bool = False
    commitment: Pool = field(default_factory=Pool)
    accrued: Pool = field(default_factory=Pool)
    validated: Pool = field(default_factory=Pool)
    claims: Pool = field(default_factory=Pool)
    payable: Pool = field(default_factory=Pool)
    payable_tax: Pool = field(default_factory=Pool)
    prepaid: Prepaid = field(default_factory=Prepaid)
    total_accrued: int = 0
    total_committed: int = 0
    total_invoiced: int = 0
    total_tax: int = 0
    total_settled: int = 0
    total_advanced: int = 0
    reported_committed: int = 0
    reported_accrued: dict[str | None, int] = field(default_factory=dict)
    reported_invoiced: int = 0
    reported_tax: int = 0
    reported_paid_tax: int = 0
    accrued_for: dict[str | None, int] = field(default_factory=dict)
    ahead_of_work: dict[str | None, int] = field(default_factory=dict)

    @property
    def accounts(self) -> chart.CostAccounts:
        """Give the expense and the accrual account of this type of cost."""
        return chart.COST_TYPES[self.cost_type]

    @property
    def room(self) -> int:
        """Give how much may still be paid ahead: the price less what is earned or prepaid."""
        if self.cancelled:
            return 0
        if not self.awaits_delivery:
            return max(0, self.advance - self.total_advanced)
        return max(0, self.fixed - self.total_accrued - self.prepaid.amount)

    @property
    def open_accrual(self) -> int:
        """Give what is accrued and not invoiced yet; below zero when more was taken back."""
        return self.accrued.amount + self.validated.amount

    def commit(self, amount: int, at: Happening) -> None:
        """R01: raise the commitment to at least `amount`; what is accrued already uses it up."""
        raised = amount - self.total_committed
        if raised <= 0:
            return
        used = self.total_committed - self.commitment.amount
        base = self.writer.base(raised)
        self._commitment("commitment", raised, base, at)
        self.commitment.add(raised, base)
        self.total_committed = amount
        self._use_commitment(self.total_accrued - used, at)

    def commit_reported(self, amount: int, at: Happening) -> None:
        """R01: a document commits an amount; together they commit no less than their sum."""
        self.reported_committed += amount
        self.commit(self.reported_committed, at)

    def deliver(self, amount: int, at: Happening, rule: str = "R03") -> int:
        """R03, R06: the work is received; accrue what was not accrued for it yet, and give that."""
        wanted = amount
        for line in dict.fromkeys((at.deliverable, None)):
            absorbed = min(wanted, self.ahead_of_work.get(line, 0))
            if absorbed:
                self.ahead_of_work[line] -= absorbed
                wanted -= absorbed
        self._accrue(wanted, at, rule, "accrual")
        return wanted

    def accrue_reported(self, amount: int, at: Happening) -> None:
        """Accrue what a document reports as incurred, as far as it is not accrued yet."""
        line = at.deliverable
        reported = self.reported_accrued.get(line, 0) + amount
        self.reported_accrued[line] = reported
        known = self.total_accrued if line is None else self.accrued_for.get(line, 0)
        self._accrue_ahead(max(0, reported - known), at)

    def invoice(
        self, net: int, tax: int, at: Happening, *, recoverable: bool = True, last: bool = False
    ) -> None:
        """R13, R14: an invoice, net and tax; `last` closes an estimate of a standing-alone line."""
        overlap = self._paid_before(net)
        beyond = self._beyond_agreement(net - overlap)
        if beyond:
            self.refuse(
                FaultCode.ABOVE_AGREEMENT,
                at,
                "R13",
                f"It exceeds what was agreed by {self._money(beyond)}, more than policy tolerates; "
                "change the agreement or ask for a credit note.",
            )
            return
        paid_tax = max(0, self.total_tax - self.reported_tax) if overlap else 0
        self.reported_invoiced += net
        self.reported_tax += tax
        due, tax_due = net - overlap, tax - min(tax, paid_tax)
        self._invoice(due, tax_due, at, recoverable=recoverable, last=last)

    def pay(
        self, gross: int, tax: int, withheld: int, at: Happening, *, recoverable: bool = True
    ) -> None:
        """R16, R02: money left the bank; what no invoice asked for is invoiced or prepaid first."""
        unasked = max(0, gross - self.payable.amount - self.payable_tax.amount)
        self.reported_paid_tax += tax
        tax_part = min(max(0, self.reported_paid_tax - self.total_tax), tax, unasked)
        net = unasked - tax_part
        advance = min(self.room, net - min(net, max(0, self.open_accrual)))
        beyond = max(0, net - advance - max(0, self.open_accrual))
        if beyond and self.refuses_unmatched:
            self.refuse(
                FaultCode.PAYMENT_WITHOUT_INVOICE,
                at,
                "R16",
                f"It pays {self._money(beyond)} that no invoice and no agreement asks for; import "
                "the invoice or change the agreement.",
            )
            return
        settled = gross - advance
        kept = allocate(withheld, [settled, advance])
        if advance:
            self._advance(advance, kept[1], at)
        if unasked - advance:
            self._invoice(net - advance, tax_part, at, recoverable=recoverable, memo=NO_INVOICE)
        if settled:
            self._settle(settled, kept[0], at)

    def cancel(self, fee: int, at: Happening) -> None:
        """End the agreement: its cancellation fee accrues, the rest of the price is released."""
        self._accrue(fee, at, self.accounts.rule, "cancellation_fee")
        self.cancelled = True
        rest = self.commitment.amount
        self._commitment("commitment_released", -rest, -self.commitment.take(rest), at)

    def refuse(self, code: FaultCode, at: Happening, rule: str, sentence: str) -> None:
        """Book nothing of a step, and say why and from whose cost it is missing."""
        belongs = self.writer.dimensions
        missing = Missing(
            at.on, at.campaign or belongs.campaign, at.creator or belongs.creator, belongs.agreement
        )
        told = f"{at.subject.capitalize()}: {sentence[0].lower()}{sentence[1:]}"
        self.writer.collected.fault(code, at.event, rule, told, missing)

    def _money(self, amount: int) -> str:
        return f"{format_minor(amount, self.writer.currency)} {self.writer.currency}"

    def _paid_before(self, net: int) -> int:
        """Give how much of an invoice was paid before it came, and so is in the books as invoiced.

        An invoice of just what was paid is the payment's own. Another one under an agreed price is
        for the rest: only what it exceeds the price by, with what was paid, was paid before.
        """
        paid = max(0, self.total_invoiced - self.reported_invoiced)
        price = max(self.fixed, self.total_committed)
        if not price or net == paid:
            return min(net, paid)
        return min(net, paid, max(0, self.total_invoiced + net - price))

    def _beyond_agreement(self, due: int) -> int:
        """Give how far `due` more would exceed what was agreed; 0 within the policy's tolerance.

        What is accrued beyond the price, as a cancellation fee is, was asked for too.
        """
        price = max(self.fixed, self.total_committed)
        if self.tolerance_ppm is None or not (price or self.most_owed is not None):
            return 0
        limit = max(price or self.most_owed or 0, self.total_accrued)
        beyond = self.total_invoiced + due - limit
        return beyond if beyond * PARTS_PER_MILLION > self.tolerance_ppm * limit else 0

    def take_back(self, amount: int, base: int, at: Happening, *, validated: bool) -> None:
        """R07: take an exact part of what was accrued back, even when it is paid already."""
        pool = self.validated if validated else self.accrued
        account = chart.VALIDATED_COMMISSIONS if validated else self.accounts.accrued
        pool.add(-amount, -base)
        self.total_accrued -= amount
        residue = residue_of(pool)
        legs: list[Leg] = [
            (account, amount, base + residue),
            (self.accounts.expense, -amount, -base),
            (chart.REALISED_FX, 0, -residue),
        ]
        self.writer.write("R07", "commission_reversed", at, legs, memo="Commission taken back")

    def _accrue_ahead(self, amount: int, at: Happening, *, is_invoiced: bool = False) -> None:
        """Accrue what a document reports before the work itself is known; the work absorbs it.

        What is invoiced on top of an advance is owed on top of it, and not covered by it.
        """
        most = 0 if is_invoiced else self.prepaid.amount
        self._accrue(amount, at, self.accounts.rule, "accrual", most=most)
        line = at.deliverable
        self.ahead_of_work[line] = self.ahead_of_work.get(line, 0) + amount

    def _accrue(
        self, amount: int, at: Happening, rule: str, kind: str, *, most: int | None = None
    ) -> None:
        """Accrue an amount; prepayments cover it, `most` of them where it is given."""
        if amount <= 0:
            return
        accounts = self.accounts
        covered = min(amount, self.prepaid.amount if most is None else most)
        covered_base = self.prepaid.take(covered)
        rest = amount - covered
        rest_base = self.writer.base(rest)
        self.accrued.add(rest, rest_base)
        residue = residue_of(self.accrued)
        legs: list[Leg] = [
            (accounts.expense, amount, covered_base + rest_base),
            (accounts.prepaid, -covered, -covered_base),
            (accounts.accrued, -rest, residue - rest_base),
            (chart.REALISED_FX, 0, -residue),
        ]
        memo = f"{self.cost_type} accrued".capitalize()
        self.writer.write(rule, kind, at, legs, memo=memo)
        self.total_accrued += amount
        self.accrued_for[at.deliverable] = self.accrued_for.get(at.deliverable, 0) + amount
        self._use_commitment(amount, at)

    def _use_commitment(self, amount: int, at: Happening) -> None:
        used = min(max(0, amount), self.commitment.amount)
        self._commitment("commitment_used", -used, -self.commitment.take(used), at)

    def _commitment(self, kind: str, amount: int, base: int, at: Happening) -> None:
        legs: list[Leg] = [
            (chart.COMMITMENT, amount, base),
            (chart.COMMITMENT_CONTRA, -amount, -base),
        ]
        memo = kind.replace("_", " ").capitalize()
        self.writer.write("R01", kind, at, legs, memo=memo, book=Book.COMMIT)

    def _invoice(
        self,
        due: int,
        tax: int,
        at: Happening,
        *,
        recoverable: bool,
        last: bool = False,
        memo: str = "Invoice matched",
    ) -> None:
        estimated = self.standalone and bool(self.reported_accrued)
        excess = due - min(due, max(0, self.open_accrual))
        ahead = min(excess, self.room)
        variance = excess - ahead
        if not self.awaits_delivery and not estimated:
            self._accrue_ahead(variance, at, is_invoiced=True)
            variance = 0
        parts = due - ahead, variance, tax
        self._match(*parts, at, recoverable=recoverable, last=last and estimated, memo=memo)
        if ahead:
            base = self.writer.base(ahead)
            legs: list[Leg] = [
                (self.accounts.prepaid, ahead, base),
                (chart.PAYABLE, -ahead, -base),
            ]
            self.writer.write("R14", "prepaid_invoice", at, legs, memo="Invoice ahead of the work")
            self.prepaid.layers.append(Pool(ahead, base))
            self.payable.add(ahead, base)
            self.total_advanced += ahead
        self.total_invoiced += due
        self.total_tax += tax

    def _match(
        self,
        due: int,
        variance: int,
        tax: int,
        at: Happening,
        *,
        recoverable: bool,
        last: bool,
        memo: str,
    ) -> None:
        """R13: accrual to payable at its booked base, the difference to the expense, and tax."""
        accounts, matched = self.accounts, due - variance
        left_over = max(0, self.open_accrual - matched) if last else 0
        variance_base, tax_base = self.writer.base(variance), self.writer.base(tax)
        confirmed = min(matched, max(0, self.validated.amount))
        confirmed_base = self.validated.take(confirmed)
        matched_base = self._relieve(matched - confirmed)
        left_base = self.accrued.take(left_over)
        cost_tax, cost_tax_base = (0, 0) if recoverable else (tax, tax_base)
        own_tax, own_tax_base = (tax, tax_base) if recoverable else (0, 0)
        owed_base = confirmed_base + matched_base + variance_base + cost_tax_base
        owed, pending = due + cost_tax, matched - confirmed
        legs: list[Leg] = [
            (chart.VALIDATED_COMMISSIONS, confirmed, confirmed_base),
            (accounts.accrued, pending + left_over, matched_base + left_base),
            (accounts.expense, variance - left_over, variance_base - left_base),
            (chart.OTHER_COST, cost_tax, cost_tax_base),
            (chart.PAYABLE, -owed, -owed_base),
        ]
        taxes: list[Leg] = [
            (chart.INPUT_TAX, own_tax, own_tax_base),
            (chart.PAYABLE, -own_tax, -own_tax_base),
        ]
        self.writer.write("R13", "invoice", at, legs, tax_legs=taxes, memo=memo)
        self.payable.add(owed, owed_base)
        self.payable_tax.add(own_tax, own_tax_base)
        self.total_accrued += variance - left_over

    def _relieve(self, amount: int) -> int:
        """Take an amount out of the accrual; beyond what stands there, at the day's rate.

        That much is missing only where commissions were taken back after they had been paid.
        """
        there = min(amount, max(0, self.accrued.amount))
        beyond = amount - there
        base = self.accrued.take(there) + self.writer.base(beyond)
        self.accrued.add(-beyond, -self.writer.base(beyond))
        return base

    def _settle(self, gross: int, withheld: int, at: Happening) -> None:
        """R16: payable at its booked base, bank at the day's rate, and 7100 takes the rest."""
        parts = allocate(gross, [self.payable.amount, self.payable_tax.amount])
        cost_base, tax_base = self.payable.take(parts[0]), self.payable_tax.take(parts[1])
        paid_base = self.writer.base(gross)
        bases = allocate(paid_base, [gross - withheld, withheld])
        legs: list[Leg] = [
            (chart.PAYABLE, parts[0], cost_base),
            (chart.BANK, withheld - gross, -bases[0]),
            (chart.WITHHOLDING_TAX, -withheld, -bases[1]),
            (chart.REALISED_FX, 0, paid_base - cost_base - tax_base),
        ]
        taxes: list[Leg] = [(chart.PAYABLE, parts[1], tax_base)]
        self.writer.write("R16", "payment", at, legs, tax_legs=taxes, memo="Payment settled")
        self.total_settled += gross

    def _advance(self, amount: int, withheld: int, at: Happening) -> None:
        base = self.writer.base(amount)
        bases = allocate(base, [amount - withheld, withheld])
        legs: list[Leg] = [
            (self.accounts.prepaid, amount, base),
            (chart.BANK, withheld - amount, -bases[0]),
            (chart.WITHHOLDING_TAX, -withheld, -bases[1]),
        ]
        self.writer.write("R02", "advance", at, legs, memo="Advance paid")
        self.prepaid.layers.append(Pool(amount, base))
        self.total_invoiced += amount
        self.total_advanced += amount
