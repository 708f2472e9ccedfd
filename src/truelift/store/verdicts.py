"""Verdicts: what each row of a batch is beside what is known, and what the batch comes to.

In:   the rows of `facts.judge`, or a kind to ask it about.
Out:  its SQL, the rows to keep, and a Verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Column, ColumnType, Kind
from truelift.store import queries

CHANGES = ("new", "update")
"""The verdicts of `facts.judge` that change something."""

UNDATED = "undated"
"""The verdict of a row without `updated_at` beside one that has it."""

UPDATED = "updated_at"

PAGE = "collect:page"
"""Origin of what a page's public key sent; nobody else's word is replaced by it."""

FORM = "form"
"""Origin of what a person wrote on a page, looking at what was known: it replaces that."""

_WEIGHED = (ColumnType.MONEY, ColumnType.CURRENCY, ColumnType.CODE, ColumnType.INSTANT)
"""Columns in which a row without `updated_at` has to agree with the dated one that is known."""

_KNOWN = "known_cell_"
"""Before the name of a column: its cell in the row that is known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rows of a batch were new, updated or already known, and which lines conflict.

    conflicts: (line, origin of the row that is kept, whether it came in this same import). lines:
    source_line and verdict of each row, in the words of `facts.judge`. undated: lines that conflict
    because they do not say when they were changed, and the row that is kept does.
    """

    accepted: int
    updated: int
    duplicate: int
    conflicts: tuple[tuple[int, str, bool], ...]
    lines: pa.Table
    undated: frozenset[int] = frozenset()


def judging(kind: Kind) -> str:
    """Give the SQL that judges rows of a kind."""
    newer, undated = "null", "false"
    if UPDATED in kind.names:
        others = [f'given."{each.name}"' for each in _of(kind, ColumnType.INSTANT)]
        later = f"greatest({', '.join(others)}) > known.updated_at"
        newer = (
            "case when given.updated_at > known.updated_at then 1"
            " when given.updated_at < known.updated_at then -1"
            f" when given.updated_at is null and {later} then 1 end"
        )
        undated = "given.updated_at is null and known.updated_at is not null"
    trust = (
        f"case when $origin = '{FORM}' then 1"
        f" when known.origin = '{PAGE}' and $origin <> '{PAGE}' then 1"
        f" when known.origin <> '{PAGE}' and $origin = '{PAGE}' then -1 end"
    )
    kept = "".join(f', known."{name}" as {_KNOWN}{name}' for group in kind.kept for name in group)
    words = {"newer": newer, "undated": undated, "trust": trust, "kept": kept}
    return queries.text("facts.judge").format(kind=kind.name, same=_same(kind), **words)


def agreeing(kind: Kind) -> str:
    """Give the SQL that finds undated rows which say nothing else than the rows that are known."""
    agrees = " and ".join(
        f'(given."{each.name}" is null or given."{each.name}" = known."{each.name}")'
        for each in _of(kind, *_WEIGHED)
    )
    return queries.text("facts.undated").format(kind=kind.name, same=_same(kind), agrees=agrees)


def settled(judged: pa.Table, agreeing_rows: pa.Table) -> pa.Table:
    """Say of undated rows that agree with what is known that they are old news."""
    agrees = pc.and_(
        among(judged, (UNDATED,)), pc.is_in(judged["position"], agreeing_rows["position"])
    )
    place = judged.schema.get_field_index("verdict")
    return judged.set_column(place, "verdict", pc.if_else(agrees, "stale", judged["verdict"]))


def _of(kind: Kind, *types: ColumnType) -> list[Column]:
    return [each for each in kind.columns if each.type in types and each.name != UPDATED]


def _same(kind: Kind) -> str:
    return " and ".join(f'known."{name}" = given."{name}"' for name in kind.key)


def with_what_was_known(kind: Kind, rows: pa.Table, judged: pa.Table) -> pa.Table:
    """Fill the empty cells of updates that never erase what was known before.

    The row's hash stays that of the row as it was given, so that the same file again is known.
    """
    for group in kind.kept:
        said = reduce(pc.or_, (pc.is_valid(rows[name]) for name in group))
        for name in group:
            cells = pc.if_else(said, rows[name], judged[_KNOWN + name])
            rows = rows.set_column(rows.schema.get_field_index(name), name, cells)
    return rows


def among(judged: pa.Table, words: tuple[str, ...]) -> pa.ChunkedArray:
    """Mark the rows whose verdict is one of some words."""
    return pc.is_in(judged["verdict"], pa.array(words))


def verdict(judged: pa.Table) -> Verdict:
    """Count what the rows of a batch are, and name those that conflict."""
    counted = {
        item["values"]: item["counts"] for item in judged["verdict"].value_counts().to_pylist()
    }
    conflicts = judged.filter(among(judged, ("conflict", "same_import", UNDATED))).to_pylist()
    return Verdict(
        accepted=counted.get("new", 0),
        updated=counted.get("update", 0),
        duplicate=counted.get("duplicate", 0) + counted.get("stale", 0),
        conflicts=tuple(
            (row["source_line"], row["known_origin"], row["verdict"] == "same_import")
            for row in conflicts
        ),
        lines=judged.select(["source_line", "verdict"]),
        undated=frozenset(row["source_line"] for row in conflicts if row["verdict"] == UNDATED),
    )
