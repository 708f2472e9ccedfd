import json

import pytest

from truelift.connectors.webhook import NotReadable
from truelift.connectors.woocommerce_webhook import parse

ORDER = {
    "id": 727, "number": "727", "status": "processing", "currency": "EUR",
    "date_created_gmt": "2026-05-02T10:00:00", "date_modified_gmt": "2026-05-02T10:05:00",
    "discount_total": "5.00", "shipping_total": "4.90", "total_tax": "19.00",
    "billing": {"email": "B@X.test", "country": "DE"}, "shipping": {"country": "", "state": "BE"},
    "line_items": [{"subtotal": "60.00"}, {"subtotal": "40.00"}],
    "coupon_lines": [{"code": "bo"}],
    "meta_data": [
        {"key": "_wc_order_attribution_utm_source", "value": "tiktok"},
        {"key": "tl", "value": "click-2"}, {"key": "other", "value": {"a": 1}},
    ],
    "refunds": [{"id": 9, "total": "-119.00"}],
}  # fmt: skip


def read(topic, told):
    return parse(topic, json.dumps(told).encode())


def test_an_order_is_the_sum_of_its_lines_without_tax():
    order, refund = read("order.updated", ORDER)
    assert (order.cells["subtotal"], order.cells["tax"]) == ("100.00", "19.00")
    assert order.cells["prices_include_tax"] is False
    assert order.cells["ordered_at"] == "2026-05-02T10:00:00Z"
    assert (order.cells["code"], order.cells["click_id"]) == ("bo", "click-2")
    assert (order.cells["utm_source"], order.cells["ship_country"]) == ("tiktok", "DE")
    assert refund.cells["amount"] == "95.00"  # no more than the goods cost
    assert refund.cells["refunded_at"] == "2026-05-02T10:05:00Z"


def test_a_cart_is_no_order_and_a_cancelled_one_says_when():
    assert read("order.created", {**ORDER, "status": "pending"}) == []
    assert read("product.updated", {"id": 1}) == []
    order, _ = read("order.updated", {**ORDER, "status": "cancelled"})
    assert order.cells["cancelled_at"] == "2026-05-02T10:05:00Z"
    with pytest.raises(NotReadable, match="status is missing"):
        read("order.created", {"id": 1})


def test_all_refunds_together_are_no_more_than_the_goods_cost():
    refunds = [{"id": 10, "total": "-80.00"}, {"id": 9, "total": "-30.00"}]
    _, first, second = read("order.updated", {**ORDER, "refunds": refunds})
    assert [(each.cells["refund_id"], each.cells["amount"]) for each in (first, second)] == [
        ("9", "30.00"), ("10", "65.00"),
    ]  # fmt: skip
