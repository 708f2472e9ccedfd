"""Cost documents: which obligation each row of the `costs` file belongs to, and for how much of it.

In:   cost documents, the agreement of each deliverable.
Out:  parts (one obligation each) that sum to exactly their rows; faults.

A payment that settles a document of several lines fills the lines in their order. A row below zero
takes back: a credit note, a returned payment, cost taken back; its parts are amounts above zero.
Nothing vanishes: a row whose document is unknown stands alone, with a fault.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from truelift.base.money import allocate
from truelift.ledger.chart import COST_TYPES
from truelift.ledger.source import CostDocument, CostState, FaultCode, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from truelift.ledger.writer import Collected

Key = tuple[str, str, str]
"""An obligation's key: ("agreement", agreement, cost type) or ("document", document, line)."""

STATES = tuple(CostState)
AGREEMENT = "agreement"
DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Part:
    """The portion of a row that advances one obligation, or takes back what did.

    last: its last invoice as known. back: it takes back; the amounts are above zero all the same.
    """

    row: CostDocument
    key: Key
    event: str
    amount_minor: int
    tax_minor: int
    withheld_minor: int
    last: bool = False
    back: bool = False


def takes_back(row: CostDocument) -> bool:
    """Say whether a row takes back: all its amounts are at or below zero, and not all are zero."""
    amounts = (row.amount_minor, row.tax_minor, row.withheld_minor)
    return max(amounts) <= 0 and min(amounts) < 0


def event_of(row: CostDocument) -> str:
    """Give the event key of a row: its natural key."""
    return f"cost:{row.document}/{row.line or ''}/{row.state}/{row.on}"


def canonical(row: CostDocument) -> tuple[int, bool, str, str, str]:
    """Give the sort key: lower states first, what takes back after it, days, documents, lines."""
    place = STATES.index(row.state), takes_back(row)
    return (*place, row.on.isoformat(), row.document, row.line or "")


class Router:
    """Places rows, lower states first, and remembers what each document stands for."""

    def __init__(self, agreement_of: Mapping[str, str], collected: Collected) -> None:
        """Take the agreement of each deliverable, and where faults are collected."""
        self._agreement_of = agreement_of
        self._collected = collected
        self._targets: dict[str, dict[Key, dict[CostState, int]]] = defaultdict(dict)
        self._filled: dict[tuple[str, CostState, bool, Key], int] = defaultdict(int)

    def route(self, rows: Iterable[CostDocument]) -> list[Part]:
        """Give the parts of all rows; those that cannot be booked become faults."""
        parts: list[Part] = []
        for row in sorted(rows, key=canonical):
            if self._sound(row):
                parts.extend(self._place(row))
        return _mark_last(parts)

    def _sound(self, row: CostDocument) -> bool:
        event = event_of(row)
        agreement = row.agreement or self._agreement_of.get(row.deliverable or "")
        missing = Missing(row.on, row.campaign, row.creator, agreement)
        if row.cost_type not in COST_TYPES:
            sentence = (
                f"Cost type {row.cost_type!r} is unknown; use one of {', '.join(COST_TYPES)}."
            )
            self._collected.fault(FaultCode.UNKNOWN_TYPE, event, "R13", sentence, missing)
            return False
        if takes_back(row):
            row = positive(row)
            named = row.settles or agreement or row.state is not CostState.INVOICED
            wrong = row.state is CostState.COMMITTED or not named
        else:
            wrong = False
        cash = row.amount_minor + row.tax_minor - row.withheld_minor
        if wrong or min(row.amount_minor, row.tax_minor, row.withheld_minor, cash) < 0:
            sentence = (
                "An amount is below zero where it cannot be; a credit note names the document that "
                "it settles or its agreement."
            )
            self._collected.fault(FaultCode.NEGATIVE_AMOUNT, event, "R13", sentence, missing)
            return False
        return row.amount_minor + row.tax_minor > 0

    def _own_key(self, row: CostDocument) -> Key:
        agreement = row.agreement or self._agreement_of.get(row.deliverable or "")
        if agreement:
            return AGREEMENT, agreement, row.cost_type
        return DOCUMENT, row.document, row.line or ""

    def _place(self, given: CostDocument) -> list[Part]:
        back = takes_back(given)
        row = positive(given) if back else given
        own = self._own_key(row)
        settles = row.settles or row.document
        lines = self._targets.get(settles, {})
        if row.settles and not lines:
            sentence = f"It settles {row.settles}, which is unknown; it is booked on its own."
            self._collected.fault(FaultCode.UNKNOWN_DOCUMENT, event_of(row), "R16", sentence)
        alone = not row.settles and (row.state is not CostState.PAID or own[0] == AGREEMENT)
        if alone or not lines or (own in lines and (row.line or not row.settles)):
            shares = {own: row.amount_minor + row.tax_minor}
        else:
            shares = self._fill(settles, row, back=back)
        return self._parts(row, shares, back=back)

    def _fill(self, settles: str, row: CostDocument, *, back: bool) -> dict[Key, int]:
        """Fill the open lines of a document in their order; what is too much goes to the last."""
        left = row.amount_minor + row.tax_minor
        shares: dict[Key, int] = {}
        keys = sorted(self._targets[settles])
        for key in keys:
            by_state = self._targets[settles][key]
            target = by_state[max(by_state, key=STATES.index)]
            filled = self._filled[settles, row.state, back, key]
            shares[key] = min(left, max(0, target - filled))
            left -= shares[key]
        shares[keys[-1]] += left
        for key, share in shares.items():
            self._filled[settles, row.state, back, key] += share
        return {key: share for key, share in shares.items() if share}

    def _parts(self, row: CostDocument, shares: Mapping[Key, int], *, back: bool) -> list[Part]:
        weights = list(shares.values())
        taxes, kept = allocate(row.tax_minor, weights), allocate(row.withheld_minor, weights)
        parts = []
        for (key, share), tax, withheld in zip(shares.items(), taxes, kept, strict=True):
            if row.state is not CostState.PAID and not back:
                by_state = self._targets[row.document].setdefault(key, {})
                by_state[row.state] = by_state.get(row.state, 0) + share
            event = event_of(row) + (f">{'/'.join(key)}" if len(shares) > 1 else "")
            parts.append(Part(row, key, event, share - tax, tax, withheld, back=back))
        return parts


def positive(row: CostDocument) -> CostDocument:
    """Turn the sign of a row that takes back."""
    return replace(
        row,
        amount_minor=-row.amount_minor,
        tax_minor=-row.tax_minor,
        withheld_minor=-row.withheld_minor,
    )


def _mark_last(parts: list[Part]) -> list[Part]:
    last = {
        part.key: part.event
        for part in sorted(parts, key=lambda part: (part.row.on, part.event))
        if part.row.state is CostState.INVOICED and not part.back
    }
    return [replace(part, last=last.get(part.key) == part.event) for part in parts]
