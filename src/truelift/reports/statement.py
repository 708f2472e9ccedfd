"""Statements: a finance report as typed rows with totals; every door renders these.

In:   rows whose money is whole minor units, each with the code of its currency beside it.
Out:  Statement; its flat table (decimal text) and its JSON rows (minor units).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.money import format_minor
from truelift.reports.table import Cell, Table, TableColumn

Row = Mapping[str, Any]

CURRENCY = "currency"
TOTAL = "total"

CAMPAIGN, CREATOR, PERIOD = "campaign", "creator", "period"
_EVERYTHING = (PERIOD, CAMPAIGN, CREATOR)

STATEMENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pnl": ("Cost", _EVERYTHING),
    "accruals": ("Accruals", _EVERYTHING),
    "prepaid": ("Prepayments", _EVERYTHING),
    "commitments": ("Commitments", _EVERYTHING),
    "budget": ("Budgets", (PERIOD, CAMPAIGN)),
    "commission": ("Commission", _EVERYTHING),
    "exceptions": ("Exceptions", _EVERYTHING),
    "late": ("Late adjustments", _EVERYTHING),
    "restatements": ("Restatements", (PERIOD,)),
    "ageing": ("Payables by age", _EVERYTHING),
    "tax": ("Tax lines", _EVERYTHING),
    "journal-audit": ("Audit log", ()),
}
"""Every finance report by its name: its short title, and what it can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A finance report: its columns, its rows in order, and the sentences beside them.

    currencies: columns of money whose currency stands in another column than `currency`.
    """

    name: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    totals: tuple[Row, ...] = ()
    sentences: tuple[str, ...] = ()
    currencies: Mapping[str, str] | None = None

    def json_rows(self) -> list[dict[str, Any]]:
        """Give every row, totals last, with its money in minor units; a missing one is null."""
        names = [column.name for column in self.columns]
        return [{name: row.get(name) for name in names} for row in (*self.rows, *self.totals)]

    def table(self, heading: str) -> Table:
        """Lay the rows out flat, totals last, with the number of rows and the sentences below."""
        count = len(self.rows)
        note = " ".join((f"{count:,} row{'' if count == 1 else 's'};", heading, *self.sentences))
        rows = tuple(self._flat(row) for row in (*self.rows, *self.totals))
        return Table(self.title, self.columns, rows, note)

    def _flat(self, row: Row) -> dict[str, Any]:
        return {column.name: self._cell(row, column) for column in self.columns}

    def _cell(self, row: Row, column: TableColumn) -> object:
        value = row.get(column.name)
        if value is None or column.cell is not Cell.MONEY:
            return value
        return format_minor(value, row[(self.currencies or {}).get(column.name, CURRENCY)])


def columns(*text: str, money: Sequence[str] = (), last: Sequence[str] = ()) -> tuple[
    TableColumn, ...
]:  # fmt: skip
    """Make columns: text, then the currency and its amounts, then more text."""
    return (
        *(TableColumn(name) for name in text),
        *([TableColumn(CURRENCY)] if money else []),
        *(TableColumn(name, Cell.MONEY) for name in money),
        *(TableColumn(name) for name in last),
    )


def totals(
    rows: Sequence[Row], money: Sequence[str], label: str, currency: str = CURRENCY
) -> tuple[Row, ...]:
    """Sum columns of money, one row per currency in their order; no row when there is nothing.

    label: the column that says `total`. An amount that is missing in any row of a currency is
    missing in its total: a part is no whole.
    """
    by_currency: dict[str, list[Row]] = {}
    for row in rows:
        by_currency.setdefault(row[currency], []).append(row)
    return tuple(
        {label: TOTAL, currency: code, **{name: _sum(group, name) for name in money}}
        for code, group in sorted(by_currency.items())
    )


def _sum(rows: Sequence[Row], name: str) -> int | None:
    amounts = [row.get(name) for row in rows]
    return None if None in amounts else sum(amount for amount in amounts if amount is not None)
