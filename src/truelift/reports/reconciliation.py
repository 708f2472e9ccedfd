"""Reconciliation: per campaign, what platforms report, what we count, on both dates, and cost.

In:   rows of the ROI report by campaign, on event dates and on order dates.
Out:  a flat Table in decimal text, a sum of all campaigns last.

reported - matched is what is counted twice or credited by others alone; matched - net are
discounts, tax and refunds; net by order date differs by what is counted in another month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truelift.base.money import format_minor
from truelift.reports.table import Cell, Table, TableColumn

Row = Mapping[str, Any]

TOTAL = "total"
MONEY = ("reported", "matched", "not_counted", "net", "net_by_order_date", "difference",
         "accrued", "invoiced", "paid")  # fmt: skip


def reconciliation(event: Sequence[Row], order: Sequence[Row], currency: str) -> Table:
    """Lay the campaigns out; not_counted: reported and not ours. difference: event - order date."""
    by_order = {row["campaign"]: _level(row, "net") for row in order}
    rows = [_row(row, by_order.get(row["campaign"])) for row in event]
    columns = (TableColumn("campaign"), *(TableColumn(name, Cell.MONEY) for name in MONEY))
    total: dict[str, Any] = {"campaign": TOTAL}
    for name in MONEY:
        known = [row[name] for row in rows if row[name] is not None]
        total[name] = sum(known) if known else None
    shown = [
        {**row, **{name: _text(row[name], currency) for name in MONEY}}
        for row in ([*rows, total] if rows else [])
    ]
    return Table(
        "Reconciliation", columns, tuple(shown),
        f"in {currency}; what nobody reported stays empty", "There is no campaign yet.",
    )  # fmt: skip


def _row(row: Row, by_order: int | None) -> dict[str, Any]:
    reported, matched, net = (_level(row, name) for name in ("reported", "matched", "net"))
    return {
        "campaign": row["campaign"] or "(no campaign)",
        "reported": reported, "matched": matched, "net": net,
        "not_counted": None if reported is None or matched is None else reported - matched,
        "net_by_order_date": by_order,
        "difference": None if net is None or by_order is None else net - by_order,
        **{state: row["cost"][state] for state in ("accrued", "invoiced", "paid")},
    }  # fmt: skip


def _level(row: Row, name: str) -> int | None:
    found: int | None = next(s["amount"] for s in row["ladder"] if s["step"] == name)
    return found


def _text(amount: int | None, currency: str) -> str | None:
    return None if amount is None else format_minor(amount, currency)
