"""Form cells: a stored row of a kind as the texts that stand in a form, and what of them changed.

In:   a row as an import reads it, the brand's time zone; what somebody wrote in the form.
Out:  text by column, times in the brand's zone; the cells for acceptance, exact where untouched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from truelift.base.columns import Kind

Row = Mapping[str, Any]
Cells = dict[str, str]

APPROVER = "approved_by"
"""The column that nobody writes: it names who approved what somebody else wrote."""


def form_cells(kind: Kind, row: Row, zone: str) -> Cells:
    """Write the cells of a row as a form shows them; an empty cell is empty text."""
    return {name: _text(row.get(name), ZoneInfo(zone)) for name in kind.names}


def form_key(kind: Kind, cells: Mapping[str, str]) -> list[str]:
    """Give the cells of the natural key, in order."""
    return [cells.get(name, "") for name in kind.key]


def exact_cells(kind: Kind, written: Mapping[str, str], row: Row | None, zone: str) -> Cells:
    """Give what somebody wrote as cells for acceptance; what stands as it was is given exactly.

    row: the row that was changed, None for a new one. A time of day in a form has no offset: where
    it was not touched, the instant that is stored is meant, and no other pass of the same hour.
    """
    shown = form_cells(kind, row, zone) if row is not None else {}
    cells = {}
    for column in kind.columns:
        text = written.get(column.name, "").replace("\r\n", "\n").strip()
        untouched = row is not None and text == shown[column.name]
        if row is not None and (untouched or column.key):
            text = _exact(row.get(column.name))
        if text:
            cells[column.name] = text
    return cells


def differences(mine: Mapping[str, str], read: Mapping[str, str], now: Mapping[str, str]) -> Cells:
    """Put two changes of one row together: a field that I left as it was takes the other change."""
    return {
        name: now.get(name, "") if text == read.get(name, "") else text
        for name, text in mine.items()
    }


def _text(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, dt.datetime):
        local = value.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None)
        return local.isoformat()
    return _exact(value)


def _exact(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dt.datetime():
            return value.isoformat() + "Z"
        case dt.date():
            return value.isoformat()
    return str(value)
