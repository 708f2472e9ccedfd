"""Delimited files: rows of cells as the bytes of a CSV, text apart from what is exact.

In:   rows; a cell is text, or Exact where no spreadsheet may change a letter of it.
Out:  bytes; text that could start a formula is neutralised, amounts and dates never are.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

from truelift.base.errors import UsageError
from truelift.reports.table import neutralised


class Exact(str):
    """An amount, a number or a date: written as it is, so that a program reads it as such."""

    __slots__ = ()


NOTHING = Exact("")
Cells = Sequence[str]


def csv_bytes(
    rows: Iterable[Cells],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    quote_text: bool = False,
) -> bytes:
    """Write rows with CRLF; a letter that the encoding does not have becomes `?`.

    quote_text: whether text stands in quotes always, and what is exact never does.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        if quote_text:
            cells = (cell if isinstance(cell, Exact) else _quoted(safe(cell)) for cell in row)
            buffer.write(delimiter.join(cells) + "\r\n")
        else:
            writer.writerow([cell if isinstance(cell, Exact) else safe(cell) for cell in row])
    return buffer.getvalue().encode(encoding, errors="replace")


def safe(text: str) -> str:
    """Make text one line that no spreadsheet reads as a formula."""
    return neutralised(" ".join(text.split()))


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def date_text(day: dt.date, pattern: str, where: str) -> Exact:
    """Write a day by a pattern such as %d/%m/%Y; UsageError when the pattern is none."""
    parts = pattern.replace("%d", "").replace("%m", "").replace("%Y", "").replace("%y", "")
    if "%" in parts or not {"%d", "%m"} <= {pattern[at : at + 2] for at in range(len(pattern))}:
        msg = f"The account mapping, key {where!r}: {pattern!r} is no pattern such as %d/%m/%Y."
        raise UsageError(msg)
    filled = {"%d": f"{day.day:02d}", "%m": f"{day.month:02d}", "%Y": f"{day.year:04d}"}
    text = pattern
    for mark, value in (*filled.items(), ("%y", f"{day.year % 100:02d}")):
        text = text.replace(mark, value)
    return Exact(text)
