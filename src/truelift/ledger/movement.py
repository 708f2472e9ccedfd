"""Movements: what moved the balance of an account, by the rule that moved it.

In:   groups of postings, summed by the store, as they stand in the journal (debit positive).
Out:  steps of a roll-forward, in minor units of the brand's currency.

An accrual is shown as what is owed (credit positive), a prepayment as what is paid ahead (debit
positive). What no step names lands in `other`, so nothing that a new rule books can vanish.
"""

from __future__ import annotations

from typing import NamedTuple

from truelift.ledger.chart import COST_TYPES, PREPAID_FEES, PROMOTIONAL_PRODUCT
from truelift.ledger.journal import GENERATION, REVERSAL

VALIDATED_COMMISSION = "2111"
PENDING_COMMISSION = COST_TYPES["commission"].accrued
PREPAID_USAGE = "1410"
ACCRUALS = tuple(
    sorted(
        {each.accrued for each in COST_TYPES.values()} - {PROMOTIONAL_PRODUCT}
        | {VALIDATED_COMMISSION}
    )
)
"""The accounts in which a cost waits for its invoice."""
PREPAYMENTS = (PREPAID_FEES, PREPAID_USAGE)

ACCRUING_RULES = frozenset({"R03", "R04", "R05", "R06", "R09", "R12"})
TAKING_BACK_RULES = frozenset({"R07", "R11", "R15", "R19"})
ESTIMATE_REVERSED = "estimate_reversed"
"""Kind of the entries that take an estimate back on day 1, under the rule that accrued it."""
INVOICE_RULE, PREPAID_INVOICE_RULE, ADVANCE_RULE = "R13", "R14", "R02"
REMEASUREMENT_RULE = "R17"

ACCRUAL_STEPS = ("accrued", "invoiced", "reversed", "exchange", "other")
PREPAID_STEPS = ("paid_ahead", "invoiced_ahead", "expensed", "exchange", "other")
TAKEN_OFF = frozenset({"invoiced", "reversed", "expensed"})
"""Steps that lower the balance; they are shown positive and taken off."""


class Span(NamedTuple):
    """From one accounting period to another, both included, YYYY-MM; None is open."""

    first: str | None = None
    last: str | None = None

    def __contains__(self, period: object) -> bool:
        """Say whether a period lies in the span."""
        text = str(period)
        return (self.first is None or self.first <= text) and (
            self.last is None or text <= self.last
        )

    def __str__(self) -> str:
        """Write the span as people do: 2026-05, 2026-04 to 2026-06, all periods."""
        if self.first == self.last:
            return self.first or "all periods"
        if self.first is None:
            return f"up to {self.last}"
        return f"from {self.first}" if self.last is None else f"{self.first} to {self.last}"


class Holder(NamedTuple):
    """Whose balance it is: an account, an agreement (None: a document alone) and a creator."""

    account: str
    agreement: str | None
    creator: str | None


class Movement(NamedTuple):
    """Postings of one holder that one rule made under one kind, summed.

    before: they lie before the span, so they are part of its opening balance. exchange_minor: the
    part of base_minor that only rates moved. released_minor: the part of an invoice's that was an
    estimate too many and went back to the expense.
    """

    account: str
    agreement: str | None
    creator: str | None
    before: bool
    rule: str
    kind: str
    base_minor: int
    exchange_minor: int = 0
    released_minor: int = 0

    @property
    def holder(self) -> Holder:
        """Give whose balance it moves."""
        return Holder(self.account, self.agreement, self.creator)


def plain_kind(kind: str) -> str:
    """Give the kind of an entry without its generation and without the mark of a reversal."""
    return kind.removeprefix(REVERSAL).partition(GENERATION)[0]


def is_reversal(kind: str) -> bool:
    """Say whether entries of a kind take others back."""
    return kind.startswith(REVERSAL)


def accrual_steps(movement: Movement) -> dict[str, int]:
    """Give what a movement adds to each step of the roll-forward of accruals.

    opening + accrued - invoiced - reversed + exchange + other = closing, whatever the movement.
    """
    owed, exchange = -movement.base_minor, -movement.exchange_minor
    if movement.rule == REMEASUREMENT_RULE:
        return {"exchange": owed}
    if movement.rule in TAKING_BACK_RULES:
        return {"reversed": exchange - owed, "exchange": exchange}
    if movement.rule in ACCRUING_RULES:
        if is_reversal(movement.kind) or plain_kind(movement.kind) == ESTIMATE_REVERSED:
            return {"reversed": exchange - owed, "exchange": exchange}
        return {"accrued": owed - exchange, "exchange": exchange}
    if movement.rule == INVOICE_RULE:
        released = movement.released_minor
        return {
            "invoiced": exchange - owed - released,
            "reversed": released,
            "exchange": exchange,
        }
    return {"other": owed}


def prepaid_steps(movement: Movement) -> dict[str, int]:
    """Give what a movement adds to each step of the roll-forward of prepayments.

    opening + paid_ahead + invoiced_ahead - expensed + exchange + other = closing.
    """
    base = movement.base_minor
    if movement.rule == REMEASUREMENT_RULE:
        return {"exchange": base}
    if movement.rule == ADVANCE_RULE:
        return {"paid_ahead": base}
    if movement.rule == PREPAID_INVOICE_RULE:
        return {"invoiced_ahead": base}
    if movement.rule in ACCRUING_RULES and (base < 0) != is_reversal(movement.kind):
        return {"expensed": -base}
    return {"other": base}
