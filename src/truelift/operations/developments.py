"""Developments: triangles of refunds and late orders from the facts, and rates that are approved.

In:   Knowledge: attributed orders with their refunds, campaigns that are over.
Out:  chain ladders; proposals of rates, which another person's approval makes policy of the books.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from truelift.base.estimate import Withheld
from truelift.base.time import brand_day
from truelift.measurement.development import Development, chain_ladder, triangle
from truelift.operations.knowledge import Knowledge
from truelift.operations.outcomes import Outcomes
from truelift.operations.panels import Panels

Row = dict[str, Any]

REFUND_AGES = (0, 7, 14, 21, 30, 45, 60, 90)
"""Days from an order to the refund; what comes later is taken as never coming."""

LATE_AGES = (0, 7, 14, 30, 60)
"""Days from the end of a flight to an order by its codes or links."""

WEEK = 7


@dataclass
class Developments:
    """What of a brand's orders comes in later, as known."""

    known: Knowledge
    panels: Panels

    @cached_property
    def outcomes(self) -> Outcomes:
        """Give the brand's attributed outcomes, refunds on their own days."""
        return Outcomes(self.known, self.panels.rates, "event")

    @property
    def today(self) -> dt.date:
        """Give the last day that counts."""
        return brand_day(self.known.as_of, self.known.ground.brand.timezone)

    @cached_property
    def refund_triangle(self) -> tuple[np.ndarray[Any, Any], list[str]]:
        """Give goods kept by week of order and age, and the first day of each week."""
        goods: dict[int, float] = defaultdict(float)
        moves: list[tuple[int, int, float]] = []
        for (day,), (parts, _) in self.outcomes.money(("day",)).items():
            goods[_week(day)] += parts.goods
        for (ordered, day), refunds in self.outcomes.refunds_by_day.items():
            moves.append((_week(ordered), (day - ordered).days, -float(refunds)))
        weeks = sorted(week for week, amount in goods.items() if amount > 0)
        place = {week: at for at, week in enumerate(weeks)}
        moves = [(place[week], age, amount) for week, age, amount in moves if week in place]
        table = triangle(
            np.array([goods[week] for week in weeks], float),
            np.array([(week + 1) * WEEK - 1 + _MONDAY for week in weeks], np.int64),
            _columns(moves),
            REFUND_AGES,
            _number(self.today),
        )
        return table, [str(_day(week * WEEK + _MONDAY)) for week in weeks]

    @cached_property
    def refunds(self) -> Development | Withheld:
        """Give what is left of a week's goods as refunds come in."""
        table, _ = self.refund_triangle
        return chain_ladder(table, REFUND_AGES)

    @cached_property
    def late_triangles(self) -> dict[str, tuple[np.ndarray[Any, Any], list[str]]]:
        """Give counts of campaigns that are over by days since their end, a row per creator."""
        return {metric: self._late(metric) for metric in ("orders", "leads")}

    def _late(self, metric: str) -> tuple[np.ndarray[Any, Any], list[str]]:
        ends = {
            name: row["ends"] for name, row in self.known.campaigns.items()
            if row["ends"] < self.today
        }  # fmt: skip
        start: dict[tuple[str, str], float] = defaultdict(float)
        moves: list[tuple[tuple[str, str], int, float]] = []
        for row in self.panels.counted_days(metric):
            end = ends.get(row["campaign"])
            if end is None:
                continue
            pair, age = (row["campaign"], row["creator"]), (row["day"] - end).days
            if age <= 0:
                start[pair] += row["units"]
            else:
                moves.append((pair, age, row["units"]))
        pairs = sorted(start)
        place = {pair: at for at, pair in enumerate(pairs)}
        kept = [(place[pair], age, units) for pair, age, units in moves if pair in place]
        table = triangle(
            np.array([start[pair] for pair in pairs], float),
            np.array([_number(ends[campaign]) for campaign, _ in pairs], np.int64),
            _columns(kept),
            LATE_AGES,
            _number(self.today),
        )
        return table, [f"{campaign}/{creator}" for campaign, creator in pairs]

    def late(self, metric: str) -> Development | Withheld:
        """Give what comes to a campaign's counts after its end."""
        if metric not in self.late_triangles:
            from truelift.base.estimate import Reason  # noqa: PLC0415 - only here

            return Withheld(
                Reason.NO_HISTORY,
                f"Late {metric} have no development; ask for orders or leads.",
            )
        table, _ = self.late_triangles[metric]
        return chain_ladder(table, LATE_AGES)


_EPOCH = dt.date(1970, 1, 1)
_MONDAY = 4  # 1970-01-05, day 4, was a Monday


def _number(day: dt.date) -> int:
    return (day - _EPOCH).days


def _day(number: int) -> dt.date:
    return _EPOCH + dt.timedelta(days=number)


def _week(day: dt.date) -> int:
    return (_number(day) - _MONDAY) // WEEK


def _columns(moves: list[tuple[int, int, float]]) -> tuple[Any, Any, Any]:
    rows = np.array([row for row, _, _ in moves], np.int64)
    ages = np.array([age for _, age, _ in moves], np.int64)
    return rows, ages, np.array([amount for _, _, amount in moves], np.float64)
