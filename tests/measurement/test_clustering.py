from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from truelift.measurement.clustering import proportion

ALONE = np.arange(200)


def test_independent_observations_have_wilsons_limits():
    happened = np.repeat([1.0, 0.0], [10, 190])
    found = proportion(happened, [])
    exact = stats.binomtest(10, 200).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    assert (found.share, found.n, found.effective) == (0.05, 200, 200.0)


def test_clusters_that_err_together_widen_the_limits():
    happened = np.repeat([1.0, 0.0], [10, 190])
    together = proportion(happened, [ALONE, ALONE // 10])
    assert together.effective == pytest.approx(20, rel=0.06)
    assert together.high > proportion(happened, [ALONE]).high


def test_one_cluster_is_one_observation():
    happened = np.repeat([1.0, 0.0], [10, 190])
    assert proportion(happened, [np.zeros(200, int)]).effective == pytest.approx(1.0)


def test_without_any_error_the_clusters_say_how_much_was_seen():
    found = proportion(np.zeros(200), [ALONE // 10])
    assert found.effective == 20
    assert found.low == pytest.approx(0, abs=1e-12)
    assert found.high == pytest.approx(stats.binomtest(0, 20).proportion_ci(method="wilson").high)


def test_nothing_was_seen():
    found = proportion(np.zeros(0), [])
    assert math.isnan(found.share)
    assert (found.low, found.high, found.n) == (0.0, 1.0, 0)
