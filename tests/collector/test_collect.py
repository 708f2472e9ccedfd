"""Collect: rows are safe before they are acknowledged, and a page's key never sends money."""

from __future__ import annotations

import pytest

from truelift.collector.machinery import CollectorLimits

PAGE, SERVER, TIED = "page_key_of_the_shop", "server_key_of_the_shop", "page_key_of_one_origin"
LEAD = {"kind": "leads", "lead_id": "l1"}
ORDER = {"kind": "orders", "order_id": "o1", "currency": "USD", "subtotal": "10.00"}


def test_one_row_or_a_list_is_kept_with_the_brand_of_its_key(door):
    answer = door.collect([LEAD, LEAD | {"lead_id": "l2"}], user_agent="Mozilla/5.0")
    assert (answer.status, answer.json) == (202, {"kept": 2})
    (hit,) = door.hits
    assert (hit.brand, hit.key_id, hit.trusted) == ("acme", "k1", False)
    assert [row.cells["lead_id"] for row in hit.rows] == ["l1", "l2"]
    assert (hit.label, len(hit.visitor)) == ("human", 32)
    assert door.machinery.counters.rows == 2
    assert door.collect(LEAD).status == 202


def test_a_server_sends_orders(door):
    assert door.collect(ORDER, SERVER).status == 202
    (hit,) = door.hits
    assert (hit.trusted, hit.visitor) == (True, None)


@pytest.mark.parametrize(
    "row",
    [
        ORDER, {"kind": "refunds"}, {"kind": "costs"}, LEAD | {"value": "9"},
        LEAD | {"stage": "won"},
    ],
)  # fmt: skip
def test_a_forged_row_of_money_is_refused_and_nothing_is_kept(door, row):
    answer = door.collect([LEAD, row])
    assert answer.status == 403
    assert answer.json["field"].startswith("[1].")
    assert not door.hits


def test_a_key_comes_as_a_header_a_bearer_or_in_the_address(door):
    def status(target, **headers):
        return door.ask("POST", target, b'{"kind":"leads","lead_id":"l"}', **headers).status

    plain = {"content_type": "text/plain;charset=UTF-8"}
    assert status("/collect", authorization=f"Bearer {PAGE}", **plain) == 202
    assert status(f"/collect?key={PAGE}", **plain) == 202
    assert status(f"/collect?key={SERVER}", **plain) == 401
    assert status("/collect", **plain) == 401
    assert status("/collect?key=" + "a" * 999, **plain) == 401
    assert status("/collect", x_truelift_key="wrong", **plain) == 401
    assert status("/collect", authorization=f"Basic {PAGE}", **plain) == 401


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, None),
        (b"[]", 400, None),
        (b'{"kind":"leads"}', 400, "lead_id"),
        (b'[{"kind":"leads","lead_id":"l"},{"kind":"x"}]', 400, "[1].kind"),
        (b'{"kind":"leads","lead_id":"' + b"a" * 2_049 + b'"}', 400, "[...]"),
        (b" " * (2**20 + 1), 413, None),
    ],
)
def test_a_bad_body_is_named_and_nothing_of_it_is_kept(door, body, status, field):
    answer = door.collect(body)
    assert (answer.status, answer["content-type"]) == (status, "application/problem+json")
    assert answer.json.get("field") == field
    assert answer.json["status"] == status
    assert not door.hits


def test_another_type_of_content_is_refused(door):
    assert door.collect(LEAD, content_type="application/xml").status == 415
    assert door.collect(LEAD, content_type="").status == 415
    assert door.ask("GET", "/collect").status == 405


@pytest.mark.parametrize("keeps", [None, False])
def test_rows_that_are_not_safe_are_sent_again(doors, keeps):
    answer = doors(keeps=keeps).collect(LEAD)
    assert (answer.status, answer["retry-after"]) == (503, "5")


def test_too_many_rows_of_one_address_wait_a_second(doors):
    door = doors(limits=CollectorLimits(rows_a_second=3))
    answers = [door.collect([LEAD, LEAD]).status for _ in range(2)]
    assert answers == [202, 429]
    assert door.collect(ORDER, SERVER).status == 202
    door.now_us += 1_000_000
    assert door.collect(LEAD).status == 202
    assert door.collect([LEAD] * 3)["retry-after"] == "1"


def test_pages_of_other_origins_may_ask_first(door):
    answer = door.ask("OPTIONS", "/collect", origin="https://shop.example")
    assert (answer.status, answer["access-control-allow-origin"]) == (204, "*")
    assert "x-truelift-key" in answer["access-control-allow-headers"]
    assert door.collect(LEAD, origin="https://shop.example")["access-control-allow-origin"] == "*"
    assert door.collect(b"{", origin="https://shop.example")["access-control-allow-origin"] == "*"


def test_a_key_of_one_origin_is_used_by_that_one_only(door):
    answer = door.collect(LEAD, TIED, origin="https://shop.example")
    assert (answer.status, answer["access-control-allow-origin"]) == (202, "https://shop.example")
    other = door.collect(LEAD, TIED, origin="https://evil.example")
    assert (other.status, other["access-control-allow-origin"]) == (403, None)
    assert door.collect(LEAD, TIED).status == 403


def test_a_clock_that_is_off_is_kept_with_the_row_and_counted(door):
    sent_ms = door.now_us // 1_000
    door.collect(LEAD, x_sent_at=str(sent_ms + 600_000))
    door.collect(LEAD, x_sent_at=str(sent_ms))
    door.collect(LEAD, x_sent_at="soon")
    assert [hit.skew_us for hit in door.hits] == [600_000_000, 0, None]
    assert door.machinery.counters.skewed == 1


def test_a_body_that_is_sent_too_slowly_is_cut(doors):
    import asyncio  # noqa: PLC0415 - only here

    door = doors(limits=CollectorLimits(body_seconds=0.05))

    async def drip():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    headers = {"content_type": "application/json", "x_truelift_key": PAGE}
    answer = door.ask("POST", "/collect", receive=drip, **headers)
    assert (answer.status, answer["connection"]) == (408, "close")
