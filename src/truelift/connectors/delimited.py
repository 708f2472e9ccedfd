"""Delimited text: .csv, .tsv and their .gz, in any common encoding, in bounded memory.

In:   a path.
Out:  a TextTable; rows with more or fewer cells than the header are faults with their line.
How:  rows that are lines go through Arrow's streaming reader; a file in which a cell holds a line
      break, or that is not clean UTF-8, goes through the csv module, where lines can be counted.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from truelift.connectors.encoding import Scan, head_of, is_gzip, open_text, scan
from truelift.connectors.table import (
    Chunk,
    ChunkBuilder,
    TextTable,
    Unreadable,
    checked_header,
    without_empty_rows,
)
from truelift.facts.event import DropReason, Fault

DELIMITERS = (",", ";", "\t", "|")
ROWS_A_BATCH = 200_000
RAW_SHOWN = 500
_ARROW_BLOCK = 8 << 20  # 4 MiB halves the memory again, but batches get small
_MOST_LINES_OF_A_CELL = 1_000
_SNIFFED_ROWS = 20
_MOST_BAD_ROWS_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the header stands and what parts the cells."""

    delimiter: str
    header: tuple[str, ...]
    header_line: int
    lines_before_rows: int


def read_delimited(
    path: Path, name: str, *, delimiter: str | None = None, skip_rows: int = 0
) -> tuple[TextTable, str]:
    """Open a delimited file: its table and its SHA-256; Unreadable when it is no table.

    delimiter: None to find it. skip_rows: physical lines before the header; blank lines and lines
    that begin with # before it are passed over anyway.
    """
    head = _decoded_head(head_of(path))
    layout = _layout(head, delimiter, skip_rows)
    found = scan(path)

    def chunks() -> Iterator[Chunk | Fault]:
        if found.one_line_each:
            return _arrow_chunks(path, name, layout)
        return _counted_chunks(path, name, layout, found)

    def records() -> Iterator[tuple[int, list[str]]]:
        return _records(path, layout, found)

    table = TextTable(name, layout.header, layout.header_line, chunks, records)
    return table, found.sha256


def _decoded_head(head: bytes) -> str:
    if head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return head.decode("utf-16", "replace")
    try:
        # The head may end inside a letter, which is no fault.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _layout(head: str, delimiter: str | None, skip_rows: int) -> _Layout:
    lines = list(io.StringIO(head, newline=""))
    first = skip_rows
    while first < len(lines) and _is_preamble(lines[first]):
        first += 1
    if first < len(lines) and lines[first].lower().startswith("sep="):
        # Excel writes its delimiter so; it is no row.
        delimiter = delimiter or lines[first].rstrip("\r\n")[4:5] or None
        first += 1
    if first >= len(lines):
        msg = "the file has no header; expected a line of column names"
        raise Unreadable(msg)
    used = delimiter or _sniffed(lines[first : first + _SNIFFED_ROWS])
    first = _after_titles(lines, first, used)
    feed = _Lines(iter(lines[first:]), first + 1)
    try:
        cells = next(csv.reader(feed, delimiter=used))
    except csv.Error as error:
        msg = f"the first line is no header ({error}); expected names of columns"
        raise Unreadable(msg, first + 1) from error
    return _Layout(used, checked_header(cells, first + 1), first + 1, first + len(feed.taken))


def _after_titles(lines: list[str], first: int, delimiter: str) -> int:
    """Step over lines with one filled cell above wider ones: a sheet's title is no header."""
    for index in range(first, min(first + _SNIFFED_ROWS, len(lines))):
        cells = lines[index].rstrip("\r\n").split(delimiter)
        if sum(bool(cell.strip()) for cell in cells) > 1:
            return index
    return first


def _is_preamble(line: str) -> bool:
    # A column may be called '#'; a remark has text after its mark.
    return not line.strip() or (line.startswith("#") and line[1:2] not in DELIMITERS)


