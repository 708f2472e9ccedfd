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


def test_a_refund_that_fails_in_the_end_gives_nothing_back():
    told = {"id": "re_1", "payment_intent": "pi_1", "created": 1777802400, "currency": "usd"}
    for kind, status in (("refund.updated", "failed"), ("refund.failed", "canceled")):
        (refund,) = read(kind, {**told, "amount": 2500, "status": status})
        assert (refund.cells["refund_id"], refund.cells["amount"]) == ("re_1", "0.00")
    assert read("refund.updated", {**told, "status": "requires_action"}) == []


def test_a_charge_brings_its_refunds_or_their_sum():
    charge = {"id": "ch_1", "payment_intent": "pi_1", "currency": "usd", "amount_refunded": 3000}
    (whole,) = read("charge.refunded", charge)
    assert (whole.cells["refund_id"], whole.cells["amount"]) == ("pi_1-cumulative", "30.00")
    one = {"id": "re_1", "created": 1777802400, "amount": 3000, "status": "succeeded"}
    (named,) = read("charge.refunded", {**charge, "refunds": {"data": [one]}})
    assert (named.cells["refund_id"], named.cells["order_id"]) == ("re_1", "pi_1")
    (whole,) = read("charge.refunded", {**charge, "refunds": {"data": [one], "has_more": True}})
    assert whole.cells["amount"] == "30.00"
