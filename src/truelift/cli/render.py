"""Rendering: results to a terminal, JSON, CSV or Parquet. Only data goes to stdout."""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from truelift.base.errors import UsageError
from truelift.cli.streams import terminal_width
from truelift.reports.table import Cell, Table
from truelift.reports.writing import csv_text, json_text
from truelift.workspace.result import Result

Format = Literal["table", "json", "csv", "parquet"]


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

    drawn = RichTable(title=table.title, caption=table.note or None, box=box.SIMPLE_HEAD)
    for column in table.columns:
        right = column.cell in {Cell.MONEY, Cell.COUNT, Cell.NUMBER}
        drawn.add_column(column.name, justify="right" if right else "left", no_wrap=right)
    for row in table.rows:
        drawn.add_row(*(_cell(row.get(column.name), column.cell) for column in table.columns))
    buffer = io.StringIO()
    wide = to_file or not sys.stdout.isatty()
    width = 240 if wide else terminal_width()
    console = Console(file=buffer, width=width, highlight=False, markup=False)
    console.print(drawn)
    return buffer.getvalue()


def _cell(value: object, cell: Cell) -> str:
    if value is None:
        return "\u2013" if cell is Cell.COUNT else ""
    if isinstance(value, float):
        return f"{value:,.3f}"
    if cell is Cell.COUNT:
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return value.isoformat() + "Z"
    return str(value)


def _parquet(result: Result, output: Path | None) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - only this format needs it

    if output is None:
        msg = "A Parquet file needs a name; add -o FILE."
        raise UsageError(msg)
    pq.write_table(result.arrow(), output)
