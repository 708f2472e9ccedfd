"""Mapped CSV: any columns in any order, by the `csv` section of the account mapping.

In:   an ExportBatch.
Out:  CSV files; every field under its own name where the mapping names no columns.
"""

from __future__ import annotations

import datetime as dt

from truelift.base.errors import CheckFailed, UsageError
from truelift.base.money import Money, format_minor
from truelift.reports.journal_export.batch import ExportBatch, ExportFile
from truelift.reports.journal_export.delimited import NOTHING, Exact, csv_bytes, date_text
from truelift.reports.journal_export.rows import FIELDS, Value, entry_rows

PROGRAM = "csv"
MARKS = (".", ",")
DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch; a file that `lines` makes too long is parted between entries."""
    mapping = batch.mapping
    columns = dict(mapping.words(PROGRAM, "columns")) or {name: name for name in FIELDS}
    for title, name in columns.items():
        if name not in FIELDS:
            raise _off(at=f"columns.{title}", expected=f"one of {', '.join(FIELDS)}", found=name)
    mark = mapping.setting(PROGRAM, "decimal", ".")
    if mark not in MARKS:
        raise _off(at="decimal", expected='"." or ","', found=mark)
    delimiter = mapping.setting(PROGRAM, "delimiter", ",")
    if delimiter not in DELIMITERS:
        raise _off(at="delimiter", expected="one of , ; | tab", found=delimiter)
    pattern = mapping.setting(PROGRAM, "date", "%Y-%m-%d")
    longest = int(mapping.setting(PROGRAM, "lines", "0"))
    files: list[list[list[str]]] = []
    for entry in batch.dated:
        lines = [
            [_cell(row[name], mark, pattern) for name in columns.values()]
            for row in entry_rows(batch, entry)
        ]
        if longest and len(lines) > longest:
            msg = f"Entry {entry.entry_id} has {len(lines)} lines, and csv.lines allows {longest}."
            raise CheckFailed(msg)
        if not files or (longest and len(files[-1]) - 1 + len(lines) > longest):
            files.append([list(columns)])
        files[-1] += lines
    return [
        ExportFile(number, csv_bytes(lines, delimiter=DELIMITERS[delimiter]))
        for number, lines in enumerate(files, 1)
    ]


def _cell(value: Value, mark: str, pattern: str) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, Money):
        return Exact(format_minor(value.minor, value.currency).replace(".", mark))
    if isinstance(value, dt.date):
        return date_text(value, pattern, f"{PROGRAM}.date")
    return Exact(value) if isinstance(value, int) else value


def _off(*, at: str, expected: str, found: str) -> UsageError:
    return UsageError(f"The account mapping, key 'csv.{at}': expected {expected}, not {found!r}.")
