"""A creator's own statement: what they are owed, and their rows, part by part.

In:   the ground of a person with the role of creator.
Out:  rows about that creator only, in an allow list of columns, amounts as decimal text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from truelift.base.errors import NotFound
from truelift.base.money import format_minor
from truelift.catalog.permission import Rights, Role
from truelift.operations import listing
from truelift.operations.own_rows import COLUMNS
from truelift.operations.people import Action, needs
from truelift.operations.reporting import ReportRequest, report
from truelift.store.ground import Ground

Row = dict[str, Any]

PAYABLE = "payable"
PARTS = (PAYABLE, "agreements", "deliverables", "codes", "links", "costs")
"""What the statement has, the sum first."""

_READER = Rights(frozenset({Role.AUDITOR}))


@needs(Action.READ_OWN)
def own_statement(ground: Ground, part: str) -> tuple[list[Row], set[str]]:
    """Give a part of the statement, and the names of its columns that hold amounts."""
    if part == PAYABLE:
        return _payable(ground), {"open"}
    if part not in COLUMNS:
        msg = f"There is no part {part!r} of a statement; there are {', '.join(PARTS)}."
        raise NotFound(msg)
    # the rows of a creator, also where the same person has another role besides
    them = replace(ground, rights=Rights(frozenset({Role.CREATOR}), creator=ground.rights.creator))
    rows = listing.as_imported(part, listing.listed(them, part), ground.brand.currency)
    return rows, listing.decimal_columns(part)


def _payable(ground: Ground) -> list[Row]:
    """Give what the books owe the creator, by agreement and since when; no more than that."""
    creator = ground.rights.creator
    if creator is None:
        return []
    try:
        request = ReportRequest("ageing", creator=creator)
        found = report(replace(ground, rights=_READER), request)
    except NotFound:  # nothing names this creator yet
        return []
    return [
        {
            "agreement": row["agreement"], "campaign": row["campaign"], "since": row["since"],
            "open": format_minor(row["open"], row["currency"]), "currency": row["currency"],
        }
        for row in found.statement.rows
        if row["creator"] == creator
    ]  # fmt: skip
