"""Held commission: what of an invoice waits because its orders are disputed. Nothing is posted.

In:   invoices that may be paid with the commission each asks for, and what is held by agreement.
Out:  how much of each invoice is held.

A hold is no entry: the cost stands as it was accrued, and the order earns what it earned. What is
held is taken off the oldest invoices of an agreement first, for they asked for it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice that may be paid: what it asks for each agreement's commission, and is open."""

    document: str
    currency: str
    open_minor: int
    commission: Mapping[str, int]


def held_of(asked: Iterable[Asked], held: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Give what of each invoice is held: document -> minor units, 0 left out.

    asked: the oldest first. held: (agreement, currency) -> minor units that are held.
    """
    left = dict(held)
    found: dict[str, int] = {}
    for invoice in asked:
        room = invoice.open_minor
        for agreement, amount in sorted(invoice.commission.items()):
            key = agreement, invoice.currency
            cut = max(0, min(left.get(key, 0), amount, room))
            if cut:
                left[key] -= cut
                room -= cut
                found[invoice.document] = found.get(invoice.document, 0) + cut
    return found
