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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import ColumnType, Kind
from truelift.base.errors import TrueliftError
from truelift.base.time import Instant
from truelift.store import day_spans, parts, queries, verdicts
from truelift.store.day_spans import kind_by_day
from truelift.store.ddl import FACT_KINDS, create_fact_table, quoted, stored_schema
from truelift.store.facts_file import PLAIN, FactsDamaged, Limits, ask, close_connection, open_facts
from truelift.store.parts import Matrix, Work
from truelift.store.queries import Heavy, Parameters
from truelift.store.segments import (
    LOST,
    NUMBER_COLUMN,
    SUPERSEDES_COLUMN,
    Segment,
    SegmentLog,
    kind_of,
    missing_number,
    read_segment,
)
from truelift.store.stamp import Stamp, stamped
from truelift.store.verdicts import CHANGES, Verdict

Span = tuple[Instant, Instant]
"""From an instant to before another one."""

_OCCURRED = {kind.name: str(kind.occurred) for kind in FACT_KINDS}

CARRIED = ("spool_taken", "answered_request", "applied_delivery")
"""Tables beside the facts that no segment holds."""


@dataclass(slots=True)
class _Log:
    """Whether the log holds rows that are not applied yet; shared by the cursors of a file."""

    behind: bool = False


class FactsEngine:
    """Appends facts and answers queries; one process owns the file."""

    def __init__(
        self,
        path: str | Path = ":memory:",
        segments: SegmentLog | None = None,
        heavy: Heavy | None = None,
        limits: Limits = PLAIN,
    ) -> None:
        """Open or make the database, and apply segments that a crash left unapplied.

        heavy: answers heavy questions in place of this engine, with the same rows.
        """
        self._connection = open_facts(path, limits)
        self._segments = segments
        self._heavy = self._owned = heavy
        self._log = _Log()
        self._together = self._inside = False
        try:
            for kind in FACT_KINDS:
                self._connection.execute(create_fact_table(kind))
            for name in ("facts.schema", "live.schema", "kept.schema"):
                self._connection.execute(queries.text(name))
            self._check_columns()
            if segments is not None:
                segments.take()
                self._catch_up(segments)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database; the file is then free for another process, and end the heavy engine.

        A thread that still asks something is interrupted: what it was told to do was cut off.
        """
        close_connection(self._connection)
        if self._owned is not None:
            self._owned.close()

    def beside(self) -> FactsEngine:
        """Give the same facts on a cursor of their own, for another thread; it is closed too.

        What one commits others see from their next query on; one at a time appends (store.turn).
        """
        return self._on(self._connection.cursor(), self._segments, self._log, self._heavy)

    def lent(self) -> duckdb.DuckDBPyConnection:
        """Give a cursor that a process beside this one reads with (store.lent_facts)."""
        return self._connection.cursor()

    @classmethod
    def over(
        cls,
        connection: Any,  # noqa: ANN401 - a lent one
        segments: SegmentLog | None,
        heavy: Heavy | None = None,
    ) -> FactsEngine:
        """Read facts over a connection of the process that owns the file; that one appends."""
        return cls._on(connection, segments, _Log(), heavy, owned=heavy)

    @classmethod
    def _on(
        cls,
        connection: Any,  # noqa: ANN401 - as above
        segments: SegmentLog | None,
        log: _Log,
        heavy: Heavy | None,
        owned: Heavy | None = None,
    ) -> FactsEngine:
        other = object.__new__(cls)
        other._connection, other._segments, other._log = connection, segments, log
        other._heavy, other._owned = heavy, owned
        other._together = other._inside = False
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

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Read one state of the file inside, and commit with the transaction around, if any."""
        with self._transaction():
            yield

    def keep(
        self, name: str, parameters: Parameters, relations: Mapping[str, pa.Table] | None = None
    ) -> None:
        """Run the statements of a file that change tables beside the facts."""
        with self._given(relations or {}):
            for statement in filter(str.strip, queries.text(name).split(";")):
                asked = {key: parameters[key] for key in queries.parameters(statement)}
                self._connection.execute(statement, asked)

    def carried(self) -> dict[str, pa.Table]:
        """Give what stands beside the facts and is not made of segments."""
        sql = queries.text("live.carried")
        return {
            table: self._connection.sql(sql.format(table=table)).to_arrow_table()
            for table in CARRIED
        }

    def carry(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over what `carried` gave of another file."""
        for table, rows in tables.items():
            with self._given({"given_rows": rows}), self._transaction():
                self._connection.execute(queries.text("live.carry").format(table=table))

    def read(
        self,
        name: str,
        parameters: Parameters,
        relations: Mapping[str, pa.Table] | None = None,
        narrowed: Mapping[str, pa.Table] | None = None,
        spans: Mapping[str, Span] | None = None,
    ) -> pa.Table:
        """Run the query of a file and give its rows as an Arrow table.

        relations: tables handed in under the names the query asks for (`catalog_codes`, ...).
        narrowed: by fact kind, the known rows that the query sees instead of all of them. spans: by
        fact kind, from when to before when the rows happened that it sees.
        """
        few, within = narrowed or {}, spans or {}
        between = {kind: _OCCURRED[kind] for kind in within}
        bounds = {
            f"{kind}_{word}": at
            for kind, span in within.items()
            for word, at in zip(("since", "until"), span, strict=True)
        }
        if self._heavy is not None and not few and self._heavy.answers(name):
            return self._heavy.read(name, {**parameters, **bounds}, relations or {}, between)
        kind = kind_by_day(queries.text(name))
        if kind is not None and not {*few, *within} and self._rows_of(kind) > day_spans.MOST_ROWS:
            return self._by_day(kind, name, parameters, relations)
        sql = queries.render(queries.text(name), narrowed=few, between=between)
        asked = {key: {**parameters, **bounds}[key] for key in queries.parameters(sql)}
        given = {**(relations or {}), **{f"narrowed_{kind}": few[kind] for kind in few}}
        with self._given({name: table for name, table in given.items() if name in sql}):
            return ask(self._connection, sql, asked)

    def _rows_of(self, kind: str) -> int:
        sql = queries.text("facts.rows_of").format(kind=kind)
        return int(self._connection.execute(sql).fetchall()[0][0])

    def _by_day(
        self,
        kind: str,
        name: str,
        parameters: Parameters,
        relations: Mapping[str, pa.Table] | None,
    ) -> pa.Table:
        """Ask a query some days at a time, of one state of the facts."""
        sql = queries.text("facts.rows_by_day").format(kind=kind)
        with self._transaction():
            days = ask(self._connection, sql, {"brand": parameters["brand"]}).to_pylist()
            answers = [
                span.own(self.read(name, parameters, relations, spans={kind: span.instants}))
                for span in day_spans.spans(days, day_spans.MOST_ROWS)
            ]
        return day_spans.joined(answers)

    def apply(self, work: Work, inputs: Iterable[object]) -> Iterator[Matrix]:
        """Apply a pure function to inputs where heavy questions are answered, else here."""
        return (parts.here if self._heavy is None else self._heavy.apply)(work, inputs)

    @property
    def log(self) -> SegmentLog | None:
        """Give the log of segments; None where what is appended is not logged."""
        return self._segments

    def logged(self, number: int, kind: str, columns: Sequence[str]) -> pa.Table | None:
        """Give columns of the rows of a segment; None when it was merged, or there is no log."""
        return None if self._segments is None else self._segments.read(number, kind, columns)

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

    def newest_by_source(self, kind: Kind, asked: Parameters) -> pa.Table:
        """Give the newest row of a kind by source: $brand, $recorded from then on, $since."""
        sql = queries.text("live.freshness").format(
            kind=kind.name,
            occurred=f'"{kind.occurred}"',
            source='"source"' if "source" in kind.names else "''",
        )
        return self._connection.sql(sql, params=dict(asked)).to_arrow_table()

    def recording_days(self, kind: Kind, parameters: Parameters) -> pa.Table:
        """Give the days on which rows of a kind came in, by source: $brand, $since, $known_at."""
        source = '"source"' if "source" in kind.names else "''"
        sql = queries.text("live.recordings").format(kind=kind.name, source=source)
        return self._connection.sql(sql, params=dict(parameters)).to_arrow_table()

    def occurred(self, kind: Kind, brand: str, keys: pa.Table) -> pa.Table:
        """Give when the known rows of some natural keys happened: the key's columns and `at`."""
        sql = queries.text("live.occurred").format(
            kind=kind.name,
            occurred=f'"{kind.occurred}"',
            keys=", ".join(f'known."{name}"' for name in kind.key),
            same=" and ".join(
                f'coalesce(known."{name}", \'\') = given."{name}"' for name in kind.key
            ),
        )
        with self._given({"given_rows": keys}):
            return self._connection.sql(sql, params={"brand": brand}).to_arrow_table()

    def append(self, kind: Kind, rows: pa.Table, stamp: Stamp, *, keep: bool = True) -> Verdict:
        """Judge a batch against what is known, log what is new as a segment, and commit it.

        rows: the columns that facts.acceptance gives. With `keep` off only the verdict is given.
        """
        self._catch_up_when_behind()
        with self._transaction():
            judged = self._judged(kind, rows, stamp)
            changes = judged.filter(verdicts.among(judged, CHANGES))
            kept = verdicts.with_what_was_known(kind, rows.take(changes["position"]), changes)
            if keep and kept.num_rows:
                newer = verdicts.among(changes, ("update",))
                self._log_and_apply(kind, stamped(kept, stamp), newer)
        if keep and not self._together:
            self._log.behind = False
        return verdicts.verdict(judged)

    def revise(self, kind: Kind, rows: pa.Table, at: Instant) -> None:
        """Write rows that are known once more, with other cells, as of a time.

        rows: stored rows, whole. They keep their origin and the hash of the row as it was given, so
        that the same file or notice again is known.
        """
        names = [name for name in stored_schema(kind).names if name in rows.column_names]
        when = pa.repeat(pa.scalar(at, pa.timestamp("us")), rows.num_rows)
        place = names.index("recorded_at")
        with self._transaction():
            told = rows.select(names).set_column(place, "recorded_at", when)
            self._log_and_apply(kind, told, pa.repeat(pa.scalar(True), rows.num_rows))  # noqa: FBT003 - a value of a column
        if not self._together:
            self._log.behind = False

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
        judged = self._judged(kind, rows, stamp)
        mask: npt.NDArray[np.bool_] = verdicts.among(judged, CHANGES).to_numpy()
        return mask

    def _judged(self, kind: Kind, rows: pa.Table, stamp: Stamp) -> pa.Table:
        incoming = rows.append_column("position", pa.array(np.arange(rows.num_rows)))
        with self._given({"incoming": incoming}):
            judged = self._connection.sql(
                verdicts.judging(kind), params=stamp.parameters
            ).to_arrow_table()
            if not pc.any(verdicts.among(judged, (verdicts.UNDATED,))).as_py():
                return judged
            agreeing = self._connection.sql(verdicts.agreeing(kind), params={"brand": stamp.brand})
            return verdicts.settled(judged, agreeing.to_arrow_table())

    def _log_and_apply(self, kind: Kind, rows: pa.Table, newer: pa.Array) -> None:
        """Write rows to the log and apply them; newer: which of them supersede a known one."""
        number, rows = 0, rows.append_column(SUPERSEDES_COLUMN, newer)
        if self._segments is not None:
            # from here on the rows are accepted: should applying them fail, they are applied later
            self._log.behind = True
            number = self._segments.write(kind.name, rows).number
        self._apply(kind, rows, newer=bool(pc.any(newer).as_py()))
        self._note_applied(kind, _numbered(rows, number))

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
        kind, rows = kind_of(segment), read_segment(segment)
        if NUMBER_COLUMN not in rows.column_names:
            self._apply(kind, rows)
            self._note_applied(kind, _numbered(rows, segment.number))
            return
        fresh = pa.array(sorted(set(segment.numbers) - applied), pa.int64())
        rows = rows.filter(pc.is_in(rows[NUMBER_COLUMN], fresh))
        self._note_applied(kind, rows)
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

    def _note_applied(self, kind: Kind, rows: pa.Table) -> None:
        """Write down which segments are applied, by the number that each row has."""
        with self._given({"applied_rows": rows.select([NUMBER_COLUMN, "brand"])}):
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
                if segment.kind != LOST and not applied.issuperset(segment.numbers):
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
        if self._inside:
            yield
            return
        self._connection.begin()
        self._inside = True
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        finally:
            self._inside = False
        self._connection.commit()


def _newest(times: list[Any]) -> Any:  # noqa: ANN401 - a date or a time, whichever is given
    return max((time for time in times if time is not None), default=None)


def _numbered(rows: pa.Table, number: int) -> pa.Table:
    """Give each row the number of the segment that holds it."""
    numbers = pa.repeat(pa.scalar(number, pa.int64()), rows.num_rows)
    return rows.append_column(NUMBER_COLUMN, numbers)
