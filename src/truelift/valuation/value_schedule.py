"""The value schedule: what a unit of a metric and a sale are worth, dated and signed by finance.

In:   `values` and `margins` rows as known (dictionaries with the columns of the contract).
Out:  unit values and margin rates on a day. A value that nobody approved is no part of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from truelift.base.money import exponent, round_half_even

Row = Mapping[str, object]

MEDIA_VALUE = "media_value"


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The value of one unit: millionths of the currency's main unit."""

    micro: int
    currency: str
    basis: str

    def minor(self, count: int) -> int:
        """Give the value of a count in minor units of the price's currency, rounded half-even."""
        return round_half_even(Decimal(self.micro * count).scaleb(exponent(self.currency) - 6))


def schedule_version(values: Sequence[Row], day: dt.date) -> str | None:
    """Name the schedule in force on a day: v1, v2, ... one for each day values were approved for.

    Media value is no part of it; None when nothing is approved yet.
    """
    days = {
        str(row["valid_from"])
        for row in values
        if row["approved_by"] and row["basis"] != MEDIA_VALUE
    }
    begun = [since for since in days if since <= day.isoformat()]
    return f"v{len(begun)}" if begun else None


def unit_price(
    values: Sequence[Row], metric: str, day: dt.date, campaign: str | None, *, media: bool = False
) -> UnitPrice | None:
    """Give the value of a unit of a metric on a day; a campaign's own value wins over the general.

    media: look for media value (shown apart, never in ROI) instead of approved and lead values.
    """
    found = [
        row
        for row in values
        if row["metric"] == metric
        and (row["basis"] == MEDIA_VALUE) == media
        and (row["approved_by"] or media)
        and _in_force(row, day)
        and row["campaign"] in {"", None, campaign}
    ]
    if not found:
        return None
    best = max(found, key=lambda row: (bool(row["campaign"]), str(row["valid_from"])))
    return UnitPrice(int(str(best["unit_value"])), str(best["currency"]), str(best["basis"]))


def margin_ppm(margins: Sequence[Row], day: dt.date) -> int | None:
    """Give the brand's margin rate on a day in parts per million, None when none is in force."""
    found = [
        row
        for row in margins
        if row["scope"] == "brand" and str(row["valid_from"]) <= day.isoformat()
    ]
    if not found:
        return None
    return int(str(max(found, key=lambda row: str(row["valid_from"]))["margin_rate"]))


def _in_force(row: Row, day: dt.date) -> bool:
    until = row["valid_to"]
    return str(row["valid_from"]) <= day.isoformat() and (
        until is None or day.isoformat() <= str(until)
    )
