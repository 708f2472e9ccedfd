import asyncio
import datetime as dt
import itertools
import json
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truelift.facts.hit import Beacon, Click, Collected, Hook, Row, encode
from truelift.operations import drain as draining
from truelift.operations.drain import BrandToOpen, drain, offsets, prune, waiting_bytes
from truelift.operations.ingest import import_frame
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.recompute import verify_kept
from truelift.store import ground as grounds
from truelift.store import kept_shares, segments, spool_reader
from truelift.store import workspace_database as records
from truelift.store.spool import Spool
from truelift.store.workspace_database import BrandRecord

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


# Whatever is taken in when, the shares that are kept are those that all facts together give.

HOUR = 3_600_000_000
LATER = NOON + 100 * 24 * HOUR
times = st.sampled_from([0, 0, 1, 2, 29, 30, 31]).map(lambda day: NOON + day * 24 * HOUR)
visitors = st.sampled_from(["v1", "v1", "v2", None])
code_names = st.sampled_from([None, None, "ANA10", "OLD"])
numbers = st.integers(1, 5)
click_names = st.sampled_from(["c1", "c2", "c3"])
links = st.sampled_from(["a1", "b1"])


def moment(microseconds):
    return (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=microseconds)).isoformat() + "Z"


def shop_order(number, at, code, click):
    """An order as Shopify's hook brings it: after its click, told again whenever it changes."""
    return "orders/updated", {
        "id": number, "name": f"#{number}", "created_at": moment(at), "currency": "USD",
        "total_line_items_price": "10.00", "discount_codes": [{"code": code}] if code else [],
        "landing_site": f"/?tl={click}" if click else "/",
    }  # fmt: skip


def shop_refund(number, refund):
    lines = [{"quantity": 1, "subtotal": "1.00", "total_tax": "0"}]
    return "refunds/create", {
        "id": refund, "order_id": number, "created_at": moment(NOON + 90 * 24 * HOUR),
        "refund_line_items": lines, "transactions": [{"kind": "refund", "currency": "USD"}],
    }  # fmt: skip


def own_order(number, at, code, visitor):
    cells = {"order_id": f"s{number}", "ordered_at": moment(at), "currency": "USD"}
    return Row("orders", cells | {"subtotal": "9.00", "code": code, "visitor": visitor})


MAPPED = st.one_of(
    st.tuples(
        st.just("codes"),
        st.fixed_dictionaries({"code": st.sampled_from(["ANA10", "BO10", "OLD"])}),
        st.sampled_from(["ana", "bo"]),
    ),
    st.tuples(st.just("links"), st.fixed_dictionaries({"slug": links}), st.just("cy")),
    st.tuples(
        st.just("aliases"),
        st.fixed_dictionaries({"kind": st.just("code"), "alias": st.just("OLD")}),
        st.just("bo"),
    ),
)
"""A code, link or alias that is mapped late: (kind, cells, whose it is)."""

HITS = st.one_of(
    st.builds(lambda **told: ("click", told), click_id=click_names, slug=links,
              received_us=times, visitor=visitors, consent=st.sampled_from([True] * 4 + [False]),
              label=st.sampled_from(["human"] * 4 + ["bot"])),
    st.builds(shop_order, numbers, times, code_names, st.none() | click_names),
    st.builds(shop_refund, numbers, st.integers(1, 3)),
    st.builds(own_order, numbers, times, code_names, visitors),
)  # fmt: skip
LINKED = [("links", {"slug": slug}, creator) for slug, creator in (("a1", "ana"), ("b1", "bo"))]
STEPS = st.lists(
    st.one_of(st.lists(HITS, min_size=1, max_size=5), MAPPED, st.just("merge")),
    min_size=3, max_size=9,
).map(lambda steps: [*LINKED, *steps])  # fmt: skip


