import asyncio
import datetime as dt
import json
from dataclasses import replace

import pytest

from truelift.facts.hit import Beacon, Click, Collected, Hook, Row, encode
from truelift.operations.drain import BrandToOpen, drain, offsets, prune, waiting_bytes
from truelift.store import spool_reader
from truelift.store import workspace_database as records
from truelift.store.spool import Spool

NOON = 1_779_105_600_000_000  # 2026-05-18T12:00Z
AT = dt.datetime(2026, 5, 19)


def put(ground, *hits, worker="w"):
    async def write():
        spool = Spool(ground.folder / "spool", worker)
        spool.start()
        for hit in hits:
            assert await spool.append(encode(hit)).committed
        await spool.close()

    asyncio.run(write())


def shopify(amount, updated, topic="orders/updated", **more):
    body = {
        "id": 55, "name": "#1", "created_at": "2026-05-18T10:00:00Z", "updated_at": updated,
        "currency": "USD", "total_line_items_price": amount, **more,
    }  # fmt: skip
    return Hook(
        brand="acme", source="shopify", hook_id="h", delivery_id=updated, received_us=NOON,
        body=json.dumps(body).encode(), topic=topic,
    )  # fmt: skip


@pytest.fixture
def ground(told):
    told.clock.at = AT
    return told.ground


def once(ground, **more):
    return drain(ground, {"acme": ground}, **more)


def listed(ground, kind):
    from truelift.workspace.workspace import Workspace  # noqa: PLC0415 - only here

    return Workspace(ground).list(kind).rows


def test_hits_become_facts_once_and_the_offset_stands_with_them(ground):
    click = Click(brand="acme", click_id="c1", slug="ana1", received_us=NOON, label="preview")
    key = {"brand": "acme", "key_id": "k", "received_us": NOON, "trusted": True}
    order = Row("orders", {"order_id": "1", "ordered_at": "2026-05-18T11:00:00Z",
                           "currency": "USD", "subtotal": "10.00"})  # fmt: skip
    put(ground, click, Beacon(click_id="c1", received_us=NOON), Collected(**key, rows=[order]))
    assert sum(waiting_bytes(ground).values()) > 0
    before = ground.turn.version
    done = once(ground)
    assert (done.hits, done.rows, done.refused, done.damaged) == (3, 3, 0, ())
    assert ground.turn.version == before + 1
    assert sum(waiting_bytes(ground).values()) == 0
    assert once(ground).hits == 0
    assert [row["class"] for row in listed(ground, "clicks")] == ["preview"]
    assert [row["click_id"] for row in listed(ground, "landings")] == ["c1"]
    (stored,) = listed(ground, "orders")
    assert stored["source_file"] == f"spool/w/{offsets(ground)['w'].segment}"
    assert ground.turn.unbooked() == {"clicks", "landings", "orders"}


def test_a_spool_that_is_read_again_adds_nothing(ground):
    put(ground, *(Click(brand="acme", click_id=f"c{n}", slug="s", received_us=NOON)
                  for n in range(5)), shopify("10.00", "2026-05-18T10:00:01Z"))  # fmt: skip
    assert once(ground, limit=2).hits == 2
    once(ground)
    ground.facts.keep("live.take", {"worker": "w", "segment": "0", "byte": 0})
    again = once(ground)
    assert (again.hits, again.rows, again.refused) == (6, 0, 0)
    assert len(listed(ground, "clicks")) == 5


