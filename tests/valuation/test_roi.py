"""The words of return: each its own numerator, one denominator, a reason where there is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.valuation.ladder import Components, Ladder
from truelift.valuation.roi import break_even_incrementality, ratio, ratios

SOLD = Components(goods=10000, discounts=2000, cogs=4000)  # net 100.00, contribution 60.00
NO_BASELINE = Withheld(Reason.NO_ORDER_BASELINE, "No history.")
NO_VALUES = Withheld(Reason.NO_VALUES, "No values.")
EXTRA = Estimate(4200.0, 2400.0, 5400.0, 0.95, Grade.B)
WORTH = Estimate(600.0, -300.0, 900.0, 0.9, Grade.C)


def found(parts=SOLD, incremental=EXTRA, cost=3000, *, valued=NO_VALUES, cash=True, reported=None):
    ladder = Ladder(reported, parts, incremental, 0, cost)
    return ratios(ladder, cost, valued, cash_outcome=cash)


def test_roas_roi_and_incremental_roi_have_three_numerators():
    told = found()
    assert told.roas == Decimal("3.333333")  # 100 / 30
    assert told.roi == 1  # (60 - 30) / 30
    assert told.break_even_incrementality == Decimal("0.5")  # 30 of 60
    extra = told.incremental_roi
    assert (extra.point, extra.low, extra.high) == pytest.approx((0.4, -0.2, 0.8))
    assert (extra.level, extra.grade) == (0.95, Grade.B)
    assert told.reported_roas is None
    assert found(reported=9000).reported_roas == 3


def test_nothing_is_divided_by_a_cost_of_zero():
    told = found(cost=0, valued=WORTH, reported=9000)
    for ratio_of in ("roas", "roi", "incremental_roi", "valued_roi", "reported_roas"):
        assert getattr(told, ratio_of).reason is Reason.NO_COST
    assert ratio(5, -3).reason is Reason.NO_COST


def test_where_incremental_is_withheld_the_break_even_is_still_told():
    told = found(incremental=NO_BASELINE)
    assert told.incremental_roi == NO_BASELINE
    assert told.break_even_incrementality == Decimal("0.5")


@pytest.mark.parametrize(
    ("contribution", "cost", "expected"),
    [(6000, 3000, "0.5"), (6000, 9000, "1.5"), (0, 3000, None), (-1, 3000, None), (6000, -1, None)],
)
def test_the_break_even_needs_a_contribution_and_may_exceed_one(contribution, cost, expected):
    share = break_even_incrementality(contribution, cost)
    assert share == (None if expected is None else Decimal(expected))


def test_an_unknown_margin_withholds_what_needs_it_and_no_more():
    told = found(SOLD + Components(goods_without_margin=1))
    assert told.roas == Decimal("3.333333")
    assert {told.roi.reason, told.incremental_roi.reason} == {Reason.NO_MARGIN}
    assert told.break_even_incrementality is None


def test_an_unknown_rate_withholds_all_of_it():
    told = found(SOLD + Components(untranslated=1))
    assert {told.roas.reason, told.roi.reason, told.incremental_roi.reason} == {Reason.NO_RATE}


def test_awareness_has_no_cash_return_but_a_valued_one():
    told = found(Components(), NO_BASELINE, valued=WORTH, cash=False)
    assert {told.roas.reason, told.roi.reason, told.incremental_roi.reason} == {
        Reason.NO_CASH_OUTCOME
    }
    assert told.break_even_incrementality is None
    assert told.valued_roi.point == pytest.approx(-0.8)  # (6 - 30) / 30


def test_valued_roi_adds_both_limits_takes_the_lower_level_and_the_worse_grade():
    told = found(valued=WORTH).valued_roi
    assert (told.point, told.low, told.high) == pytest.approx((0.6, -0.3, 1.1))
    assert (told.level, told.grade) == (0.9, Grade.C)


def test_valued_roi_is_withheld_where_its_cash_part_is():
    assert found(incremental=NO_BASELINE, valued=WORTH).valued_roi == NO_BASELINE
    unknown_margin = found(SOLD + Components(goods_without_margin=1), valued=WORTH)
    assert unknown_margin.valued_roi.reason is Reason.NO_MARGIN
    assert found().valued_roi == NO_VALUES


def test_valued_roi_waits_for_cash_whose_incremental_part_is_not_known():
    assert found(incremental=NO_BASELINE, valued=WORTH).valued_roi == NO_BASELINE
    stopped = found(SOLD + Components(goods_without_margin=1), valued=WORTH)
    assert stopped.valued_roi.reason is Reason.NO_MARGIN
    assert found().valued_roi == NO_VALUES


@pytest.mark.parametrize("tracked", [True, False])
def test_valued_roi_stands_alone_where_there_is_no_cash_to_add(tracked):
    nothing = Ladder(None, Components(), NO_BASELINE, 0, 3000, tracked=tracked)
    assert ratios(nothing, 3000, WORTH, cash_outcome=True).valued_roi.point == pytest.approx(-0.8)


def test_a_cost_that_is_not_booked_withholds_all_that_divides_by_cost():
    missing = Withheld(Reason.NO_RATE, "A cost is not booked yet.")
    ladder = Ladder(9000, SOLD, EXTRA, 0, 3000)
    told = ratios(ladder, 3000, WORTH, cash_outcome=True, incomplete=missing)
    for ratio_of in ("reported_roas", "roas", "roi", "incremental_roi", "valued_roi"):
        assert getattr(told, ratio_of) == missing
    assert told.break_even_incrementality is None
    silent = ratios(Ladder(None, SOLD, EXTRA, 0, 3000), 3000, WORTH, cash_outcome=False,
                    incomplete=missing)  # fmt: skip
    assert (silent.reported_roas, silent.roi) == (None, missing)
