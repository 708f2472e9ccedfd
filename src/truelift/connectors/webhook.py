"""Webhooks: what a shop's own notice is read with, before anyone knows which shop it is.

In:   the body of a webhook, as it was signed.
Out:  JSON objects, cells by path, and NotReadable with the field and a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from truelift.facts.event import DropReason
from truelift.facts.hit import Cell, Row

Json = Mapping[str, Any]

_decoder = msgspec.json.Decoder(float_hook=str)

CLICK_KEYS = ("tl", "click_id", "truelift_click_id", "tl_click_id", "tlclid")
"""Names under which shops hand our click id on."""

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content")


class NotReadable(Exception):
    """A webhook does not say what it has to; `field` names what is missing or off.

    reason: another one when it says what it has to and is left out all the same.
    """

    def __init__(
        self, field: str, message: str, reason: DropReason = DropReason.NOT_READABLE
    ) -> None:
        """Keep the field and the reason beside the sentence."""
        super().__init__(message)
        self.field = field
        self.reason = reason


def object_of(body: bytes) -> Json:
    """Read a body that is one JSON object; numbers with a fraction stay exact text."""
    try:
        found = _decoder.decode(body)
    except msgspec.DecodeError as error:
        field = "body"
        msg = f"the body is no JSON ({error})"
        raise NotReadable(field, msg) from error
    if not isinstance(found, dict):
        field = "body"
        msg = "the body is no JSON object"
        raise NotReadable(field, msg)
    return found


def at(found: object, path: str) -> Any:  # noqa: ANN401 - whatever JSON holds there
    """Give what stands under a dotted path; None where there is nothing."""
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def text(found: object, path: str) -> str | None:
    """Give the text or number under a path, as text; None for nothing and for what is neither."""
    value = at(found, path)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def needed(found: Json, path: str) -> str:
    """Give the text under a path; NotReadable when there is none."""
    value = text(found, path)
    if value is None:
        msg = f"{path} is missing"
        raise NotReadable(path, msg)
    return value


def amount(found: object, path: str) -> Decimal:
    """Give the number under a path; nothing is 0, and NotReadable for what is no number."""
    value = text(found, path)
    if value is None:
        return Decimal(0)
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        msg = f"{path} is {value[:40]!r}, which is no number"
        raise NotReadable(path, msg)
    return number


def objects(found: object, path: str) -> list[Json]:
    """Give the objects of the list under a path; none when there is no list."""
    value = at(found, path)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def row(kind: str, **cells: Cell | Decimal) -> Row:
    """Write a row of a kind; what is empty is left out, numbers are exact text."""
    told = {
        name: format(value, "f") if isinstance(value, Decimal) else value
        for name, value in cells.items()
    }
    return Row(kind, {name: value for name, value in told.items() if value not in (None, "")})


def journey(pairs: Iterable[tuple[str, object]], address: str | None = None) -> dict[str, Cell]:
    """Find utm values and our click id among named values, also inside addresses."""
    found: dict[str, str] = {}
    named = [(name, value) for name, value in pairs if isinstance(value, str)]
    for value in [*(value for _, value in named), *([address] if address else [])]:
        if "?" in value:
            for name, part in parse_qsl(urlsplit(value).query):
                found.setdefault(name.lower(), part)
    found |= {name.strip().lower().replace(" ", "_"): value.strip() for name, value in named}
    click = next((found[key] for key in CLICK_KEYS if found.get(key)), None)
    told: dict[str, Cell] = {name: found.get(name) for name in UTM}
    return told | {"click_id": click, "survey_creator": found.get("survey_creator")}
