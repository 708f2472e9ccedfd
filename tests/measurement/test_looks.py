"""Limits for a path of forecasts that is looked at every day."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from truelift.measurement.looks import path_multiplier


def test_one_look_takes_the_normal_quantile():
    assert path_multiplier(np.array([[4.0]])) == pytest.approx(stats.norm.ppf(0.975), abs=1e-6)


def test_independent_looks_cost_a_little_less_than_bonferroni():
    looks = 20
    bonferroni = stats.norm.ppf(1 - 0.025 / looks)
    assert bonferroni - 0.05 < path_multiplier(np.eye(looks)) < bonferroni


@pytest.mark.parametrize("drift", [0.0, 0.05, 1.0])
def test_a_path_of_sums_is_beyond_its_limits_in_at_most_five_of_a_hundred(drift):
    """Means of noise and a drifting level over 40 days, as a forecast's cumulative errors."""
    random = np.random.default_rng(3)
    day = np.arange(1, 41)
    daily = np.eye(40) + drift * np.minimum(day[:, None], day)
    weights = np.tril(np.ones((40, 40))) / day[:, None]
    covariance = weights @ daily @ weights.T
    paths = random.normal(size=(20_000, 40)) @ np.linalg.cholesky(covariance).T
    beyond = np.abs(paths) > path_multiplier(covariance) * np.sqrt(np.diag(covariance))
    assert 0.02 <= beyond.any(axis=1).mean() <= 0.053
