import json

import pytest

from truelift.connectors.shopify_webhook import NUMBER, parse
from truelift.connectors.webhook import NotReadable
from truelift.facts.event import DropReason
from truelift.facts.given_back import HANDED, UNSPLIT

ORDER = {
    "id": 820982911946154508, "name": "#1001", "created_at": "2026-05-02T10:00:00-04:00",
    "updated_at": "2026-05-02T10:01:00-04:00", "currency": "USD", "email": "Ana@X.test",
    "total_line_items_price": "119.00", "total_discounts": "10.00", "total_tax": "9.00",
    "taxes_included": True, "cancelled_at": None,
    "total_shipping_price_set": {"shop_money": {"amount": "5.00", "currency_code": "USD"}},
    "discount_codes": [{"code": "ANA10"}, {"code": "MAY"}],
    "landing_site": "/?utm_source=instagram&tl=click-1",
    "note_attributes": [{"name": "survey creator", "value": "ana"}],
    "shipping_address": {"country_code": "US", "province_code": "NY"},
    "line_items": [{"sku": "A", "quantity": 2, "price": "59.50", "total_discount": "10.00"}],
    "refunds": [{
        "id": 509, "created_at": "2026-05-03T10:00:00-04:00",
        "refund_line_items": [
            {"quantity": 1, "subtotal": 54.5, "total_tax": 4.5, "restock_type": "return"},
        ],
        "transactions": [{"kind": "refund", "amount": "54.50", "currency": "USD"}],
    }],
}  # fmt: skip


def read(topic, told):
    return parse(topic, json.dumps(told).encode())


def test_an_order_is_called_by_its_name_and_brings_its_lines_and_refunds():
    order, line, refund = read("orders/updated", ORDER)
    assert order.cells["order_id"] == "#1001"
    assert order.cells["subtotal"] == "119.00"  # before the discount
    assert order.cells["discount"] == "10.00"
    assert order.cells["prices_include_tax"] is True
    assert (order.cells["code"], order.cells["codes"]) == ("ANA10", "ANA10;MAY")
    assert (order.cells["click_id"], order.cells["utm_source"]) == ("click-1", "instagram")
    assert (order.cells["customer"], order.cells["ship_region"]) == ("ana@x.test", "NY")
    assert order.cells[NUMBER] == "820982911946154508"
    assert "cancelled_at" not in order.cells
    assert (line.kind, line.cells["line"], line.cells["price"]) == ("order_lines", "1", "59.50")
    assert refund.cells["amount"] == "50.0"  # the goods without their tax
    assert (refund.cells["order_id"], refund.cells["restocked"]) == ("#1001", True)


def test_a_refund_notice_names_its_order_by_number():
    (refund,) = read("refunds/create", {**ORDER["refunds"][0], "order_id": 820982911946154508})
    assert refund.cells[NUMBER] == refund.cells["order_id"] == "820982911946154508"
    assert refund.cells["currency"] == "USD"


def test_other_topics_give_nothing_and_a_bare_refund_is_not_readable():
    assert read("products/update", {"id": 1}) == []
    with pytest.raises(NotReadable, match="name is missing"):
        read("orders/create", {"id": 1})
    with pytest.raises(NotReadable, match="neither goods nor money"):
        read("refunds/create", {"id": 1, "order_id": 2})


def test_money_given_back_without_goods_counts_and_shipping_stands_beside():
    money = {"kind": "refund", "amount": "20.00", "currency": "USD", "status": "success"}
    bare = {"id": 1, "order_id": 2, "created_at": "2026-05-03T10:00:00Z", "transactions": [money]}
    adjusted = {"kind": "refund_discrepancy", "amount": "-20.00", "tax_amount": "0.00"}
    (refund,) = read("refunds/create", {**bare, "order_adjustments": [adjusted]})
    assert (refund.cells["amount"], refund.cells[UNSPLIT]) == ("20.00", "20.00")
    (refund,) = read("refunds/create", bare)
    assert refund.cells["amount"] == "20.00"
    shipping = {"kind": "shipping_refund", "amount": "-5.00"}
    (refund,) = read("refunds/create", {**bare, "order_adjustments": [shipping]})
    assert (refund.cells["amount"], refund.cells["shipping"]) == ("15.00", "5.00")
    failed = [{**money, "status": "failure"}]
    (refund,) = read("refunds/create", {**bare, "transactions": failed})
    assert refund.cells["amount"] == "0"
    kept_back = [{"kind": "refund_discrepancy", "amount": "4.50"}]
    told = {**ORDER["refunds"][0], "order_adjustments": kept_back}
    *_, refund = read("orders/updated", {**ORDER, "refunds": [told]})
    assert (refund.cells["amount"], refund.cells[HANDED]) == ("45.50", "54.50")


def test_orders_and_refunds_of_the_shops_own_tests_are_left_out():
    money = [{"kind": "refund", "test": True}]
    refund = {**ORDER["refunds"][0], "order_id": 1, "transactions": money}
    for topic, told in (("orders/create", {**ORDER, "test": True}), ("refunds/create", refund)):
        with pytest.raises(NotReadable, match="is a test of the shop") as refused:
            read(topic, told)
        assert refused.value.reason is DropReason.TEST_ORDER
    assert read("orders/create", {**ORDER, "test": False})
