"""Hits: what is kept of a request comes back as it was, and says of itself what it is."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.hit import Beacon, Click, Collected, Hook, Row, decode, encode, text_of

HITS = (
    Click(brand="acme", click_id="c" * 22, slug="ana1", received_us=1_780_000_000_000_000),
    Click(
        brand="acme", click_id="c", slug="ana1", received_us=1, method="HEAD", visitor="v",
        consent=False, signal="gpc", label="head", in_app="tiktok", fallback=True,
    ),
    Beacon(click_id="c", received_us=2),
    Collected(brand="acme", key_id="k", received_us=3, rows=[Row("leads", {"lead_id": "l1"})]),
    Hook(
        brand="acme", source="shopify", hook_id="h", delivery_id="d", received_us=4,
        body=b"\x00{}\xff", headers={"x-shopify-topic": "orders/paid"}, stale=True,
    ),
)  # fmt: skip


@pytest.mark.parametrize("hit", HITS, ids=lambda hit: type(hit).__name__)
def test_a_hit_comes_back_as_it_was(hit):
    assert decode(encode(hit)) == hit
    assert msgspec.msgpack.decode(encode(hit))["type"] == type(hit).__name__.lower()


def test_a_field_of_a_later_version_is_no_obstacle():
    plain = msgspec.msgpack.decode(encode(HITS[0]))
    assert decode(msgspec.msgpack.encode(plain | {"new_field": 1})) == HITS[0]


@pytest.mark.parametrize("payload", [b"", b"\xc0", msgspec.msgpack.encode({"type": "other"})])
def test_bytes_that_are_no_hit_are_refused(payload):
    with pytest.raises(ValueError, match="no hit"):
        decode(payload)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, None), ("", None), ("a", "a"), (True, "true"), (False, "false"), (12, "12"),
        (12.5, "12.5"), (1e-7, "0.0000001"), (1e16, "10000000000000000"), (19.99, "19.99"),
    ],
)  # fmt: skip
def test_a_cell_is_the_text_a_file_would_have(cell, text):
    assert text_of(cell) == text


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_a_number_of_json_keeps_every_digit(amount):
    sent = f'{{"cells": {{"amount": {amount}}}, "kind": "orders"}}'
    row = msgspec.json.decode(sent, type=Row)
    text = text_of(row.cells["amount"])
    assert msgspec.convert(text, type=type(amount), strict=False) == amount
