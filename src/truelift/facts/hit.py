"""Hits: what the collector keeps of a request, whole, before anything is believed of it.

In:   what a browser, a page, a server or a shop sent.
Out:  one record per request, as msgpack: a tagged union of Click, Beacon, Collected and Hook.

A record is written before the request is answered and is read again by whoever drains the spool.
Fields may be added with a default; none is renamed or given another meaning.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

LARGEST_SKEW_US = 300_000_000
"""A sender's clock that is off by more is counted, and said in the notes of its rows."""

Cell = str | int | float | bool | None
"""A value of a collected row as JSON has it."""


class Click(msgspec.Struct, frozen=True, tag="click", omit_defaults=True, kw_only=True):
    """A request for a tracked link.

    received_us: microseconds since 1970, UTC. link: version of the link (a short hash of what was
    stored); choice: which of its destinations, by number. label and rule become the click's class.
    signal: `gpc` or `dnt` when the browser asks not to be followed. fallback: the link was not in
    force, its fallback was answered. in_app: platform whose app the browser is part of.
    """

    brand: str
    click_id: str
    slug: str
    received_us: int
    method: str = "GET"
    link: str = ""
    choice: int = 0
    user_agent: str = ""
    referrer: str = ""
    country: str | None = None
    visitor: str | None = None
    consent: bool | None = None
    signal: str | None = None
    label: str = "human"
    rule: str = ""
    in_app: str | None = None
    fallback: bool = False
    passed_on: bool = True


class Beacon(msgspec.Struct, frozen=True, tag="beacon", omit_defaults=True, kw_only=True):
    """A landing page says that a click arrived; never more than that.

    brand is empty when the page did not send its site key.
    """

    click_id: str
    received_us: int
    brand: str = ""
    name: str = "landed"
    user_agent: str = ""
    visitor: str | None = None
    label: str = "human"
    rule: str = ""


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of a kind, its cells under the contract's column names."""

    kind: str
    cells: dict[str, Cell]


class Collected(msgspec.Struct, frozen=True, tag="collected", omit_defaults=True, kw_only=True):
    """Rows that a page or a server sent in one request, with the key it used.

    trusted: a server's key, which may send money. skew_us: by how much the sender's clock is ahead.
    """

    brand: str
    key_id: str
    received_us: int
    rows: list[Row]
    trusted: bool = False
    user_agent: str = ""
    visitor: str | None = None
    label: str = "human"
    rule: str = ""
    skew_us: int | None = None


class Hook(msgspec.Struct, frozen=True, tag="hook", omit_defaults=True, kw_only=True):
    """A webhook, byte for byte, after its signature was checked.

    source: `shopify`, `woocommerce`, `stripe` or `standard`. delivery_id: unique within the hook
    for ever. stale: it was signed too long ago (or ahead) to be applied.
    """

    brand: str
    source: str
    hook_id: str
    delivery_id: str
    received_us: int
    body: bytes
    topic: str = ""
    headers: dict[str, str] = {}
    stale: bool = False


Hit = Click | Beacon | Collected | Hook

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Hit] = msgspec.msgpack.Decoder(Hit)

encode = _encoder.encode
"""Give a hit as the bytes that are kept."""


def decode(payload: bytes | memoryview) -> Hit:
    """Read a kept hit; ValueError when the bytes are none."""
    try:
        return _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        msg = f"these bytes are no hit: {error}"
        raise ValueError(msg) from error


def text_of(cell: Cell) -> str | None:
    """Give a cell as the text a file would have: `true`, `12.5`; nothing for null or empty.

    A number of up to 15 digits comes back exactly as it was sent.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(Decimal(repr(cell)), "f")
    return str(cell)
