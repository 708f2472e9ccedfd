"""Hits in the lake: what nodes have sealed, and which nodes there are.

In:   the lake's place; frames of a node's spool.
Out:  `<lake>/hits`, a row per frame, byte for byte and with its place in the node's spool, and
      `<lake>/nodes`, a row per change of a node's whereabouts.

    lake = HitLake("s3://bucket/lake")
    lake.hits.append("eu-1", 7, rows)
    for place, payload in lake.after("eu-1", Mark("…-000000.log", 4096), 50_000):
        …
"""

from __future__ import annotations

import datetime as dt
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from truelift.store.delta_table import PARTITION, LakeAway, LakeRefused, LakeTable, plainly
from truelift.store.node_folder import Mark

HITS = pa.schema(
    [
        ("node", pa.string()),
        ("segment", pa.string()),
        ("first_byte", pa.int64()),
        ("byte_after", pa.int64()),
        ("payload", pa.binary()),
        ("kept_at", pa.timestamp("us")),
    ]
)
"""A frame of a spool. payload: as it stood in the frame; null for bytes that cannot be read.
kept_at: when its segment was begun, at most a minute before the hit."""

NODES = pa.schema(
    [
        ("node", pa.string()),
        ("number", pa.int64()),
        ("incarnation", pa.string()),
        ("address", pa.string()),
        ("gone", pa.bool_()),
        ("told_at", pa.timestamp("us")),
    ]
)


class NameTaken(LakeRefused):
    """Another folder is the node of this name."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node as the lake knows it.

    incarnation: of its folder, made once. address: where its spool's end can be had. gone: it was
    given up for good.
    """

    node: str
    number: int
    incarnation: str
    address: str
    gone: bool
    told_at: dt.datetime


class HitLake:
    """The two tables of a lake; used from one thread."""

    def __init__(self, lake: str, owner: str = "") -> None:
        """Name the lake, a folder or an address. owner: the workspace's id; others' are refused."""
        self.uri, self.owner = lake.rstrip("/"), owner
        self.hits = LakeTable(f"{self.uri}/hits", HITS, owner)
        self._nodes = LakeTable(f"{self.uri}/nodes", NODES, owner)
        self._read: tuple[int, list[Node]] | None = None

    def make(self) -> None:
        """Make the tables where there are none."""
        self.hits.make()
        self._nodes.make()

    def beside(self) -> HitLake:
        """Give the same lake for another thread."""
        return HitLake(self.uri, self.owner)

    def nodes(self) -> list[Node]:
        """Give every node that ever told of itself, as it told last; LakeRefused for damage."""
        found, amiss = self.readable_nodes()
        if amiss:
            raise LakeRefused(" ".join(amiss))
        return found

    def readable_nodes(self) -> tuple[list[Node], list[str]]:
        """Give the nodes of what can be read, and sentences about what cannot.

        Of a version that was read whole it is known.
        """
        version = self._nodes.snapshot().version
        if self._read is not None and self._read[0] == version:
            return self._read[1], []
        newest: dict[str, Node] = {}
        amiss: list[str] = []
        with reading(self._nodes):
            files = list(self._nodes.table().to_pyarrow_dataset().get_fragments())
        for file in files:
            try:
                rows = file.to_table(columns=NODES.names).to_pylist()
            except (OSError, pa.ArrowException) as error:
                amiss.append(f"{self._nodes.uri}/{file.path} cannot be read: {plainly(error)}.")
                continue
            for row in rows:
                if any(row[name] is None for name in NODES.names):
                    amiss.append(f"A row of {self._nodes.uri} is damaged: {str(row)[:200]}.")
                elif row["node"] not in newest or newest[row["node"]].number < row["number"]:
                    newest[row["node"]] = Node(**row)
        found = [newest[name] for name in sorted(newest)]
        self._read = None if amiss else (version, found)
        return found, amiss

    def known(self, node: str, incarnation: str) -> Node | None:
        """Give a node as the lake knows it; NameTaken when another folder has its name."""
        found, amiss = self.readable_nodes()
        known = next((each for each in found if each.node == node), None)
        if amiss and self._nodes.held(node) != (0 if known is None else known.number):
            raise LakeRefused(" ".join(amiss))  # what it told last is in what cannot be read
        if known is not None and known.incarnation != incarnation:
            raise NameTaken(_taken(known))
        return known

    def tell(
        self, node: str, incarnation: str, address: str, now: dt.datetime, *, gone: bool = False
    ) -> None:
        """Write where a node is; LakeRefused when another folder has its name."""
        known = self.known(node, incarnation)
        if known is not None and (known.address, known.gone) == (address, gone):
            return
        number = 1 if known is None else known.number + 1
        row = {
            "node": node, "number": number, "incarnation": incarnation, "address": address,
            "gone": gone, "told_at": now, PARTITION: now.date().isoformat(),
        }  # fmt: skip
        rows = pa.Table.from_pylist([row], NODES.append(pa.field(PARTITION, pa.string())))
        if not self._nodes.append(node, number, rows):
            msg = f"Another process told the lake of node {node} meanwhile; it is asked again."
            raise LakeAway(msg)

    def after(
        self, node: str, mark: Mark, most: int
    ) -> Iterator[tuple[str, int, int, bytes | None]]:
        """Give (segment, first byte, byte after, payload) of a node's rows after a mark, in order.

        The first one begins before the mark where that is inside a frame. Whole segments, as many
        as hold `most` rows; nothing when there is none after it.
        """
        with reading(self.hits):
            rows = self.hits.table().to_pyarrow_dataset()
            places = rows.to_table(columns=["segment"], filter=_after(node, mark))
            counts = sorted(
                (each["values"], each["counts"])
                for each in pc.value_counts(places["segment"]).to_pylist()
            )
            if not counts:
                return
            last, total = mark.segment, 0
            for segment, count in counts:
                if total and total + count > most:
                    break
                last, total = segment, total + count
            wanted = _after(node, mark) & (pc.field("segment") <= last)
            found = rows.to_table(
                columns=["segment", "first_byte", "byte_after", "payload"], filter=wanted
            ).sort_by([("segment", "ascending"), ("first_byte", "ascending")])
        for batch in found.to_batches():
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def end(self, node: str) -> Mark:
        """Give the end of the last frame of a node; the beginning when there is none."""
        with reading(self.hits):
            rows = self.hits.table().to_pyarrow_dataset()
            columns = ["segment", "byte_after"]
            found = rows.to_table(columns=columns, filter=pc.field("node") == node)
            if not found.num_rows:
                return Mark()
            segment = pc.max(found["segment"])
            return Mark(
                segment.as_py(),
                pc.max(found.filter(pc.equal(found["segment"], segment))["byte_after"]).as_py(),
            )

    def drop(self, day: dt.date, marks: Mapping[str, Mark]) -> bool:
        """Remove days before one, when all their hits are before the marks; say if any went.

        The files stay until `vacuum`; a day that holds a hit that was not taken in stays whole.
        """
        table, before = self.hits.table(), day.isoformat()
        with reading(self.hits):
            rows = table.to_pyarrow_dataset()
            old = pc.field(PARTITION) < before
            held = rows.to_table(columns=["node"], filter=old)
            names = set(pc.unique(held["node"]).to_pylist())
            waiting = any(
                rows.count_rows(filter=old & _after(name, marks.get(name, Mark())))
                for name in names
            )
            if not names or waiting:
                return False
            table.delete(f"{PARTITION} < '{before}'")
        return True


