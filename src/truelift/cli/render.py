"""Rendering: results to a terminal, JSON, CSV or Parquet. Only data goes to stdout."""

from __future__ import annotations

import datetime as dt
import io
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from truelift.base.errors import UsageError
from truelift.cli.streams import terminal_width
from truelift.reports.table import Cell, Table, TableColumn
from truelift.reports.writing import csv_text, json_text
from truelift.workspace.result import Result

Format = Literal["table", "json", "csv", "parquet"]

WIDE, NARROWEST, PADDING = 240, 8, 3
"""Width of what no terminal reads; of a column of words, at least; of what divides columns."""

SEVERAL = "ids"
"""A column of ids with semicolons between; a table has them below each other."""

_NUMBERS = frozenset({Cell.MONEY, Cell.COUNT, Cell.NUMBER})
_IDS = frozenset({"id", SEVERAL, "proposal", "slug"})


def show(result: Result, form: Format, output: Path | None) -> None:
    """Write a result in a format to a file, or to stdout."""
    if form == "parquet":
        _parquet(result, output)
        return
    writers: dict[str, Callable[[Result], str]] = {
        "json": lambda found: json_text(found.data),
        "csv": lambda found: csv_text(found.table),
        "table": lambda found: table_text(found.table, to_file=output is not None),
    }
    write(writers[form](result), output)
    if form != "table" and result.table.instead:
        sys.stderr.write(f"{result.table.instead}\n")


def write(text: str, output: Path | None) -> None:
    """Write text to a file or to stdout, with one line break at its end."""
    whole = text if text.endswith("\n") else text + "\n"
    if output is None:
        sys.stdout.write(whole)
        return
    output.write_text(whole, encoding="utf-8", newline="")


def table_text(table: Table, *, to_file: bool) -> str:
    """Write a table for a terminal, numbers right-aligned; wide when it goes to a file or pipe.

    Without rows it is a sentence, where the table has one.
    """
    if table.instead and not table.rows:
        note = f"{table.note}\n" if table.note else ""
        return f"{table.title}: {table.instead}\n{note}"
    from rich import box  # noqa: PLC0415 - rich costs 50 ms and only tables need it
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.table import Table as RichTable  # noqa: PLC0415 - as above

    drawn = RichTable(title=table.title, box=box.SIMPLE_HEAD)
    for column in table.columns:
        right = column.cell in _NUMBERS
        drawn.add_column(
            column.name, justify="right" if right else "left", no_wrap=_whole(column),
            overflow="fold",
        )  # fmt: skip
    rows = [[_cell(row.get(column.name), column) for column in table.columns] for row in table.rows]
    for row in rows:
        drawn.add_row(*row)
    buffer = io.StringIO()
    wide = to_file or not sys.stdout.isatty()
    console = Console(
        file=buffer, width=WIDE if wide else terminal_width(), highlight=False, markup=False
    )
    least = _least(table.columns, rows)
    console.width = max(console.width, least)
    console.print(drawn)
    return buffer.getvalue() + _note(table.note, console.width)


def _note(note: str, width: int) -> str:
    """Write what stands beneath a table; an id in it is not cut, so that it can be copied."""
    lines = textwrap.wrap(note, width, break_long_words=False, break_on_hyphens=False)
    return "".join(f"{line}\n" for line in lines)


def _whole(column: TableColumn) -> bool:
    """Say whether a column's cells are never broken: numbers, and ids that are to be copied."""
    return column.cell in _NUMBERS or column.name in _IDS or column.name.endswith("_id")


def _least(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> int:
    """Give the width in which whole cells are whole and others are not narrower than a word."""
    from rich.cells import cell_len  # noqa: PLC0415 - loaded when a table is shown

    total = len(columns) * PADDING + PADDING
    for place, column in enumerate(columns):
        cells = [column.name, *(line for row in rows for line in row[place].split("\n"))]
        longest = max(map(cell_len, cells))
        total += longest if _whole(column) else min(longest, NARROWEST)
    return total


def _cell(value: object, column: TableColumn) -> str:
    cell = column.cell
    if value is None:
        return "\u2013" if cell is Cell.COUNT else ""
    if isinstance(value, float):
        return f"{value:,.3f}"
    if cell is Cell.COUNT:
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return value.isoformat() + "Z"
    return str(value).replace(";", "\n") if column.name == SEVERAL else str(value)


def _parquet(result: Result, output: Path | None) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - only this format needs it

    if output is None:
        msg = "A Parquet file needs a name; add -o FILE."
        raise UsageError(msg)
    pq.write_table(result.arrow(), output)
