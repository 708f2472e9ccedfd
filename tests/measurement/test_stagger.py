"""First days by lot: what the shop sold more when creators began."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.base.estimate import Reason
from truelift.measurement.counterfactual import Series, fit
from truelift.measurement.redraws import beyond
from truelift.measurement.stagger import (
    Course,
    Starts,
    draw,
    enough,
    factor,
    factor_paths,
    redraw,
)

START, DAYS, CHOICES = 70, 28, 21
WEEK = np.array([0.9, 0.9, 0.95, 1.0, 1.4, 1.2, 0.65])


def played(seed, *, times=1.0, creators=8, orders=100.0, tracked=0.3, followed=True):
    """A drifting shop with bursts of tracked orders, of which `times` is extra."""
    random = np.random.default_rng([seed, 5])
    weekday = (np.arange(START + DAYS) + seed) % 7
    rate = orders * WEEK[weekday] * np.exp(np.cumsum(random.normal(0, 0.02, START + DAYS)))
    sold = random.negative_binomial(rate, 0.5).astype(float)
    drawn = draw(creators, CHOICES, seed)
    began = drawn if followed else random.integers(CHOICES, size=creators)
    size = random.gamma(3.0, 1 / 3, creators)
    age = np.arange(DAYS) - began[:, None]
    brought = np.where(age >= 0, size[:, None] * 0.75 ** np.maximum(age, 0), 0).sum(axis=0)
    seen = np.zeros(START + DAYS)
    seen[START:] = random.poisson(tracked * orders * DAYS * brought / brought.sum())
    sold += random.poisson(times * seen)
    series = Series(sold, weekday, np.zeros((START + DAYS, 0)))
    course = Course(series, seen, START, fit(series.until(START)))
    return course, Starts(drawn, size, CHOICES)


def test_the_true_factor_lies_inside_and_zero_outside():
    course, starts = played(2, times=1.5, orders=400.0)
    found = factor(course, starts, planned=DAYS, seed=2)
    assert 0 < found.low < 1.5 < found.high


def test_draws_are_of_the_days_and_follow_the_seed():
    drawn = draw(500, CHOICES, 4)
    assert (drawn == draw(500, CHOICES, 4)).all()
    assert set(drawn.tolist()) == set(range(CHOICES))
    again = redraw(Starts(drawn, np.ones(500), CHOICES), 4, 30)
    assert again.shape == (31, 500)
    assert (again[0] == drawn).all()
    assert set(again[1:].ravel().tolist()) == set(range(CHOICES))


def test_too_few_creators_or_days_are_said():
    assert enough(5, 5) is None
    assert "4 creators" in enough(4, 21).detail
    assert "4 first days" in enough(9, 4).detail


def test_days_that_are_left_out_move_nothing():
    course, starts = played(3, orders=400.0)
    outcome = course.series.outcome.copy()
    outcome[[40, START + 9]] = np.nan
    series = Series(outcome, course.series.weekday, course.series.controls)
    left = Course(series, course.tracked, START, course.strengths)
    assert factor_paths(left, starts, redraw(starts, 3, 9)).outcome.shape == (10, DAYS - 1)
    found = factor(left, starts, planned=DAYS, seed=3)
    assert found.low < 1 < found.high


def test_without_a_usable_day_there_is_nothing_to_say():
    course, starts = played(4)
    outcome = course.series.outcome.copy()
    outcome[START:] = np.nan
    series = Series(outcome, course.series.weekday, course.series.controls)
    blind = Course(series, course.tracked, START, course.strengths)
    found = factor(blind, starts, planned=DAYS, seed=4)
    assert (found.reason, found.detail[:16]) == (Reason.NOT_OBSERVED, "No usable day of")


def test_no_look_needs_a_later_day():
    course, starts = played(6)
    part = Course(
        course.series.until(START + 10), course.tracked[: START + 10], START, course.strengths
    )
    drawn = redraw(starts, 6, 20)
    whole, early = (factor_paths(given, starts, drawn) for given in (course, part))
    np.testing.assert_allclose(whole.statistic(0.7)[:, :10], early.statistic(0.7), atol=1e-6)


@pytest.mark.soak
def test_knowing_the_sizes_of_creators_narrows_limits():
    narrower = 0
    for seed in range(9):
        course, starts = played(seed, orders=400.0)
        alike = Starts(starts.drawn, np.ones(len(starts.drawn)), CHOICES)
        known, unknown = (
            factor(course, given, planned=DAYS, seed=seed) for given in (starts, alike)
        )
        width = getattr(unknown, "high", np.inf) - getattr(unknown, "low", -np.inf)
        narrower += known.high - known.low < width
    assert narrower >= 6


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("times", [0.0, 1.5])
def test_any_look_is_wrong_as_seldom_as_said(times, followed):
    """80 shops, drawn days followed or not: 5 % is 4, more than 10 has a chance of 0.3 %."""
    wrong = 0
    for seed in range(80):
        course, starts = played(seed, times=times, followed=followed)
        paths = factor_paths(course, starts, redraw(starts, seed, 499))
        wrong += beyond(paths, times, DAYS, 0.05).any()
    assert wrong <= 10
