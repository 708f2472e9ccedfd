"""Plans: who takes part in a campaign, what they still have to publish and when.

In:   Knowledge, a campaign.
Out:  creators, deliverables with the day they are due, days of the flight gone and left.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from truelift.base.time import Instant, brand_day
from truelift.operations.flights import flight
from truelift.operations.knowledge import Knowledge, midnight

Row = dict[str, Any]
DAY = dt.timedelta(days=1)
NOON = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Due:
    """One deliverable. at: when it went live, else noon of the day it is due; None: not said."""

    deliverable: str
    creator: str
    platform: str | None
    at: Instant | None
    live: bool


@dataclass(frozen=True, slots=True)
class Flown:
    """How far a flight is: its first and last instant, days gone and days left of it."""

    start: Instant
    end: Instant
    gone: float
    left: float

    @property
    def days(self) -> float:
        """Give the days of the whole flight."""
        return self.gone + self.left

    def day_of(self, at: Instant) -> float:
        """Give the days between the flight's start and an instant."""
        return (at - self.start) / DAY


def flown(known: Knowledge, campaign: str) -> Flown:
    """Say how far a campaign's flight is as of the knowledge's time."""
    row = flight(known, campaign)
    start, end = row["flight_start"], row["flight_end"]
    now = min(max(known.as_of, start), end)
    return Flown(start, end, (now - start) / DAY, (end - now) / DAY)


def agreements_of(known: Knowledge, campaign: str) -> list[Row]:
    """Give the agreements of a campaign that are signed and not cancelled as of now."""
    today = brand_day(known.as_of, known.ground.brand.timezone)
    return [
        row
        for row in known.rows("agreements")
        if row["campaign"] == campaign
        and row["signed_on"] <= today
        and (row["cancelled_on"] is None or row["cancelled_on"] > today)
    ]


def parties(known: Knowledge, campaign: str) -> list[str]:
    """Name who takes part: by an agreement, as treated participant, or live already."""
    found = {row["creator"] for row in agreements_of(known, campaign)}
    for row in known.rows("participants"):
        if row["campaign"] == campaign:
            (found.add if row["arm"] == "treated" else found.discard)(row["creator"])
    return sorted(found | {creator for name, creator in known.launches if name == campaign})


def deliverables(known: Knowledge, campaign: str) -> list[Due]:
    """Give the deliverables of a campaign's agreements, in the order they are due."""
    owner = {row["agreement"]: row["creator"] for row in agreements_of(known, campaign)}
    zone = known.ground.brand.timezone
    found = []
    for row in known.rows("deliverables"):
        creator = owner.get(row["agreement"])
        if creator is None:
            continue
        live_at = row["live_at"]
        live = live_at is not None and live_at <= known.as_of
        noon = None if row["due_on"] is None else midnight(row["due_on"], zone) + NOON
        at = live_at if live else noon or live_at
        found.append(Due(row["deliverable"], creator, row["platform"], at, live))
    return sorted(found, key=lambda due: (due.at is None, due.at, due.deliverable))
