"""Leaks in words and rows: codes, orders, and what is withheld with its reason."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.leaked_code import Difference, LeakedCode
from truelift.decisions.leaks import CodedOrder, Evidence, Judged
from truelift.reports.leaks import (
    CodeRow,
    OrderRow,
    code_json,
    code_sentence,
    codes_table,
    order_json,
    order_sentence,
    orders_table,
    verdict,
)

AT = dt.datetime(2026, 5, 20, 11)
CODE = LeakedCode(
    campaign="summer", creator="zoe", code="ZOE", orders=10, leaked=4, own_purchases=1,
    expected=4.2, since=AT, latest=AT, seen_at=AT, daily=4.0, daily_before=0.5,
    differences=(Difference("BR", 1.0, 0.0),),
)  # fmt: skip
ROW = CodeRow(
    code=CODE, rules="1", cost=100, leaked_contribution=40, roi=Decimal("0.5"),
    adjusted=Decimal("0.1"), held=2,
)  # fmt: skip
ORDER = CodedOrder(
    order="shop/1", code="ZOE", creator="zoe", campaign=None, at=AT, day=AT.date(), clicked=False
)
LEAKED = Judged(ORDER, 0.9, 0.99, 0.8, (Evidence("country", "BR", 3.1),), leaked=True)


def test_a_code_says_how_many_since_when_and_what_tells_them():
    assert code_sentence(CODE) == (
        "4 of 10 orders look leaked since 2026-05-20 (leaked): 4.0 orders a day since, 0.5 before; "
        "BR 100% (others 0%). 1 by the creator's own address."
    )
    few = replace(CODE, leaked=2, own_purchases=0, differences=())
    assert "too few to name the code" in code_sentence(few)
    none = replace(CODE, leaked=0, since=None, own_purchases=0)
    assert code_sentence(none) == "No order of it looks leaked."


def test_returns_stand_side_by_side_with_their_inputs_or_their_reason():
    told = code_json(ROW)
    assert (told["roi"], told["leak_adjusted_roi"]) == (0.5, 0.1)
    assert told["inputs"] == {"cost": 100, "leaked_contribution": 40}
    withheld = Withheld(Reason.NO_MARGIN, "No margin.")
    assert code_json(replace(ROW, roi=withheld))["roi"]["withheld"] == "NO_MARGIN"
    outside = replace(ROW, code=replace(CODE, campaign=None, since=None, seen_at=None))
    assert code_json(outside)["roi"] is None
    table = codes_table([ROW, replace(ROW, roi=withheld)])
    assert [row["roi"] for row in table.rows] == [0.5, None]


def test_an_order_says_what_speaks_for_and_against():
    row = OrderRow(LEAKED, "1", None, "orders.csv", 7)
    assert "BR +3.1" in order_json(row)["why"]
    assert orders_table([row]).rows[0]["verdict"] == "leaked"
    assert orders_table([]).note == ""
    bare = replace(LEAKED, evidence=(), leaked=False)
    assert "nothing speaks either way" in order_sentence(bare)
    assert verdict(bare) == "valid"
    own = replace(bare, order=replace(ORDER, own=True))
    assert (verdict(own), "by the hash" in order_sentence(own)) == ("own purchase", True)
