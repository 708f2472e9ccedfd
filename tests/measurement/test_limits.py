from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from truelift.measurement.limits import (
    THEORY,
    Limits,
    boundary,
    half_width,
    joined_limits,
    multiplier,
)

ENDLESS = np.array(np.inf)


def test_one_look_costs_nothing():
    assert boundary(np.array([1.0, 0.2])) == pytest.approx(1.959963984540054)


def test_the_boundary_meets_the_published_figures():
    np.testing.assert_allclose(
        boundary(np.array([1.5, 4, 21, 100])), [2.41, 2.69, 2.93, 3.07], atol=0.005
    )


def test_the_boundary_agrees_with_the_tabulated_oracle(oracle):
    ratio = np.geomspace(1, 1e5, 500)
    np.testing.assert_allclose(boundary(ratio), oracle.siegmund_c(ratio), atol=1e-4)


def test_the_boundary_solves_its_own_equation():
    ratio = np.geomspace(2, 1e6, 50)
    c = boundary(ratio)
    density = np.exp(-c * c / 2) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(
        density * (c - 1 / c) * np.log(ratio) + 4 * density / c, 0.05, rtol=1e-9
    )


@pytest.mark.parametrize("alpha", [0.0, 0.2])
def test_an_alpha_the_formula_does_not_hold_for_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        boundary(np.array([2.0]), alpha)


@pytest.mark.parametrize("ratio", [4.0, 21.0])
def test_a_brownian_path_crosses_at_most_as_often_as_promised(ratio):
    random = np.random.default_rng(5)
    times = np.geomspace(1, ratio, 400)
    steps = random.normal(size=(4000, 400)) * np.sqrt(np.diff(times, prepend=0))
    paths = np.abs(np.cumsum(steps, axis=1)) / np.sqrt(times)
    crossed = np.mean(paths.max(axis=1) > boundary(np.array(ratio)))
    assert 0.025 < crossed < 0.055


def test_more_looking_and_fewer_degrees_widen_the_limits():
    ratio = np.geomspace(1, 1000, 50)
    assert np.all(np.diff(boundary(ratio)) >= 0)
    degrees = np.array([3.0, 10.0, 100.0, np.inf])
    widths = multiplier(np.full(4, 20.0), degrees)
    assert np.all(np.diff(widths) < 0)
    assert widths[-1] == boundary(np.array(20.0))


def test_the_correction_keeps_the_tail_probability():
    c, corrected = boundary(np.array(20.0)), multiplier(np.array(20.0), np.array(9.0))
    assert special.stdtr(9, corrected) == pytest.approx(special.ndtr(c), rel=1e-9)


def width(**options):
    return float(
        half_width(np.array(0.5), ENDLESS, ratio=np.array(20.0), share=np.array(0.25), **options)
    )


def test_a_factor_scales_the_theory_and_a_shape_bends_it():
    calibrated = Limits(np.array(0.8), np.array(0.4), np.array([True]).reshape(()))
    assert width(limits=calibrated) == pytest.approx(0.8 * width() * 0.25**-0.4)


def test_each_row_has_its_own_limits():
    rows = Limits(np.array([1.0, 0.8]), np.array([0.0, 0.4]), np.array([False, True]))
    assert [rows.kind(0), rows.kind(1)] == ["theory", "calibrated"]
    assert rows.take(np.array([1])).kind(0) == "calibrated"
    assert rows.take(np.array([0])).factor.tolist() == [1.0]
    assert width(limits=rows.at(0)) == pytest.approx(width())


def test_theory_is_the_same_for_all_rows():
    assert THEORY.kind(3) == "theory"
    assert THEORY.take(np.array([2, 1])).kind(0) == THEORY.at(3).kind(0) == "theory"


def test_limits_of_tables_are_joined_row_by_row():
    placebo = Limits(np.array([1.2, 0.9]), np.array([0.1, 0.2]), np.array([False, True]))
    whole = joined_limits([(THEORY, 2), (placebo, 2)])
    assert whole.factor.tolist() == [1, 1, 1.2, 0.9]
    assert [whole.kind(row) for row in range(4)] == ["theory", "theory", "theory", "calibrated"]
