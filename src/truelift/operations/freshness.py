"""Freshness: how long ago each source was heard of.

In:   the ground.
Out:  rows for the API and for `truelift doctor`; of a running process's pages, see today.py.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.time import Instant
from truelift.facts.kinds import KINDS
from truelift.operations.people import Action, needs
from truelift.store.ground import Ground

WATCHED = ("clicks", "landings", "orders", "refunds", "leads", "observations", "sessions", "costs")
"""Kinds whose silence means something."""

_DAY = dt.timedelta(days=1)

EVER = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC
"""Before anything that was recorded."""


@dataclass(frozen=True, slots=True)
class Heard:
    """When a source of a kind was heard of last.

    newest: when the newest row happened. recorded_at: when it came in. seconds: since it came in.
    fresh_rows: that came in within a day; None where they were not counted.
    """

    kind: str
    source: str
    newest: Instant | dt.date | None
    recorded_at: Instant
    seconds: float
    fresh_rows: int | None

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
        asked = {"brand": ground.brand.brand, "since": now - _DAY, "recorded": EVER}
        for row in ground.facts.newest_by_source(kind, asked).to_pylist():
            seconds = max((now - row["recorded_at"]).total_seconds(), 0.0)
            found.append(
                Heard(
                    name, row["source"] or "", row["newest"], row["recorded_at"], seconds,
                    row["fresh_rows"],
                )
            )  # fmt: skip
    return found


def ago(seconds: float) -> str:
    """Write a length of time in the unit people would use."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
