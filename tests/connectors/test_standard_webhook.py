import pytest

from truelift.connectors.standard_webhook import parse
from truelift.connectors.webhook import NotReadable


def test_rows_of_our_kinds_come_in_so_many_words():
    one = parse("", b'{"type": "orders.created", "data": {"order_id": "1", "subtotal": 1.10}}')
    assert [(each.kind, each.cells) for each in one] == [
        ("orders", {"order_id": "1", "subtotal": "1.10"})
    ]
    assert len(parse("leads", b'{"data": [{"lead_id": "1"}, {"lead_id": "2"}]}')) == 2
    assert parse("orders", b'{"data": {"order_id": "1", "odd": {"a": 1}}}')[0].cells == {
        "order_id": "1"
    }


def test_a_list_of_texts_is_written_as_in_a_file():
    (row,) = parse("orders", b'{"data": {"order_id": "1", "codes": ["ANA", "BO"], "tags": []}}')
    assert row.cells == {"order_id": "1", "codes": "ANA;BO", "tags": None}


def test_a_row_that_is_none_stops_no_other():
    body = b'{"data": [{"order_id": "1"}, 7, {"order_id": "2", "codes": [{"code": "ANA"}]}]}'
    good, none, nested = parse("orders", body)
    assert good.cells == {"order_id": "1"}
    assert (none.field, str(none)) == ("data", "row 2 of data is no object")
    assert (nested.field, str(nested)) == (
        "codes", "codes in row 3 of data is neither a value nor a list of texts",
    )  # fmt: skip
    (missing,) = parse("orders", b'{"type": "orders"}')
    assert missing.field == "data"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"type": "joy", "data": {}}', "type"),
        (b'{"data": {}}', "type"),
    ],
)
def test_what_is_off_is_named(body, field):
    with pytest.raises(NotReadable) as refused:
        parse("", body)
    assert refused.value.field == field
