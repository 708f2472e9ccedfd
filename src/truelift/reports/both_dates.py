"""Both dates: the same net revenue by month, once on event dates and once on order dates.

In:   rows of the ROI report by day, on either basis.
Out:  a row per month and one for all of them; over all time both bases reach the same total.

On event dates (the ledger's view) a refund and a won lead are on their own day; on order dates (the
view of performance) they are on the day of their order, or on the day the lead came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

MONTH_LENGTH = len("2026-05")
TOTAL = "total"


def months_by_both_dates(event: Iterable[Row], order: Iterable[Row]) -> list[dict[str, Any]]:
    """Give net revenue by month in minor units: event_date, order_date, and their difference."""
    both = (_by_month(event), _by_month(order))
    months = sorted({*both[0], *both[1]})
    rows = [_row(month, both[0].get(month, 0), both[1].get(month, 0)) for month in months]
    whole = _row(TOTAL, sum(both[0].values()), sum(both[1].values()))
    return [*rows, whole] if rows else []


def _row(month: str, event: int, order: int) -> dict[str, Any]:
    return {
        "month": month, "event_date": event, "order_date": order, "difference": event - order,
    }  # fmt: skip


def _by_month(rows: Iterable[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        if row["day"] is None:
            continue
        month = str(row["day"])[:MONTH_LENGTH]
        found[month] = found.get(month, 0) + _net(row["ladder"])
    return found


def _net(ladder: Sequence[Row]) -> int:
    return next((step["amount"] or 0 for step in ladder if step["step"] == "net"), 0)
