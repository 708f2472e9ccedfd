"""The lake: accepted segments in Delta tables, one per kind of fact, for engines of many machines.

In:   the log of segments of a node, numbered without gaps.
Out:  tables `<lake>/facts/<kind>` that hold every accepted row once, and what they do not hold yet.

A row is never changed there: that a newer version supersedes it follows from the order of the
numbers, as in the facts file. Kinds that grow with every visit are parted by the day of the event,
the others by its month: a history of two years would else be hundreds of tiny files per kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Kind
from truelift.store import queries
from truelift.store.ddl import FACT_KINDS, stored_schema
from truelift.store.delta_table import PARTITION, LakeRefused, LakeTable, Snapshot
from truelift.store.segments import (
    NUMBER_COLUMN,
    SUPERSEDES_COLUMN,
    Segment,
    SegmentLog,
    read_segment,
)

BY_DAY = frozenset({"clicks", "landings"})
MOST_ROWS = 1_000_000
"""So many rows are in memory at a time; one commit holds them."""


def lake_schema(kind: Kind) -> pa.Schema:
    """Give the columns of a kind's table: what is stored, and what its segment says of a row.

    That is the segment's number, and whether the row superseded another one.
    """
    told = (pa.field(NUMBER_COLUMN, pa.int64()), pa.field(SUPERSEDES_COLUMN, pa.bool_()))
    return pa.schema([*stored_schema(kind), *told])


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a sealing did: segments and rows by kind."""

    segments: int = 0
    rows: int = 0


@dataclass(slots=True)
class Lake:
    """The tables of a lake, and the node that seals its segments into them.

    owner: the id of the workspace; a lake of another one is refused.
    """

    uri: str
    node: str
    owner: str = ""
    _tables: dict[str, LakeTable] = field(default_factory=dict)
    _agreed: dict[str, int] = field(default_factory=dict)

    def table(self, kind: Kind) -> LakeTable:
        """Give the table of a kind."""
        if kind.name not in self._tables:
            uri = f"{self.uri.rstrip('/')}/facts/{kind.name}"
            self._tables[kind.name] = LakeTable(uri, lake_schema(kind), self.owner)
        return self._tables[kind.name]

    def make(self) -> None:
        """Make every table that is not there yet; LakeRefused, LakeAway."""
        for kind in FACT_KINDS:
            self.table(kind).make()

    def seal(self, log: SegmentLog) -> Sealed:
        """Append what the lake does not hold yet, in order; each number is held once.

        LakeRefused, LakeAway: what was appended until then is held, and the rest is taken up again.
        """
        segments = rows = 0
        with log.still:
            last = max((each.numbers[-1] for each in log), default=0)
        for kind in FACT_KINDS:
            table = self.table(kind)
            held = table.held(self.node)
            self._agree(kind, log, held)
            # Not for ever, where more comes all the time.
            while held < last and (found := _next(kind, log, held)) is not None:
                held, part = found
                table.append(self.node, held, parted(kind, part))
                self._agreed[kind.name] = held
                segments, rows = segments + 1, rows + part.num_rows
        return Sealed(segments, rows)

    def snapshot(self, kind: Kind) -> Snapshot:
        """Give a kind's table at its newest version."""
        return self.table(kind).snapshot([self.node])

    def tail(self, kind: Kind, log: SegmentLog, snapshot: Snapshot) -> pa.Table:
        """Give the accepted rows of a kind that a version of its table does not hold yet."""
        held = snapshot.held[self.node]
        self._agree(kind, log, held)
        with log.still:
            parts = [part for _, part in _parts(kind, list(log), held)]
        return pa.concat_tables([lake_schema(kind).empty_table(), *parts])

    def _agree(self, kind: Kind, log: SegmentLog, held: int) -> None:
        """See that the last segment the table holds is the one that this log has by its number.

        A folder that was restored from a backup gives its numbers a second time, with other rows.
        """
        if not held or self._agreed.get(kind.name) == held:
            return
        with log.still:  # and not while the lake is asked, which may hang
            named = [each for each in log if each.kind == kind.name and held in each.numbers]
            rows = [numbered(kind, each) for each in named]
        ours = [each.filter(pc.equal(each[NUMBER_COLUMN], held))["row_hash"] for each in rows]
        theirs = self.table(kind).of(NUMBER_COLUMN, held, "row_hash")
        mine = sorted(text for column in ours for text in column.to_pylist())
        if mine != sorted(theirs.to_pylist()):
            msg = (
                f"The lake table {self.table(kind).uri} holds other rows as segment {held} than "
                "this folder has: one of the two was restored from a backup. Name a new lake in "
                "workspace.toml, and it is filled again."
            )
            raise LakeRefused(msg)
        self._agreed[kind.name] = held


