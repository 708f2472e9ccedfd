"""Segments: the log of accepted rows, in Parquet, which every fact table can be made from again.

In:   stored rows of one kind.
Out:  numbered files `segments/00000001.orders.parquet`, durable before they are named.

Small segments of one kind that follow each other are merged: `00000001-00000040.orders.parquet`
holds the rows of all of them in their order, each row with the number of its segment. The merged
file's name is the switch: from the moment it stands, the segments it holds are left aside wherever
they still lie, and whoever takes the log next removes them.
"""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from truelift.base.columns import Kind
from truelift.base.errors import TrueliftError
from truelift.store.ddl import FACT_KINDS

NUMBER_COLUMN = "log_number"
"""In merged files: the number of the segment that a row came in."""

SUPERSEDES_COLUMN = "supersedes"
"""Whether a row superseded one that was known; segments of before it have no such column."""

FEWEST = 16
"""So many segments of one size class are merged; each row is written anew once per class."""

MOST_AT_ONCE = 256
LARGEST_BYTES = 2 * 2**20
"""A larger segment stays as it is, which bounds what a merge holds in memory."""

LOST = "lost"
"""In place of a kind: numbers whose rows no longer are anywhere; such a file holds none."""

_NAME = re.compile(r"(\d{8,})(-\d{8,})?\.([a-z_]+)\.parquet")
_NUMBERS = b"truelift.segments"


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log: its first number, the kind of its rows, and where it is.

    numbers: of the segments that it holds; more than one when it was merged.
    """

    number: int
    kind: str
    path: Path
    numbers: tuple[int, ...]


class SegmentLog:
    """A folder of segments in the order they were accepted."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is touched only when the log is taken."""
        self._folder = folder
        self._last = 0
        self._merged: dict[Path, tuple[int, ...]] = {}
        self.still = threading.RLock()
        """Held by who reads what it lists: no file is merged away meanwhile."""

    def __iter__(self) -> Iterator[Segment]:
        """Give the segments in order of their numbers; files of other names are not the log's."""
        yield from self._stand_or_aside()[0]

    def read(self, number: int, kind: str, columns: Sequence[str]) -> pa.Table | None:
        """Read columns of the rows of a segment; None when it was merged with others."""
        with self.still:
            segment = self._named(number, kind)
            return read_segment(segment, columns) if segment.path.exists() else None

    def take(self) -> None:
        """Become the log's only writer: remove what a crash left unfinished, find the last number.

        Whoever calls holds the facts file: another process may be writing a segment until then.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for unfinished in self._folder.glob("*.writing"):
            unfinished.unlink()
        standing, aside = self._stand_or_aside()
        for segment in aside:
            segment.path.unlink()
        self._last = max((segment.numbers[-1] for segment in standing), default=0)

    def _stand_or_aside(self) -> tuple[list[Segment], list[Segment]]:
        """Part what counts from what a merged file holds already; each in order of number."""
        found = []
        for path in self._folder.glob("*.parquet"):
            if name := _NAME.fullmatch(path.name):
                numbers = self._numbers(path) if name[2] else (int(name[1]),)
                found.append(Segment(numbers[0], name[3], path, numbers))
        standing: list[Segment] = []
        aside: list[Segment] = []
        held: set[int] = set()
        for segment in sorted(found, key=lambda each: (-len(each.numbers), each.number)):
            (aside if held.issuperset(segment.numbers) else standing).append(segment)
            held.update(segment.numbers)
        return sorted(standing, key=lambda each: each.number), aside

    def _numbers(self, path: Path) -> tuple[int, ...]:
        """Read which segments a merged file holds; it never changes."""
        if path not in self._merged:
            try:
                told = (pq.read_schema(path).metadata or {})[_NUMBERS]
                self._merged[path] = tuple(map(int, told.split(b",")))
            except (pa.ArrowException, OSError, KeyError, ValueError) as error:
                raise _damaged(path) from error
        return self._merged[path]

    def _named(self, number: int, kind: str) -> Segment:
        path = self._folder / f"{number:08d}.{kind}.parquet"
        return Segment(number, kind, path, (number,))

    def write(self, kind: str, rows: pa.Table) -> Segment:
        """Write rows as the next segment; on return it is on disk under its name."""
        number = self._last + 1
        segment = self._named(number, kind)
        unfinished = segment.path.with_suffix(".writing")
        pq.write_table(rows, unfinished, compression="zstd")
        _synchronise(unfinished)
        unfinished.rename(segment.path)
        _synchronise(self._folder)
        self._last = number
        return segment

    def to_merge(self, before: float) -> Iterator[list[Segment]]:
        """Give runs of segments that are worth a merge.

        Those of a run are of one kind, follow each other, are of one size class and were written
        before a time (seconds since 1970).
        """
        by_kind: dict[str, list[Segment]] = defaultdict(list)
        for segment in self:
            by_kind[segment.kind].append(segment)
        for several in by_kind.values():
            for size_class, run in groupby(several, key=lambda each: _size_class(each, before)):
                merging = list(run)[:MOST_AT_ONCE]
                if size_class is not None and len(merging) >= FEWEST:
                    yield merging

    def merge(self, run: Sequence[Segment]) -> Segment | None:
        """Make one segment of those of a run that have the same columns; None when none do."""
        tables = [(each, _numbered(each)) for each in run]
        alike = [list(group) for _, group in groupby(tables, key=lambda pair: pair[1].schema)]
        several, given = zip(*max(alike, key=len), strict=True)
        if len(several) == 1:
            return None
        numbers = tuple(number for each in several for number in each.numbers)
        rows = pa.concat_tables(given)
        told = ",".join(map(str, numbers)).encode()
        rows = rows.replace_schema_metadata({_NUMBERS: told})
        kind = several[0].kind
        path = self._folder / f"{numbers[0]:08d}-{numbers[-1]:08d}.{kind}.parquet"
        unfinished = path.with_suffix(".writing")
        pq.write_table(rows, unfinished, compression="zstd")
        _synchronise(unfinished)
        with self.still:
            unfinished.rename(path)
            _synchronise(self._folder)
            for each in several:
                each.path.unlink()
        return Segment(numbers[0], kind, path, numbers)


def write_run(folder: Path, kind: str, numbers: Sequence[int], rows: pa.Table) -> None:
    """Write rows, each with its number, as one merged file; nobody reads the folder yet."""
    path = folder / f"{numbers[0]:08d}-{numbers[-1]:08d}.{kind}.parquet"
    told = rows.replace_schema_metadata({_NUMBERS: ",".join(map(str, numbers)).encode()})
    pq.write_table(told, path, compression="zstd")
    _synchronise(path)


def put_in_place(fresh: Path, folder: Path) -> None:
    """Make a folder of written files the log's; it is whole there or not at all."""
    _synchronise(fresh)
    fresh.replace(folder)
    _synchronise(folder.parent)


