import pytest

from truelift.connectors.standard_webhook import parse
from truelift.connectors.webhook import NotReadable


def test_rows_of_our_kinds_come_in_so_many_words():
    one = parse("", b'{"type": "orders.created", "data": {"order_id": "1", "subtotal": 1.10}}')
    assert [(each.kind, each.cells) for each in one] == [
        ("orders", {"order_id": "1", "subtotal": "1.10"})
    ]
    assert len(parse("leads", b'{"data": [{"lead_id": "1"}, {"lead_id": "2"}]}')) == 2
    assert parse("orders", b'{"data": {"order_id": "1", "lines": [1]}}')[0].cells == {
        "order_id": "1"
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"type": "joy", "data": {}}', "type"),
        (b'{"data": {}}', "type"),
        (b'{"type": "orders"}', "data"),
    ],
)
def test_what_is_off_is_named(body, field):
    with pytest.raises(NotReadable) as refused:
        parse("", body)
    assert refused.value.field == field
