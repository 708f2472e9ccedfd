"""Writing: a report's rows as the text of a file; the command line and the pages give these bytes.

In:   the JSON object or the flat table of a report.
Out:  JSON or CSV text that ends with a line break; the same data gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

from truelift.reports.table import Table, exported


def json_text(data: object) -> str:
    """Write JSON with times (ISO 8601, UTC) and decimals as text."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=_text, allow_nan=False) + "\n"


def csv_text(table: Table) -> str:
    """Write a table as CSV (RFC 4180); text that could start a formula is neutralised."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.names)
    writer.writerows(
        [exported(row.get(column.name), column.cell) for column in table.columns]
        for row in table.rows
    )
    return buffer.getvalue()


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
