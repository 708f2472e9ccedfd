"""The Python door shows what figures are made of, side by side."""

import contextlib
import runpy
from pathlib import Path

import pytest

STORY = Path(__file__).parents[1] / "operations" / "conftest.py"
FACTS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

codes
code   | creator | campaign | kind
ANA-26 | ana     | spring   | creator
BO-26  | bo      | spring   | creator

orders
order_id | ordered_at | currency | subtotal | code
o1       | @05-10     | USD      | 100.00   | ANA-26
o2       | @05-11     | USD      | 50.00    | BO-26

refunds
refund_id | order_id | refunded_at | amount | currency
r1        | o1       | @06-02      | 40.00  | USD
"""


@pytest.fixture(scope="module")
def ws(tmp_path_factory):
    told_in = runpy.run_path(str(STORY))["told_in"]
    with contextlib.ExitStack() as stack:
        yield told_in(stack, tmp_path_factory.mktemp("looking")).given(FACTS).ws


def test_every_model_shares_out_the_same_sum(ws):
    found = ws.models(every=True)
    names = [name for name in found.table.names if name not in {"campaign", "creator"}]
    assert names == [
        "code_first", "last", "first", "linear", "time_decay", "position", "markov", "shapley",
    ]  # fmt: skip
    sums = {sum(row[name] for row in found.rows) for name in names}
    assert sums == {110_00}
    assert len(ws.models().table.names) == 6


def test_both_dates_reach_one_total_and_what_differs_is_listed(ws):
    rows = ws.both_dates().table.rows
    assert [row["month"] for row in rows] == ["2026-05", "2026-06", "total"]
    assert rows[-1]["difference"] == "0.00"
    (moved,) = ws.counted_later().table.rows
    assert (moved["what"], moved["id"], moved["amount"]) == ("refund", "r1", "-40.00")


def test_content_and_conflicts_are_empty_where_nothing_is_known(ws):
    assert ws.content().rows == []
    assert ws.conflicts().rows == []
