"""Provisional: until when a campaign's revenue may still fall, because goods still come back.

In:   campaigns with their last day; how much of goods is still refunded at each age of an order.
Out:  the day until which each campaign's figures are provisional; None where nothing is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]

SETTLED = 0.005
"""An order is settled once less than this share of goods is still refunded."""

UNKNOWN = dt.date.max
"""Stands for "nobody knows until when": no history of refunds is long enough."""


def settled_after(rates: Iterable[Row]) -> int | None:
    """Give the age in days from which an order is settled; None where no age is known to be."""
    ages = [
        row["age_days"]
        for row in rates
        if row.get("refunded_still_to_come") is not None and row["refunded_still_to_come"] < SETTLED
    ]
    return min(ages, default=None)


def provisional(campaigns: Iterable[Row], rates: Iterable[Row], day: dt.date) -> dict[str, dt.date]:
    """Give the campaigns that are provisional on a day, each until when; UNKNOWN if nobody knows.

    A campaign is provisional once it began, and until its last orders are settled.
    """
    age = settled_after(rates)
    found = {}
    for row in campaigns:
        until = UNKNOWN if age is None else row["ends"] + dt.timedelta(days=age)
        if row["starts"] <= day < until:
            found[row["campaign"]] = until
    return found


def until_words(until: dt.date) -> str:
    """Say until when."""
    if until == UNKNOWN:
        return "provisional; how long refunds go on is not known yet"
    return f"provisional until {until}"
