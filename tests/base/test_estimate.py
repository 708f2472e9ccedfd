"""An estimate always encloses its point; what is unknown is withheld, never a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Estimate, Grade, Reason, Withheld

numbers = st.floats(-1e9, 1e9)
estimates = st.builds(
    lambda ends, level, grade: Estimate(ends[1], ends[0], ends[2], level, grade),
    st.tuples(numbers, numbers, numbers).map(sorted),
    st.floats(0.5, 0.999),
    st.sampled_from(Grade),
)


@pytest.mark.parametrize(("low", "high"), [(1.5, 2), (0, 0.5), (2, 0), (float("nan"), 2)])
def test_limits_that_do_not_enclose_the_point_are_refused(low, high):
    with pytest.raises(ValueError, match="do not enclose"):
        Estimate(1.0, low, high)


def test_an_estimate_is_grade_d_until_evidence_says_otherwise():
    assert Estimate(1.0, 0.0, 2.0) == Estimate(1.0, 0.0, 2.0, 0.95, Grade.D)


@given(estimates, st.floats(-1e3, 1e3), numbers)
def test_scaling_keeps_the_point_enclosed_and_the_evidence(estimate, factor, shift):
    scaled = estimate.scaled(factor, shift)
    assert scaled.low <= scaled.point <= scaled.high
    assert (scaled.level, scaled.grade) == (estimate.level, estimate.grade)
    assert scaled.point == estimate.point * factor + shift


def test_a_negative_factor_swaps_the_limits():
    assert Estimate(1.0, 0.0, 4.0).scaled(-1.0) == Estimate(-1.0, -4.0, 0.0)


def test_a_reason_is_written_as_it_is_called():
    assert all(reason.name == reason.value == str(reason) for reason in Reason)
    assert all(grade.name == grade.value for grade in Grade)


def test_a_withheld_figure_is_no_number():
    withheld = Withheld(Reason.NO_BASELINE, "no post before launch")
    with pytest.raises(TypeError):
        withheld + 1
    assert withheld == Withheld(Reason.NO_BASELINE, "no post before launch")
