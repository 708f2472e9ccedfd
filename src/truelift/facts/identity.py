"""Identity: what makes two rows the same row, and two rows the same thing told differently.

The row hash says that two rows were given alike in every column (an update may leave some of them
empty and keep what was known there); the natural key says that they speak of
the same thing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

_HASH_BYTES = 16
_EMPTY = np.iinfo(np.int64).min
"""Stands for an empty cell: no number, length or moment that is kept can be this low."""


def row_hashes(columns: Sequence[pa.Array]) -> pa.Array:
    """Give each row's 128-bit BLAKE2b as 32 hex digits, over all columns in their order.

    A row is written as its numbers and the lengths of its texts (64-bit, little-endian), then the
    texts: no two different rows are written alike, and every machine writes the same bytes.
    """
    rows = len(columns[0])
    numbers = np.empty((rows, len(columns)), "<i8")
    for place, column in enumerate(columns):
        numbers[:, place] = _numbers(column)
    texts = [column for column in columns if pa.types.is_string(column.type)]
    written, ends = _written(numbers, texts)
    digests = b"".join(
        [
            hashlib.blake2b(written[start:end], digest_size=_HASH_BYTES).digest()
            for start, end in pairwise(ends)
        ]
    )
    starts = np.arange(rows + 1, dtype=np.int32) * (2 * _HASH_BYTES)
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(starts), pa.py_buffer(digests.hex().encode())
    )


def _numbers(column: pa.Array) -> npt.NDArray[np.int64]:
    """Give a number per cell that says what it is: the value, or the length of a text."""
    if pa.types.is_string(column.type):
        column = pc.binary_length(column)
    elif pa.types.is_date32(column.type):
        column = pc.cast(column, pa.int32())
    whole = pc.fill_null(pc.cast(column, pa.int64()), int(_EMPTY))
    numbers: npt.NDArray[np.int64] = whole.to_numpy()
    return numbers


def _written(numbers: npt.NDArray[np.int64], texts: Sequence[pa.Array]) -> tuple[bytes, list[int]]:
    """Give all rows one after the other as bytes, and where each begins and ends."""
    rows, width = numbers.shape[0], numbers.shape[1] * numbers.itemsize
    fixed = pa.Array.from_buffers(pa.binary(width), rows, [None, pa.py_buffer(numbers.tobytes())])
    parts = [pc.cast(part, pa.binary()) for part in (fixed, *texts)]
    joined = pc.binary_join_element_wise(*parts, b"", null_handling="replace", null_replacement=b"")
    _, offsets, data = joined.buffers()
    ends: list[int] = np.frombuffer(offsets, np.int32, rows + 1).tolist()
    return data.to_pybytes(), ends


class Clash(NamedTuple):
    """A row whose natural key another row has too, with other values: both by row number."""

    row: int
    other: int


class Repeats(NamedTuple):
    """What became of rows that share a natural key; rows by number, in order.

    repeated: rows equal to an earlier one. superseded: rows that a newer update replaces.
    clashes: rows that say something else than an earlier row, and neither is known to be newer.
    """

    repeated: list[int]
    superseded: list[int]
    clashes: list[Clash]


def repeats(
    keys: Sequence[pa.Array], hashes: pa.Array, updated: pa.Array | None, alive: Mask
) -> Repeats:
    """Find rows that share a natural key; null in a key is a value like any other.

    keys: the key's columns. updated: when the row was last changed at its source, where the kind
    says so: of two rows with different times the newer one stays. Only `alive` rows are looked at.
    """
    verdict = Repeats([], [], [])
    rows = _sharing(keys, alive)
    if not len(rows):
        return verdict
    taken = pa.array(rows)
    names = zip(*(key.take(taken).to_pylist() for key in keys), strict=True)
    times = updated.take(taken).to_pylist() if updated is not None else [None] * len(rows)
    standing: dict[tuple[Any, ...], _Standing] = {}
    for row, name, row_hash, time in zip(
        rows.tolist(), names, hashes.take(taken).to_pylist(), times, strict=True
    ):
        if name in standing:
            standing[name].meet(row, row_hash, time, verdict)
        else:
            standing[name] = _Standing(row, row_hash, time)
    verdict.superseded.sort()
    return verdict


class _Standing:
    """The row that stands for a natural key so far, and all that were ever like it."""

    def __init__(self, row: int, row_hash: str, time: Any) -> None:  # noqa: ANN401 - compared only
        self.row = row
        self.time = time
        self.seen = {row_hash}

    def meet(self, row: int, row_hash: str, time: Any, verdict: Repeats) -> None:  # noqa: ANN401 - compared only
        """Say what a later row with the same key is, and let it stand when it is newer."""
        if row_hash in self.seen:
            verdict.repeated.append(row)
            return
        if self.time is None or time is None or time == self.time:
            verdict.clashes.append(Clash(row, self.row))
            return
        self.seen.add(row_hash)
        verdict.superseded.append(min((time, row), (self.time, self.row))[1])
        if time > self.time:
            self.row, self.time = row, time


def _sharing(keys: Sequence[pa.Array], alive: Mask) -> npt.NDArray[np.int64]:
    """Give the rows whose natural key stands more than once among the alive ones."""
    rows = pa.array(np.arange(len(alive)))
    names = [*map(str, range(len(keys))), "row"]
    table = pa.table([*keys, rows], names)
    if not alive.all():
        table = table.filter(pa.array(alive))
    groups = table.group_by(table.column_names[:-1], use_threads=False).aggregate(
        [("row", "min"), ("row", "count")]
    )
    alone = groups.filter(pc.equal(groups["row_count"], 1))["row_min"].to_numpy()
    shared = alive.copy()
    shared[alone] = False
    return np.flatnonzero(shared)
