"""Roll-forwards: from the opening balance by named steps to the closing one, residual 0.

In:   movements of accruals or prepayments, and the closing balances read on their own.
Out:  a Statement, one row per account, agreement and creator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from truelift.ledger.chart import CHART, AccountKind
from truelift.ledger.movement import (
    ACCRUAL_STEPS,
    PREPAID_STEPS,
    TAKEN_OFF,
    Holder,
    Movement,
    Span,
    accrual_steps,
    prepaid_steps,
)
from truelift.reports.statement import Row, Statement, columns, totals

ACCRUAL_SENTENCE = (
    "opening + accrued - invoiced - reversed + exchange + other = closing; owed is positive;",
    "other: validated commissions that change their account, and opening balances.",
)
PREPAID_SENTENCE = (
    "opening + paid ahead + invoiced ahead - expensed + exchange + other = closing.",
)


def accruals(
    movements: Iterable[Movement], closings: Mapping[Holder, int], span: Span, currency: str
) -> Statement:
    """Roll the accrued liabilities forward; closings: balances as they stand, debit positive."""
    rows = _rolled(movements, closings, ACCRUAL_STEPS, accrual_steps, currency)
    return _statement("accruals", f"Accruals, {span}", rows, ACCRUAL_STEPS, ACCRUAL_SENTENCE)


def prepayments(
    movements: Iterable[Movement], closings: Mapping[Holder, int], span: Span, currency: str
) -> Statement:
    """Roll what was paid or invoiced ahead forward; closings: balances, debit positive."""
    rows = _rolled(movements, closings, PREPAID_STEPS, prepaid_steps, currency)
    return _statement("prepaid", f"Prepayments, {span}", rows, PREPAID_STEPS, PREPAID_SENTENCE)


def _rolled(
    movements: Iterable[Movement],
    closings: Mapping[Holder, int],
    steps: tuple[str, ...],
    steps_of: Callable[[Movement], dict[str, int]],
    currency: str,
) -> list[Row]:
    found: dict[Holder, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("opening", *steps), 0))
    for holder in closings:
        found[holder]  # a balance that no movement explains shows as a residual
    for movement in movements:
        sums = found[movement.holder]
        if movement.before:
            sums["opening"] += _natural(movement.account, movement.base_minor)
            continue
        for step, amount in steps_of(movement).items():
            sums[step] += amount
    rows: list[Row] = []
    for holder in sorted(found, key=_order):
        sums = found[holder]
        closing = _natural(holder.account, closings.get(holder, 0))
        rolled = sum(-sums[name] if name in TAKEN_OFF else sums[name] for name in sums)
        row = {
            **holder._asdict(),
            "name": CHART[holder.account].name,
            "currency": currency,
            **sums,
            "closing": closing,
            "residual": closing - rolled,
        }
        if any(row[name] for name in (*sums, "closing")):
            rows.append(row)
    return rows


def _statement(
    name: str, title: str, rows: list[Row], steps: tuple[str, ...], sentences: tuple[str, ...]
) -> Statement:
    money = ("opening", *steps, "closing", "residual")
    described = columns("account", "name", "agreement", "creator", money=money)
    return Statement(name, title, described, tuple(rows), totals(rows, money, "account"), sentences)


def _natural(account: str, base: int) -> int:
    return -base if CHART[account].kind is AccountKind.LIABILITY else base


def _order(holder: Holder) -> tuple[object, ...]:
    agreement, creator = holder.agreement, holder.creator
    return holder.account, agreement is None, agreement or "", creator is None, creator or ""
