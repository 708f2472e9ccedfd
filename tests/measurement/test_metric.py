from __future__ import annotations

import numpy as np
import pytest

from truelift.base.errors import UsageError
from truelift.measurement.metric import (
    METRICS,
    counted,
    default_metric,
    engagement_rates,
    metric_named,
)


def test_an_unknown_metric_names_the_known_ones():
    with pytest.raises(UsageError, match="engagement, views, reach"):
        metric_named("likez")


def test_an_unknown_goal_names_the_known_ones():
    with pytest.raises(UsageError, match="awareness, leads, sales"):
        default_metric("fame")


@pytest.mark.parametrize(
    ("goal", "metric"), [("awareness", "engagement"), ("leads", "leads"), ("sales", "orders")]
)
def test_each_goal_has_its_primary_metric(goal, metric):
    assert default_metric(goal) is metric_named(metric)


def test_only_reach_is_not_additive():
    assert [metric.name for metric in METRICS.values() if not metric.additive] == ["reach"]


def test_a_column_a_network_never_shows_is_left_out_for_that_network_only():
    nan = np.nan
    counters = {
        "likes": np.array([10.0, 20.0, 30.0, nan]),
        "saves": np.array([nan, nan, 3.0, 4.0]),
    }
    total = counted(metric_named("engagement"), counters, np.array([0, 0, 1, 1]))
    np.testing.assert_equal(total, [10, 20, 33, nan])


def test_a_metric_without_any_column_is_missing_not_zero():
    assert np.isnan(counted(metric_named("views"), {}, np.array([0, 1]))).all()


def test_engagement_rates_are_named_by_their_formula():
    rates = engagement_rates(
        np.array([10.0, np.nan, 30.0]),
        followers=1000,
        reach=np.array([100.0, 50.0, np.nan]),
        views=np.array([0.0, 0.0, 0.0]),
        impressions=np.array([200.0, 1.0, 200.0]),
    )
    assert rates == {"by_followers": 0.02, "by_reach": 0.1, "by_impressions": 0.1}


def test_a_rate_without_denominator_is_left_out():
    assert engagement_rates(np.array([np.nan]), followers=10) == {}
    assert engagement_rates(np.array([1.0])) == {}
    assert engagement_rates(np.array([1.0]), followers=0) == {}
