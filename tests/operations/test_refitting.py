"""Refunds come to the same sum in whatever order notices and exports arrive."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json

import pytest

from truelift.connectors.files import ReadOptions
from truelift.facts.hit import Hook, encode
from truelift.operations.drain import drain
from truelift.operations.ingest import import_paths
from truelift.store.spool import Spool
from truelift.workspace.workspace import Workspace

NOON = 1_779_105_600_000_000  # 2026-05-18T12:00Z
HEADER = (
    "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem price,Refunded Amount,Id"
)
LINE = {"quantity": 1, "restock_type": "return"}


class Shop:
    """A workspace that takes hooks and exports in, one after the other."""

    def __init__(self, told, folder):
        self.ground, self.folder = told.ground, folder
        self.clock, self.count = told.clock, itertools.count()
        told.clock.at = dt.datetime(2026, 5, 19)

    def hooks(self, *hooks, source="shopify"):
        self.clock.at += dt.timedelta(hours=1)

        async def write():
            spool = Spool(self.ground.folder / "spool", "w")
            spool.start()
            for topic, body in hooks:
                hook = Hook(
                    brand="acme", source=source, hook_id="h", delivery_id=str(next(self.count)),
                    received_us=NOON, body=json.dumps(body).encode(), topic=topic,
                )  # fmt: skip
                assert await spool.append(encode(hook)).committed
            await spool.close()

        asyncio.run(write())
        return drain(self.ground, {"acme": self.ground})

    def export(self, *rows, day="2026-06-01"):
        self.clock.at += dt.timedelta(hours=1)
        path = self.folder / f"orders_export_{next(self.count)}.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n")
        return import_paths(self.ground, [path], ReadOptions(set={"refunded_at": day}))

    def rows(self, kind):
        return Workspace(self.ground).list(kind).rows

    def refunds(self):
        return {row["refund_id"]: (row["order_id"], row["amount"]) for row in self.rows("refunds")}

    def quarantined(self):
        return [row["reason"] for row in self.rows("quarantine")]


@pytest.fixture
def shop(told, tmp_path):
    return Shop(told, tmp_path)


def exported(refunded="", name="#1001", number="5001"):
    money = "paid,USD,90.00,5.00,7.20,102.20,0,2026-05-01 12:00:00 +0000,1,90.00"
    return f"{name},{money},{refunded},{number}"


def order(name="#1001", number=5001, **more):
    return "orders/updated", {
        "id": number, "name": name, "created_at": "2026-05-01T12:00:00Z", "currency": "USD",
        "updated_at": "2026-05-01T12:00:00Z", "total_line_items_price": "90.00",
        "total_tax": "7.20", "total_shipping_price_set": {"shop_money": {"amount": "5.00"}}, **more,
    }  # fmt: skip


def refund(number=5001, refund_id=901, goods="30.00", tax="0.00", paid=None, **more):
    money = {"kind": "refund", "currency": "USD", "amount": paid or goods, "status": "success"}
    return "refunds/create", {
        "id": refund_id, "order_id": number, "created_at": "2026-05-10T12:00:00Z",
        "refund_line_items": [LINE | {"subtotal": goods, "total_tax": tax}],
        "transactions": [money], **more,
    }  # fmt: skip


def test_a_sum_adds_nothing_to_the_refunds_that_came_by_hook(shop):
    shop.hooks(order(), refund())
    report = shop.export(exported("30.00"))
    assert shop.refunds() == {"901": ("#1001", "30.00")}
    (fault,) = report.faults
    assert fault.reason.name == "NOT_ADVANCING"
    assert "known already from refunds with ids of their own" in fault.message
    shop.export(exported("50.00"))  # 20.00 more, of which no notice came
    assert shop.refunds() == {"901": ("#1001", "30.00"), "#1001-cumulative": ("#1001", "20.00")}


def test_a_refund_by_hook_is_taken_out_of_the_sum_that_came_before(shop):
    shop.export(exported("30.00"))
    shop.hooks(order(), refund(goods="20.00"))
    assert shop.refunds() == {"901": ("#1001", "20.00"), "#1001-cumulative": ("#1001", "10.00")}
    shop.hooks(refund(goods="10.00", refund_id=902))
    assert shop.refunds()["#1001-cumulative"] == ("#1001", "0.00")
    before = shop.rows("refunds")
    assert shop.hooks(refund(goods="10.00", refund_id=902)).rows == 0
    assert shop.export(exported("30.00")).changed is False
    assert shop.rows("refunds") == before
    assert shop.quarantined() == []


def test_the_tax_of_a_refund_is_no_rest_of_the_sum_and_a_full_refund_is_one(shop):
    shop.hooks(order(), refund(goods="30.00", tax="2.40", paid="32.40"))
    shop.export(exported("32.40"))
    assert list(shop.refunds()) == ["901"]
    shop.export(exported("102.20"))
    shop.hooks(refund(refund_id=902, goods="60.00", tax="4.80", paid="69.80"))
    assert shop.quarantined() == ["NOT_ADVANCING"]
    assert {name: amount for name, (_, amount) in shop.refunds().items()} == {
        "901": "30.00", "902": "60.00", "#1001-cumulative": "0.00",
    }  # fmt: skip


@pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
def test_the_sum_is_the_same_in_every_order_of_arrival(shop, turn):
    steps = [
        lambda: shop.hooks(order()),
        lambda: shop.hooks(refund(goods="20.00")),
        lambda: shop.export(exported("30.00")),
    ]
    for at in turn:
        steps[at]()
    assert shop.refunds() == {"901": ("#1001", "20.00"), "#1001-cumulative": ("#1001", "10.00")}
    assert shop.quarantined() == []


def test_a_refund_before_its_order_finds_it_when_it_comes(shop):
    shop.hooks(refund(5004))
    assert shop.refunds() == {"901": ("5004", "30.00")}
    shop.hooks(order("#1004", 5004))
    assert shop.refunds() == {"901": ("#1004", "30.00")}
    assert shop.hooks(refund(5004)).refused == 0
    assert shop.refunds() == {"901": ("#1004", "30.00")}


def test_a_refund_of_an_order_from_a_file_finds_it_before_and_after(shop):
    shop.export(exported(name="#2001", number="6001"))
    shop.hooks(refund(6001), refund(6002, 902))
    assert shop.refunds() == {"901": ("#2001", "30.00"), "902": ("6002", "30.00")}
    shop.export(exported(name="#2002", number="6002"))
    assert shop.refunds()["902"] == ("#2002", "30.00")


def test_prices_with_tax_give_the_same_refund_from_both_notices(shop):
    taxed = {
        "taxes_included": True, "total_line_items_price": "119.00", "total_tax": "19.00",
        "total_shipping_price_set": None,
    }  # fmt: skip
    half = refund(goods="59.50", tax="9.50")
    shop.hooks(half)
    shop.hooks(order(**taxed))
    assert shop.refunds() == {"901": ("#1001", "50.00")}
    shop.hooks(order(**taxed, refunds=[half[1]]))
    assert shop.refunds() == {"901": ("#1001", "50.00")}
    shop.hooks(half)
    assert shop.refunds() == {"901": ("#1001", "50.00")}
    shop.hooks(order("#1002", 5002, **taxed), refund(5002, 902, goods="119.00", tax="19.00"))
    assert shop.refunds()["902"] == ("#1002", "100.00")
    assert shop.quarantined() == []


def test_refitted_refunds_come_back_from_the_log(shop):
    shop.export(exported("30.00"))
    shop.hooks(refund(goods="20.00"))
    before = shop.refunds()
    shop.ground.facts.compact(2**40)
    assert shop.refunds() == before == {
        "901": ("#1001", "20.00"), "#1001-cumulative": ("#1001", "10.00"),
    }  # fmt: skip


def stripe(kind, **told):
    about = {"payment_intent": "pi_1", "created": 1779105600, "currency": "usd"}
    return "", {"type": kind, "created": 1779105601, "data": {"object": about | told}}


SESSION = stripe(
    "checkout.session.completed", created=1779100000, payment_status="paid", amount_subtotal=9000,
    total_details={"amount_tax": 720, "amount_shipping": 500},
)  # fmt: skip


@pytest.mark.parametrize("first", [0, 1])
def test_money_counts_as_goods_up_to_what_is_left(shop, first):
    steps = [SESSION, stripe("refund.created", id="re_1", amount=10220, status="pending")]
    shop.hooks(steps[first], source="stripe")
    shop.hooks(steps[1 - first], source="stripe")
    assert shop.refunds() == {"re_1": ("pi_1", "90.00")}
    shop.hooks(
        stripe("refund.updated", id="re_1", amount=10220, status="failed"),
        stripe("refund.created", id="re_2", amount=3000, status="succeeded"),
        source="stripe",
    )
    assert shop.refunds() == {"re_1": ("pi_1", "0.00"), "re_2": ("pi_1", "30.00")}
    shop.hooks(stripe("charge.refunded", id="ch_1", amount_refunded=5000), source="stripe")
    assert shop.refunds()["pi_1-cumulative"] == ("pi_1", "20.00")
    assert shop.quarantined() == []


def test_a_refund_keeps_the_day_on_which_it_was_first_seen(shop):
    def changed(day, *refunds):
        return "order.updated", {
            "id": 7, "number": "7", "status": "processing", "currency": "USD",
            "date_created_gmt": "2026-05-01T10:00:00", "date_modified_gmt": day,
            "line_items": [{"subtotal": "90.00"}], "refunds": list(refunds),
        }  # fmt: skip

    one, two = {"id": 9, "total": "-30.00"}, {"id": 10, "total": "-80.00"}

    def days():
        return {row["refund_id"]: str(row["refunded_at"])[:10] for row in shop.rows("refunds")}

    shop.hooks(changed("2026-05-02T10:00:00", one), source="woocommerce")
    shop.hooks(changed("2026-05-10T10:00:00", two, one), source="woocommerce")
    shop.hooks(changed("2026-05-12T10:00:00", two, one), source="woocommerce")
    assert days() == {"9": "2026-05-02", "10": "2026-05-10"}
    assert shop.refunds() == {"9": ("7", "30.00"), "10": ("7", "60.00")}
    shop.hooks(changed("2026-05-08T10:00:00", two, one), source="woocommerce")  # came late
    assert days() == {"9": "2026-05-02", "10": "2026-05-08"}
    assert shop.quarantined() == []


def test_a_sum_that_holds_nothing_any_more_is_no_second_refund(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        spring   | sales | 05-01  | 05-31 | USD

        codes
        code | creator | campaign
        ANA  | ana     | spring

        orders
        order_id | ordered_at | currency | subtotal | code
        1        | @05-02     | USD      | 90.00    | ANA

        refunds
        refund_id    | order_id | refunded_at | amount | currency
        1-cumulative | 1        | 06-01       | 30.00  | USD
        """
    )
    told.given(
        """
        refunds
        refund_id | order_id | refunded_at | amount | currency
        r1        | 1        | 05-10       | 30.00  | USD
        """
    )
    found = told.row(by="campaign", campaign="spring")["outputs"]
    assert found["refunds"] == 1
