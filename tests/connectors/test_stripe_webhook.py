import json

import pytest

from truelift.connectors.stripe_webhook import parse
from truelift.connectors.webhook import NotReadable

SESSION = {
    "id": "cs_1", "payment_intent": "pi_1", "created": 1777716000, "currency": "usd",
    "payment_status": "paid", "amount_subtotal": 11900,
    "total_details": {"amount_discount": 1000, "amount_tax": 900, "amount_shipping": 500},
    "client_reference_id": "click-3", "metadata": {"code": "ANA10", "utm_source": "yt"},
    "customer_details": {"email": "C@X.test", "address": {"country": "US", "state": "CA"}},
}  # fmt: skip


def read(kind, told):
    event = {"type": kind, "created": 1777716001, "data": {"object": told}}
    return parse("", json.dumps(event).encode())


def test_a_paid_session_is_an_order_in_main_units():
    (order,) = read("checkout.session.completed", SESSION)
    assert (order.cells["order_id"], order.cells["subtotal"]) == ("pi_1", "119.00")
    assert (order.cells["discount"], order.cells["code"]) == ("10.00", "ANA10")
    assert (order.cells["click_id"], order.cells["utm_source"]) == ("click-3", "yt")
    assert order.cells["ordered_at"] == "2026-05-02T10:00:00+00:00"
    (yen,) = read("checkout.session.completed", {**SESSION, "currency": "jpy"})
    assert yen.cells["subtotal"] == "11900"


def test_a_refund_names_the_order():
    told = {"id": "re_1", "payment_intent": "pi_1", "created": 1777802400, "currency": "usd"}
    (refund,) = read("refund.created", {**told, "amount": 2500, "status": "succeeded"})
    assert (refund.cells["order_id"], refund.cells["amount"]) == ("pi_1", "25.00")
    assert read("refund.created", {**told, "status": "failed"}) == []


def test_what_is_unpaid_unknown_or_off_gives_no_row():
    assert read("checkout.session.completed", {**SESSION, "payment_status": "unpaid"}) == []
    assert read("customer.created", {}) == []
    with pytest.raises(NotReadable, match="which is none"):
        read("checkout.session.completed", {**SESSION, "currency": "zzz"})
    with pytest.raises(NotReadable, match="no time"):
        read("checkout.session.completed", {**SESSION, "created": "soon"})
    with pytest.raises(NotReadable, match=r"data\.object is missing"):
        parse("", b'{"type": "refund.created"}')
