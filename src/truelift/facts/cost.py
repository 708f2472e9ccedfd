"""Cost documents: what is committed, accrued, invoiced and paid.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDocument:
    """One state of a cost document."""

    document: str = column(ColumnType.NAME, "number of the document", key=True, required=True)
    line: str | None = column(ColumnType.NAME, "line of the document", key=True)
    state: str = column(
        ColumnType.CHOICE,
        "states are cumulative",
        key=True,
        required=True,
        choices=(
            "committed",
            "accrued",
            "invoiced",
            "paid",
        ),
    )
    date: dt.date = column(ColumnType.DATE, "day of the state", key=True, required=True)
    creator: str | None = column(ColumnType.NAME, "creator")
    campaign: str | None = column(ColumnType.NAME, "campaign, empty: unallocated")
    agreement: str | None = column(ColumnType.NAME, "agreement it advances")
    deliverable: str | None = column(ColumnType.NAME, "deliverable it advances")
    type: str = column(
        ColumnType.CHOICE,
        "what it pays for",
        required=True,
        choices=(
            "fee",
            "commission",
            "gift",
            "usage",
            "agency",
            "production",
            "amplification",
            "bonus",
            "tax",
            "other",
        ),
    )
    amount: int = column(ColumnType.MONEY, "net of recoverable tax", required=True, signed=True)
    currency: str = column(ColumnType.CURRENCY, "of every amount here", required=True)
    tax: int | None = column(ColumnType.MONEY, "tax on the document", signed=True)
    recoverable: bool | None = column(ColumnType.BOOLEAN, "the tax is recoverable")
    withheld: int | None = column(ColumnType.MONEY, "withholding tax kept back")
    service_from: dt.date | None = column(ColumnType.DATE, "service since")
    service_to: dt.date | None = column(ColumnType.DATE, "service until")
    sku: str | None = column(ColumnType.TEXT, "article of a gift")
    quantity: int | None = column(ColumnType.COUNT, "pieces of a gift")
    fair_value: int | None = column(ColumnType.MONEY, "fair value of a gift (memo)")
    settles: str | None = column(ColumnType.TEXT, "document that this one settles")
    counterparty: str | None = column(ColumnType.TEXT, "who is owed")


KINDS = (kind_of(CostDocument, "costs", Plane.FACTS, occurred="date"),)
