"""The bridge: signed steps between levels that add up to the last minor unit."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.reports.bridge import BridgeRow, bridge, residual
from truelift.valuation.ladder import Components, Ladder

AMOUNT = st.integers(0, 10**12)
ACCOUNTS = st.dictionaries(st.sampled_from(["6100", "6110", "6140"]), st.integers(-(10**9), 10**12))
components = st.builds(Components, **{item.name: AMOUNT for item in fields(Components)})
NO_BASELINE = Withheld(Reason.NO_ORDER_BASELINE, "No history.")
estimates = st.floats(-1e12, 1e12).map(lambda x: Estimate(x, x - 1, x + 1, 0.95, Grade.C))


def test_the_worked_example_of_the_books_adds_up_as_it_is_printed():
    parts = Components(
        goods=9400000, discounts=1270600, tax=1825000, refunds=930000, reserve=420000,
        cogs=3220000, fulfilment=400000, payment_fees=240000, won_leads=210400,
    )  # fmt: skip
    incremental = Estimate(2940400.0, 0.0, 5000000.0, 0.95, Grade.B)
    ladder = Ladder(18400000, parts, incremental, 0, 1930000)
    rows = bridge("spring", ladder, {"6110": 130000, "6100": 1800000}, 2000000)
    assert [(row.step, row.amount) for row in rows] == [
        ("reported", 18400000),
        ("not_matched", -5694000), ("matched", 12706000), ("discounts", -1270600),
        ("tax", -1825000), ("refunds", -930000), ("returns_reserve", -420000), ("net", 8260400),
        ("goods", -3220000), ("fulfilment", -400000), ("fees", -240000),
        ("contribution", 4400400), ("not_measured", 0), ("baseline", -1460000),
        ("incremental", 2940400), ("creator_cost", -1800000), ("creator_cost", -130000),
        ("return", 1010400), ("committed_minus_accrued", 70000), ("residual", 0),
    ]  # fmt: skip
    assert [row.account for row in rows if row.account] == ["6100", "6110"]


@given(
    parts=components,
    incremental=st.just(NO_BASELINE) | estimates,
    accounts=ACCOUNTS,
    reported=st.none() | AMOUNT | st.just(Withheld(Reason.NO_RATE, "No rate.")),
    tracked=st.booleans(),
)
def test_the_residual_is_nothing_and_every_cost_is_shown_whatever_the_parts(
    parts, incremental, accounts, reported, tracked
):
    ladder = Ladder(reported, parts, incremental, 0, sum(accounts.values()), tracked=tracked)
    rows = bridge("spring", ladder, accounts, 5)
    assert rows[-1] == BridgeRow("spring", "residual", "check", 0)
    shown = {row.account: -row.amount for row in rows if row.step == "creator_cost"}
    assert shown == accounts
    memo = next(row for row in rows if row.step == "committed_minus_accrued")
    assert memo.amount == 5 - sum(accounts.values())


def test_without_a_baseline_cost_comes_off_the_tracked_contribution_by_that_name():
    ladder = Ladder(None, Components(goods=500), NO_BASELINE, 0, 100)
    steps = {row.step: row for row in bridge("spring", ladder, {"6100": 100}, 100)}
    assert steps["incremental"].withheld is NO_BASELINE
    assert steps["tracked_return"].amount == 400
    assert "return" not in steps


def test_where_the_ladder_stops_cost_stands_beside_it():
    stopped = Components(goods=500, goods_without_margin=500)
    rows = bridge("spring", Ladder(700, stopped, NO_BASELINE, 0, 100), {"6100": 100}, 100)
    told = [(row.step, row.kind, row.amount) for row in rows]
    assert told[-5:] == [
        ("net", "level", 500), ("contribution", "level", None), ("creator_cost", "memo", -100),
        ("committed_minus_accrued", "memo", 0), ("residual", "check", 0),
    ]  # fmt: skip


def test_a_contribution_that_was_not_measured_has_a_step_of_its_own():
    extra = Estimate(100.0, 0.0, 200.0)
    ladder = Ladder(None, Components(goods=500), extra, 150, 0)
    steps = {row.step: row.amount for row in bridge("spring", ladder, {}, 0)}
    assert (steps["not_measured"], steps["baseline"]) == (-150, -250)
    assert steps["residual"] == 0


def test_a_step_that_does_not_add_up_is_seen():
    rows = [
        BridgeRow("x", "matched", "level", 100), BridgeRow("x", "tax", "delta", -10),
        BridgeRow("x", "net", "level", 91), BridgeRow("x", "contribution", "level", None),
    ]  # fmt: skip
    assert residual(rows) == 1
