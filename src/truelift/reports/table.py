"""Tables: rows with named, typed columns, the same for a terminal, a CSV, a page or a notebook.

In:   rows of a report.
Out:  Table; text that cannot be mistaken for a formula by a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_FORMULA_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""What begins a formula, the full-width forms included."""

_CONTROLS = frozenset("\t\r\n\x00")
"""What a spreadsheet drops or breaks a cell at, so that the next letter begins it."""

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Categories of letters that are not seen: spaces, marks of direction, zero-width joiners."""


class Cell(StrEnum):
    """What a column holds, which decides how it is written and aligned."""

    TEXT = "text"
    MONEY = "money"  # decimal text in the report's currency
    COUNT = "count"
    NUMBER = "number"
    INSTANT = "instant"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: its name in files and headers, and what it holds."""

    name: str
    cell: Cell = Cell.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title; rows hold plain values (text, int, float, None) by column name.

    instead: the sentence that stands in place of rows where there are none. adds: columns whose
    rows may be added up: no row holds another.
    """

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[Mapping[str, Any], ...]
    note: str = ""
    instead: str = ""
    adds: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        """Give the column names in order."""
        return [column.name for column in self.columns]


def neutralised(text: str) -> str:
    """Make text safe in a spreadsheet: what could start a formula gets a quote before it."""
    if text[:1].isalnum():
        return text
    seen = next((letter for letter in text if unicodedata.category(letter) not in _UNSEEN), "")
    return f"'{text}" if seen in _FORMULA_STARTS or text[:1] in _CONTROLS else text


def exported(value: object, cell: Cell) -> str:
    """Write one cell for a CSV file: text neutralised, numbers as they are, missing empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat() + "Z"
    if isinstance(value, dt.date):
        return value.isoformat()
    if cell in {Cell.MONEY, Cell.COUNT, Cell.NUMBER} or isinstance(value, int | float):
        return str(value)
    return neutralised(str(value))


def plain_table(
    title: str,
    rows: Sequence[Mapping[str, Any]],
    note: str = "",
    money: Collection[str] = (),
    adds: Collection[str] = (),
) -> Table:
    """Make a table of rows that all have the same names, with columns typed by their values.

    money: names of the columns that hold decimal text of amounts. adds: those that add up.
    """
    names = list(rows[0]) if rows else []
    columns = tuple(
        TableColumn(name, Cell.MONEY if name in money else _cell_of([row[name] for row in rows]))
        for name in names
    )
    return Table(title, columns, tuple(rows), note, adds=frozenset(adds))


def _cell_of(values: Sequence[object]) -> Cell:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return Cell.COUNT
    if known and all(isinstance(value, int | float) for value in known):
        return Cell.NUMBER
    if known and all(isinstance(value, dt.datetime) for value in known):
        return Cell.INSTANT
    return Cell.TEXT
