"""Chain ladder: factors from age to age, their spread, and what is still to come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.development import Development, chain_ladder, triangle

AGES = (0, 7, 14)


def table(*rows):
    return np.array(rows, float)


def ladder(*rows, ages=AGES):
    found = chain_ladder(table(*rows), ages)
    assert isinstance(found, Development)
    return found


def test_factors_are_sums_over_sums_of_the_cohorts_that_have_both_ages():
    nothing = np.nan
    found = ladder(
        [100, 90, 81], [200, 160, 152], [100, 95, nothing], [50, 50, nothing],
        [80, nothing, nothing],
    )  # fmt: skip
    assert found.factors.tolist() == pytest.approx([395 / 450, 233 / 250])
    assert found.cohorts == 4
    assert found.ultimate == pytest.approx(395 / 450 * 233 / 250)
    assert found.to_come.tolist() == pytest.approx([found.ultimate, 233 / 250, 1.0])


def test_between_two_ages_the_factor_is_log_linear_and_after_the_last_it_is_1():
    found = ladder(*[[100, 80, 80]] * 4)
    assert found.still(np.array([0.0, 7.0, 14.0, 400.0])).tolist() == pytest.approx([0.8, 1, 1, 1])
    assert found.still(np.array([3.5]))[0] == pytest.approx(0.8**0.5)


def test_the_age_at_which_most_has_come_in():
    found = ladder(*[[100, 95, 90]] * 4)
    assert found.settled_after(0.45) == 7
    assert found.settled_after(0.95) == 14
    assert ladder(*[[100, 100, 100]] * 4).settled_after(0.95) == 0


def test_late_orders_are_the_same_arithmetic_upwards():
    found = ladder(*[[10, 12, 12]] * 5)
    assert found.ultimate == pytest.approx(1.2)
    assert found.settled_after(0.9) == 7


def test_fewer_than_four_cohorts_say_nothing():
    for rows in ([[1.0, 1, 1]] * 3, [[1.0, np.nan, np.nan]] * 9):
        found = chain_ladder(table(*rows), AGES)
        assert isinstance(found, Withheld)
        assert found.reason is Reason.NO_HISTORY
    assert isinstance(chain_ladder(np.ones((9, 1)), (0,)), Withheld)


def test_a_step_nobody_took_stays_and_one_that_one_cohort_took_has_the_spread_before():
    nothing = np.nan
    rows = [[100, 90, 80], [100, 80, nothing], [100, 70, nothing], [100, 60, nothing]]
    found = ladder(*rows)
    assert found.spread[1] == found.spread[0] > 0
    none = ladder(*[[100, 90, nothing]] * 4)
    assert none.factors[1] == 1.0


def test_the_error_falls_with_the_size_of_the_cohort_and_is_0_without_spread():
    wild = ladder([100, 90, 90], [100, 70, 70], [100, 80, 80], [100, 60, 60])
    assert 0 < wild.relative_variance(10_000.0) < wild.relative_variance(100.0)
    assert ladder(*[[100, 80, 80]] * 4).relative_variance(100.0) == 0
    gone = ladder(*[[100, 0, 0]] * 4)
    assert gone.relative_variance(100.0) == 0


def test_what_happened_becomes_a_triangle_cut_at_the_last_day():
    found = triangle(
        np.array([100.0, 50.0]),
        np.array([0, 7]),
        (np.array([0, 0, 1, 1]), np.array([0, 9, 3, 99]), np.array([-10.0, -5.0, -20.0, -1.0])),
        AGES,
        15,
    )
    assert found[0].tolist() == [100.0, 90.0, 85.0]
    assert found[1, :2].tolist() == [50.0, 30.0]
    assert np.isnan(found[1, 2])


@given(
    st.lists(
        st.tuples(st.floats(1, 1e6), st.floats(0, 1), st.floats(0, 1)), min_size=4, max_size=12
    )
)
def test_the_developed_sum_of_whole_cohorts_is_what_they_came_to(cohorts):
    rows = [(size, size * first, size * first * second) for size, first, second in cohorts]
    found = ladder(*rows)
    total = sum(size for size, _, _ in rows)
    assert found.ultimate * total == pytest.approx(
        sum(last for _, _, last in rows), abs=1e-6 * total
    )
