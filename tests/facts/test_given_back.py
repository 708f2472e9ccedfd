import datetime as dt
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.event import DropReason
from truelift.facts.given_back import (
    HANDED,
    PRICED,
    TAX,
    UNSPLIT,
    amounts,
    any_depends,
    fitted,
    known_by_their_parts,
)

ORDER = {
    "source": "s", "order_id": "1", "subtotal": 100_00, "discount": 10_00, "tax": 7_20,
    "shipping": 5_00, "prices_include_tax": False,
}  # fmt: skip


def refund(refund_id, amount, day=1, shipping=None, **notes):
    return {
        "source": "s", "refund_id": refund_id, "order_id": "1", "amount": amount,
        "refunded_at": dt.datetime(2026, 5, day), "currency": "USD", "shipping": shipping,
        "notes": json.dumps(notes) if notes else None, "source_line": 7,
    }  # fmt: skip


def table(*rows):
    schema = pa.schema(
        [(name, pa.string()) for name in ("source", "refund_id", "order_id", "currency", "notes")]
        + [(name, pa.int64()) for name in ("amount", "shipping", "source_line")]
        + [("refunded_at", pa.timestamp("us"))]
    )
    return pa.Table.from_pylist(list(rows), schema)


SUM = {"Refunded Amount": "1,002.20"}


@pytest.mark.parametrize(
    ("refunds", "told"),
    [
        ([refund("a", 30_00)], [30_00]),
        ([refund("a", 30_00), refund("1-cumulative", 50_00)], [30_00, 20_00]),
        ([refund("1-cumulative", 50_00), refund("a", 90_00)], [0, 90_00]),
        # the tax of a refund is no rest, nor is the shipping of one
        ([refund("a", 30_00, **{HANDED: "32.40"}),
          refund("1-cumulative", 32_40, **{"Refunded Amount": "32.40"})], [30_00, 0]),
        ([refund("a", 30_00, shipping=5_00),
          refund("1-cumulative", 35_00, **{"Order Refund Amount": "35.00"})], [30_00, 0]),
        ([refund("a", 30_00), refund("1-cumulative", 0, **{UNSPLIT: "50.00", **SUM})],
         [30_00, 20_00]),
        # money counts up to what is left, the oldest first, after what is known to be goods
        ([refund("b", 102_20, 2, **{UNSPLIT: "102.20"}), refund("a", 30_00, 3)], [60_00, 30_00]),
        ([refund("b", 1, 2, **{UNSPLIT: "80.00"}), refund("a", 1, 1, **{UNSPLIT: "30.00"})],
         [60_00, 30_00]),
        # what cannot be read stays as it was
        ([refund("a", 4_00, **{PRICED: "4.001"})], [4_00]),
        ([refund("a", 4_00, **{PRICED: "5.00", TAX: "1.00"})], [5_00]),
    ],
)  # fmt: skip
def test_what_refunds_hold_beside_each_other(refunds, told):
    assert amounts(refunds, [ORDER]) == told
    assert amounts(refunds[::-1], [ORDER]) == told[::-1]


def test_the_order_says_whether_prices_hold_the_tax():
    told = [refund("a", 59_50, **{PRICED: "59.50", TAX: "9.50"})]
    assert amounts(told, []) == [59_50]
    assert amounts(told, [ORDER | {"prices_include_tax": True}]) == [50_00]


def test_money_of_an_order_that_is_not_known_counts_as_it_was_given():
    assert amounts([refund("a", 1, **{UNSPLIT: "102.20"})], []) == [102_20]


def test_incoming_refunds_and_those_that_stand_are_weighed_together():
    standing = table(refund("1-cumulative", 50_00), refund("a", 1_00))
    orders = pa.Table.from_pylist([ORDER])
    coming, stays, empty = fitted(table(refund("a", 20_00)), standing, orders)
    assert (coming["amount"].to_pylist(), stays["amount"].to_pylist()) == ([20_00], [30_00])
    assert json.loads(stays["notes"][0].as_py()) == {UNSPLIT: "50.00"}
    assert empty == []
    plain = table(refund("b", 1_00))
    assert fitted(plain, table(), orders) == (plain, table(), [])
    assert not any_depends(table())


def test_a_sum_that_adds_nothing_is_named_unless_it_stood_before():
    whole, orders = refund("1-cumulative", 20_00), pa.Table.from_pylist([ORDER])
    coming, _, empty = fitted(table(whole), table(refund("a", 20_00)), orders)
    assert empty == [0]
    (finding,) = known_by_their_parts(coming, empty, "x.csv")
    assert finding.fault.reason is DropReason.NOT_ADVANCING
    assert finding.fault.message.startswith("x.csv line 7, column amount: what was given back")
    assert fitted(table(whole), table(refund("a", 20_00), whole), orders)[2] == []


@given(
    parts=st.lists(st.integers(0, 120_00), max_size=4),
    money=st.lists(st.integers(0, 120_00), max_size=3),
    whole=st.integers(0, 120_00),
)
def test_a_sum_and_money_never_hold_more_than_what_is_left(parts, money, whole):
    told = [refund(f"p{at}", part) for at, part in enumerate(parts)]
    told += [
        refund(f"m{at}", 0, **{UNSPLIT: f"{minor // 100}.{minor % 100:02}"})
        for at, minor in enumerate(money)
    ]
    found = amounts([*told, refund("1-cumulative", whole)], [ORDER])
    assert found[: len(parts)] == parts
    assert all(amount >= 0 for amount in found)
    assert sum(found) <= max(90_00, sum(parts))
    assert sum(found) >= min(90_00, max(whole, sum(parts)))
