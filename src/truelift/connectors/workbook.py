"""Excel workbooks (.xlsx): each sheet named like a kind, else the first sheet.

In:   a path.
Out:  TextTables; a row's line is its row in the sheet. Dates become ISO, numbers plain.
Limits: 50 MiB, an unpacked content of at most 100 times the file, and 50 million cells, because a
      sheet is held in memory as a whole.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from truelift.connectors.encoding import MOST_RATIO, RATIO_FROM
from truelift.connectors.table import (
    MOST_COLUMNS,
    Chunk,
    ChunkBuilder,
    TextTable,
    Unreadable,
    checked_header,
)
from truelift.connectors.textual import plain_number
from truelift.facts.event import DropReason, Fault

MAGIC = b"PK\x03\x04"
MOST_BYTES = 50 << 20
MOST_CELLS = 50_000_000
_SMALL_ROWS = 9_999
_WIDE = re.compile(rb'r="([A-Z]{2,3})[0-9]')
_LONG = re.compile(rb'r="[A-Z]{1,3}([0-9]{5,7})"')
_OVERLAP = 32
_BLOCK = 4 << 20
_SMALL_COLUMNS = 26
_COLUMN_LETTERS = 3
_MOST_TITLE_ROWS = 20

Cell = str | float | int | bool | dt.datetime | dt.date | dt.time | dt.timedelta


def read_workbook(path: Path, name: str, wanted: Collection[str]) -> list[TextTable]:
    """Open a workbook: a table for each sheet with a wanted name (lower case), else the first.

    Unreadable when the workbook is damaged, protected, or larger than the limits.
    """
    _check_size(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
    except (CalamineError, OSError, ValueError) as error:
        msg = f"the workbook cannot be opened ({str(error)[:200]}); save it again as .xlsx"
        raise Unreadable(msg) from error
    named = [sheet for sheet in names if sheet.strip().lower() in wanted]
    return [_sheet_table(path, f"{name}[{sheet}]", sheet) for sheet in named or names[:1]]


def sheet_name(table: TextTable) -> str:
    """Give the name of the sheet that a table was made from, in lower case."""
    return table.name.rpartition("[")[2].rstrip("]").strip().lower()


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > MOST_BYTES:
        msg = f"the workbook is larger than {MOST_BYTES >> 20} MiB; save the sheet as .csv"
        raise Unreadable(msg)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > max(RATIO_FROM, MOST_RATIO * size):
                msg = f"the workbook unpacks to over {MOST_RATIO} times its size; save it as .csv"
                raise Unreadable(msg)
            for member in archive.infolist():
                if member.filename.lower().endswith(".xml"):
                    _check_extent(archive, member)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        msg = f"this is not an Excel workbook ({str(error)[:200]}); expected .xlsx"
        raise Unreadable(msg) from error


def _check_extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse a sheet whose cells lie far apart: it is small on disk and huge in memory."""
    columns, rows, tail = _SMALL_COLUMNS, _SMALL_ROWS, b""
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            data = tail + block
            columns = max(columns, *map(_column_number, set(_WIDE.findall(data))), 0)
            rows = max(rows, *map(int, _LONG.findall(data)), 0)
            tail = data[-_OVERLAP:]
    if columns > MOST_COLUMNS:
        msg = f"the sheet has more than {MOST_COLUMNS} columns; delete those that are not needed"
        raise Unreadable(msg)
    if rows * columns > MOST_CELLS:
        msg = f"the sheet reaches over more than {MOST_CELLS:,} cells; save it as .csv"
        raise Unreadable(msg)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:_COLUMN_LETTERS]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_table(path: Path, name: str, sheet: str) -> TextTable:
    line, cells = _header_row(list(islice(_numbered_rows(path, sheet), _MOST_TITLE_ROWS)))
    if not any(cells):
        msg = f"the sheet {sheet!r} is empty; expected a header and rows"
        raise Unreadable(msg)
    header = checked_header([cell or "" for cell in cells], line)

    def chunks() -> Iterator[Chunk | Fault]:
        builder = ChunkBuilder(header)
        for number, found in _rows_below(path, sheet, line):
            if any(found[len(header) :]):
                yield _too_wide(name, number, found, len(header))
                continue
            builder.add(number, found[: len(header)])
            if builder.full:
                yield from builder.take()
        yield from builder.take()

    def records() -> Iterator[tuple[int, list[str]]]:
        for number, found in _rows_below(path, sheet, line):
            yield number, [cell or "" for cell in found]

    return TextTable(name, header, line, chunks, records)


def _rows_below(path: Path, sheet: str, line: int) -> Iterator[tuple[int, list[str | None]]]:
    return ((number, cells) for number, cells in _numbered_rows(path, sheet) if number > line)


def _too_wide(name: str, line: int, cells: list[str | None], width: int) -> Fault:
    message = f"{name} line {line}: cells beyond the {width} columns of the header"
    raw = "; ".join(cell or "" for cell in cells)[:500]
    return Fault(name, line, "", DropReason.MALFORMED_ROW, message, raw)


def _header_row(rows: list[tuple[int, list[str | None]]]) -> tuple[int, list[str | None]]:
    """Give the first row with more than one cell: what stands alone above it is a title."""
    for line, cells in rows:
        if len(cells) - cells.count(None) > 1:
            return line, _without_empty_end(cells)
    return (rows[0][0], _without_empty_end(rows[0][1])) if rows else (1, [])


def _without_empty_end(cells: list[str | None]) -> list[str | None]:
    filled = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
    return cells[:filled]


def _numbered_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str | None]]]:
    """Read the rows that hold anything, with their row number in the sheet."""
    try:
        opened: CalamineSheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet)
        rows = opened.iter_rows() if opened.height else iter(())
    except (CalamineError, OSError, ValueError) as error:
        msg = f"the sheet {sheet!r} cannot be read ({str(error)[:200]}); save it as .csv"
        raise Unreadable(msg) from error
    # Empty rows above the first cell are given too, so counting them gives the sheet's rows.
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield number, cells


def _text(cell: Cell) -> str | None:
    """Write a cell: dates ISO, whole numbers without .0, other numbers plain, TRUE as true."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # Excel itself keeps 15 digits; more are what binary arithmetic leaves behind.
        return str(int(cell)) if cell.is_integer() else plain_number(f"{cell:.15g}")
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