def parted(kind: Kind, rows: pa.Table) -> pa.Table:
    """Add the column that files are parted by: a day, or the first of a month; text."""
    at = rows["recorded_at"]
    if kind.occurred is not None:
        at = pc.coalesce(rows[kind.occurred].cast(pa.timestamp("us")), at)
    if kind.name not in BY_DAY:
        at = pc.floor_temporal(at, unit="month")
    return rows.append_column(PARTITION, pc.strftime(at, format="%Y-%m-%d"))


def superseding(kind: Kind) -> str:
    """Write how many rows of a kind superseded one, or may have, as the column `rows`."""
    return queries.text("lake.superseding").format(kind=kind.name)


def versions(kind: Kind, quote: str, superseding: int) -> str:
    """Write the rows of a kind with when each was superseded, as the facts file has it.

    In: a relation `lake_<kind>`. quote: the sign about names, which engines do not share.
    superseding: how many of its rows superseded one, or may have.
    """
    keys = ("brand", *kind.key)

    def named(names: Sequence[str], words: str = "", between: str = ", ") -> str:
        return between.join(f"{quote}{name}{quote}{words}" for name in names)

    same = " and ".join(
        f"superseded.{quote}{name}{quote} = rows.{quote}{name}{quote}" for name in keys
    )
    return queries.text("lake.versions" if superseding else "lake.only_versions").format(
        kind=kind.name,
        columns=named(stored_schema(kind).names),
        key=named(keys),
        named=named(keys, " is not null", " and "),
        same=same,
    )


def _parts(kind: Kind, segments: Sequence[Segment], held: int) -> Iterator[tuple[int, pa.Table]]:
    """Give rows of a kind above a number in their order, some segments at a time.

    With them comes the last number that they reach; never part of a number's rows.
    """
    gathered: list[pa.Table] = []
    last = held
    for segment in segments:
        if segment.kind != kind.name or segment.numbers[-1] <= held:
            continue
        rows = numbered(kind, segment)
        gathered.append(rows.filter(pc.greater(rows[NUMBER_COLUMN], held)))
        last = segment.numbers[-1]
        if sum(each.num_rows for each in gathered) >= MOST_ROWS:
            yield last, pa.concat_tables(gathered)
            gathered = []
    if gathered:
        yield last, pa.concat_tables(gathered)


def _next(kind: Kind, log: SegmentLog, held: int) -> tuple[int, pa.Table] | None:
    """Give the first of those parts; the log stays still only while it is read."""
    with log.still:
        return next(_parts(kind, list(log), held), None)


def numbered(kind: Kind, segment: Segment) -> pa.Table:
    """Read a segment with every column of its kind's table; what an older one lacks is null."""
    rows = read_segment(segment)
    if NUMBER_COLUMN not in rows.column_names:
        number = pa.repeat(pa.scalar(segment.number, pa.int64()), rows.num_rows)
        rows = rows.append_column(NUMBER_COLUMN, number)
    columns = [
        rows[each.name].cast(each.type)
        if each.name in rows.column_names
        else pa.nulls(rows.num_rows, each.type)
        for each in lake_schema(kind)
    ]
    return pa.Table.from_arrays(columns, schema=lake_schema(kind))
