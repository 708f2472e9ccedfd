"""Comparison: two or more campaigns or creators in columns, one measure per row.

In:   rows of the ROI report, one for each that is compared.
Out:  a flat Table: what is compared stands beside each other, money in decimal text.

The measures are those of one report at one time, so every column has the same definition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from truelift.base.money import format_minor
from truelift.reports.table import Cell, Table, TableColumn

Row = Mapping[str, Any]
Measure = Callable[[Row, str], object]

MEASURE = "measure"
FUNNEL = ("reach", "impressions", "views", "engagement", "clicks_counted", "visits", "leads",
          "won_leads", "orders", "refunds")  # fmt: skip
"""From seen to sold; what nobody counted stays empty."""


def _output(name: str) -> Measure:
    return lambda row, _currency: row["outputs"][name]


def _cost(name: str) -> Measure:
    return lambda row, currency: _money(row["cost"][name], currency)


def _level(name: str) -> Measure:
    def measure(row: Row, currency: str) -> object:
        step = next(step for step in row["ladder"] if step["step"] == name)
        return _money(step["amount"], currency) or step.get("withheld")

    return measure


def _ratio(name: str) -> Measure:
    def measure(row: Row, _currency: str) -> object:
        found = row[name]
        return found["withheld"] if isinstance(found, Mapping) else found

    return measure


def _estimate(name: str, part: str) -> Measure:
    return lambda row, _currency: row[name].get(part, row[name].get("withheld"))


def _lift(part: str) -> Measure:
    return lambda row, _currency: row["lift"].get(part, row["lift"].get("withheld"))


MEASURES: Mapping[str, Measure] = {
    "incremental_roi": _estimate("incremental_roi", "point"),
    "incremental_roi_low": _estimate("incremental_roi", "low"),
    "incremental_roi_high": _estimate("incremental_roi", "high"),
    "grade": lambda row, _currency: row["incremental_roi"].get("grade", "D"),
    "roi": _ratio("roi"), "roas": _ratio("roas"),
    "valued_roi": _estimate("valued_roi", "point"),
    "lift_metric": lambda row, _currency: row["lift"]["metric"],
    "lift_log": _lift("log"), "lift_low": _lift("low"), "lift_high": _lift("high"),
    **{name: _cost(name) for name in ("committed", "accrued", "invoiced", "paid")},
    **{name: _level(name) for name in ("reported", "matched", "net", "contribution",
                                       "incremental", "return")},
    **{name: _output(name) for name in FUNNEL},
}  # fmt: skip
"""What is compared, in the order of the rows."""


def comparison(rows: Sequence[Row], names: Sequence[str], currency: str) -> Table:
    """Lay rows of the ROI report out beside each other; names: of the columns."""
    columns = (TableColumn(MEASURE), *(TableColumn(name, Cell.NUMBER) for name in names))
    found = [
        {MEASURE: title,
         **{name: ask(row, currency) for name, row in zip(names, rows, strict=True)}}
        for title, ask in MEASURES.items()
    ]  # fmt: skip
    return Table("Comparison", columns, tuple(found), f"money in {currency}")


def _money(amount: int | None, currency: str) -> str | None:
    return None if amount is None else format_minor(amount, currency)
