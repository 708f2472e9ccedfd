"""Accounting periods on disk: the days of each period, where they are not calendar months.

In:   a brand and the text of its legal entity's calendar.
Out:  rows that the journal's guards hold entries to, and the calendar as it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Table, Text, select

from truelift.base.time import Period
from truelift.ledger.accounting_calendar import MONTHS, AccountingCalendar
from truelift.store.bulk_rows import insert_rows
from truelift.store.catalog_tables import brand as brand_table
from truelift.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Facts are accepted between these years, so entries lie between them too."""

accounting_period = Table(
    "accounting_period",
    metadata,
    Column("brand", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("first_day", Text, nullable=False),
    Column("last_day", Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)


def accounting_calendar(connection: Connection, brand: str) -> AccountingCalendar:
    """Read the calendar of a brand's legal entity; months for a brand without a record."""
    query = select(brand_table.c.calendar).where(brand_table.c.brand == brand)
    return AccountingCalendar.parse(connection.execute(query).scalar() or MONTHS)


def keep_periods(connection: Connection, brand: str, text: str) -> None:
    """Keep the days of every period of a calendar of weeks; months need no rows."""
    calendar = AccountingCalendar.parse(text)
    if not calendar.weeks:
        return
    rows = [
        {
            "brand": brand,
            "period": str(period),
            "first_day": calendar.first_day(period).isoformat(),
            "last_day": calendar.last_day(period).isoformat(),
        }
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for period in (Period(year, month) for month in range(1, 13))
    ]
    insert_rows(connection, accounting_period, rows)
