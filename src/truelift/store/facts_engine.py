"""The facts engine, embedded: one DuckDB file, made again at any time from its segments.

In:   accepted rows (facts.acceptance) and names of queries (store/sql).
Out:  verdicts per batch, and Arrow tables.

Rows are never changed: a newer version supersedes an older one, so that what was known at any time
can be asked again. The truth is the log of Parquet segments; a segment is on disk (fsync, rename)
before the rows it holds are committed, and a segment that a crash left unapplied is applied at the
next opening.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import ColumnType, Kind
from truelift.base.errors import TrueliftError, WorkspaceHeld
from truelift.base.time import Instant
from truelift.store import queries
from truelift.store.ddl import FACT_KINDS, create_fact_table, quoted, stored_schema
from truelift.store.segments import (
    NUMBER_COLUMN,
    Segment,
    SegmentLog,
    missing_number,
    read_segment,
)

Parameters = Mapping[str, object]

MEMORY_LIMIT = "4GB"

CHANGES = ("new", "update")
"""The verdicts of `facts.judge` that change something."""

_KNOWN = "known_cell_"
"""Before the name of a column: its cell in the row that is known."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every stored row carries: whose, who says so, from which file, and when it was recorded.

    recorded_at: naive UTC. sha256: of the file.
    """

    brand: str
    origin: str
    source_file: str
    sha256: str
    recorded_at: dt.datetime


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


@dataclass(slots=True)
class _Log:
    """Whether the log holds rows that are not applied yet; shared by the cursors of a file."""

    behind: bool = False


class FactsDamaged(TrueliftError):
    """The facts file cannot be used; its segments can, and it is made again from them."""


class FactsEngine:
    """Appends facts and answers queries; one process owns the file."""

    def __init__(self, path: str | Path = ":memory:", segments: SegmentLog | None = None) -> None:
        """Open or make the database, and apply segments that a crash left unapplied."""
        self._connection = _connect(str(path))
        self._segments = segments
        self._log = _Log()
        self._together = False
        try:
            for kind in FACT_KINDS:
                self._connection.execute(create_fact_table(kind))
            for name in ("facts.schema", "live.schema"):
                self._connection.execute(queries.text(name))
            self._check_columns()
            if segments is not None:
                segments.take()
                self._catch_up(segments)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database; the file is then free for another process."""
        self._connection.close()

    def beside(self) -> FactsEngine:
        """Give the same facts on a cursor of their own, for another thread; it is closed too.

        What one cursor commits the others see from their next query on. Cursors may read at once;
        one at a time appends (store.turn).
        """
        other = object.__new__(type(self))
        other._connection = self._connection.cursor()
        other._segments, other._log = self._segments, self._log
        other._together = False
        return other

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Commit everything that is written inside at once, or none of it."""
        self._catch_up_when_behind()
        with self._transaction():
            self._together = True
            try:
                yield
            finally:
                self._together = False
        self._log.behind = False

    def keep(self, name: str, parameters: Parameters) -> None:
        """Run a statement of a file that changes a table beside the facts."""
        sql = queries.text(name)
        for statement in filter(None, (part.strip() for part in sql.split(";"))):
            asked = {key: parameters[key] for key in queries.parameters(statement)}
            self._connection.execute(statement, asked)

    def read(
        self, name: str, parameters: Parameters, relations: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """Run the query of a file and give its rows as an Arrow table.

        relations: tables handed in under the names the query asks for (`catalog_codes`, ...).
        """
        sql = queries.render(queries.text(name))
        asked = {key: parameters[key] for key in queries.parameters(sql)}
        named = {name: table for name, table in (relations or {}).items() if name in sql}
        with self._given(named):
            return self._connection.sql(sql, params=asked).to_arrow_table()

    def listing(self, kind: Kind, extra: tuple[str, ...], parameters: Parameters) -> pa.Table:
        """Give the stored rows of a kind by natural key, with the file and line each came from."""
        sql = queries.text("facts.listing").format(
            kind=kind.name,
            columns=quoted([*kind.names, *extra]),
            order=", ".join(f'"{name}" nulls first' for name in kind.key),
        )
        rendered = queries.render(sql)
        asked = {key: parameters[key] for key in queries.parameters(rendered)}
        return self._connection.sql(rendered, params=asked).to_arrow_table()

    def newest_by_source(self, kind: Kind, brand: str, since: Instant) -> pa.Table:
        """Give the newest row of a kind by source, and how many came in since a time."""
        sql = queries.text("live.freshness").format(
            kind=kind.name,
            occurred=f'"{kind.occurred}"',
            source='"source"' if "source" in kind.names else "''",
        )
        return self._connection.sql(sql, params={"brand": brand, "since": since}).to_arrow_table()

    def recording_days(self, kind: Kind, parameters: Parameters) -> pa.Table:
        """Give the days on which rows of a kind came in, by source: $brand, $since, $known_at."""
        source = '"source"' if "source" in kind.names else "''"
        sql = queries.text("live.recordings").format(kind=kind.name, source=source)
        return self._connection.sql(sql, params=dict(parameters)).to_arrow_table()

    def append(self, kind: Kind, rows: pa.Table, stamp: Stamp, *, keep: bool = True) -> Verdict:
        """Judge a batch against what is known, log what is new as a segment, and commit it.

        rows: the columns that facts.acceptance gives. With `keep` off only the verdict is given.
        """
        self._catch_up_when_behind()
        with self._transaction():
            judged = self._judged(kind, rows, stamp)
            changes = judged.filter(_in(judged, CHANGES))
            kept = _with_what_was_known(kind, rows.take(changes["position"]), changes)
            if keep and kept.num_rows:
                newer = bool(pc.any(_in(judged, ("update",))).as_py())
                self._log_and_apply(kind, _stamped(kept, stamp), newer=newer)
        if keep and not self._together:
            self._log.behind = False
        return _verdict(judged)

    def compact(self, before: float) -> int:
        """Merge small segments written before a time; give how many were merged, 0 for none."""
        if self._segments is None:
            return 0
        for run in self._segments.to_merge(before):
            merged = self._segments.merge(run)
            if merged is not None:
                return len(merged.numbers)
        return 0

    def recordings(self, brand: str) -> tuple[Instant | None, dt.date | None, Instant | None]:
        """Give a brand's newest event time, newest event day, and newest recording time (UTC).

        Kinds that happen on a day and not at a time give the day, in the brand's time zone.
        """
        moments: list[Any] = []
        days: list[Any] = []
        recorded: list[Any] = []
        for kind in FACT_KINDS:
            if kind.occurred is None:
                continue
            sql = queries.text("facts.newest").format(kind=kind.name, occurred=kind.occurred)
            newest, latest = self._connection.execute(sql, {"brand": brand}).fetchall()[0]
            timed = kind.column(kind.occurred).type is ColumnType.INSTANT
            (moments if timed else days).append(newest)
            recorded.append(latest)
        return _newest(moments), _newest(days), _newest(recorded)

    def changing(self, kind: Kind, rows: pa.Table, stamp: Stamp) -> npt.NDArray[np.bool_]:
        """Mark the rows of a batch that would change something: new ones and updates."""
        self._catch_up_when_behind()
        mask: npt.NDArray[np.bool_] = _in(self._judged(kind, rows, stamp), CHANGES).to_numpy()
        return mask

    def _judged(self, kind: Kind, rows: pa.Table, stamp: Stamp) -> pa.Table:
        incoming = rows.append_column("position", pa.array(np.arange(rows.num_rows)))
        with self._given({"incoming": incoming}):
            return self._connection.sql(_judge(kind), params=_parameters(stamp)).to_arrow_table()

    def _log_and_apply(self, kind: Kind, rows: pa.Table, *, newer: bool) -> None:
        number = 0
        if self._segments is not None:
            # from here on the rows are accepted: should applying them fail, they are applied later
            self._log.behind = True
            number = self._segments.write(kind.name, rows).number
        self._apply(kind, rows, newer=newer)
        self._note_applied(kind, pa.array([number] * rows.num_rows, pa.int64()))

    def _apply(self, kind: Kind, rows: pa.Table, *, newer: bool = True) -> None:
        """Insert rows; `newer` off says that none of them supersedes one that is known."""
        names = [name for name in rows.schema.names if name in stored_schema(kind).names]
        if newer:
            self._supersede(kind, rows)
        with self._given({"segment_rows": rows}):
            self._connection.execute(
                queries.text("facts.insert").format(kind=kind.name, columns=quoted(names))
            )

    def _supersede(self, kind: Kind, rows: pa.Table) -> None:
        """Say of known rows that these are newer versions of them."""
        same = " and ".join(f'known."{name}" = given."{name}"' for name in ("brand", *kind.key))
        with self._given({"segment_rows": rows}):
            self._connection.execute(
                queries.text("facts.supersede").format(kind=kind.name, same=same)
            )

    def _apply_segment(self, segment: Segment, applied: set[int]) -> None:
        """Apply what a segment holds of numbers that are not applied yet."""
        kind, rows = _kind_of(segment), read_segment(segment)
        if NUMBER_COLUMN not in rows.column_names:
            self._apply(kind, rows)
            self._note_applied(kind, pa.array([segment.number] * rows.num_rows, pa.int64()))
            return
        fresh = pa.array(sorted(set(segment.numbers) - applied), pa.int64())
        rows = rows.filter(pc.is_in(rows[NUMBER_COLUMN], fresh))
        self._note_applied(kind, rows[NUMBER_COLUMN])
        keys = ("brand", *kind.key)
        words = {
            "kind": kind.name,
            "columns": quoted(
                [name for name in rows.schema.names if name in stored_schema(kind).names]
            ),
            "key": quoted(keys),
            "number": NUMBER_COLUMN,
            "named": " and ".join(f'"{name}" is not null' for name in keys),
        }
        with self._given({"segment_rows": rows}):
            sql = queries.text("facts.first_versions").format(**words)
            first = self._connection.sql(sql).to_arrow_table()
        self._supersede(kind, first)
        with self._given({"segment_rows": rows}):
            self._connection.execute(queries.text("facts.insert_merged").format(**words))

    def _note_applied(self, kind: Kind, numbers: pa.Array | pa.ChunkedArray) -> None:
        """Write down which segments are applied; numbers: of each row."""
        with self._given({"applied_rows": pa.table({"number": numbers})}):
            self._connection.execute(queries.text("facts.applied"), {"kind": kind.name})

    def _check_columns(self) -> None:
        """Refuse tables that another version made: the segments are its upgrade, by a rebuild."""
        stored: dict[str, set[str]] = defaultdict(set)
        for table, column in self._connection.execute(queries.text("facts.columns")).fetchall():
            stored[table].add(column)
        for kind in FACT_KINDS:
            wanted = {*stored_schema(kind).names, "superseded_at"}
            if stored[f"fact_{kind.name}"] != wanted:
                msg = (
                    f"The facts file was made by another version ({kind.name} has other columns); "
                    "run `truelift rebuild` to make it again from its segments."
                )
                raise FactsDamaged(msg)

    def _catch_up_when_behind(self) -> None:
        if self._log.behind and self._segments is not None and not self._together:
            self._catch_up(self._segments)

    def _catch_up(self, log: SegmentLog) -> None:
        """Apply the segments that are on disk and not in the file, in their order."""
        with log.still:
            rows = self._connection.execute(queries.text("facts.applied_numbers")).fetchall()
            applied = {row[0] for row in rows}
            segments = list(log)
            present = {number for segment in segments for number in segment.numbers}
            missing = missing_number(present, applied)
            if missing is not None:
                msg = (
                    f"Segment {missing:08d} is missing from the segments folder, and with it rows "
                    "that were accepted; restore the file from a backup."
                )
                raise TrueliftError(msg)
            for segment in segments:
                if not applied.issuperset(segment.numbers):
                    with self._transaction():
                        self._apply_segment(segment, applied)
        self._log.behind = False

    @contextlib.contextmanager
    def _given(self, relations: Mapping[str, pa.Table]) -> Iterator[None]:
        for name, table in relations.items():
            self._connection.register(name, table)
        try:
            yield
        finally:
            for name in relations:
                self._connection.unregister(name)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._together:
            yield
            return
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()


def _with_what_was_known(kind: Kind, rows: pa.Table, judged: pa.Table) -> pa.Table:
    """Fill the empty cells of updates that never erase what was known before.

    The row's hash stays that of the row as it was given, so that the same file again is known.
    """
    for group in kind.kept:
        said = reduce(pc.or_, (pc.is_valid(rows[name]) for name in group))
        for name in group:
            cells = pc.if_else(said, rows[name], judged[_KNOWN + name])
            rows = rows.set_column(rows.schema.get_field_index(name), name, cells)
    return rows


def _newest(times: list[Any]) -> Any:  # noqa: ANN401 - a date or a time, whichever is given
    return max((time for time in times if time is not None), default=None)


def _connect(path: str) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(path)
    except duckdb.Error as error:
        if "lock" in str(error):
            msg = f"The facts file {path} is open in another process; stop that one first."
            raise WorkspaceHeld(msg) from error
        msg = f"The facts file {path} is damaged; run `truelift rebuild` to make it again."
        raise FactsDamaged(msg) from error
    connection.execute(queries.text("facts.session"), {"memory": MEMORY_LIMIT})
    return connection


def _kind_of(segment: Segment) -> Kind:
    for kind in FACT_KINDS:
        if kind.name == segment.kind:
            return kind
    msg = (
        f"The segment {segment.path} holds {segment.kind}, which this version does not know; "
        "install the version of Truelift that wrote it, or a later one."
    )
    raise TrueliftError(msg)


def _judge(kind: Kind) -> str:
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


def _parameters(stamp: Stamp) -> dict[str, object]:
    return {"brand": stamp.brand, "origin": stamp.origin, "sha256": stamp.sha256}


def _stamped(rows: pa.Table, stamp: Stamp) -> pa.Table:
    values = (
        ("brand", pa.string(), stamp.brand),
        ("origin", pa.string(), stamp.origin),
        ("source_file", pa.string(), stamp.source_file),
        ("source_sha256", pa.string(), stamp.sha256),
        ("recorded_at", pa.timestamp("us"), stamp.recorded_at),
    )
    for name, arrow_type, value in values:
        column = pa.repeat(pa.scalar(value, arrow_type), rows.num_rows)
        rows = rows.append_column(name, column)
    return rows


def _in(judged: pa.Table, verdicts: tuple[str, ...]) -> pa.ChunkedArray:
    return pc.is_in(judged["verdict"], pa.array(verdicts))


def _verdict(judged: pa.Table) -> Verdict:
    counted = {
        item["values"]: item["counts"] for item in judged["verdict"].value_counts().to_pylist()
    }
    conflicts = judged.filter(_in(judged, ("conflict", "same_import"))).to_pylist()
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
