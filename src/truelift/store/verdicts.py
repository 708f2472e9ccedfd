"""Verdicts: what each row of a batch is beside what is known, and what the batch comes to.

In:   the rows of `facts.judge`, or a kind to ask it about.
Out:  its SQL, the rows to keep, and a Verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Kind
from truelift.store import queries

CHANGES = ("new", "update")
"""The verdicts of `facts.judge` that change something."""

_KNOWN = "known_cell_"
"""Before the name of a column: its cell in the row that is known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rows of a batch were new, updated or already known, and which lines conflict.

    conflicts: (line, origin of the row that is kept, whether it came in this same import). lines:
    source_line and verdict of each row, in the words of `facts.judge`.
    """

    accepted: int
    updated: int
    duplicate: int
    conflicts: tuple[tuple[int, str, bool], ...]
    lines: pa.Table


def judging(kind: Kind) -> str:
    """Give the SQL that judges rows of a kind."""
    same = " and ".join(f'known."{name}" = given."{name}"' for name in kind.key)
    newer = "null"
    if "updated_at" in kind.names:
        newer = (
            "case when given.updated_at is null or known.updated_at is null then null"
            " when given.updated_at > known.updated_at then 1"
            " when given.updated_at < known.updated_at then -1 end"
        )
    kept = "".join(f', known."{name}" as {_KNOWN}{name}' for group in kind.kept for name in group)
    return queries.text("facts.judge").format(kind=kind.name, same=same, newer=newer, kept=kept)


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
    conflicts = judged.filter(among(judged, ("conflict", "same_import"))).to_pylist()
    return Verdict(
        accepted=counted.get("new", 0),
        updated=counted.get("update", 0),
        duplicate=counted.get("duplicate", 0) + counted.get("stale", 0),
        conflicts=tuple(
            (row["source_line"], row["known_origin"], row["verdict"] == "same_import")
            for row in conflicts
        ),
        lines=judged.select(["source_line", "verdict"]),
    )
