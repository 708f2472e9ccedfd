"""Freshness: how long ago each source was heard of, and what today has brought so far.

In:   the ground.
Out:  rows for the pages, for metrics and for `truelift doctor`; read in milliseconds, since they
      are asked after every batch.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from truelift.base.money import format_minor
from truelift.base.time import Instant, brand_day
from truelift.facts.kinds import KINDS
from truelift.operations.people import Action, needs
from truelift.store.ground import Ground

Row = dict[str, Any]

WATCHED = ("clicks", "landings", "orders", "refunds", "leads", "observations", "sessions", "costs")
"""Kinds whose silence means something."""

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Heard:
    """When a source of a kind was heard of last.

    newest: when the newest row happened. recorded_at: when it came in. seconds: since it came in.
    fresh_rows: that came in within a day.
    """

    kind: str
    source: str
    newest: Instant | dt.date | None
    recorded_at: Instant
    seconds: float
    fresh_rows: int

    @property
    def sentence(self) -> str:
        """Say it in words: `orders of shop: last 3 s ago`."""
        whose = f" of {self.source}" if self.source else ""
        return f"{self.kind}{whose}: last {ago(self.seconds)} ago"


@needs(Action.READ)
def freshness(ground: Ground) -> list[Heard]:
    """Give what was heard of each source, for the kinds that are watched."""
    now = ground.clock.now()
    found = []
    for name in WATCHED:
        kind = KINDS[name]
        for row in ground.facts.newest_by_source(kind, ground.brand.brand, now - _DAY).to_pylist():
            seconds = max((now - row["recorded_at"]).total_seconds(), 0.0)
            found.append(
                Heard(
                    name, row["source"] or "", row["newest"], row["recorded_at"], seconds,
                    row["fresh_rows"],
                )
            )  # fmt: skip
    return found


@needs(Action.READ)
def today(ground: Ground) -> list[Row]:
    """Give what the brand's day has brought so far: counts, and money per currency."""
    day = brand_day(ground.clock.now(), ground.brand.timezone)
    rows = ground.facts.read("live.today", {"brand": ground.brand.brand, "day": day}).to_pylist()
    return [
        {
            "kind": row["kind"],
            "count": row["found"],
            "amount": None
            if row["minor"] is None
            else f"{format_minor(row['minor'], row['currency'])} {row['currency']}",
        }
        for row in rows
    ]


def ago(seconds: float) -> str:
    """Write a length of time in the unit people would use."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
