"""Segments: the log of accepted rows, in Parquet, which every fact table can be made from again.

In:   stored rows of one kind.
Out:  numbered files `segments/00000001.orders.parquet`, durable before they are named.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log: its number, the kind of its rows, and where it is."""

    number: int
    kind: str
    path: Path


class SegmentLog:
    """A folder of segments in the order they were accepted."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made when absent; a file that was never finished is removed."""
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob("*.writing"):
            unfinished.unlink()
        self._folder = folder
        self._last = max((segment.number for segment in self), default=0)

    def __iter__(self) -> Iterator[Segment]:
        """Give the segments in order of their numbers."""
        for path in sorted(self._folder.glob("*.parquet")):
            number, kind, _ = path.name.split(".")
            yield Segment(int(number), kind, path)

    def write(self, kind: str, rows: pa.Table) -> Segment:
        """Write rows as the next segment; on return it is on disk under its name."""
        number = self._last + 1
        path = self._folder / f"{number:08d}.{kind}.parquet"
        unfinished = path.with_suffix(".writing")
        pq.write_table(rows, unfinished, compression="zstd")
        _synchronise(unfinished)
        unfinished.rename(path)
        _synchronise(self._folder)
        self._last = number
        return Segment(number, kind, path)


def read_segment(segment: Segment) -> pa.Table:
    """Read the rows of a segment."""
    return pq.ParquetFile(segment.path).read()


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
