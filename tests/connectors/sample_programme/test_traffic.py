import datetime as dt
import json

from truelift.connectors.sample_programme.traffic import Traffic


def made(**more):
    now = dt.datetime(2026, 7, 5, 22)
    return Traffic(["a", "b"], ["ANA", "BO"], "USD", lambda: now, "server_key", **more)


def test_the_same_seed_makes_the_same_requests_all_marked_simulated():
    first, second = made(), made()
    requests = [first.next() for _ in range(400)]
    assert requests == [second.next() for _ in range(400)]
    rows = [json.loads(each.rows) for each in requests if each.rows]
    assert {row["kind"] for row in rows} == {"orders", "refunds"}
    assert {row["source"] for row in rows} == {"simulated"}
    assert {each.path for each in requests} == {"/r/a", "/r/b", "/collect"}
    assert all(each.pause > 0 for each in requests)
    refunded = [row["order_id"] for row in rows if row["kind"] == "refunds"]
    assert len(refunded) == len(set(refunded))


def test_orders_follow_the_clicks_that_were_told():
    traffic = made(seed=3)
    traffic.told("https://shop.test/?tl=c1")
    traffic.told("https://shop.test/")
    rows = [json.loads(each.rows) for each in (traffic.next() for _ in range(300)) if each.rows]
    assert "c1" in {row.get("click_id") for row in rows}
    assert "server_key" not in repr(traffic)
