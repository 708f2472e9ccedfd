"""Webhooks of a user's own systems (Standard Webhooks): rows of our kinds, in so many words.

    {"type": "orders", "data": {...} or [{...}, ...]}

type names the kind, with or without what happened (`orders`, `orders.created`). A list of texts is
read as in a file: `["ANA", "BO"]` is `ANA;BO`.
"""

from __future__ import annotations

from typing import Any

from truelift.connectors.webhook import NotReadable, at, needed, object_of
from truelift.facts.hit import Cell, Row
from truelift.facts.kinds import KINDS


def parse(topic: str, body: bytes) -> list[Row | NotReadable]:
    """Read a webhook; a row that is none stands as its own fault, beside the good ones."""
    found = object_of(body)
    kind = (topic or needed(found, "type")).partition(".")[0]
    if kind not in KINDS:
        field = "type"
        msg = f"type is {kind[:40]!r}, which is no kind of row"
        raise NotReadable(field, msg)
    data = at(found, "data")
    rows = data if isinstance(data, list) else [data]
    return [_row(kind, each, position) for position, each in enumerate(rows, start=1)]


def _row(kind: str, told: object, position: int) -> Row | NotReadable:
    """Read a row; what stands under a name that the kind does not know is left out if it is odd."""
    if not isinstance(told, dict):
        return NotReadable("data", f"row {position} of data is no object")
    plain: dict[str, Cell] = {}
    for name, value in told.items():
        if _is_plain(value):
            plain[name] = value
        elif isinstance(value, list) and all(isinstance(each, str | int) for each in value):
            plain[name] = ";".join(map(str, value)) or None
        elif name in KINDS[kind].names:
            return NotReadable(
                name, f"{name} in row {position} of data is neither a value nor a list of texts"
            )
    return Row(kind, plain)


def _is_plain(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds there
    return value is None or isinstance(value, str | int | bool)
