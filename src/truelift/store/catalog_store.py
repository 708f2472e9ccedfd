"""The catalog's rows in the workspace database: every version kept, the current one not superseded.

In:   accepted rows of a workspace kind (facts.acceptance), with the stamp of their file.
Out:  a verdict per batch, and Arrow tables of what was known at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import sqlalchemy as sa

from truelift.base.columns import Kind
from truelift.store.bulk_rows import insert_rows
from truelift.store.catalog_tables import CATALOG
from truelift.store.ddl import accepted_schema
from truelift.store.stamp import Stamp
from truelift.store.verdicts import CHANGES, FORM, Verdict

STUB_ORIGINS = frozenset({"team_sheet"})
"""Origins that only name things so that their other rows have an owner; any other origin may say
more about them later."""

_BATCH = 5_000


def append(
    connection: sa.Connection, kind: Kind, rows: pa.Table, stamp: Stamp, *, keep: bool = True
) -> Verdict:
    """Keep what is new or newer of a batch; count what is known, name what conflicts.

    With `keep` off only the verdict is given.
    """
    table = CATALOG[kind.name]
    known = _current(connection, table, kind, stamp.brand)
    replaced = _replaced(connection, table, stamp)
    inserts: list[dict[str, object]] = []
    superseded: list[int] = []
    conflicts: list[tuple[int, str, bool]] = []
    duplicates = 0
    told: list[tuple[int, str]] = []
    for row in rows.to_pylist():
        before = known.get(tuple(row[name] for name in kind.key))
        verdict = _verdict(row, before, stamp, replaced)
        told.append((row["source_line"], verdict if before is not None else "new"))
        if verdict == "duplicate":
            duplicates += 1
            continue
        if before is not None and verdict in {"conflict", "same_import"}:
            conflicts.append((row["source_line"], before.origin, verdict == "same_import"))
            continue
        if before is not None:
            superseded.append(before.row_number)
        inserts.append(_stored(row | _kept(kind, row, before), stamp))
    if keep:
        _supersede(connection, table, superseded, stamp.recorded_at)
    for start in range(0, len(inserts) if keep else 0, _BATCH):
        insert_rows(connection, table, inserts[start : start + _BATCH])
    lines = pa.table(
        {
            "source_line": pa.array([line for line, _ in told], pa.int64()),
            "verdict": pa.array([verdict for _, verdict in told], pa.string()),
        }
    )
    accepted = len(inserts) - len(superseded)
    return Verdict(accepted, len(superseded), duplicates, tuple(conflicts), lines)


def changing(
    connection: sa.Connection, kind: Kind, rows: pa.Table, stamp: Stamp
) -> npt.NDArray[np.bool_]:
    """Mark the rows of a batch that would change something: new ones and updates."""
    table = CATALOG[kind.name]
    known = _current(connection, table, kind, stamp.brand)
    replaced = _replaced(connection, table, stamp)
    verdicts = [
        _verdict(row, known.get(tuple(row[name] for name in kind.key)), stamp, replaced)
        for row in rows.to_pylist()
    ]
    return np.isin(np.array(verdicts, "U12"), CHANGES)


def known_rows(
    connection: sa.Connection, kind: Kind, brand: str, known_at: dt.datetime | None = None
) -> pa.Table:
    """Give a brand's rows of a kind as known at a time (now when none is given), by natural key.

    The table has the kind's columns, `notes`, and where each row came from (source_file,
    source_line).
    """
    table = CATALOG[kind.name]
    where = [table.c.brand == brand]
    if known_at is None:
        where.append(table.c.superseded_at.is_(None))
    else:
        later = sa.or_(table.c.superseded_at.is_(None), table.c.superseded_at > known_at)
        where += [table.c.recorded_at <= known_at, later]
    names = [*kind.names, "notes", "source_file", "source_line"]
    order = [table.c[name].nulls_first() for name in kind.key]
    statement = sa.select(*[table.c[name] for name in names]).where(*where).order_by(*order)
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    fields = [field for field in accepted_schema(kind) if field.name in names]
    schema = pa.schema([*fields, pa.field("source_file", pa.string())])
    return pa.Table.from_pylist(rows, schema=schema)


def version(
    connection: sa.Connection, brand: str, kinds: Sequence[str]
) -> tuple[str, dt.datetime | None]:
    """Give a text that changes with a brand's rows of some kinds, and their newest recording.

    Rows are added, superseded and, when a person is erased, removed; nothing else changes them.
    """
    parts: list[str] = []
    times: list[dt.datetime] = []
    for kind in kinds:
        columns = CATALOG[kind].c
        asked = sa.select(
            sa.func.count(), sa.func.max(columns.row_number),
            sa.func.count(columns.superseded_at), sa.func.max(columns.recorded_at),
        ).where(columns.brand == brand)  # fmt: skip
        rows, last, superseded, recorded = connection.execute(asked).one()
        parts.append(f"{kind} {rows} {last or 0} {superseded} {recorded or ''}")
        times += [recorded] if recorded is not None else []
    return ", ".join(parts), max(times, default=None)


def newest_recording(connection: sa.Connection, brand: str) -> dt.datetime | None:
    """Give the newest recording time of any catalog row of a brand, naive UTC."""
    times = [
        connection.execute(
            sa.select(sa.func.max(table.c.recorded_at)).where(table.c.brand == brand)
        ).scalar()
        for table in CATALOG.values()
    ]
    return max((time for time in times if time is not None), default=None)


def rows_kept(connection: sa.Connection, kind: Kind, brand: str) -> int:
    """Count the rows of a kind that a brand ever had; it grows whenever one is added or changed."""
    table = CATALOG[kind.name]
    counted = sa.select(sa.func.count()).select_from(table).where(table.c.brand == brand)
    return int(connection.execute(counted).scalar_one())


def _current(
    connection: sa.Connection, table: sa.Table, kind: Kind, brand: str
) -> dict[tuple[object, ...], sa.Row[tuple[object, ...]]]:
    names = (*kind.key, "row_number", "row_hash", "origin", "source_sha256", "source_line")
    names += tuple(name for group in kind.kept for name in group)
    where = (table.c.brand == brand, table.c.superseded_at.is_(None))
    rows = connection.execute(sa.select(*[table.c[name] for name in names]).where(*where)).all()
    return {tuple(row[: len(kind.key)]): row for row in rows}


def _kept(
    kind: Kind, row: dict[str, object], before: sa.Row[tuple[object, ...]] | None
) -> dict[str, object]:
    """Give the cells known before of the columns that an update with empty cells never erases."""
    if before is None:
        return {}
    return {
        name: before._mapping[name]  # noqa: SLF001 - SQLAlchemy's public name for a row by columns
        for group in kind.kept
        if all(row[other] is None for other in group)
        for name in group
    }


def _replaced(connection: sa.Connection, table: sa.Table, stamp: Stamp) -> set[str]:
    """Give the hashes of rows that this very file gave before and that are no longer known."""
    where = (
        table.c.brand == stamp.brand,
        table.c.source_sha256 == stamp.sha256,
        table.c.superseded_at.is_not(None),
    )
    return set(connection.execute(sa.select(table.c.row_hash).where(*where)).scalars())


def _verdict(
    row: dict[str, object],
    before: sa.Row[tuple[object, ...]] | None,
    stamp: Stamp,
    replaced: set[str],
) -> str:
    """Say what a row is, by the rules of `store/sql/facts.judge.sql`."""
    if before is None:
        return "new"
    if before.row_hash == row["row_hash"]:
        return "duplicate"
    if before.source_sha256 == stamp.sha256:
        # the same line with other values: read in another way than before
        return "update" if before.source_line == row["source_line"] else "same_import"
    stub = stamp.origin in STUB_ORIGINS and before.origin not in STUB_ORIGINS
    if stub or row["row_hash"] in replaced:
        return "duplicate"
    replaces = stamp.origin == FORM or before.origin in {stamp.origin, *STUB_ORIGINS}
    return "update" if replaces else "conflict"


def _stored(row: dict[str, object], stamp: Stamp) -> dict[str, object]:
    kept = {name: value for name, value in row.items() if name != "day"}
    return kept | {
        "brand": stamp.brand,
        "origin": stamp.origin,
        "source_file": stamp.source_file,
        "source_sha256": stamp.sha256,
        "recorded_at": stamp.recorded_at,
    }


def _supersede(
    connection: sa.Connection, table: sa.Table, numbers: list[int], at: dt.datetime
) -> None:
    statement = (
        sa.update(table)
        .where(table.c.row_number == sa.bindparam("number"))
        .values(superseded_at=at)
    )
    if numbers:
        connection.execute(statement, [{"number": number} for number in numbers])
