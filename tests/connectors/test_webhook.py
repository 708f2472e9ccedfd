from decimal import Decimal

import pytest

from truelift.connectors.webhook import (
    NotReadable,
    amount,
    at,
    journey,
    needed,
    object_of,
    objects,
    row,
    text,
)


def test_numbers_of_a_body_stay_exact():
    found = object_of(b'{"a": {"b": 0.1}, "n": 7, "yes": true}')
    assert (text(found, "a.b"), text(found, "n"), text(found, "yes")) == ("0.1", "7", None)
    assert amount(found, "a.b") == Decimal("0.1")
    assert amount(found, "nothing") == 0
    assert at(found, "n.b") is None
    assert objects({"list": [1, {"a": 2}]}, "list") == [{"a": 2}]
    assert objects({"list": 1}, "list") == []


@pytest.mark.parametrize("body", [b"{", b"[1]", b"7", b"\xff"])
def test_a_body_that_is_no_object_is_named(body):
    with pytest.raises(NotReadable) as refused:
        object_of(body)
    assert refused.value.field == "body"


def test_what_is_missing_or_no_number_is_named():
    with pytest.raises(NotReadable, match=r"a\.b is missing"):
        needed({}, "a.b")
    for value in ("x", "NaN", "Infinity"):
        with pytest.raises(NotReadable, match="no number"):
            amount({"a": value}, "a")


def test_empty_cells_are_left_out_and_decimals_are_plain_text():
    told = row("orders", order_id="1", subtotal=Decimal("1E+2"), code=None, tax="")
    assert told.cells == {"order_id": "1", "subtotal": "100"}


def test_a_journey_is_found_in_names_and_inside_addresses():
    found = journey([("Landing", "/?utm_source=ig&tl=inside"), ("utm medium", "post")], "/?tl=out")
    assert (found["utm_source"], found["utm_medium"]) == ("ig", "post")
    assert found["click_id"] == "inside"
    assert journey([("tl", 5)])["click_id"] is None
