"""Corrections: what takes something back from an obligation, and what moves it on.

In:   an obligation, amounts above zero in its currency.
Out:  entries by R08, R11, R15, R18 and R19, through the obligation's writer.

None of them takes back more than there was: what would is refused with a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from truelift.base.money import allocate
from truelift.ledger import chart
from truelift.ledger.movement import ESTIMATE_REVERSED
from truelift.ledger.obligation import residue_of
from truelift.ledger.source import FaultCode

if TYPE_CHECKING:
    from truelift.ledger.obligation import Obligation, Pool
    from truelift.ledger.source import Happening
    from truelift.ledger.writer import Leg

TAKEN_BACK = {"gift": "R11", "commission": "R07"}
"""Type of cost to the rule that takes it back; R19 for all others."""


def validate(obligation: Obligation, amount: int, at: Happening) -> None:
    """R08: move pending commission, as far as it waits for its invoice, to validated."""
    moved = min(amount, max(0, obligation.accrued.amount))
    if not moved:
        return
    base = obligation.accrued.take(moved)
    obligation.validated.add(moved, base)
    residue = residue_of(obligation.validated)
    legs: list[Leg] = [
        (obligation.accounts.accrued, moved, base),
        (chart.VALIDATED_COMMISSIONS, -moved, residue - base),
        (chart.REALISED_FX, 0, -residue),
    ]
    obligation.writer.write("R08", "validation", at, legs, memo="Commission validated")


def take_back(obligation: Obligation, amount: int, at: Happening) -> None:
    """R07, R11, R19: cost is taken back: from its accrual, else as a claim (gifts: as product)."""
    rule = TAKEN_BACK.get(obligation.cost_type, "R19")
    if amount > obligation.total_accrued:
        sentence = "It takes back more than was accrued; correct its amount."
        obligation.refuse(FaultCode.TAKEN_BACK_ABOVE_COST, at, rule, sentence)
        return
    accounts, writer = obligation.accounts, obligation.writer
    waiting = min(amount, max(0, obligation.accrued.amount))
    base = obligation.accrued.take(waiting)
    rest = amount - waiting
    rest_base = writer.base(rest)
    is_gift = accounts.accrued == chart.PROMOTIONAL_PRODUCT
    if not is_gift:
        obligation.claims.add(rest, rest_base)
    legs: list[Leg] = [
        (accounts.accrued, waiting, base),
        (accounts.accrued if is_gift else chart.CLAIMS, rest, rest_base),
        (accounts.expense, -amount, -base - rest_base),
    ]
    writer.write(rule, "taken_back", at, legs, memo="Cost taken back")
    obligation.total_accrued -= amount
    line = at.deliverable
    for told in (obligation.reported_accrued, obligation.ahead_of_work):
        told[line] = max(0, told.get(line, 0) - amount)
    obligation.accrued_for[line] = obligation.accrued_for.get(line, 0) - amount


def reverse_estimate(obligation: Obligation, at: Happening) -> None:
    """Take back, on day 1 of a period, what an estimate left open; its invoice accrues again."""
    left = max(0, obligation.accrued.amount)
    base = obligation.accrued.take(left)
    accounts = obligation.accounts
    legs: list[Leg] = [(accounts.accrued, left, base), (accounts.expense, -left, -base)]
    obligation.writer.write(
        accounts.rule, ESTIMATE_REVERSED, at, legs, memo="Estimate of the period before reversed"
    )
    obligation.total_accrued -= left
    obligation.reported_accrued.clear()
    obligation.ahead_of_work.clear()


def credit(obligation: Obligation, net: int, tax: int, at: Happening, *, recoverable: bool) -> None:
    """R15: a credit note lowers the payable and, beyond it, is a claim.

    It settles what is owed back already, then what is prepaid, then it lowers the cost.
    """
    most = min(obligation.total_invoiced, _owed_back(obligation) + _creditable(obligation))
    if net > most or tax > obligation.total_tax:
        sentence = "It credits more than was invoiced; name the document that it settles."
        obligation.refuse(FaultCode.CREDIT_ABOVE_INVOICE, at, "R15", sentence)
        return
    cost_tax, own_tax = (0, tax) if recoverable else (tax, 0)
    whole = net + cost_tax
    owed = _off_payable(obligation, obligation.payable, whole)
    own = _off_payable(obligation, obligation.payable_tax, own_tax)
    debited = sum(base for _, _, base in owed)
    settled = _settle_owed_back(obligation, min(net, _owed_back(obligation)))
    rest = net + sum(amount for _, amount, _ in settled)
    prepaid = min(rest, obligation.prepaid.amount)
    lower = rest - prepaid
    shares = allocate(debited, [lower, cost_tax, whole - lower - cost_tax]) if whole else [0, 0]
    legs: list[Leg] = [
        *owed,
        *settled,
        (obligation.accounts.prepaid, -prepaid, -obligation.prepaid.take(prepaid)),
        (obligation.accounts.expense, -lower, -shares[0]),
        (chart.OTHER_COST, -cost_tax, -shares[1]),
    ]
    legs.append((chart.REALISED_FX, 0, -sum(base for _, _, base in legs)))
    taxes: list[Leg] = [*own, (chart.INPUT_TAX, -own_tax, -sum(base for _, _, base in own))]
    obligation.writer.write("R15", "credit_note", at, legs, tax_legs=taxes, memo="Credit note")
    obligation.claims.add(*_beyond(owed))
    obligation.claims.add(*_beyond(own))
    obligation.total_accrued -= lower
    obligation.total_tax -= tax
    obligation.reported_tax -= tax
    _uninvoice(obligation, net)


def pay_back(obligation: Obligation, gross: int, withheld: int, at: Happening) -> None:
    """R18: money came back: it settles what is owed back, else opens the payable, else prepaid.

    The difference of the rates goes to 7100.
    """
    writer = obligation.writer
    claimed = min(gross, _owed_back(obligation))
    opened = min(gross - claimed, obligation.total_settled)
    prepaid = gross - claimed - opened
    if prepaid > obligation.prepaid.amount:
        sentence = "More came back than was paid; correct its amount or name what it settles."
        obligation.refuse(FaultCode.RETURN_ABOVE_PAID, at, "R18", sentence)
        return
    opened_base = writer.base(opened)
    bases = allocate(writer.base(gross), [gross - withheld, withheld])
    legs: list[Leg] = [
        (chart.BANK, gross - withheld, bases[0]),
        (chart.WITHHOLDING_TAX, withheld, bases[1]),
        *_settle_owed_back(obligation, claimed),
        (chart.PAYABLE, -opened, -opened_base),
        (obligation.accounts.prepaid, -prepaid, -obligation.prepaid.take(prepaid)),
    ]
    legs.append((chart.REALISED_FX, 0, -sum(base for _, _, base in legs)))
    writer.write("R18", "payment_returned", at, legs, memo="Payment returned")
    obligation.payable.add(opened, opened_base)
    obligation.total_settled -= opened
    obligation.total_advanced -= prepaid
    obligation.total_invoiced -= prepaid
    _uninvoice(obligation, claimed)


def _uninvoice(obligation: Obligation, amount: int) -> None:
    obligation.total_invoiced -= amount
    obligation.reported_invoiced = max(0, obligation.reported_invoiced - amount)


def _creditable(obligation: Obligation) -> int:
    return obligation.prepaid.amount + obligation.total_accrued


def _owed_back(obligation: Obligation) -> int:
    """Give what the other side owes back: claims, and commission taken back after its payout."""
    return obligation.claims.amount + max(0, -obligation.open_accrual)


def _settle_owed_back(obligation: Obligation, amount: int) -> list[Leg]:
    """Take an amount off what is owed back: claims first, then accruals below zero."""
    legs: list[Leg] = []
    for account, pool, there in (
        (chart.CLAIMS, obligation.claims, obligation.claims.amount),
        (obligation.accounts.accrued, obligation.accrued, -obligation.accrued.amount),
        (chart.VALIDATED_COMMISSIONS, obligation.validated, -obligation.validated.amount),
    ):
        part = min(amount, max(0, there))
        if part:
            base = allocate(abs(pool.base), [part, there - part])[0]
            sign = 1 if pool.amount < 0 else -1
            pool.add(sign * part, sign * base)
            legs.append((account, -part, -base))
            amount -= part
    return legs


def _off_payable(obligation: Obligation, payable: Pool, amount: int) -> list[Leg]:
    """Take an amount off a payable; what is beyond it will be a claim."""
    there = min(amount, payable.amount)
    beyond = amount - there
    base = payable.take(there)
    return [
        (chart.PAYABLE, there, base),
        (chart.CLAIMS, beyond, obligation.writer.base(beyond)),
    ]


def _beyond(legs: list[Leg]) -> tuple[int, int]:
    _, amount, base = legs[-1]
    return amount, base
