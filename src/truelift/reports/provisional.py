"""Provisional: until when a campaign's revenue may still fall, because goods still come back.

In:   campaigns with their last day; how much of goods is still refunded at each age of an order.
Out:  a sentence for each campaign whose figures are provisional: until when, or that nobody knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]

SETTLED = 0.005
"""An order is settled once less than this share of goods is still refunded."""


def settled_after(rates: Iterable[Row]) -> int | None:
    """Give the age in days from which an order is settled; None where no age is known to be."""
    ages = [
        row["age_days"]
        for row in rates
        if row.get("refunded_still_to_come") is not None and row["refunded_still_to_come"] < SETTLED
    ]
    return min(ages, default=None)


def provisional(campaigns: Iterable[Row], rates: Iterable[Row], day: dt.date) -> dict[str, str]:
    """Say of the campaigns that are provisional on a day until when they are, or that none knows.

    A campaign is provisional once it began, and until its last orders are settled.
    """
    age = settled_after(rates)
    found = {}
    for row in campaigns:
        if row["starts"] > day:
            continue
        if age is None:
            found[row["campaign"]] = "provisional; how long refunds go on is not known yet"
        elif (until := row["ends"] + dt.timedelta(days=age)) > day:
            found[row["campaign"]] = f"provisional until {until}"
    return found