@dataclass(slots=True)
class Frames:
    """Frames of one segment: first byte, byte after, and payload, None where none can be read."""

    first: array[int] = field(default_factory=lambda: array("q"))
    after: array[int] = field(default_factory=lambda: array("q"))
    payloads: list[bytes | None] = field(default_factory=list)

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.payloads)

    def before(self, byte: int | None) -> Frames:
        """Give those that end at a byte at the latest; all of them for None."""
        if byte is None:
            return self
        count = bisect_right(self.after, byte)
        return Frames(self.first[:count], self.after[:count], self.payloads[:count])


def hit_rows(node: str, frames: Sequence[tuple[str, Frames]]) -> pa.Table:
    """Make rows of frames, by segment."""
    segments: list[pa.Table] = []
    for segment, told in frames:
        begun = int(segment.partition("-")[0])
        count = len(told)
        columns = [
            pa.repeat(pa.scalar(node), count), pa.repeat(pa.scalar(segment), count),
            pa.array(np.frombuffer(told.first, np.int64)),
            pa.array(np.frombuffer(told.after, np.int64)),
            pa.array(told.payloads, pa.binary()),
            pa.repeat(pa.scalar(1000 * begun, pa.timestamp("us")), count),
            pa.repeat(pa.scalar(_day(segment)), count),
        ]  # fmt: skip
        segments.append(pa.Table.from_arrays(columns, [*HITS.names, PARTITION]))
    return pa.concat_tables(segments)


def _day(segment: str) -> str:
    begun = int(segment.partition("-")[0])
    return dt.datetime.fromtimestamp(begun / 1000, dt.UTC).date().isoformat()


class reading:  # noqa: N801 - a context manager, as contextlib's own
    """Turns what reading files of a table raises into LakeAway."""

    def __init__(self, table: LakeTable) -> None:
        """Name the table."""
        self._uri = table.uri

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        """Say what went wrong as what it means."""
        if error is None:
            return
        from deltalake.exceptions import DeltaError  # noqa: PLC0415 - the extra, when it is used

        if isinstance(error, (DeltaError, OSError, pa.ArrowException)):
            msg = f"The lake table {self._uri} cannot be read: {plainly(error)}."
            raise LakeAway(msg) from error


def _after(node: str, mark: Mark) -> ds.Expression:
    """Say which rows are of a node and after a mark; by the day too, which spares whole files."""
    segment = pc.field("segment")
    wanted = (pc.field("node") == node) & (
        (segment > mark.segment)
        | ((segment == mark.segment) & (pc.field("byte_after") > mark.byte))
    )
    if not mark.segment:
        return wanted
    return wanted & (pc.field(PARTITION) >= _day(mark.segment)) & (segment >= mark.segment)


def _taken(known: Node) -> str:
    return (
        f"Another node is called {known.node} (it told of itself at {known.told_at:%Y-%m-%d %H:%M} "
        f"UTC, from {known.address or 'elsewhere'}); give this one a name and a folder of its own. "
        "If that one's disk is lost for good, its name is lost with it."
    )