def kind_of(segment: Segment) -> Kind:
    """Give the kind of a segment's rows; TrueliftError for one that this version does not know."""
    for kind in FACT_KINDS:
        if kind.name == segment.kind:
            return kind
    msg = (
        f"The segment {segment.path} holds {segment.kind}, which this version does not know; "
        "install the version of Truelift that wrote it, or a later one."
    )
    raise TrueliftError(msg)


def _size_class(segment: Segment, before: float) -> int | None:
    """Give how often its rows were merged, roughly; None when it is to be left alone."""
    told = segment.path.stat()
    if told.st_size > LARGEST_BYTES or told.st_mtime >= before:
        return None
    size_class, reached = 0, FEWEST
    while len(segment.numbers) >= reached:
        size_class, reached = size_class + 1, reached * FEWEST
    return size_class


def _numbered(segment: Segment) -> pa.Table:
    rows = read_segment(segment)
    if NUMBER_COLUMN in rows.column_names:
        return rows.replace_schema_metadata(None)
    numbers = pa.repeat(pa.scalar(segment.number, pa.int64()), rows.num_rows)
    return rows.append_column(NUMBER_COLUMN, numbers).replace_schema_metadata(None)


def read_segment(segment: Segment, columns: Sequence[str] | None = None) -> pa.Table:
    """Read the rows of a segment, or some columns; TrueliftError when the file is damaged."""
    try:
        return pq.ParquetFile(segment.path).read(columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(segment.path) from error


def _damaged(path: Path) -> TrueliftError:
    return TrueliftError(
        f"The segment {path} cannot be read, it is damaged; restore the file from a backup."
    )


def missing_number(present: set[int], applied: set[int]) -> int | None:
    """Give the first number that the log must have and has not; None when it is whole.

    Numbers are given without gaps, so a gap is a lost file even when nothing knows its rows.
    """
    wanted = set(range(1, max(present | applied, default=0) + 1))
    return min(wanted - present, default=None)


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
