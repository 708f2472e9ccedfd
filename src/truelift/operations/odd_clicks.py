"""Odd clicks: judges the clicks on creators' links by day, and gives them as rows.

In:   what is known.
Out:  gross, valid and questioned clicks per link and day, with the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from truelift.base.errors import NotFound
from truelift.base.time import Instant
from truelift.decisions.click_fraud import RULES, ClickDay, ClickVerdict, questioned
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.people import Action, needs
from truelift.store.ground import Ground

Row = dict[str, Any]


def click_verdicts(known: Knowledge) -> list[ClickVerdict]:
    """Judge the clicks on every creator's link, day by day."""
    relations = {"links": known.catalog("links")}
    rows = known.ground.facts.read(
        "decisions.click_days",
        known.parameters | {"repeats": RULES.repeats},
        {f"catalog_{name}": table for name, table in relations.items()},
    ).to_pylist()
    return questioned([ClickDay(**row) for row in rows])


@needs(Action.READ)
def odd_clicks(
    ground: Ground,
    *,
    creator: str | None = None,
    campaign: str | None = None,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give the links and days whose clicks are questioned, the newest first."""
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    verdicts = click_verdicts(known)
    creators = {
        row["creator"]
        for kind in ("creators", "agreements", "codes", "links")
        for row in known.rows(kind)
    }
    asked = (("creator", creator, creators), ("campaign", campaign, set(known.campaigns)))
    for what, name, names in asked:
        if name is not None and name not in names:
            msg = f"There is no {what} {name!r} here; see `truelift list {what}s`."
            raise NotFound(msg)
    return click_rows(
        each
        for each in verdicts
        if each.reasons
        and creator in {None, each.clicks.creator}
        and campaign in {None, each.clicks.campaign}
    )


def click_rows(found: Iterable[ClickVerdict]) -> list[Row]:
    """Write verdicts as rows, the newest first."""
    verdicts = sorted(found, key=lambda each: (each.clicks.day, each.clicks.slug), reverse=True)
    return [
        {
            "day": each.clicks.day,
            "creator": each.clicks.creator,
            "campaign": each.clicks.campaign,
            "slug": each.clicks.slug,
            "gross": each.clicks.gross,
            "human": each.clicks.human,
            "valid": each.valid,
            "questioned": each.questioned,
            "reasons": "; ".join(name for name, _ in each.reasons),
            "why": "; ".join(told for _, told in each.reasons),
            "rules": RULES.version,
        }
        for each in verdicts
    ]
