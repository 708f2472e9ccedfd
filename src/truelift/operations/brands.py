"""Brands as they are asked for: currency, time zone and accounting calendar are checked.

In:   words of whoever makes a brand.
Out:  the record of the brand.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from truelift.base.errors import UsageError
from truelift.base.money import is_currency
from truelift.ledger.accounting_calendar import MONTHS, AccountingCalendar
from truelift.store.workspace_database import BrandRecord


def brand_record(
    brand: str,
    currency: str,
    timezone: str,
    entity: str | None = None,
    calendar: str = MONTHS,
) -> BrandRecord:
    """Check and make the record of a brand; UsageError for a currency, zone or calendar of none."""
    if not is_currency(currency):
        msg = f"--currency {currency} is not an ISO 4217 code; use three letters such as USD."
        raise UsageError(msg)
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        msg = f"--timezone {timezone} is not known; use an IANA name such as America/New_York."
        raise UsageError(msg) from None
    try:
        AccountingCalendar.parse(calendar)
    except ValueError as error:
        msg = f"--calendar {calendar} cannot be used: {error}."
        raise UsageError(msg) from None
    return BrandRecord(brand, brand, currency, timezone, entity or brand, calendar)
