"""Exchange rates: the last known rate of a day, never one from its future, never interpolated.

In:   rate rows (day, base, quote, rate as decimal text, version of the rate set).
Out:  the rate from one currency to another on a day, or None when none is known.

A rate is at most ten days old, so a weekend or a holiday has one and a currency that ceased to be
quoted has none. Crosses go through the euro, to fifty significant digits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

PIVOT = "EUR"
MAX_AGE = timedelta(days=10)
DIGITS = 50


class RateRow(NamedTuple):
    """One published rate: on `day` (YYYY-MM-DD) one unit of `base` bought `rate` of `quote`."""

    day: str
    base: str
    quote: str
    rate: str
    rate_set: str


class FoundRate(NamedTuple):
    """A rate as used: units of target for one of source; the rate set, None without translation."""

    rate: Decimal
    rate_set: str | None


@dataclass(slots=True)
class _Series:
    days: list[str] = field(default_factory=list)
    rows: list[RateRow] = field(default_factory=list)


class RateSet:
    """Every rate that is known, by pair and day.

    When two rows name the same pair and day the later one in `rows` counts.
    """

    def __init__(self, rows: Iterable[RateRow] = (), *, max_age: timedelta = MAX_AGE) -> None:
        """Take the rows, in any order of days."""
        latest: dict[tuple[str, str], dict[str, RateRow]] = defaultdict(dict)
        for row in rows:
            latest[row.base, row.quote][row.day] = row
        self._max_age = max_age
        self._series: dict[tuple[str, str], _Series] = {}
        for pair, by_day in latest.items():
            days = sorted(by_day)
            self._series[pair] = _Series(days, [by_day[day] for day in days])

    def find(self, day: dt.date, source: str, target: str) -> FoundRate | None:
        """Give how many units of target one unit of source bought on a day; None when unknown.

        A pair that is quoted itself wins over its inverse, and that over the cross by the euro.
        """
        if source == target:
            return FoundRate(Decimal(1), None)
        direct = self._quoted(day, source, target)
        if direct is not None:
            return direct
        into_pivot = self._quoted(day, source, PIVOT)
        out_of_pivot = self._quoted(day, PIVOT, target)
        if into_pivot is None or out_of_pivot is None:
            return None
        with localcontext() as context:
            context.prec = DIGITS
            rate = into_pivot.rate * out_of_pivot.rate
        names = sorted({str(into_pivot.rate_set), str(out_of_pivot.rate_set)})
        return FoundRate(rate, "+".join(names))

    def _quoted(self, day: dt.date, source: str, target: str) -> FoundRate | None:
        row = self._last_known(day, source, target)
        if row is not None:
            return FoundRate(Decimal(row.rate), row.rate_set)
        row = self._last_known(day, target, source)
        if row is None:
            return None
        with localcontext() as context:
            context.prec = DIGITS
            return FoundRate(1 / Decimal(row.rate), row.rate_set)

    def _last_known(self, day: dt.date, base: str, quote: str) -> RateRow | None:
        series = self._series.get((base, quote))
        if series is None:
            return None
        position = bisect_right(series.days, day.isoformat())
        if position == 0 or series.days[position - 1] < (day - self._max_age).isoformat():
            return None
        return series.rows[position - 1]