def _sniffed(lines: list[str]) -> str:
    """Find the delimiter: the one that gives most rows the same, largest number of cells."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return (0, 0)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            return (0, 0)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        # The header counts most: free text below it may hold any of the marks. A title may stand
        # above it; then most rows agree about their width.
        most = width if 2 * count >= len(rows) else 0
        return (len(rows[0]) if len(rows[0]) > 1 else most, count)

    return max(DELIMITERS, key=score)


def _arrow_chunks(path: Path, name: str, layout: _Layout) -> Iterator[Chunk | Fault]:
    """Read with Arrow; a row is a line, so lines are counted by counting rows."""
    bad: deque[arrow_csv.InvalidRow] = deque()

    def note(row: arrow_csv.InvalidRow) -> str:
        bad.append(row)
        return "skip" if len(bad) < _MOST_BAD_ROWS_AT_ONCE else "error"

    line = layout.lines_before_rows + 1
    try:
        with _arrow_reader(path, layout, note) as reader:
            for batch in reader:
                lines, line, passed = _line_numbers(batch.num_rows, line, bad)
                yield from (_bad_row(name, layout, row) for row in passed)
                whole = pa.Table.from_batches([batch])
                for start in range(0, batch.num_rows, ROWS_A_BATCH):
                    part = lines[start : start + ROWS_A_BATCH]
                    yield without_empty_rows(whole.slice(start, ROWS_A_BATCH), part)
    except pa.ArrowInvalid as error:
        if len(bad) < _MOST_BAD_ROWS_AT_ONCE:
            msg = f"the rows cannot be read ({str(error)[:200]}); expected one row a line"
            yield Unreadable(msg, line).fault(name)
    yield from (_bad_row(name, layout, row) for row in bad)
    if len(bad) >= _MOST_BAD_ROWS_AT_ONCE:
        msg = f"{len(bad)} rows one after another do not fit the header; the rest was not read"
        yield Unreadable(msg, bad[-1].number).fault(name)


def _arrow_reader(path: Path, layout: _Layout, note: object) -> arrow_csv.CSVStreamingReader:
    source = pa.CompressedInputStream(str(path), "gzip") if is_gzip(path) else str(path)
    return arrow_csv.open_csv(
        source,
        # Without threads the reader knows the number of a bad row.
        read_options=arrow_csv.ReadOptions(
            use_threads=False,
            block_size=_ARROW_BLOCK,
            column_names=list(layout.header),
            skip_rows=layout.lines_before_rows,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter, ignore_empty_lines=False, invalid_row_handler=note
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(layout.header, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,
        ),
    )


def _line_numbers(
    rows: int, first: int, bad: deque[arrow_csv.InvalidRow]
) -> tuple[np.ndarray, int, list[arrow_csv.InvalidRow]]:
    """Give the rows of a batch their line numbers, stepping over the bad rows between them.

    Gives the line numbers, the line after the batch, and the bad rows passed (taken off `bad`).
    """
    passed: list[arrow_csv.InvalidRow] = []
    end = first + rows
    while bad and bad[0].number < end:
        passed.append(bad.popleft())
        end += 1
    lines = np.arange(first, end, dtype=np.int64)
    return np.delete(lines, [row.number - first for row in passed]), end, passed


def _bad_row(name: str, layout: _Layout, row: arrow_csv.InvalidRow) -> Fault:
    return _width_fault(name, row.number, row.actual_columns, len(layout.header), row.text)


def _width_fault(name: str, line: int, found: int, expected: int, raw: str) -> Fault:
    message = f"{name} line {line}: {found} cells where the header has {expected}"
    return Fault(name, line, "", DropReason.MALFORMED_ROW, message, raw[:RAW_SHOWN])


class _Lines:
    """Feeds physical lines to the csv module and remembers which ones the row at hand took."""

    def __init__(self, lines: Iterator[str], first: int) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self.line = first
        self.taken: list[str] = []
        self.ran_out = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        # The csv module asks again only inside a quoted cell: an end here is an unclosed quote.
        if len(self.taken) >= _MOST_LINES_OF_A_CELL:
            self.ran_out = True
            raise StopIteration
        text = self._back.popleft() if self._back else next(self._lines, None)
        if text is None:
            self.ran_out = True
            raise StopIteration
        self.taken.append(text)
        return text

    def next_row(self) -> None:
        """Count the lines of the row at hand as read."""
        self.line += len(self.taken)
        self.taken, self.ran_out = [], False

    def keep_only_first(self) -> None:
        """Give all lines but the first back: a stray quote must not swallow the rows after it."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.taken = self.taken[:1]


def _rows(
    stream: TextIO, layout: _Layout, *, any_width: bool
) -> Iterator[tuple[int, list[str], str | None]]:
    """Read rows below the header: line, cells, and for a bad row what is wrong with it."""
    physical = itertools.islice(stream, layout.lines_before_rows, None)
    feed = _Lines(physical, layout.lines_before_rows + 1)
    reader = csv.reader(feed, delimiter=layout.delimiter)
    width = len(layout.header)
    while True:
        feed.next_row()
        try:
            cells = next(reader, None)
        except csv.Error:
            cells, feed.ran_out = [], True
        if not feed.taken:
            return
        wrong_width = not any_width and cells is not None and len(cells) != width
        if len(feed.taken) > 1 and (feed.ran_out or wrong_width):
            feed.keep_only_first()
            yield feed.line, [feed.taken[0]], "a quote is opened and not closed in this row"
        elif feed.ran_out:
            yield feed.line, [feed.taken[0]], "a quote is opened and never closed"
        elif cells and wrong_width:
            what = f"{len(cells)} cells where the header has {width}"
            yield feed.line, ["".join(feed.taken)], what
        elif cells:
            yield feed.line, cells, None


def _counted_chunks(path: Path, name: str, layout: _Layout, found: Scan) -> Iterator[Chunk | Fault]:
    builder = ChunkBuilder(layout.header)
    with open_text(path, found) as stream:
        for line, cells, wrong in _rows(stream, layout, any_width=False):
            if wrong is None:
                builder.add(line, cells)
                if builder.full:
                    yield from builder.take()
            else:
                message = f"{name} line {line}: {wrong}"
                yield Fault(name, line, "", DropReason.MALFORMED_ROW, message, cells[0][:RAW_SHOWN])
    yield from builder.take()


def _records(path: Path, layout: _Layout, found: Scan) -> Iterator[tuple[int, list[str]]]:
    with open_text(path, found) as stream:
        for line, cells, _ in _rows(stream, layout, any_width=True):
            yield line, cells
