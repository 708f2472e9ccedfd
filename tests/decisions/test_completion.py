"""What a forecast is worth: value, cost, ROI, and why there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.decisions import completion
from truelift.decisions.completion import Money, outlooks, shared_value
from truelift.decisions.forecast import Band, Levels, Totals

NO_BASELINE = Withheld(Reason.NO_ORDER_BASELINE, "No history.")


def totals(*creators):
    """Draws of (rest, total, incremental) of creators who are sure: three equal draws."""
    rest, total, extra = (
        np.tile(np.array(part, float), (3, 1)) for part in zip(*creators, strict=True)
    )
    nothing = np.zeros((3, len(creators)))
    return Totals(rest, total, extra, Levels(nothing, nothing, nothing[0], nothing[0], nothing[0]))


def money(creators=1, **more):
    given = {
        "unit_value": np.full(creators, 10.0), "relative_variance": np.zeros(creators),
        "shared_variance": np.zeros(creators), "fixed": np.full(creators, 100.0),
        "per_unit": np.zeros(creators), "cap": np.full(creators, np.inf),
    }  # fmt: skip
    return Money(**given | more)


def rows(draws, given, **more):
    names = [chr(ord("a") + at) for at in range(draws.total.shape[1])]
    asked = {"withheld": {}} | more
    return outlooks(names, draws.total[0] - draws.rest[0], draws, given, **asked)


def test_value_less_cost_over_cost_for_the_campaign_and_each_creator():
    whole, first, second = rows(totals((10, 50, 30), (0, 20, 5)), money(2))
    assert first.value == Band(300.0, 300.0, 300.0)
    assert first.roi == Band(2.0, 2.0, 2.0)
    assert second.roi.p50 == pytest.approx(-0.5)
    assert whole.value.p50 == 350
    assert whole.roi.p50 == pytest.approx(350 / 200 - 1)
    assert (whole.so_far, whole.tracked.p50) == (60, 70)
    assert (first.chance, second.chance) == (1.0, 0.0)


def test_commission_of_what_is_to_come_is_cost_up_to_its_cap():
    given = money(per_unit=np.array([3.0]))
    assert rows(totals((10, 50, 30)), given)[1].cost.p50 == 130
    capped = replace(given, cap=np.array([12.0]))
    assert rows(totals((10, 50, 30)), capped)[1].cost.p50 == 112


def test_cost_that_is_nobodys_is_the_campaigns():
    whole, one = rows(totals((0, 50, 30)), money(unallocated=50.0))
    assert (whole.cost.p50, one.cost.p50) == (150, 100)


def test_a_target_moves_the_chance():
    assert rows(totals((0, 50, 30)), money(), target=1.9)[0].chance == 1.0
    assert rows(totals((0, 50, 30)), money(), target=2.1)[0].chance == 0.0


def test_a_target_of_ones_own_moves_the_own_chance_only():
    found = rows(totals((0, 50, 30), (0, 50, 30)), money(2), target=1.9, own_targets={"b": 2.1})
    assert [each.chance for each in found] == [1.0, 1.0, 0.0]


def test_who_is_not_measured_has_counts_and_no_return():
    found = rows(totals((0, 50, 30), (0, 5, 3)), money(2), withheld={"b": NO_BASELINE})
    whole, _, second = found
    assert second.tracked.p50 == 5
    assert second.incremental == second.roi == second.chance == NO_BASELINE
    assert second.log_mean is None
    assert (whole.measured, whole.creators) == (1, 2)
    assert whole.incremental.p50 == 30


def test_a_campaign_of_which_too_little_is_measured_is_withheld():
    whole = rows(totals((0, 50, 30), (0, 50, 3)), money(2), withheld={"b": NO_BASELINE})[0]
    assert whole.incremental == NO_BASELINE
    nobody = outlooks([], np.zeros(0), totals_of_nobody(), money(0), withheld={})[0]
    assert nobody.incremental.reason is Reason.NO_HISTORY


def totals_of_nobody():
    nothing = np.zeros((3, 0))
    return Totals(nothing, nothing, nothing, Levels(nothing, nothing, *np.zeros((3, 0))))


def test_without_money_there_are_units_and_no_return():
    why = Withheld(Reason.NO_RATE, "No rate.")
    whole = rows(totals((0, 50, 30)), why)[0]
    assert whole.incremental.p50 == 30
    assert whole.value == whole.roi == why


def test_without_cost_or_a_unit_value_there_is_no_return():
    free = rows(totals((0, 50, 30)), money(fixed=np.zeros(1)))[1]
    assert free.roi.reason is Reason.NO_COST
    assert free.value.p50 == 300
    unknown = rows(totals((0, 50, 30)), money(unit_value=np.full(1, np.nan)))[1]
    assert unknown.value.reason is Reason.NO_ORDERS


def test_totals_that_are_money_already_are_not_valued_again():
    worth = totals((0, 900, 700))
    assert rows(totals((0, 50, 30)), money(), values=worth)[1].value.p50 == 700


def test_the_value_of_an_order_is_drawn_to_the_campaigns():
    each, own, lent = shared_value(np.array([1000.0, 0.0]), np.array([10.0, 0.0]))
    assert each[1] == pytest.approx(100)
    assert own[0] > 0
    assert lent[1] > lent[0]
    nothing, _, _ = shared_value(np.zeros(2), np.zeros(2))
    assert np.isnan(nothing).all()


def test_doubt_about_the_value_widens_the_return():
    draws = totals((0, 50, 30))
    parts = (draws.rest, draws.total, draws.incremental)
    many = Totals(*(np.repeat(part, 500, axis=0) for part in parts), draws.levels)
    found = rows(many, money(relative_variance=np.full(1, 0.04)))[1]
    assert found.value.p10 < 270
    assert found.value.p90 > 330
    assert found.value.p50 == pytest.approx(300 * np.exp(-0.02), rel=0.03)
    assert completion.ORDER_VARIANCE > 0