def test_a_crash_before_the_commit_leaves_rows_and_offset_as_they_were(ground, monkeypatch):
    put(ground, Click(brand="acme", click_id="c1", slug="s", received_us=NOON))
    with monkeypatch.context() as broken:
        broken.setattr(type(ground.facts), "keep", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            once(ground)
    assert offsets(ground) == {}
    once(ground)
    assert len(listed(ground, "clicks")) == 1
    assert len(list((ground.folder / "segments").glob("*.clicks.parquet"))) == 1


def test_versions_of_an_order_in_one_batch_end_with_the_newest(ground):
    refund = {"id": 9, "created_at": "2026-05-18T12:00:00Z", "refund_line_items": [
        {"quantity": 1, "subtotal": "4.00", "total_tax": "0"}],
        "transactions": [{"kind": "refund", "currency": "USD"}]}  # fmt: skip
    notice = Hook(
        brand="acme", source="shopify", hook_id="h", delivery_id="x", received_us=NOON,
        body=json.dumps({**refund, "order_id": 55}).encode(), topic="refunds/create",
    )  # fmt: skip
    put(
        ground,
        shopify("10.00", "2026-05-18T10:00:01Z"),
        shopify("12.00", "2026-05-18T10:00:02Z"),
        notice,
    )
    done = once(ground)
    assert done.refused == 0, listed(ground, "quarantine")
    (order,) = listed(ground, "orders")
    assert order["subtotal"] == "12.00"
    (given_back,) = listed(ground, "refunds")
    assert (given_back["order_id"], given_back["amount"]) == ("#1", "4.00")
    put(ground, shopify("12.00", "2026-05-18T12:00:03Z", refunds=[refund]), worker="x")
    put(ground, notice, worker="x")
    assert once(ground).refused == 0
    assert len(listed(ground, "refunds")) == 1


def test_refused_rows_and_webhooks_stand_in_quarantine(ground):
    bad = Row("orders", {"order_id": "1", "ordered_at": "soon", "currency": "USD"})
    put(
        ground,
        Collected(brand="acme", key_id="k", received_us=NOON, trusted=True, rows=[bad]),
        Collected(brand="acme", key_id="k", received_us=NOON, rows=[bad]),
        Hook(brand="acme", source="shopify", hook_id="h", delivery_id="d", received_us=NOON,
             body=b"{", topic="orders/create"),
    )  # fmt: skip
    assert once(ground).refused == 3
    reasons = [row["reason"] for row in listed(ground, "quarantine")]
    assert sorted(reasons) == ["MISSING", "NOT_READABLE", "NOT_TRUSTED"]


def test_a_hit_of_a_brand_that_is_none_goes_to_quarantine_and_stops_nothing(ground):
    put(
        ground,
        Click(brand="other", click_id="c1", slug="s", received_us=NOON),
        Hook(brand="other", source="shopify", hook_id="h", delivery_id="d", received_us=NOON,
             body=b"{", topic="orders/create"),
        Click(brand="acme", click_id="c2", slug="s", received_us=NOON),
    )  # fmt: skip
    done = once(ground)
    assert (done.hits, done.rows, done.refused) == (3, 1, 2)
    assert [row["click_id"] for row in listed(ground, "clicks")] == ["c2"]
    refused = {row["reason"]: row for row in listed(ground, "quarantine")}
    assert set(refused) == {"UNKNOWN_BRAND", "NOT_READABLE"}
    assert "'other', which this workspace has not" in refused["UNKNOWN_BRAND"]["message"]
    assert once(ground).hits == 0


def test_a_hit_of_a_brand_that_was_added_meanwhile_waits_until_it_is_open(ground):
    put(ground, Click(brand="later", click_id="c1", slug="s", received_us=NOON))
    record = replace(ground.brand, brand="later", name="later")
    with ground.workspace.transaction() as connection:
        records.add_brand(connection, record, AT)
    with pytest.raises(BrandToOpen, match="later was added meanwhile"):
        once(ground)
    done = drain(ground, {"acme": ground, "later": replace(ground, brand=record)})
    assert (done.rows, done.refused) == (1, 0)


def test_damage_is_told_and_stepped_over(ground):
    put(ground, *(Click(brand="acme", click_id=f"c{n}", slug="s", received_us=NOON)
                  for n in range(3)))  # fmt: skip
    (path,) = (ground.folder / "spool" / "w").glob("*.log")
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    done = once(ground)
    assert (done.hits, len(done.damaged)) == (2, 1)
    assert once(ground) == type(done)()


def test_old_segments_go_when_they_were_taken_in(ground):
    put(ground, Click(brand="acme", click_id="c1", slug="s", received_us=NOON))
    put(ground, Click(brand="acme", click_id="c2", slug="s", received_us=NOON))
    later = dt.datetime(2999, 1, 1)
    assert prune(ground, later) == 0
    once(ground)
    assert prune(ground, dt.datetime(2000, 1, 1)) == 0
    assert prune(ground, later) == 1
    assert len(spool_reader.segments(ground.folder / "spool", "w")) == 1
