"""Own rows: what a creator who comes in as a creator sees: their own, and an allow list of columns.

In:   the ground of a person with the role of creator.
Out:  rows about that creator. What the brand earns, and what others are paid, is in no column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from truelift.base.errors import NotFound

Row = dict[str, Any]

COLUMNS: dict[str, tuple[str, ...]] = {
    "agreements": (
        "agreement", "campaign", "fee", "currency", "signed_on", "starts", "ends", "cancelled_on",
        "advance", "commission_rate", "commission_base", "commission_trigger", "commission_cap",
        "bonus_metric", "bonus_threshold", "bonus_amount", "usage_from", "usage_to", "usage_fee",
        "kind",
    ),
    "deliverables": (
        "deliverable", "agreement", "platform", "type", "price", "due_on", "live_at",
        "accepted_at", "post_id",
    ),
    "codes": ("code", "valid_from", "campaign", "valid_to", "kind"),
    "links": ("slug", "destination", "campaign", "post_id", "kind", "valid_from", "valid_to"),
    "costs": (
        "document", "line", "state", "date", "campaign", "agreement", "deliverable", "type",
        "amount", "currency", "tax", "withheld", "settles",
    ),
}  # fmt: skip
"""The kinds a creator may read, and the columns of each."""


def own_rows(kind: str, creator: str | None, read: Callable[[str], Sequence[Row]]) -> list[Row]:
    """Give the rows of a kind that are about one creator; NotFound for a kind that is never theirs.

    read: gives all rows of a kind.
    """
    if kind not in COLUMNS or creator is None:
        msg = f"There is nothing of yours in {kind!r}; ask for {', '.join(COLUMNS)}."
        raise NotFound(msg)
    agreements = {row["agreement"] for row in read("agreements") if row["creator"] == creator}
    rows = [row for row in read(kind) if _about(kind, row, creator, agreements)]
    return [{name: row[name] for name in COLUMNS[kind]} for row in rows]


def _about(kind: str, row: Row, creator: str, agreements: set[str]) -> bool:
    """Say whether a row is about a creator: named in it, else by the agreement it belongs to."""
    if kind != "deliverables" and row["creator"] is not None:
        return bool(row["creator"] == creator)
    return row.get("agreement") in agreements