def hits_of(brand, drawn, step):
    for at, (name, told) in enumerate(
        each if isinstance(each, tuple) else ("row", each) for each in drawn
    ):
        if name == "click":
            yield Click(brand=brand, **told)
        elif name == "row":
            yield Collected(brand=brand, key_id="k", received_us=LATER, trusted=True, rows=[told])
        else:
            body = told | {"updated_at": moment(NOON + step * HOUR)}
            yield Hook(
                brand=brand, source="shopify", hook_id="h", delivery_id=f"{step}.{at}",
                received_us=LATER, body=json.dumps(body).encode(), topic=name,
            )  # fmt: skip


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    """Give brands of which nothing is known, on one ground whose log is merged soon."""
    folder = tmp_path_factory.mktemp("drained") / "workspace"
    grounds.create(folder, BrandRecord("acme", "acme", "USD", "UTC", "acme", "months"), AT)
    clock = grounds.StoppedClock(dt.datetime(2027, 1, 1))
    with pytest.MonkeyPatch.context() as patched, grounds.opened(folder, None, clock, "ana") as one:
        patched.setattr(segments, "FEWEST", 2)

        def shop(number=itertools.count()):  # noqa: B008 - counts through the module
            return replace(one, brand=replace(one.brand, brand=f"brand-{next(number)}"))

        yield shop


def kept_and_full(ground):
    always = {"as_of": kept_shares.ALWAYS, "known_at": kept_shares.ALWAYS}
    with ground.workspace.transaction() as connection:
        kept = kept_shares.shares(ground.facts, connection, ground.brand.brand, **always)
    known = Knowledge(ground, **always)
    full = known.read("attribution.shares_code_first", touchpoints=known.touchpoints)
    return (None if table is None else sorted(map(repr, table.to_pylist())) for table in
            (kept, full))  # fmt: skip


def play(ground, steps):
    """Play a history; after each step what is kept is what all facts give."""
    brand, worker = ground.brand.brand, f"w-{ground.brand.brand}"
    for number, step in enumerate(steps):
        if step == "merge":
            ground.facts.compact(2**40)
        elif isinstance(step, tuple):
            kind, cells, creator = step
            more = {"destination": "https://s.example/"} if kind == "links" else {}
            row = cells | more | {"creator": creator}
            frame = pa.table({name: pa.array([cell]) for name, cell in row.items()})
            import_frame(ground, kind, frame, f"{kind} by hand")
        else:
            put(ground, *hits_of(brand, step, number), worker=worker)
            drain(ground, {brand: ground}, limit=4)
            drain(ground, {brand: ground})
        kept, full = kept_and_full(ground)
        assert kept == full or (kept is None and full == [])  # nothing came yet
    assert verify_kept(ground).wrong == ()


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_what_is_drained_in_any_batches_keeps_the_shares_of_a_full_recompute(shops, steps):
    play(shops(), steps)


@pytest.mark.soak
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_what_is_drained_in_many_histories_keeps_the_shares_of_a_full_recompute(shops, steps):
    play(shops(), steps)


def test_a_drain_brings_kept_shares_up_in_the_transaction_of_its_rows(shops, monkeypatch):
    ground = shops()
    brand = ground.brand.brand
    made = []
    monkeypatch.setattr(
        draining, "recompute",
        lambda standing, keep=draining.recompute: made.append(keep(standing)) or made[-1],
    )  # fmt: skip
    late, order = shop_order(1, NOON, "ANA10", "c1"), shop_order(2, NOON, None, None)
    put(ground, *hits_of(brand, [late, order], 0), worker=brand)
    drain(ground, {brand: ground})
    frame = pa.table({"code": ["ANA10"], "creator": ["ana"]})
    import_frame(ground, "codes", frame, "codes by hand")
    click = {"click_id": "c1", "slug": "a1", "received_us": NOON, "consent": True}
    put(ground, *hits_of(brand, [("click", click)], 1), worker=brand)
    drain(ground, {brand: ground})
    assert [(each.conversions, each.whole) for each in made] == [(2, True), (1, False)]
    with monkeypatch.context() as broken:
        broken.setattr(draining, "recompute", lambda _: 1 / 0)
        put(ground, *hits_of(brand, [shop_order(3, NOON, None, None)], 2), worker=brand)
        with pytest.raises(ZeroDivisionError):
            drain(ground, {brand: ground})
        # Kept shares are no reason to lose facts, nor to hold them up.
        assert drain(ground, {brand: ground}, fresh=False).hits == 1
    kept, full = kept_and_full(ground)
    assert (kept, len(full)) == (None, 3)
    put(ground, *hits_of(brand, [shop_order(4, NOON, None, None)], 3), worker=brand)
    drain(ground, {brand: ground})
    kept, full = kept_and_full(ground)
    assert kept == full


