import datetime as dt
from dataclasses import replace

import pytest
from tests.operations.test_drain import NOON, collected, listed, once, own, put

from truelift.facts.hit import Beacon, Click, Collected, Row
from truelift.operations.drain import drain

HOUR_US = 3_600_000_000


@pytest.fixture
def ground(told):
    told.clock.at = dt.datetime(2026, 5, 19)
    return told.ground


def landings(ground):
    return {row["click_id"] for row in listed(ground, "landings")}


def test_a_landing_without_a_key_is_its_clicks_brands(ground):
    beta = replace(ground, brand=replace(ground.brand, brand="beta"))
    brands = {"acme": ground, "beta": beta}
    click = Click(brand="beta", click_id="c1", slug="s", received_us=NOON)
    put(ground, Beacon(click_id="c1", received_us=NOON), worker="a")  # read before its click is
    put(ground, click, worker="b")
    drain(ground, brands)
    put(ground, Beacon(click_id="c2", received_us=NOON), worker="a")
    drain(ground, brands)
    put(ground, Click(brand="beta", click_id="c3", slug="s", received_us=NOON), worker="b")
    drain(ground, brands)
    put(ground, Beacon(click_id="c3", received_us=NOON), worker="a")
    drain(ground, brands)
    assert (landings(ground), landings(beta)) == ({"c2"}, {"c1", "c3"})


def test_a_row_without_a_time_that_is_sent_again_keeps_its_time(ground):
    lead = Row("leads", {"lead_id": "l1", "stage": "lead"})
    put(ground, collected(lead), collected(lead, received_us=NOON + HOUR_US))
    once(ground)
    won = Row("leads", lead.cells | {"stage": "won", "value": "7.00", "currency": "USD"})
    put(ground, collected(won, received_us=NOON + 2 * HOUR_US))
    put(ground, collected(own("1")), collected(Row("orders", {
        "order_id": "1", "currency": "USD", "subtotal": "11.00"})))  # fmt: skip
    once(ground)
    (row,) = listed(ground, "leads")
    assert (row["stage"], row["created_at"]) == ("won", dt.datetime(2026, 5, 18, 12))
    (order,) = listed(ground, "orders")
    assert (order["ordered_at"], order["subtotal"]) == (dt.datetime(2026, 5, 18, 11), "11.00")


def test_a_reading_without_a_time_is_another_reading(ground):
    row = Row("observations", {"platform": "instagram", "post_id": "p", "views": 5})
    told = {"brand": "acme", "key_id": "k", "trusted": True, "rows": [row]}
    put(ground, Collected(**told, received_us=NOON), Collected(**told, received_us=NOON + HOUR_US))
    once(ground)
    assert len(listed(ground, "observations")) == 2
