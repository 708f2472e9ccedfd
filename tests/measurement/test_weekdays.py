"""How busy each weekday is, and how many usual days a window is worth."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.weekdays import (
    LEAST_DAYS,
    SMALLEST_FACTOR,
    expected_days,
    weekday_factors,
    weekday_of,
)


def test_weekdays_count_from_monday():
    days = np.arange(np.datetime64("2026-05-04"), np.datetime64("2026-05-11"))  # Monday to Sunday
    assert weekday_of(days).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert weekday_of(np.datetime64("1969-12-31")) == 2


def shop(friday, days, seed, mean=20.0, first=0):
    """Daily counts of a shop whose Fridays are `friday` times as busy, growing twofold."""
    random = np.random.default_rng(seed)
    weekday = (first + np.arange(days)) % 7
    rate = mean * np.where(weekday == 4, friday, 1.0) * np.linspace(1, 2, days)
    return random.poisson(rate).astype(float)


@pytest.mark.parametrize("first", [0, 3, 6])
def test_a_busy_friday_is_found_whichever_day_the_history_begins(first):
    factors = weekday_factors(first, shop(3.0, 120, 5, first=first))
    assert factors.mean() == pytest.approx(1)
    assert factors[4] == pytest.approx(3 * 7 / 9, rel=0.1)
    np.testing.assert_allclose(np.delete(factors, 4), 7 / 9, rtol=0.15)


def test_growth_over_the_months_is_not_taken_for_a_weekday():
    steep = np.geomspace(10, 1000, 90)
    np.testing.assert_allclose(weekday_factors(2, steep), 1, atol=0.02)


def test_noise_is_shrunk_away_where_every_weekday_is_alike():
    spread = [np.ptp(weekday_factors(0, shop(1.0, 60, seed, mean=2.0))) for seed in range(40)]
    raw = [np.ptp(shop(1.0, 63, seed, mean=2.0).reshape(9, 7).mean(0) / 3) for seed in range(40)]
    assert np.mean(spread) < 0.5 * np.mean(raw)


@pytest.mark.parametrize("daily", [np.ones(LEAST_DAYS - 1), np.zeros(60)])
def test_without_enough_counts_every_day_is_a_usual_day(daily):
    assert weekday_factors(0, daily).tolist() == [1.0] * 7


def test_a_closed_sunday_still_is_a_day():
    daily = np.tile([50.0, 50, 50, 50, 50, 50, 0], 20)
    factors = weekday_factors(0, daily)
    assert factors[6] == pytest.approx(SMALLEST_FACTOR, rel=0.02)


def test_a_weekday_that_was_always_empty_for_its_whole_week_is_no_fault():
    quiet = np.zeros(70)
    quiet[::7] = 1  # one order every Monday
    factors = weekday_factors(0, quiet)
    assert factors[0] > 3
    assert np.all(factors > 0)


def test_expected_days_weigh_each_day_by_its_factor_and_the_part_that_was_seen():
    factors = np.array([1.0, 1, 1, 1, 2, 0.5, 0.5])
    week = np.arange(np.datetime64("2026-05-04"), np.datetime64("2026-05-11"))
    assert expected_days(factors, week) == 7
    assert expected_days(factors, week[4:5], np.array([0.25])) == 0.5
