"""What a list in the wild says of a creator, read with care."""

from __future__ import annotations

import pytest

from truelift.operations.creators import count_of, notes_of


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("475800", 475_800), ("475,800", 475_800), ("475.8m", 475_800_000), ("0.89K", 890),
        ("29.0b", 29_000_000_000), (None, None), ("", None), ("m", None), ("1.2.3", None),
        ("many", None), ("-5", None), ("9" * 16, None), ("\u00b2", None), (".", None),
    ],
)  # fmt: skip
def test_a_stated_count_is_read_as_lists_write_it(text, count):
    assert count_of(text) == count


@pytest.mark.parametrize("text", [None, "", "{", "[1]", "7"])
def test_notes_that_are_no_object_say_nothing(text):
    assert notes_of(text) == {}


def test_notes_are_told_by_folded_names():
    assert notes_of('{" Price ": " 12.00 ", "rank": 1}') == {"price": "12.00", "rank": "1"}
