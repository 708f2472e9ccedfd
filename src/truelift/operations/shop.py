"""The shop by day: all orders of a brand, and series beside them that a campaign cannot touch.

In:   Knowledge, the words of control series (`region:CA`, `country:US`, `utm_source:google`,
      `sessions:newsletter`, `brand:other`).
Out:  a measurement Series over consecutive days, days of the calendar's events left out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from truelift.base.errors import UsageError
from truelift.base.money import exponent
from truelift.base.time import brand_day
from truelift.catalog.campaign import METRIC_BREAK
from truelift.measurement.counterfactual import Series
from truelift.measurement.ragged import Floats
from truelift.measurement.weekdays import weekday_of
from truelift.operations.knowledge import Knowledge
from truelift.operations.panels import Panels

Row = dict[str, Any]
DAY = dt.timedelta(days=1)
PARTS = ("region", "country", "utm_source")
"""Parts of the shop's own orders that can be controls; they are no part of the outcome then."""
CONTROLS = (*PARTS, "sessions", "brand")


@dataclass
class Shop:
    """A brand's orders by day, read once."""

    known: Knowledge
    panels: Panels

    @cached_property
    def rows(self) -> list[Row]:
        """Give orders, new customers and revenue by day, place, source and currency."""
        rows: list[Row] = self.known.read("measurement.shop_days").to_pylist()
        return rows

    @property
    def zone(self) -> str:
        """Give the time zone of the brand's days."""
        return self.known.ground.brand.timezone

    @cached_property
    def last_day(self) -> dt.date | None:
        """Give the last whole day for which orders are known; None without any order."""
        if not self.rows:
            return None
        after = brand_day(self.known.as_of + dt.timedelta(microseconds=1), self.zone)
        return self.panels.looked_until("orders", after - DAY)

    @property
    def first_day(self) -> dt.date | None:
        """Give the first day with an order."""
        return self.rows[0]["day"] if self.rows else None

    def series(
        self, outcome: str, controls: Sequence[str], first: dt.date, last: dt.date
    ) -> Series:
        """Give the shop's outcome and its control series on the days from `first` to `last`.

        Days of events are nan. Orders that are a control series are no part of the outcome.
        """
        days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
        parts = [word.partition(":") for word in controls]
        inside = {name: {value for key, _, value in parts if key == name} for name in PARTS}

        def apart(row: Row) -> bool:
            return not any(row[name] in inside[name] for name in PARTS)

        shop = self._daily(self.rows, outcome, days, apart)
        for day, _ in self.events(first, last):
            shop[(day - first).days] = np.nan
        columns = [self._control(word, days) for word in controls]
        beside = np.stack(columns, axis=1) if columns else np.zeros((len(days), 0))
        return Series(shop, weekday_of(days), beside)

    def events(self, first: dt.date, last: dt.date) -> list[tuple[dt.date, str]]:
        """Give the days of the calendar's events between two days, each with the event's name.

        A platform that counts a metric differently sells nothing.
        """
        found = []
        for row in self.known.rows("events"):
            if row["kind"] == METRIC_BREAK:
                continue
            begins, ends = row["starts"], row["ends"] or row["starts"]
            day = max(brand_day(begins, self.zone), first)
            while day <= min(brand_day(ends, self.zone), last):
                found.append((day, row["event"]))
                day += DAY
        return sorted(found)

    def _control(self, word: str, days: Any) -> Floats:  # noqa: ANN401 - a numpy array of days
        kind, _, name = word.partition(":")
        if kind not in CONTROLS or not name:
            known = ", ".join(f"{item}:..." for item in CONTROLS)
            msg = f"--control {word} is not known; write one of {known}."
            raise UsageError(msg)
        if kind == "sessions":
            rows: list[Row] = self.known.read("valuation.sessions").to_pylist()
            rows = [row | {"region": None} for row in rows]
            counted = self._daily(rows, "sessions", days, lambda row: row["utm_campaign"] == name)
        elif kind == "brand":
            counted = self._daily(self._of_brand(name), "orders", days, lambda _: True)
        else:
            counted = self._daily(self.rows, "orders", days, lambda row: row[kind] == name)
        if not counted.any():
            msg = f"--control {word} has no counts on these days."
            raise UsageError(msg)
        return counted

    def _of_brand(self, brand: str) -> list[Row]:
        given = self.known.parameters | {"brand": brand, "basis": "event"}
        rows: list[Row] = self.known.ground.facts.read(
            "measurement.shop_days", given, {}
        ).to_pylist()
        return rows

    def _daily(
        self,
        rows: Sequence[Row],
        outcome: str,
        days: Any,  # noqa: ANN401 - a numpy array of days
        wanted: Callable[[Row], bool],
    ) -> Floats:
        counted: dict[dt.date, float] = defaultdict(float)
        for row in rows:
            if wanted(row):
                rate = self._rate(row) if outcome == "revenue" else 1.0
                counted[row["day"]] += float(row[outcome]) * rate
        return np.array([counted[day] for day in days.astype(object)], dtype=np.float64)

    def _rate(self, row: Row) -> float:
        """Give the brand's minor units in one minor unit of a row's currency."""
        target = self.known.ground.brand.currency
        found = self.panels.rates.find(row["day"], row["currency"], target)
        if found is None:
            msg = f"No rate from {row['currency']} to {target} is known for {row['day']}."
            raise UsageError(msg)
        return float(found.rate) * 10.0 ** (exponent(target) - exponent(row["currency"]))
