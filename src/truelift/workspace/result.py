"""A result: rows that print themselves in a notebook and hand themselves to any frame library."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from truelift.reports.table import Cell, Table, exported

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation found: one JSON object, and the same rows as a flat table.

    data: the object of the contract, with `rows`. table: the rows, one figure per column.
    """

    data: Json
    table: Table
    _explain: Callable[[str], Json] | None = None
    _chart: Callable[[], Json] | None = None

    @property
    def rows(self) -> list[Json]:
        """Give the rows of the JSON object."""
        rows: list[Json] = self.data["rows"]
        return rows

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.table.rows)

    def arrow(self) -> pa.Table:
        """Give the flat table as Arrow; money stays decimal text."""
        names = self.table.names
        columns = {name: [row.get(name) for row in self.table.rows] for name in names}
        arrays = {
            column.name: _array(columns[column.name], column.cell) for column in self.table.columns
        }
        return pa.table(arrays)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows to pandas, polars, DuckDB or anything else that reads Arrow."""
        return self.arrow().__arrow_c_stream__(requested_schema)

    def explain(self, figure_id: str) -> Json:
        """Say what a figure of this result is made of."""
        if self._explain is None:
            msg = "this result has no figures to explain"
            raise TypeError(msg)
        return self._explain(figure_id)

    def chart(self) -> Json:
        """Give a Vega-Lite specification of this result's chart."""
        if self._chart is None:
            msg = "this result has no chart"
            raise TypeError(msg)
        return self._chart()

    def _repr_html_(self) -> str:
        """Write the table for a notebook; every cell escaped."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.table.names)
        body = "".join(
            "<tr>"
            + "".join(
                f"<td>{html.escape(exported(row.get(column.name), column.cell))}</td>"
                for column in self.table.columns
            )
            + "</tr>"
            for row in self.table.rows
        )
        note = html.escape(self.table.note)
        return f"<table><caption>{note}</caption><tr>{head}</tr>{body}</table>"


def _array(values: list[Any], cell: Cell) -> pa.Array:
    if cell is Cell.NUMBER:
        return pa.array(values, pa.float64())
    if cell is Cell.COUNT:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if cell in {Cell.TEXT, Cell.MONEY}:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return pa.array(values)
