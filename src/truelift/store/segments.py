"""Segments: the log of accepted rows, in Parquet, which every fact table can be made from again.

In:   stored rows of one kind.
Out:  numbered files `segments/00000001.orders.parquet`, durable before they are named.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from truelift.base.errors import TrueliftError

_NAME = re.compile(r"(\d{8,})\.([a-z_]+)\.parquet")


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log: its number, the kind of its rows, and where it is."""

    number: int
    kind: str
    path: Path


class SegmentLog:
    """A folder of segments in the order they were accepted."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is touched only when the log is taken."""
        self._folder = folder
        self._last = 0

    def __iter__(self) -> Iterator[Segment]:
        """Give the segments in order of their numbers; files of other names are not the log's."""
        named = ((_NAME.fullmatch(path.name), path) for path in self._folder.glob("*.parquet"))
        found = [Segment(int(name[1]), name[2], path) for name, path in named if name]
        yield from sorted(found, key=lambda segment: segment.number)

    def named(self, number: int, kind: str) -> Segment:
        """Name a segment by its number and kind, without looking whether it is there."""
        return Segment(number, kind, self._folder / f"{number:08d}.{kind}.parquet")

    def take(self) -> None:
        """Become the log's only writer: remove what a crash left unfinished, find the last number.

        Whoever calls holds the facts file: another process may be writing a segment until then.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for unfinished in self._folder.glob("*.writing"):
            unfinished.unlink()
        self._last = max((segment.number for segment in self), default=0)

    def write(self, kind: str, rows: pa.Table) -> Segment:
        """Write rows as the next segment; on return it is on disk under its name."""
        number = self._last + 1
        segment = self.named(number, kind)
        unfinished = segment.path.with_suffix(".writing")
        pq.write_table(rows, unfinished, compression="zstd")
        _synchronise(unfinished)
        unfinished.rename(segment.path)
        _synchronise(self._folder)
        self._last = number
        return segment


def read_segment(segment: Segment, columns: Sequence[str] | None = None) -> pa.Table:
    """Read the rows of a segment, or some columns; TrueliftError when the file is damaged."""
    try:
        return pq.ParquetFile(segment.path).read(columns=columns)
    except (pa.ArrowException, OSError) as error:
        msg = (
            f"The segment {segment.path} cannot be read, it is damaged; "
            "restore the file from a backup."
        )
        raise TrueliftError(msg) from error


def segment_brands(segment: Segment) -> set[str]:
    """Give the brands whose rows a segment holds."""
    brands = read_segment(segment, ["brand"])["brand"]
    return {brand.as_py() for brand in brands.unique()}


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
