"""Unowned codes: codes that orders carry and nobody owns, so that what they sold is nobody's.

In:   what is known of orders, codes and aliases.
Out:  how many orders carry each, what they came to, and when the first and the last was.
"""

from __future__ import annotations

from typing import Any

from truelift.base.money import format_minor
from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, needs
from truelift.store.ground import Ground

Row = dict[str, Any]


@needs(Action.READ)
def unowned_codes(ground: Ground) -> list[Row]:
    """Give the codes of nobody, those of most orders first, a row per currency."""
    rows: list[Row] = knowledge(ground).read("attribution.unowned_codes").to_pylist()
    return [
        row | {"orders": int(row["orders"]), "net": format_minor(int(row["net"]), row["currency"])}
        for row in rows
    ]
