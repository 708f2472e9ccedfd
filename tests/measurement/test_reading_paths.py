from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.reading_paths import RecordedPaths, SimulatedPaths, drawn


def simulated(posts=20_000, final=1e6, ages=(6.0, 24.0, np.inf), factor=1.0):
    paths = SimulatedPaths(np.full(posts, final), ENGAGEMENT_CURVE, seed=5)
    asked = np.broadcast_to(np.array(ages)[None, :, None], (1, len(ages), posts))
    return paths.at(np.arange(posts)[None, :], asked, factor)


def test_simulated_counts_have_the_curves_growth_and_spread():
    count, age = simulated()
    young = np.log(count[0, 0] / 1e6)
    at = np.array([6.0])
    assert np.mean(young) == pytest.approx(ENGAGEMENT_CURVE.log_fraction(at)[0], abs=0.02)
    assert np.var(young) == pytest.approx(ENGAGEMENT_CURVE.variance(at)[0], rel=0.05)
    assert np.all(count[0, 2] == 1e6)
    assert age[0, :, 0].tolist() == [6.0, 24.0, np.inf]


def test_a_later_reading_forgets_the_earlier_ones():
    count, _ = simulated()
    early, late = np.log(count[0, 0]), np.log(count[0, 1])
    assert abs(np.corrcoef(early - late, late)[0, 1]) < 0.03


def test_a_true_multiple_multiplies_the_counts():
    assert simulated(factor=2.0)[0][0, 2, 0] == 2e6


def test_a_post_that_is_not_there_yet_has_no_count():
    count, age = simulated(posts=1, ages=(np.nan, 0.5, 24.0))
    assert np.isnan(count[0, :2]).all()
    assert np.isnan(age[0, :2]).all()
    assert count[0, 2, 0] > 0


def test_a_count_is_never_negative():
    count, _ = simulated(posts=200, final=0.0, ages=(6.0, 24.0))
    assert count.min() == 0


@pytest.fixture
def recorded():
    return RecordedPaths(
        start=np.array([0, 3, 3]),
        count=np.array([3, 0, 2]),
        age_hours=np.array([2.0, 10.0, 50.0, 1.0, 400.0]),
        values=np.array([5.0, 20.0, 18.0, 7.0, 90.0]),
    )


def test_the_last_observation_counts_and_nothing_is_interpolated(recorded):
    ages = np.array([[[1.0, 9.0, 10.0, 49.0]], [[60.0, 1e6, np.inf, np.nan]]]).transpose(0, 2, 1)
    count, age = recorded.at(np.array([[0], [0]]), ages)
    expected = [[np.nan, 5, 20, 20], [18, 18, 18, np.nan]]
    np.testing.assert_array_equal(count[:, :, 0], expected)
    assert age[1, 0, 0] == 50.0


def test_a_post_never_reads_its_neighbours_observations(recorded):
    ages = np.array([[[500.0, 0.5, 399.0]]])
    count, _ = recorded.at(np.array([[1, 2, 2]]), ages)
    assert count[0, 0].tolist() == pytest.approx([np.nan, np.nan, 7.0], nan_ok=True)
    assert recorded.at(np.array([[2]]), np.array([[[399.0]]]), 3.0)[0].item() == 21.0


def test_no_observation_at_all():
    nothing = RecordedPaths(np.array([0]), np.array([0]), np.zeros(0), np.zeros(0))
    count, age = nothing.at(np.array([[0]]), np.array([[[5.0]]]))
    assert np.isnan(count).all()
    assert np.isnan(age).all()


def test_what_was_drawn_before_is_what_the_paths_give():
    paths = SimulatedPaths(np.full(6, 1e6), ENGAGEMENT_CURVE, seed=5)
    posts = np.arange(6).reshape(3, 2)
    ages = np.broadcast_to(np.array([2.0, 24.0, np.inf])[None, :, None], (3, 3, 2)).copy()
    ages[1, 0] = np.nan
    index = np.array([0, 1])
    kept = drawn(paths, posts, ages, (1.0, 2.0)).only(index, (2.0,))
    count, read_age = paths.at(posts, ages, 2.0)
    for found, expected in zip(
        kept.at(posts[index], ages[index], 2.0), (count, read_age), strict=True
    ):
        np.testing.assert_array_equal(found, expected[index])
    with pytest.raises(KeyError):
        kept.at(posts[index], ages[index], 1.0)
