"""Tables of text: what every container becomes before anyone asks what its columns mean.

In:   rows as a container holds them.
Out:  TextTable (a header and chunks of text with their line numbers), or Unreadable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from truelift.facts.event import DropReason, Fault

CHUNK_ROWS = 50_000
"""Rows of a chunk that is put together in Python."""

CHUNK_CHARACTERS = 16_000_000
"""Characters of a chunk that is put together in Python."""

MOST_COLUMNS = 512
"""A table with more columns than this is refused (OWASP ASVS 5.2.3)."""


class Unreadable(Exception):
    """A file cannot be read as a table; the message says what is wrong and what was expected."""

    def __init__(
        self, message: str, line: int = 1, reason: DropReason = DropReason.MALFORMED_ROW
    ) -> None:
        """Keep the sentence and the line it is about."""
        super().__init__(message)
        self.line = line
        self.reason = reason

    def fault(self, name: str) -> Fault:
        """Give the fault of the file with this name."""
        return Fault(name, self.line, "", self.reason, f"{name} line {self.line}: {self}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table: text columns by the header's names, and the line each row began on."""

    rows: pa.Table
    lines: pa.Int64Array


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of text.

    name: as messages call it. header: unique names as written. header_line: its line, 1-based.
    chunks: reads all rows; may be called again and then gives the same. records: reads all lines
    below the header as cells, whatever their number, for exports that hold several tables; None
    where the container has no such thing.
    """

    name: str
    header: tuple[str, ...]
    header_line: int
    chunks: Callable[[], Iterator[Chunk | Fault]]
    records: Callable[[], Iterator[tuple[int, list[str]]]] | None = None


def normalised(header: str) -> str:
    """Fold a header for comparison: lower case, trimmed, single spaces, accents taken off."""
    decomposed = unicodedata.normalize("NFKD", header.replace("\ufeff", ""))
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(plain.lower().split())


def checked_header(cells: Sequence[str], line: int) -> tuple[str, ...]:
    """Give unique column names of a header row; Unreadable when there are too many or two alike.

    A cell without a name is called by its position, since spreadsheets leave empty columns behind.
    """
    if len(cells) > MOST_COLUMNS:
        msg = f"the header has more than {MOST_COLUMNS} columns; delete those that are not needed"
        raise Unreadable(msg, line)
    names = tuple(
        cell.replace("\ufeff", "").strip() or f"column {position}"
        for position, cell in enumerate(cells, start=1)
    )
    seen: dict[str, str] = {}
    for name in names:
        folded = normalised(name)
        if folded in seen:
            msg = f"the header names the column {name[:80]!r} twice; rename or delete one of them"
            raise Unreadable(msg, line)
        seen[folded] = name
    return names


def chunk_of(
    header: Sequence[str], rows: Sequence[Sequence[str | None]], lines: Sequence[int]
) -> Chunk:
    """Put a chunk together from rows of cells; empty cells become null."""
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    arrays = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
    return Chunk(pa.table(arrays, names=list(header)), pa.array(lines, pa.int64()))


class ChunkBuilder:
    """Gathers rows of cells and hands them over as bounded chunks."""

    def __init__(self, header: Sequence[str]) -> None:
        """Start empty."""
        self._header = header
        self._rows: list[Sequence[str | None]] = []
        self._lines: list[int] = []
        self._characters = 0

    def add(self, line: int, cells: Sequence[str | None]) -> None:
        """Add a row with as many cells as the header; a row of empty cells is left out."""
        if not any(cells):
            return
        self._rows.append(cells)
        self._lines.append(line)
        self._characters += sum(len(cell) for cell in cells if cell)

    @property
    def full(self) -> bool:
        """Say whether a chunk should be taken before more rows are added."""
        return len(self._rows) >= CHUNK_ROWS or self._characters >= CHUNK_CHARACTERS

    def take(self) -> Iterator[Chunk]:
        """Give what was gathered as one chunk, or nothing, and start empty again."""
        if self._rows:
            yield chunk_of(self._header, self._rows, self._lines)
        self._rows, self._lines, self._characters = [], [], 0


def without_empty_rows(rows: pa.Table, lines: np.ndarray) -> Chunk:
    """Leave out rows in which every cell is null."""
    filled = np.zeros(rows.num_rows, bool)
    for column in rows.columns:
        if column.null_count == 0:
            return Chunk(rows, pa.array(lines, pa.int64()))
        filled |= column.is_valid().to_numpy()
    if filled.all():
        return Chunk(rows, pa.array(lines, pa.int64()))
    return Chunk(rows.filter(pa.array(filled)), pa.array(lines[filled], pa.int64()))