def collected(*rows, trusted=True, **more):
    told = {"brand": "acme", "key_id": "k", "received_us": NOON, "trusted": trusted} | more
    return Collected(**told, rows=list(rows))


def own(number, **cells):
    more = {"order_id": number, "ordered_at": "2026-05-18T11:00:00Z", "currency": "USD"}
    return Row("orders", more | {"subtotal": "10.00"} | cells)


def reasons_of(ground):
    return sorted((row["reason"], row["message"]) for row in listed(ground, "quarantine"))


def test_what_was_sent_with_a_time_over_a_day_ahead_moves_nothing(ground):
    click = {"click_id": "fut9", "slug": "ana"}
    put(
        ground,
        collected(Row("clicks", click | {"clicked_at": "2199-12-31T00:00:00Z"}), trusted=False),
        collected(own("1"), own("2", cancelled_at="2030-01-01T00:00:00Z"),
                  own("3", ordered_at="2026-05-19T11:59:00Z")),
        shopify("10.00", "2199-05-18T10:00:01Z"),
    )  # fmt: skip
    done = once(ground)
    assert (done.rows, done.refused) == (2, 3)
    found = reasons_of(ground)
    assert {reason for reason, _ in found} == {"IN_THE_FUTURE"}
    assert all("log byte " in message for _, message in found)
    assert "more than 24 h after it was received at 2026-05-18 12:00:00 UTC" in found[0][1]
    assert all(row["raw"] for row in listed(ground, "quarantine"))
    assert knowledge(ground).as_of == dt.datetime(2026, 5, 19, 11, 59)


def lead(**cells):
    return Row("leads", {"lead_id": "L2", "created_at": "2026-05-18T11:00:00Z"} | cells)


def test_a_server_replaces_what_a_page_said_and_another_key_what_one_before_it_said(ground):
    won = {"stage": "won", "value": "70.00", "currency": "USD", "won_at": "2026-05-18T11:30:00Z"}
    put(ground, collected(lead(stage="signup"), trusted=False, key_id="p"), collected(lead(**won)))
    put(ground, collected(own("KR1")), collected(own("KR1", subtotal="20.00"), key_id="k2"))
    assert once(ground).refused == 0
    put(ground, collected(lead(stage="signup"), trusted=False, key_id="p"))
    assert once(ground).refused == 0
    assert [(row["stage"], row["value"]) for row in listed(ground, "leads")] == [("won", "70.00")]
    assert [row["subtotal"] for row in listed(ground, "orders")] == ["20.00"]


def test_a_collected_row_that_says_not_when_it_changed_replaces_none_that_does(ground):
    put(ground, collected(own("1", subtotal="120.00", updated_at="2026-05-18T11:10:00Z")))
    put(ground, collected(own("1", subtotal="100.00")))
    assert once(ground).refused == 1
    ((reason, message),) = reasons_of(ground)
    assert reason == "CONFLICT"
    assert "from collect:server that say when they were changed, and this row does not" in message
    assert [row["subtotal"] for row in listed(ground, "orders")] == ["120.00"]
