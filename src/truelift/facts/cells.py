"""Cells: columns of text, and what reading one gives back.

A reader takes a text column and returns a Reading: typed values of the same length (null where the
cell is empty or could not be read) and a Miss for every cell that could not be read. A reader of
single texts returns the value or a Refusal; nothing is raised for what stands in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.facts.event import DropReason

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)

_SHOWN = 60
"""How many characters of a cell a message shows."""


class Refusal(NamedTuple):
    """Why a text was not read: the reason, and a sentence with what was found and expected."""

    reason: DropReason
    sentence: str


class Miss(NamedTuple):
    """A cell that was not read: its row in the batch (0-based), reason and sentence."""

    row: int
    reason: DropReason
    sentence: str


class Reading(NamedTuple):
    """A column as it was read, and the cells that could not be."""

    values: pa.Array
    misses: list[Miss]


def quoted(text: str) -> str:
    """Write what was found, in quotes and cut to a readable length."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def trimmed(cells: pa.Array) -> pa.Array:
    """Give the cells without white space around them; a cell of nothing else becomes null."""
    bare = pc.utf8_trim_whitespace(cells)
    blank = pc.equal(pc.binary_length(bare), 0)
    return pc.if_else(blank, pa.scalar(None, pa.string()), bare) if pc.any(blank).as_py() else bare


def byte_range(cells: pa.Array) -> tuple[int, int]:
    """Give the lowest and highest byte in all cells; (0, 255), all there are, when in doubt.

    One pass over the bytes: it spares clean columns the search for what is not in them.
    """
    _, offsets, data = cells.buffers()
    if data is None or not len(cells):
        return 0, 255
    ends = np.frombuffer(offsets, np.int32)
    first, last = ends[cells.offset], ends[cells.offset + len(cells)]
    letters = np.frombuffer(data, np.uint8)[first:last]
    return (int(letters.min()), int(letters.max())) if len(letters) else (0, 255)


def matching(cells: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    """Mark the cells in which a regular expression (RE2) is found; an empty cell is not marked."""
    return as_mask(pc.match_substring_regex(cells, pattern))


def as_mask(marks: pa.Array) -> npt.NDArray[np.bool_]:
    """Give a boolean column as a mask in which null is false."""
    mask: npt.NDArray[np.bool_] = pc.fill_null(marks, fill_value=False).to_numpy(
        zero_copy_only=False
    )
    return mask


def present(cells: pa.Array) -> npt.NDArray[np.bool_]:
    """Mark the cells that are not empty."""
    return as_mask(cells.is_valid())


def read_distinct(
    cells: pa.Array, kind: pa.DataType, reader: Callable[[str], Value | Refusal]
) -> Reading:
    """Read every distinct text once; quick where few texts fill many rows."""
    coded = cells.dictionary_encode()
    answers = [reader(text) for text in coded.dictionary.to_pylist()]
    refused = [isinstance(answer, Refusal) for answer in answers]
    values = pa.array([None if isinstance(each, Refusal) else each for each in answers], kind)
    codes = coded.indices
    misses: list[Miss] = []
    if any(refused):
        rows = as_mask(pa.array(refused).take(codes)).nonzero()[0].tolist()
        misses = [Miss(row, *answers[codes[row].as_py()]) for row in rows]
    return Reading(values.take(codes), misses)


def answers_by_row(
    rows: Iterable[int], keys: Iterable[Key], reader: Callable[[Key], Value | Refusal]
) -> tuple[list[int], list[Value], list[Miss]]:
    """Read single cells with care: (rows read, their values, misses); a key is read only once."""
    known: dict[Key, Value | Refusal] = {}
    read: list[int] = []
    values: list[Value] = []
    misses: list[Miss] = []
    for row, key in zip(rows, keys, strict=True):
        if key not in known:
            known[key] = reader(key)
        answer = known[key]
        if isinstance(answer, Refusal):
            misses.append(Miss(row, *answer))
        else:
            read.append(row)
            values.append(answer)
    return read, values, misses
