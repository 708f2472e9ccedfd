"""The lift figure: one form for creators, campaigns and tests; its parts are the observed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement.calendar import Control, ControlsUsed
from truelift.measurement.counts import CodeHistory, code_lift
from truelift.measurement.experiment import Incrementality
from truelift.measurement.figure import in_part, of_creator, of_experiment, of_many, take, together


def lifts(counts, days=10.0):
    """Give lifts over 40 days with 20 orders each; a count of nan was never observed."""
    size = len(counts)
    history = CodeHistory(np.full(size, 20.0), np.full(size, 40.0), np.ones(size))
    return code_lift(history, np.array(counts, float), np.full(size, days))


def test_a_creators_figure_carries_the_lift_as_it_is():
    found = of_creator(lifts([15.0]).row(0), "orders", late=True)
    assert (found.metric, found.late, found.evidence) == ("orders", True, "baseline")
    assert (found.units, found.expected) == pytest.approx((10.375, 4.625))
    assert found.units + found.expected == found.observed == 15
    assert found.share.point == pytest.approx(10.375 / 15)
    assert found.share.grade is found.grade is Grade.C


def test_a_creator_or_campaign_without_lift_keeps_its_reason():
    nothing = Withheld(Reason.NOT_OBSERVED, "Nothing.")
    assert of_creator(nothing, "orders", late=False) is nothing
    assert of_many(lifts([math.nan, math.nan]), "orders", late=False).reason is Reason.NOT_OBSERVED


def test_several_creators_add_up_and_say_how_many_they_are():
    found = of_many(lifts([15.0, 10.0, math.nan]), "orders", late=False)
    assert (found.measured, found.withheld, found.observed) == (2, 1, 25)
    assert found.units == pytest.approx(10.375 + 5.375)
    assert found.expected + found.units == found.observed


def test_rows_are_taken_out_by_index_in_that_order():
    chosen = take(lifts([15.0, 10.0, math.nan]), [1, 0])
    assert len(chosen) == 2
    assert [chosen.row(row).observed for row in (0, 1)] == [10, 15]
    assert of_many(chosen, "orders", late=False).units == pytest.approx(15.75)


def test_a_share_of_posts_counts_in_part_and_leaves_the_log_lift_whole():
    whole = lifts([15.0, 10.0])
    part = in_part(whole, np.array([0.6, 1.0]))
    first = part.row(0)
    assert (first.log, first.observed) == (whole.row(0).log, 9)
    assert first.units == pytest.approx(10.375 * 0.6)
    assert first.expected + first.units == first.observed
    assert part.row(1) == whole.row(1)
    together = of_many(part, "orders", late=False)
    assert together.units == pytest.approx(10.375 * 0.6 + 5.375)
    assert together.observed == 19


def test_nothing_observed_has_no_incremental_share():
    assert of_creator(lifts([0.0]).row(0), "orders", late=False).share is None


@pytest.mark.parametrize(
    ("factor", "log"), [(0.4, -math.log(0.6)), (0.0, 0.0), (1.0, math.inf), (1.5, math.inf)]
)
def test_a_test_says_which_part_of_the_tracked_was_extra(factor, log):
    held = Incrementality(factor, factor - 0.2, factor + 0.2, 0.9, "geo", Grade.A)
    found = of_experiment(held, "orders", 10.0)
    assert found.log == pytest.approx(log)
    assert (found.units, found.units + found.expected) == (pytest.approx(10 * factor), 10)
    assert (found.level, found.limits, found.grade) == (0.9, "experiment", Grade.A)
    assert found.share.point == pytest.approx(factor)


def test_a_figure_says_what_a_reader_must_know_beside_it():
    alone = of_creator(lifts([15.0]).row(0), "orders", late=False)
    assert list(alone.warnings) == ["no_controls"]
    assert (alone.mean_log, alone.controls) == (None, None)
    several = of_many(lifts([15.0, 10.0]), "orders", late=False)
    assert several.mean_log == several.log
    controls = ControlsUsed(4, "the rule", 0.1, 0.2, ("cy",))
    assert list(replace(alone, controls=controls).warnings) == ["few_controls"]
    enough = replace(alone, controls=replace(controls, creators=5), signs_differ=True)
    assert list(enough.warnings) == ["signs_differ"]
    part = replace(enough, signs_differ=False, measured=7, withheld=3)
    assert part.warnings == {
        "creators_left_out": (
            "3 of 10 creators (each platform counted by itself) could not be measured; "
            "baseline + lift is of the others."
        )
    }
    test = of_experiment(Incrementality(0.5, 0.4, 0.6, 0.95, "geo", Grade.A), "orders", 10.0)
    assert test.warnings == {}


def test_controls_reach_the_figures_of_creators_and_of_all_together():
    history = CodeHistory(np.full(2, 20.0), np.full(2, 40.0), np.ones(2))
    names = np.empty(2, object)
    names[:] = [("cy", "dee"), ("dee", "eve")]
    control = Control(np.full(2, 0.1), np.full(2, 0.2), np.array([2, 2]), names=names, rule="all")
    found = code_lift(history, np.array([15.0, 10.0]), np.full(2, 10.0), control=control)
    mine = of_creator(take(found, [1]).row(0), "orders", late=False).controls
    assert (mine.names, mine.creators, mine.rule) == (("dee", "eve"), 2, "all")
    together = of_many(found, "orders", late=False).controls
    assert (together.names, together.creators) == (("cy", "dee", "eve"), 3)
    assert (together.mean, together.se) == pytest.approx((0.1, 0.2))


def test_tables_put_together_are_measured_as_one():
    whole = lifts([15.0, 10.0, math.nan, 4.0])
    parts = [take(whole, [0]), take(whole, [1, 2, 3])]
    again = together(parts)
    assert len(again) == 4
    assert of_many(again, "orders", late=False) == of_many(whole, "orders", late=False)
    assert [again.row(row) for row in range(4)] == [whole.row(row) for row in range(4)]


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
    st.floats(0.5, 500),
)
def test_expected_and_units_are_the_observed_exactly_of_creators_parts_and_sums(
    counts, shares, days
):
    whole = lifts(counts, days)
    part = in_part(whole, np.array(shares[: len(counts)]))
    for rows in (whole, part):
        figures = [of_creator(rows.row(at), "orders", late=False) for at in range(len(counts))]
        for found in (*figures, of_many(rows, "orders", late=False)):
            assert found.expected + found.units == found.observed
            assert found.units_low <= found.units <= found.units_high


@given(st.integers(0, 10**9), st.floats(-0.9, 3.0), st.floats(0.0, 1.0))
def test_expected_and_units_are_the_observed_exactly_of_an_experiment(observed, factor, reach):
    found = of_experiment(
        Incrementality(factor, factor - reach, factor + reach, 0.95, "geo", Grade.A),
        "orders",
        float(observed),
    )
    assert found.expected + found.units == found.observed == observed
    assert found.units_low <= found.units <= found.units_high
