"""Where a shop's orders went: all of them and those that were tracked, by place and day.

In:   the shop; places by region or by country.
Out:  columns of counts by place and day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from truelift.measurement.ragged import Floats
from truelift.operations.panels import PPM
from truelift.operations.shop import Shop

Row = dict[str, Any]
Counted = dict[str, dict[dt.date, float]]
"""Counts by place and day."""

BY = ("region", "country")
NOWHERE = ""
"""Where orders stand that name no place."""


def orders_by_place(shop: Shop, by: str) -> Counted:
    """Give the shop's orders by place; those that name no place are at NOWHERE."""
    return _counted(((row, float(row["orders"])) for row in shop.rows), by)


def tracked_by_place(shop: Shop, by: str, campaign: str) -> Counted:
    """Give a campaign's tracked orders by place."""
    known = shop.known
    rows = known.read("measurement.tracked_places", order_shares=known.order_shares).to_pylist()
    mine = (row for row in rows if row["campaign"] == campaign)
    return _counted(((row, row["units_ppm"] / PPM) for row in mine), by)


def columns(counted: Counted, places: Sequence[str], first: dt.date, last: dt.date) -> Floats:
    """Arrange counts as columns, shape (places, days)."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1).astype(object)
    return np.array(
        [[counted.get(place, {}).get(day, 0.0) for day in days] for place in places], dtype=float
    ).reshape(len(places), len(days))


def total(counted: Counted, places: Iterable[str], first: dt.date, last: dt.date) -> float:
    """Sum the counts of some places from a day to another."""
    return sum(
        units
        for place in places
        for day, units in counted.get(place, {}).items()
        if first <= day <= last
    )


def _counted(rows: Iterable[tuple[Row, float]], by: str) -> Counted:
    found: Counted = defaultdict(lambda: defaultdict(float))
    for row, units in rows:
        found[_place(row, by) or NOWHERE][row["day"]] += units
    return found


def _place(row: Row, by: str) -> str | None:
    """Name a place: `US`, or `US/CA`, since several countries may have a region of one name."""
    country, region = row["country"], row["region"]
    if by == "country":
        return country or None
    return f"{country}/{region}" if country and region else region or None
