"""Listing: the stored facts and records as rows, with the file and line each came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from truelift.base.columns import ColumnType, Kind, Plane
from truelift.base.money import format_minor
from truelift.base.time import Instant
from truelift.facts.kinds import kind_named
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.own_rows import own_rows
from truelift.operations.people import PERSONAL_KINDS, Action, may, needs, note
from truelift.store import workspace_database as records
from truelift.store.ground import Ground

Row = dict[str, Any]

EVERYTHING = 2**62


@needs(Action.READ, also=Action.READ_OWN)
def listed(
    ground: Ground, kind: str, *, known_at: Instant | None = None, limit: int | None = None
) -> list[Row]:
    """Give the rows of a kind as known, by natural key; amounts in minor units of the row.

    Who may read only their own rows gets those, with the columns that are for creators.
    """
    what = kind_named(kind)
    if not may(ground, Action.READ):
        return own_rows(
            kind, ground.rights.creator, lambda name: _all(ground, name, known_at, None)
        )[:limit]
    if kind in PERSONAL_KINDS:
        note(ground, Action.READ.value, kind)
    return _all(ground, what.name, known_at, limit)


def _all(ground: Ground, kind: str, known_at: Instant | None, limit: int | None) -> list[Row]:
    return known_rows(knowledge(ground, known_at=known_at), kind_named(kind), limit)


def known_rows(known: Knowledge, what: Kind, limit: int | None) -> list[Row]:
    """Give the rows of a kind that are known, at most so many."""
    if what.plane is Plane.WORKSPACE:
        rows = known.rows(what.name)
        return rows[:limit]
    extra = ("class", "class_rule") if what.name == "clicks" else ()
    table = known.ground.facts.listing(
        what, extra, known.parameters | {"limit": EVERYTHING if limit is None else limit}
    )
    found: list[Row] = table.to_pylist()
    return found


def as_imported(kind: str, rows: Sequence[Row], currency: str) -> list[Row]:
    """Give the rows of a kind as an import reads them: amounts and shares as decimal text.

    currency: of amounts whose row names none (the brand's).
    """
    columns = kind_named(kind).columns
    money = [item.name for item in columns if item.type is ColumnType.MONEY]
    other = [(item.name, _DECIMALS[item.type]) for item in columns if item.type in _DECIMALS]
    written = []
    for row in rows:
        shown = dict(row)
        for name in money:
            if row.get(name) is not None:
                shown[name] = format_minor(row[name], row.get("currency") or currency)
        for name, text in other:
            if row.get(name) is not None:
                shown[name] = text(row[name])
        written.append(shown)
    return written


def decimal_columns(kind: str) -> set[str]:
    """Give the names of a kind's columns that hold amounts and rates."""
    numbers = {ColumnType.MONEY, ColumnType.UNIT_MONEY, ColumnType.RATE, ColumnType.DECIMAL}
    return {item.name for item in kind_named(kind).columns if item.type in numbers}


def _millionths(value: int) -> str:
    """Write whole millionths as a decimal without trailing zeros: 100000 -> '0.1'."""
    text = f"{Decimal(value).scaleb(-6):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shares(text: str) -> str:
    parts = (part.rpartition(":") for part in text.split(";"))
    return ";".join(f"{name}:{_millionths(int(share))}" for name, _, share in parts)


_DECIMALS: dict[ColumnType, Callable[[Any], str]] = {
    ColumnType.UNIT_MONEY: _millionths,
    ColumnType.RATE: _millionths,
    ColumnType.SHARES: _shares,
}


@needs(Action.READ)
def baselines(ground: Ground) -> list[Row]:
    """Give the sealed baselines, oldest first, those that were corrected beside their successors.

    weight_alone: of the creator's own posts in the level, where peers were drawn on (peer_level).
    """
    with ground.workspace.transaction() as connection:
        seals = records.seals(connection, ground.brand.brand)
    corrections = {seal.sha256: seal.record.get("correction") or {} for seal in seals}
    replaced = {told["supersedes"]: sha256 for sha256, told in corrections.items() if told}
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
            "weight_alone": _peers(seal.record).get("weight_alone"),
            "peer_level": _peers(seal.record).get("peer_level"),
            "metric_break": seal.record.get("metric_break"),
            "sha256": seal.sha256,
            "supersedes": corrections[seal.sha256].get("supersedes"),
            "reason": corrections[seal.sha256].get("reason"),
            "superseded_by": replaced.get(seal.sha256),
        }
        for seal in seals
    ]


def _peers(record: Row) -> Row:
    found: Row = (record["estimate"] or {}).get("peers") or {}
    return found


@needs(Action.READ)
def quarantine(ground: Ground) -> list[Row]:
    """Give the refused rows, by file and line; as they were sent, so reading them is logged."""
    note(ground, Action.READ.value, "quarantine")
    with ground.workspace.transaction() as connection:
        rows = records.quarantined(connection, ground.brand.brand)
    names = ("source_file", "line", "column", "kind", "reason", "message", "raw", "recorded_at")
    return [{name: row[name] for name in names} for row in rows]
