"""Listing: the stored facts and records as rows, with the file and line each came from."""

from __future__ import annotations

from typing import Any

from truelift.base.columns import Plane
from truelift.base.time import Instant
from truelift.facts.kinds import kind_named
from truelift.operations.knowledge import knowledge
from truelift.store import workspace_database as records
from truelift.store.ground import Ground

Row = dict[str, Any]

EVERYTHING = 2**62


def listed(
    ground: Ground, kind: str, *, known_at: Instant | None = None, limit: int | None = None
) -> list[Row]:
    """Give the rows of a kind as known, by natural key; amounts in minor units of the row."""
    what = kind_named(kind)
    known = knowledge(ground, known_at=known_at)
    if what.plane is Plane.WORKSPACE:
        rows = known.rows(kind)
        return rows[:limit]
    extra = ("class", "class_rule") if kind == "clicks" else ()
    table = ground.facts.listing(
        what, extra, known.parameters | {"limit": EVERYTHING if limit is None else limit}
    )
    found: list[Row] = table.to_pylist()
    return found


def baselines(ground: Ground) -> list[Row]:
    """Give the sealed baselines, oldest first."""
    with ground.workspace.transaction() as connection:
        seals = records.seals(connection, ground.brand.brand)
    return [
        {
            "campaign": seal.campaign,
            "creator": seal.creator,
            "metric": seal.metric,
            "platform": seal.platform,
            "sealed_at": seal.sealed_at,
            "sealed_by": seal.sealed_by,
            "late": seal.record["late"],
            "posts": seal.record["posts"]["n"],
            "level": (seal.record["estimate"] or {}).get("level"),
            "withheld": seal.record["withheld"],
            "sha256": seal.sha256,
        }
        for seal in seals
    ]


def quarantine(ground: Ground) -> list[Row]:
    """Give the refused rows, by file and line."""
    with ground.workspace.transaction() as connection:
        rows = records.quarantined(connection, ground.brand.brand)
    names = ("source_file", "line", "column", "kind", "reason", "message", "raw", "recorded_at")
    return [{name: row[name] for name in names} for row in rows]
