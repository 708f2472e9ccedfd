"""The programme: builds the whole sample, writes it, and says what to do with it when.

In:   a seed and a folder.
Out:  the files, programme.json (steps under a simulated clock) and truth.json.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truelift.connectors.sample_programme.agreements import (
    agreements_table,
    deliverables_table,
    terms,
)
from truelift.connectors.sample_programme.brand import brand_tables
from truelift.connectors.sample_programme.claims import reported_table, sessions_table
from truelift.connectors.sample_programme.content import posts, posts_table
from truelift.connectors.sample_programme.deliveries import write_deliveries
from truelift.connectors.sample_programme.demand import lead_arrivals, order_arrivals
from truelift.connectors.sample_programme.effects import effects
from truelift.connectors.sample_programme.leads import leads, leads_table
from truelift.connectors.sample_programme.next_campaign import with_next_campaign
from truelift.connectors.sample_programme.orders import order_book
from truelift.connectors.sample_programme.payments import costs_table
from truelift.connectors.sample_programme.people import LATE_SEALED, cast, people_tables
from truelift.connectors.sample_programme.readings import mentions_table, observations_table
from truelift.connectors.sample_programme.shop import refunds, sales
from truelift.connectors.sample_programme.table import Table
from truelift.connectors.sample_programme.timeline import (
    BRAND,
    CURRENCY,
    DELIVERIES,
    FLIGHTS,
    ZONE,
)
from truelift.connectors.sample_programme.tracking import tracking_tables
from truelift.connectors.sample_programme.truth import World, truth
from truelift.connectors.sample_programme.visits import clicks_table, idle_clicks, touches


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do at one moment of the simulated clock (naive UTC)."""

    at: dt.datetime
    action: str
    """import, seal or seal_late."""
    folder: str | None
    """Folder to import, relative to the programme's; None for a seal."""
    campaign: str | None
    creator: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Programme:
    """The sample programme: whose it is, the steps in order, and the truth."""

    seed: int
    brand: str
    currency: str
    timezone: str
    steps: tuple[Step, ...]
    truth: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Give the programme without its truth, as it is written to programme.json."""
        return {
            "seed": self.seed,
            "brand": self.brand,
            "currency": self.currency,
            "timezone": self.timezone,
            "steps": [
                {
                    "at": f"{step.at.isoformat()}Z",
                    "action": step.action,
                    "folder": step.folder,
                    "campaign": step.campaign,
                    "creator": step.creator,
                    "note": step.note,
                }
                for step in self.steps
            ],
        }


def write(folder: Path, seed: int = 7) -> Programme:
    """Write the sample into a folder; the same seed gives the same bytes."""
    world, tables = _build(seed)
    folder.mkdir(parents=True, exist_ok=True)
    write_deliveries(folder, tables)
    programme = Programme(seed, BRAND, CURRENCY, ZONE, _steps(), truth(world))
    for name, value in (("programme", programme.as_json()), ("truth", programme.truth)):
        text = json.dumps(value, indent=1, allow_nan=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    return programme


def _build(seed: int) -> tuple[World, list[Table]]:
    people = cast(seed)
    drawn = effects(seed)
    content = posts(seed, people, drawn)
    ordered = order_arrivals(seed, people, drawn)
    led = lead_arrivals(seed, people, drawn)
    order_touches = touches(seed, people, drawn, ordered, "order")
    lead_touches = touches(seed, people, drawn, led, "lead")
    visits = order_touches.clicks.joined(lead_touches.clicks).joined(
        idle_clicks(seed, people, drawn)
    )
    clicks, click_ids = clicks_table(seed, visits)
    lead_click_ids = click_ids[len(order_touches.clicks.slug) :]
    sold = sales(seed, ordered)
    returned = refunds(seed, sold)
    taken = leads(seed, led)
    signed = terms(seed, people, drawn, content)
    book = order_book(people, drawn, order_touches, sold, returned, click_ids=click_ids)
    world = World(
        seed=seed,
        people=people,
        drawn=drawn,
        content=content,
        order_arrivals=ordered,
        lead_arrivals=led,
        sold=sold,
        returned=returned,
        taken=taken,
        signed=signed,
        book=book,
    )
    tables = [
        *people_tables(seed, people),
        *brand_tables(drawn),
        *tracking_tables(people, drawn),
        agreements_table(signed),
        deliverables_table(people, signed, content),
        posts_table(people, drawn, content),
        observations_table(seed, people, content),
        mentions_table(seed, people, drawn, content),
        clicks,
        book.orders,
        book.refunds,
        leads_table(people, lead_touches, taken, lead_click_ids),
        costs_table(signed),
        sessions_table(seed, ordered, drawn),
        reported_table(seed, people, drawn, ordered),
    ]
    return world, with_next_campaign(tables)


_SEALED_AFTER = {"glow": 0, "signup-spring": 2, "summer": 4}
"""After which delivery each campaign's baselines are sealed: the evening before its launch."""
_LATE_SEALED_AFTER = 1


def _steps() -> tuple[Step, ...]:
    steps = []
    for number, delivery in enumerate(DELIVERIES):
        steps.append(Step(delivery.at, "import", delivery.folder, None, None, delivery.note))
        seal_at = delivery.at + dt.timedelta(minutes=5)
        for campaign, after in _SEALED_AFTER.items():
            if after == number:
                note = f"baselines before {campaign} launches on {FLIGHTS[campaign].starts}"
                steps.append(Step(seal_at, "seal", None, campaign, None, note))
        if number == _LATE_SEALED_AFTER:
            note = f"{LATE_SEALED} posted before the agreement reached the books: sealed late"
            steps.append(Step(seal_at, "seal_late", None, "glow", LATE_SEALED, note))
    return tuple(steps)
