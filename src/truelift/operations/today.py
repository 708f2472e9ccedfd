"""Today: what the brand's day has brought so far, and who was heard of last, kept up by changes.

In:   the ground, what changed since (store.turn), and the facts as whoever asks sees them.
Out:  counts and money of the day, and the newest row of each source.

Asked after every batch. At the first time, on a new day and after a decision everything is read;
then only what can have moved: counted clicks in the tens of seconds that came in, sources by the
rows that were recorded since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from truelift.base.money import format_minor
from truelift.base.time import Instant, brand_day
from truelift.facts.kinds import KINDS
from truelift.operations.freshness import EVER, WATCHED, Heard
from truelift.operations.people import Action, needs
from truelift.store.facts_engine import FactsEngine
from truelift.store.ground import Ground

Row = dict[str, Any]

TENS = dt.timedelta(seconds=10)
FORGOTTEN = dt.timedelta(seconds=11)
"""So long after another one a click on the same link by the same visitor is a new one for sure."""

MOST_RUNS = 20
"""Clicks of more stretches of time than these are read as one stretch."""

_END = dt.datetime(9999, 1, 1)  # noqa: DTZ001 - naive UTC

Span = tuple[Instant, Instant]


@dataclass(slots=True)
class Today:
    """What the day has brought, for who holds the ground's turn or is the only one who asks."""

    ground: Ground
    _day: dt.date | None = field(default=None, repr=False)
    _decisions: int = field(default=-1, repr=False)
    _clicks: dict[Instant, int] = field(default_factory=dict, repr=False)
    _heard: dict[tuple[str, str], Heard] = field(default_factory=dict, repr=False)

    def forget(self) -> None:
        """Read everything the next time: what was read last was never committed."""
        self._day = None

    def told(self, facts: FactsEngine | None = None) -> tuple[list[Row], list[Heard]]:
        """Give what the day has brought, and the newest of each source.

        facts: on whose cursor it is read, as in a transaction that is not committed yet.
        """
        engine = facts or self.ground.facts
        now = self.ground.clock.now()
        day = brand_day(now, self.ground.brand.timezone)
        moved: Mapping[str, set[Instant] | None] = self.ground.turn.moved()
        if day != self._day or self.ground.turn.decisions != self._decisions:
            self._day, self._decisions = day, self.ground.turn.decisions
            self._clicks, self._heard = {}, {}
            moved = dict.fromkeys(KINDS)
        if "clicks" in moved:
            self._count(engine, moved["clicks"])
        for kind in (name for name in WATCHED if name in moved):
            self._hear(engine, kind)
        return self._rows(engine), [self._aged(each, now) for each in self._heard.values()]

    def _count(self, engine: FactsEngine, tens: set[Instant] | None) -> None:
        for since, until in [(EVER, _END)] if tens is None else runs(tens):
            named = {
                "brand": self.ground.brand.brand, "day": self._day,
                "from": max(since, EVER + FORGOTTEN) - FORGOTTEN, "since": since, "until": until,
            }  # fmt: skip
            for start in [each for each in self._clicks if since <= each < until]:
                del self._clicks[start]
            for row in engine.read("live.counted_clicks", named).to_pylist():
                self._clicks[row["since"]] = row["found"]

    def _hear(self, engine: FactsEngine, kind: str) -> None:
        known = [each.recorded_at for (name, _), each in self._heard.items() if name == kind]
        asked = {
            "brand": self.ground.brand.brand, "since": _END, "recorded": max(known, default=EVER),
        }  # fmt: skip
        for row in engine.newest_by_source(KINDS[kind], asked).to_pylist():
            source = row["source"] or ""
            before = self._heard.get((kind, source))
            newest = row["newest"]
            if before is not None and before.newest is not None:
                newest = max(newest or before.newest, before.newest)
            self._heard[kind, source] = Heard(kind, source, newest, row["recorded_at"], 0.0, None)

    @staticmethod
    def _aged(each: Heard, now: Instant) -> Heard:
        seconds = max((now - each.recorded_at).total_seconds(), 0.0)
        return Heard(each.kind, each.source, each.newest, each.recorded_at, seconds, None)

    def _rows(self, engine: FactsEngine) -> list[Row]:
        named = {"brand": self.ground.brand.brand, "day": self._day}
        counted = {"kind": "clicks", "found": sum(self._clicks.values()), "minor": None}
        return [
            {
                "kind": row["kind"],
                "count": row["found"],
                "amount": None
                if row["minor"] is None
                else f"{format_minor(row['minor'], row['currency'])} {row['currency']}",
            }
            for row in [counted, *engine.read("live.today", named).to_pylist()]
        ]


def runs(tens: set[Instant]) -> Iterator[Span]:
    """Give the stretches in which clicks of some tens of seconds can count or not count.

    A click moves itself and one that comes up to FORGOTTEN after it.
    """
    spans: list[list[Instant]] = []
    for start in sorted(tens):
        until = start + 3 * TENS
        if spans and start <= spans[-1][1]:
            spans[-1][1] = until
        else:
            spans.append([start, until])
    if len(spans) > MOST_RUNS:
        spans = [[spans[0][0], spans[-1][1]]]
    yield from ((since, until) for since, until in spans)


@needs(Action.READ)
def followed(ground: Ground) -> Today:
    """Follow the day from now on: to be asked after every change."""
    return Today(ground)


@needs(Action.READ)
def today(ground: Ground) -> list[Row]:
    """Give what the brand's day has brought so far: counts, and money per currency."""
    return Today(ground).told()[0]
