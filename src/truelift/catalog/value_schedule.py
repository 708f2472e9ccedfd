"""Value schedules and margins: what a unit or a sale is worth, dated and approved.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """The contribution margin of a brand, category or article since a day."""

    scope: str = column(
        ColumnType.CHOICE,
        "how wide",
        key=True,
        required=True,
        choices=(
            "brand",
            "category",
            "sku",
        ),
    )
    key: str = column(ColumnType.NAME, "brand, category or article", key=True, required=True)
    valid_from: dt.date = column(ColumnType.DATE, "since", key=True, required=True)
    margin_rate: int = column(
        ColumnType.RATE, "share of net revenue that is left after goods", required=True, signed=True
    )
    approved_by: str | None = column(ColumnType.TEXT, "who signed it")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitValue:
    """The money value of one unit of a metric since a day."""

    metric: str = column(ColumnType.NAME, "metric of the catalogue", key=True, required=True)
    valid_from: dt.date = column(ColumnType.DATE, "since", key=True, required=True)
    campaign: str | None = column(ColumnType.NAME, "campaign, empty for all", key=True)
    valid_to: dt.date | None = column(ColumnType.DATE, "until", closes=True)
    unit_value: int = column(ColumnType.UNIT_MONEY, "value of one unit", required=True)
    currency: str = column(ColumnType.CURRENCY, "of the value", required=True)
    basis: str = column(
        ColumnType.CHOICE,
        "media_value never enters ROI",
        required=True,
        choices=(
            "lead_value",
            "approved_value",
            "media_value",
        ),
    )
    approved_by: str | None = column(ColumnType.TEXT, "who in finance signed it")


KINDS = (
    kind_of(Margin, "margins", Plane.WORKSPACE),
    kind_of(UnitValue, "values", Plane.WORKSPACE),
)
