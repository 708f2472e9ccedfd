"""Webhooks of a user's own systems (Standard Webhooks): rows of our kinds, in so many words.

    {"type": "orders", "data": {...} or [{...}, ...]}

type names the kind, with or without what happened (`orders`, `orders.created`).
"""

from __future__ import annotations

from truelift.connectors.webhook import NotReadable, at, needed, object_of
from truelift.facts.hit import Cell, Row
from truelift.facts.kinds import KINDS


def parse(topic: str, body: bytes) -> list[Row]:
    """Read a webhook."""
    found = object_of(body)
    kind = (topic or needed(found, "type")).partition(".")[0]
    if kind not in KINDS:
        field = "type"
        msg = f"type is {kind[:40]!r}, which is no kind of row"
        raise NotReadable(field, msg)
    data = at(found, "data")
    rows = data if isinstance(data, list) else [data]
    told = []
    for each in rows:
        if not isinstance(each, dict):
            field = "data"
            msg = "data is neither a row nor a list of rows"
            raise NotReadable(field, msg)
        plain: dict[str, Cell] = {
            name: value
            for name, value in each.items()
            if isinstance(value, str | int | bool) or value is None
        }
        told.append(Row(kind, plain))
    return told
