from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.measurement.ageing import (
    ENGAGEMENT_CURVE,
    KNOTS_HOURS,
    VIEWS_CURVE,
    AgeingCurve,
    default_curve,
    format_key,
    post_curves,
    reading,
)


@given(st.lists(st.floats(1, 2000), min_size=2, max_size=50), st.booleans())
def test_an_older_post_has_reached_at_least_as_much(ages, views):
    curve = VIEWS_CURVE if views else ENGAGEMENT_CURVE
    g = curve.log_fraction(np.sort(ages))
    assert np.all(np.diff(g) >= 0)
    assert np.all(g <= 0)


def test_a_post_is_mature_from_the_last_knot_on():
    z, tau2 = reading(np.array([99.5, 99.5]), np.array([720.0, 9000.0]), ENGAGEMENT_CURVE)
    np.testing.assert_allclose(z, np.log(100))
    assert tau2.tolist() == [0, 0]


def test_the_default_curve_gives_the_measured_growth_of_a_six_hour_old_post():
    assert np.exp(-ENGAGEMENT_CURVE.log_fraction(np.array([6.0])))[0] == pytest.approx(3.1 * 1.02)
    assert np.sqrt(VIEWS_CURVE.variance(np.array([6.0])))[0] == pytest.approx(1.01)


def test_a_young_post_is_read_as_what_it_will_reach():
    z, _ = reading(np.array([100.0]), np.array([6.0]), ENGAGEMENT_CURVE)
    assert z[0] == pytest.approx(np.log(100.5 * 3.1 * 1.02))


def test_the_first_hour_is_the_most_uncertain():
    assert ENGAGEMENT_CURVE.largest_variance == ENGAGEMENT_CURVE.variance(np.array([1.0]))[0]


def test_missing_negative_too_young_and_undated_readings_are_missing():
    nan = np.nan
    z, tau2 = reading(
        np.array([nan, -1.0, 5.0, 5.0, 0.0]),
        np.array([48.0, 48.0, 0.5, nan, 48.0]),
        ENGAGEMENT_CURVE,
    )
    assert np.isnan(z).tolist() == [True, True, True, True, False]
    assert np.isnan(tau2).tolist() == [True, True, True, True, False]


def test_views_age_by_their_own_curve():
    assert default_curve("views") is VIEWS_CURVE
    assert default_curve("engagement") is ENGAGEMENT_CURVE


@pytest.mark.parametrize(
    ("g", "tau2", "hours"),
    [
        ((-1.0, 0.0), (0.1,), (1.0, 2.0)),
        ((-1.0, 0.0), (0.1, 0.0), (2.0, 1.0)),
        ((-1.0, 0.0), (0.1, 0.0), (0.0, 1.0)),
        ((0.0, -1.0), (0.1, 0.0), (1.0, 2.0)),
        ((-1.0, 0.5), (0.1, 0.0), (1.0, 2.0)),
        ((-1.0, 0.0), (-0.1, 0.0), (1.0, 2.0)),
    ],
)
def test_a_curve_that_cannot_be_is_refused(g, tau2, hours):
    with pytest.raises(ValueError, match="ageing curve odd"):
        AgeingCurve("odd", g, tau2, hours)


def test_a_curve_has_a_value_for_each_knot():
    assert len(ENGAGEMENT_CURVE.g) == len(KNOTS_HOURS)


def test_each_post_is_read_by_the_curve_of_its_unit_and_format():
    curves = [
        {"*": ENGAGEMENT_CURVE, "reel": VIEWS_CURVE},
        {"*": VIEWS_CURVE},
    ]
    unit = np.array([0, 0, 0, 0, 1, 1])
    formats = np.array(["Reel ", "photo", None, "", "reel", None], dtype=object)
    found = post_curves(curves, unit, formats)
    ages = np.full(6, 12.0)
    young, views = (
        curve.log_fraction(np.array([12.0]))[0] for curve in (ENGAGEMENT_CURVE, VIEWS_CURVE)
    )
    expected = [views, young, young, young, views, views]
    assert found.log_fraction(ages).tolist() == expected
    assert len(found.curves) == 2
    z, tau2 = reading(np.full(6, 100.0), ages, found)
    np.testing.assert_allclose(z, np.log(100.5) - np.array(expected))
    counting = (1 - np.exp(young)) / 100.5
    assert tau2[1] == pytest.approx(ENGAGEMENT_CURVE.variance(np.array([12.0]))[0] + counting)
    assert found.largest_variance[0] == VIEWS_CURVE.largest_variance


def test_no_posts_need_no_curve():
    found = post_curves([], np.zeros(0, np.int64), np.array([], dtype=object))
    assert len(found.variance(np.zeros(0))) == len(found.largest_variance) == 0


def test_formats_are_compared_in_small_letters():
    assert [format_key(text) for text in ("Reel ", None, " ")] == ["reel", "*", "*"]
