"""Spans of days: a question about very many facts is asked a stretch of days at a time.

In:   how many rows of a kind each day has; an answer per span.
Out:  spans with at most so many rows, a day never cut; the answer that all of them at once give.

Only for queries that say `-- by day: <kind>`: each of their rows has a `day` in the brand's time
zone and hangs on nothing but rows of that kind within a day of it. What would be ordered or grouped
on the disk, all facts at once, then fits into memory whatever their number.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.time import Instant

MOST_ROWS = 5_000_000
"""As many rows are asked about at once."""

MARGIN = dt.timedelta(days=2)
"""A day of any time zone, and what comes before it, lies within so much of that day in UTC."""

_SAID = re.compile(r"^-- by day: (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days from one to before another one; None where there is no end."""

    since: dt.date | None
    until: dt.date | None

    @property
    def instants(self) -> tuple[Instant, Instant]:
        """Give from when to before when rows lie that an answer about these days hangs on; UTC."""
        first, after = dt.datetime.min, dt.datetime.max  # noqa: DTZ901 - instants are naive UTC
        if self.since is not None:
            first = dt.datetime.combine(self.since, dt.time()) - MARGIN
        if self.until is not None:
            after = dt.datetime.combine(self.until, dt.time()) + MARGIN
        return first, after

    def own(self, rows: pa.Table) -> pa.Table:
        """Keep the rows of these days."""
        if self.since is not None:
            rows = rows.filter(pc.greater_equal(rows["day"], self.since))
        if self.until is not None:
            rows = rows.filter(pc.less(rows["day"], self.until))
        return rows


def kind_by_day(sql: str) -> str | None:
    """Give the kind by whose days a query may be asked; None where it says nothing of it."""
    found = _SAID.search(sql)
    return None if found is None else found[1]


def spans(days: Sequence[dict[str, Any]], most: int) -> list[DaySpan]:
    """Cut days with their numbers of rows, in order, so that each span has at most so many.

    One span, without ends, where a row has no day.
    """
    cuts: list[dt.date | None] = [None]
    inside = 0
    if any(row["day"] is None for row in days):
        return [DaySpan(None, None)]
    for row in days:
        if inside and inside + row["rows"] > most:
            cuts.append(row["day"])
            inside = 0
        inside += row["rows"]
    return [DaySpan(since, until) for since, until in pairwise([*cuts, None])]


def joined(answers: Sequence[pa.Table]) -> pa.Table:
    """Put the answers about spans together, in the order of one question: by all but numbers."""
    rows = pa.concat_tables(answers)
    keys = [each.name for each in rows.schema if not pa.types.is_integer(each.type)]
    order = [(name, "ascending", "at_start") for name in keys]
    return rows.take(pc.sort_indices(rows, sort_keys=order))
