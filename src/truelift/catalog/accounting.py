"""Accounting master data: rates, opening balances and allocation rules.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """An exchange rate: how many units of the quote one unit of the base buys."""

    date: dt.date = column(ColumnType.DATE, "day", key=True, required=True)
    base: str = column(ColumnType.CURRENCY, "one unit of this", key=True, required=True)
    quote: str = column(ColumnType.CURRENCY, "buys rate units of this", key=True, required=True)
    kind: str | None = column(
        ColumnType.CHOICE,
        "which rate",
        key=True,
        choices=(
            "spot",
            "closing",
            "budget",
        ),
    )
    rate: str = column(ColumnType.DECIMAL, "the rate", required=True)
    source: str | None = column(ColumnType.TEXT, "who published it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A balance of a ledger account: opening, or the general ledger's for the tie-out."""

    entity: str = column(ColumnType.NAME, "legal entity", key=True, required=True)
    period: str = column(ColumnType.NAME, "YYYY-MM", key=True, required=True)
    account: str = column(ColumnType.NAME, "account number", key=True, required=True)
    amount: int = column(ColumnType.MONEY, "debit positive", required=True, signed=True)
    currency: str = column(ColumnType.CURRENCY, "of the amount", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A dated rule that shares a cost without campaign out over campaigns or creators."""

    document: str = column(ColumnType.NAME, "document or account", key=True, required=True)
    valid_from: dt.date = column(ColumnType.DATE, "since", key=True, required=True)
    shares: str | None = column(ColumnType.SHARES, "campaign or creator: share")


KINDS = (
    kind_of(Rate, "rates", Plane.WORKSPACE),
    kind_of(Balance, "balances", Plane.WORKSPACE),
    kind_of(Allocation, "allocations", Plane.WORKSPACE),
)
