"""A pattern is estimated as generalised least squares would, and baselines as they were sealed."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from truelift.measurement.checks.history import filtered, history, pattern, rebased
from truelift.measurement.lift import log_lift
from truelift.measurement.ragged import ragged

TOLD = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
drawn, scene = (TOLD[name] for name in ("drawn", "scene"))


def by_least_squares(z, shape, q):
    """Solve the same problem with the whole covariance matrix and a diffuse level."""
    n = len(z)
    drift = np.minimum.outer(np.arange(n), np.arange(n)) * q
    inverse = np.linalg.inv(drift + np.eye(n))
    columns = np.column_stack([np.ones(n), shape])
    information = columns.T @ inverse @ columns
    return np.linalg.solve(information, columns.T @ inverse @ z)[1]


def test_a_pattern_is_the_generalised_least_squares_estimate():
    z = drawn(3, 1, 15)[0]
    shape = np.maximum(np.arange(15) - 9, 0).astype(float)
    for q in (0.0, 0.02, 0.3):
        known = history(np.zeros(15, int), z, np.array([q]), np.array([5.0]), np.array([0.4]))
        assert pattern(known, shape).size[0] == pytest.approx(by_least_squares(z, shape, q))


def test_a_step_at_the_launch_is_the_lift_itself():
    z = drawn(4, 30, 20)
    whole = scene(z[:, :14], z[:, 14:])
    joined = history(
        np.repeat(np.arange(30), 20), z.ravel(), whole.past.q, whole.past.nu0, whole.past.s02
    )
    step = np.tile(np.arange(20) >= 14, 30).astype(float)
    lifted = log_lift(whole.baselines, whole.posts)
    assert pattern(joined, step).size == pytest.approx(lifted.delta)


def test_baselines_estimated_again_are_the_sealed_ones():
    found = scene(drawn(6, 25, 12), drawn(7, 25, 1))
    again = rebased(found.past, found.past.q, np.ones(25 * 12, bool))
    for name in ("level", "p", "s2", "nu"):
        assert getattr(again, name) == pytest.approx(getattr(found.baselines, name))


def test_nothing_is_said_of_a_creator_without_a_sealed_baseline_or_with_too_few_posts():
    group, z = np.array([0, 0, 0, 2]), np.array([1.0, 2.0, np.nan, 3.0])
    terms = np.array([0.0, 0.0, 0.0]), np.array([5.0, 5.0, np.nan]), np.ones(3)
    known = history(group, z, *terms)
    assert known.posts.count.tolist() == [2, 0, 1]
    assert known.from_end.tolist() == [2, 1, 1]
    assert not np.isfinite(pattern(known, np.array([0.0, 1.0, 1.0])).size).any()
    assert np.isfinite(rebased(known, known.drift, np.ones(3, bool)).level).tolist() == [
        True, False, False,
    ]  # fmt: skip


def test_limits_of_a_pattern_hold_and_a_young_post_weighs_less(quiet):
    late = (quiet.past.from_end <= 6).astype(float)
    found = pattern(quiet.past, late)
    outside = np.abs(found.size) > found.half_width()
    assert np.mean(outside) == pytest.approx(np.mean(found.chance < 0.05))
    assert np.mean(found.chance_above < 0.5) == pytest.approx(0.5, abs=0.05)
    posts = ragged([0, 0, 0], 1)
    z = np.array([[0.0, 0.0, 1.0]])
    near, far = (
        filtered(posts, z, np.zeros(1), np.array([0.0, 0.0, extra])).level[0, 0]
        for extra in (0.0, 10.0)
    )
    assert 0 < far < near


def test_no_posts_at_all_is_no_error():
    none = np.zeros(0)
    known = history(none.astype(int), none, none, none, none)
    assert len(pattern(known, none).size) == 0
