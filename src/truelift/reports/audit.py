"""The audit log: who did what when, the newest first.

In:   what the workspace keeps of imports, bookings, seals, decisions and periods.
Out:  a Statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from truelift.reports.statement import Statement, columns
from truelift.reports.table import Cell, TableColumn

_COLUMNS = (TableColumn("at", Cell.INSTANT), *columns("who", "what", "of", "detail", "sha256"))
_SAID_ELSEWHERE = frozenset({"recorded_at", "recorded_by"})


class Deed(NamedTuple):
    """Something that was done. who: None where the workspace did not keep who it was."""

    at: dt.datetime
    who: str | None
    what: str
    of: str
    detail: str
    sha256: str | None = None


def audit_log(deeds: Iterable[Deed]) -> Statement:
    """Write the log, the newest first."""
    rows = tuple(
        deed._asdict()
        for deed in sorted(
            deeds, key=lambda deed: (deed.at, deed.what, deed.of, deed.detail), reverse=True
        )
    )
    sentence = "Times are UTC; sha256 is the hash of the file or record."
    return Statement("journal-audit", "Audit log", _COLUMNS, rows, (), (sentence,))


def detail_of(record: Mapping[str, Any]) -> str:
    """Tell the plain values of a record in one line, by name; what holds others is counted."""
    parts = []
    for name in sorted(set(record) - _SAID_ELSEWHERE):
        value = record[name]
        if isinstance(value, list | tuple | Mapping):
            parts.append(f"{name}: {len(value)}")
        elif value is not None:
            parts.append(f"{name}={value}")
    return "; ".join(parts)
