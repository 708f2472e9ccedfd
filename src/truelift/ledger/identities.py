"""Identities: what must hold for every agreement, in every currency, whatever was posted.

In:   sums of the journal by agreement, currency, account, rule and kind, without recoverable tax.
Out:  one sentence for each identity that does not hold, none when all do.

    committed = open + used by accruals + released
    accrued   = accrued and open + invoiced - prepaid - credit notes - owed back - come back
    invoiced  = payable + paid + credit notes
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from truelift.base.money import format_minor
from truelift.ledger import chart
from truelift.ledger.chart import COST_ACCOUNTS, COST_TYPES, PREPAID_ACCOUNTS
from truelift.ledger.journal import GENERATION, REVERSAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ACCRUED_ACCOUNTS = frozenset(
    {each.accrued for each in COST_TYPES.values()} | {chart.VALIDATED_COMMISSIONS}
)
MOVED = frozenset({"R22", "R23"})
"""Rules that move cost which is there already."""


class AgreementSum(NamedTuple):
    """What one rule moved on one account for an agreement, in minor units of the currency."""

    agreement: str
    currency: str
    account: str
    rule: str
    kind: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class _Line:
    """The sums of one agreement in one currency."""

    rows: Sequence[AgreementSum]

    def on(self, accounts: Iterable[str], *rules: str) -> int:
        """Sum accounts, debit positive: of some rules, or of all but those that only move cost."""
        chosen = frozenset(accounts)
        return sum(
            row.amount_minor
            for row in self.rows
            if row.account in chosen and (row.rule in rules if rules else row.rule not in MOVED)
        )

    def committed(self, kind: str) -> int:
        """Sum what a kind of entry moved on the commitment, its reversals taken off."""
        return sum(
            row.amount_minor
            for row in self.rows
            if row.account == chart.COMMITMENT
            and row.kind.removeprefix(REVERSAL).partition(GENERATION)[0] == kind
        )


def violations(rows: Iterable[AgreementSum]) -> list[str]:
    """Give one sentence for each identity that does not hold, by agreement and currency."""
    lines: dict[tuple[str, str], list[AgreementSum]] = defaultdict(list)
    for row in rows:
        lines[row.agreement, row.currency].append(row)
    return [
        sentence
        for (agreement, currency), found in sorted(lines.items())
        for sentence in _broken(f"Agreement {agreement}", currency, _Line(found))
    ]


def _broken(name: str, currency: str, line: _Line) -> Iterator[str]:
    def shown(amount: int) -> str:
        return f"{format_minor(amount, currency)} {currency}"

    opened = line.on([chart.COMMITMENT])
    committed, used, released = (
        line.committed(kind) for kind in ("commitment", "commitment_used", "commitment_released")
    )
    if opened < 0 or opened != committed + used + released:
        yield (
            f"{name}: committed {shown(committed)} is not open {shown(opened)} plus accrued "
            f"{shown(-used)} plus released {shown(-released)}."
        )
    advance = line.on(PREPAID_ACCOUNTS, "R02")
    invoiced = advance - line.on([chart.PAYABLE], "R13", "R14")
    paid = advance + line.on([chart.PAYABLE], "R16", "R18")
    credited = line.on([chart.PAYABLE], "R15")
    payable = -line.on([chart.PAYABLE])
    if payable < 0 or invoiced != payable + paid + credited:
        yield (
            f"{name}: invoiced {shown(invoiced)} is not payable {shown(payable)} plus paid "
            f"{shown(paid)} plus credit notes {shown(credited)}."
        )
    accrued, waiting = line.on(COST_ACCOUNTS), -line.on(ACCRUED_ACCOUNTS)
    prepaid, claims = line.on(PREPAID_ACCOUNTS), line.on([chart.CLAIMS])
    back = -line.on([chart.CLAIMS, *ACCRUED_ACCOUNTS, *PREPAID_ACCOUNTS], "R18")
    if min(prepaid, claims) < 0 or accrued != (
        waiting + invoiced - prepaid - credited - claims - back
    ):
        yield (
            f"{name}: accrued {shown(accrued)} is not accrued and open {shown(waiting)} plus "
            f"invoiced {shown(invoiced)}, less prepaid {shown(prepaid)}, credit notes "
            f"{shown(credited)}, owed back {shown(claims)} and come back {shown(back)}."
        )
