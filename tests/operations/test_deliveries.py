import contextlib
import datetime as dt
import json

from tests.operations.test_drain import NOON, listed, once, put

from truelift.facts.hit import Hook
from truelift.operations.deliveries import delivery_of
from truelift.store.facts_engine import FactsEngine

AT = dt.datetime(2026, 5, 19)


def standard(delivery_id, subtotal, **cells):
    row = {"order_id": "Z1", "ordered_at": "2026-05-18T11:00:00Z", "currency": "USD"}
    body = {"type": "orders", "data": row | {"subtotal": subtotal} | cells}
    return Hook(
        brand="acme", source="standard", hook_id="h", delivery_id=delivery_id, received_us=NOON,
        body=json.dumps(body).encode(), topic="orders",
    )  # fmt: skip


def subtotals(ground):
    return [row["subtotal"] for row in listed(ground, "orders")]


def test_a_delivery_that_comes_again_after_a_newer_one_undoes_nothing(told):
    told.clock.at, ground = AT, told.ground
    put(ground, standard("z1", "10.00"), standard("z2", "20.00"), standard("z1", "10.00"))
    done = once(ground)
    assert (done.rows, done.repeated, subtotals(ground)) == (2, 1, ["20.00"])
    put(ground, standard("z1", "10.00"), standard("z2", "30.00"), worker="x")
    done = once(ground)
    assert (done.hits, done.rows, done.repeated, subtotals(ground)) == (2, 0, 2, ["20.00"])


def test_the_same_place_read_again_is_no_repetition(told):
    told.clock.at, ground = AT, told.ground
    put(ground, standard("z1", "10.00"))
    once(ground)
    ground.facts.keep("live.take", {"worker": "w", "segment": "0", "byte": 0})
    done = once(ground)
    assert (done.hits, done.rows, done.repeated) == (1, 0, 0)


def test_a_delivery_that_was_refused_may_be_sent_again(told):
    told.clock.at, ground = AT, told.ground
    put(ground, standard("z1", "much"))
    assert (once(ground).refused, subtotals(ground)) == (1, [])
    put(ground, standard("z1", "10.00"), worker="x")
    done = once(ground)
    assert (done.refused, done.repeated, subtotals(ground)) == (0, 0, ["10.00"])


def replace_hook(hook, **more):
    fields = {name: getattr(hook, name) for name in hook.__struct_fields__}
    return Hook(**fields | more)


def test_a_delivery_is_known_by_what_was_signed():
    hook = standard("z1", "10.00")
    assert delivery_of(hook) == "acme/standard/h/z1"
    shop, other = (replace_hook(hook, source="shopify", delivery_id=name) for name in "ab")
    assert delivery_of(shop) == delivery_of(other)
    assert delivery_of(shop) != delivery_of(replace_hook(shop, body=b"{}"))
    assert delivery_of(shop) != delivery_of(replace_hook(shop, topic="refunds"))


def test_what_is_known_is_carried_over_when_the_facts_file_is_made_again(told):
    told.clock.at, ground = AT, told.ground
    put(ground, standard("z1", "10.00"), standard("z2", "20.00"))
    once(ground)
    known = ground.facts.carried()
    assert (known["applied_delivery"].num_rows, known["spool_taken"].num_rows) == (2, 1)
    with contextlib.closing(FactsEngine()) as fresh:
        fresh.carry(known)
        assert fresh.carried() == known
