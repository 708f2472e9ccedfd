from __future__ import annotations

import math

import pytest

from truelift.base.errors import UsageError
from truelift.base.estimate import Grade, Reason
from truelift.measurement.experiment import incrementality


def read(factor=0.6, low=0.4, high=0.8, level=0.9, **options):
    settings = {"design": "geo", "same_campaign": False, "age_days": 100} | options
    return incrementality(factor, low, high, level, **settings)


def test_an_experiment_in_the_campaign_is_grade_a_and_a_carried_factor_is_b():
    assert read(same_campaign=True, age_days=0).grade is Grade.A
    assert read(age_days=365).grade is Grade.B


def test_a_factor_maps_tracked_units_with_its_limits():
    found = read(factor=1.5, low=0.9, high=2.1).units(40)
    assert (found.point, found.low, found.high) == pytest.approx((60, 36, 84))
    assert (found.level, found.grade) == (0.9, Grade.B)


def test_the_level_is_95_percent_unless_stated():
    assert read(level=None).level == 0.95


@pytest.mark.parametrize(
    "row",
    [
        {"age_days": 366},
        {"age_days": -1},
        {"age_days": None},
        {"low": None},
        {"high": None},
        {"factor": math.nan},
        {"low": 0.7},
        {"high": math.inf},
    ],
)
def test_an_old_running_endless_or_boundless_factor_is_withheld(row):
    found = read(**row)
    assert found.reason is Reason.NOT_OBSERVED
    assert found.detail


def test_an_unknown_design_names_the_known_ones():
    with pytest.raises(UsageError, match="geo, switchback, holdout, user"):
        read(design="hunch")


def test_one_creator_of_a_campaign_has_wider_limits_and_never_grade_a():
    found = read(same_campaign=True, age_days=0, level=0.95)
    one = found.of_one(between=0.1, degrees=1e9)
    assert (one.factor, one.grade) == (0.6, Grade.B)
    half = math.hypot(0.2, 0.6 * 1.959964 * math.sqrt(0.1))
    assert (one.low, one.high) == pytest.approx((0.6 - half, 0.6 + half))
    assert found.of_one(between=0.0, degrees=3).low == pytest.approx(0.4)
    assert found.of_one(between=0.1, degrees=2).low < one.low


@pytest.mark.parametrize(
    ("factor", "low", "high"),
    [(1.5, 1.1, 2.0), (0.9, 0.5, 1.3), (1.2, -0.5, 3.0), (-0.2, -0.9, 1.1), (0.5, 0.5, 0.5)],
)
def test_limits_of_one_creator_enclose_the_campaigns_wherever_the_factor_lies(factor, low, high):
    one = read(factor, low, high, level=0.95).of_one(between=0.1, degrees=5)
    assert one.low < low <= factor <= high < one.high


def test_a_hair_of_the_campaigns_limit_moves_a_creators_by_a_hair():
    under, over = (read(0.5, 0.2, high, level=0.95).of_one(0.1, 2) for high in (0.9999, 1.0))
    assert over.high == pytest.approx(under.high, abs=0.001)
