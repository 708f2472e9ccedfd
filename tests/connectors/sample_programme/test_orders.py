from collections import Counter

from truelift.connectors.sample_programme.people import LEAKED


def test_money_has_the_currencys_decimals(sample):
    money = ("subtotal", "discount", "tax", "shipping", "payment_fees", "cogs", "fulfilment")
    for row in sample.rows("orders"):
        for name in money:
            assert not row[name] or len(row[name].partition(".")[2]) == 2


def test_orders_come_in_three_currencies_mostly_dollars(sample):
    currencies = Counter(row["currency"] for row in sample.rows("orders"))
    assert set(currencies) == {"USD", "EUR", "GBP"}
    assert currencies["USD"] / currencies.total() > 0.8


def test_the_late_fact_is_of_may_and_arrives_in_july(sample):
    late = sample.programme.truth["special"]["late_fact"]["order_id"]
    found = [
        (delivery, row)
        for delivery in sample.deliveries
        for row in sample.delivered("orders", delivery)
        if row["order_id"] == late
    ]
    assert len(found) == 1
    assert found[0][0] == sample.deliveries[-1]
    assert found[0][1]["ordered_at"].startswith("2026-05")
    assert found[0][1]["code"]


def test_one_order_is_updated_with_its_time(sample):
    updated = sample.programme.truth["special"]["updated_order"]["order_id"]
    rows = [row for row in sample.rows("orders") if row["order_id"] == updated]
    assert [bool(row["updated_at"]) for row in rows] == [False, True]
    assert rows[0]["discount"] != rows[1]["discount"]
    assert rows[0]["ordered_at"] == rows[1]["ordered_at"]


def test_the_leak_shows_as_codes_without_clicks_from_far_away(sample):
    special = sample.programme.truth["special"]["leaked_code"]
    orders = sample.latest("orders", "order_id")
    leaked = [orders[order_id,] for order_id in special["orders"]]
    assert special["creator"] == LEAKED
    assert len(leaked) == 64
    assert {row["code"] for row in leaked} == {special["code"]}
    assert not any(row["click_id"] or row["visitor"] for row in leaked)
    assert {row["ship_country"] for row in leaked} == {"AU", "BR"}


def test_codes_on_orders_were_given_out(sample):
    given = {row["code"] for row in sample.rows("codes")}
    assert {row["code"] for row in sample.rows("orders") if row["code"]} == given


def test_a_few_orders_are_cancelled(sample):
    assert sum(bool(row["cancelled_at"]) for row in sample.rows("orders")) >= 3


def test_refunds_name_orders_of_their_currency(sample):
    orders = sample.latest("orders", "order_id")
    for row in sample.rows("refunds"):
        assert row["currency"] == orders[row["order_id"],]["currency"]
        assert row["refunded_at"] > orders[row["order_id"],]["ordered_at"]
