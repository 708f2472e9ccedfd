"""Forecasts of the past: distance, the scale that makes bands hold, and when it is in force."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.decisions.backtest import LEAST_FORECASTS, Past, backtest, distance, fitted_scale
from truelift.decisions.forecast import Band, scaled_rest


def past(came, campaign="a", creator="x", stage=0.5, rest=Band(50.0, 100.0, 200.0)):  # noqa: B008 - a frozen value
    return Past(campaign, creator, stage, rest, came)


def many(count, width, campaigns=4, seed=0):
    """Forecasts whose band is `width` times too narrow."""
    random = np.random.default_rng(seed)
    middle = np.exp(random.normal(4, 1, count))
    came = middle * np.exp(random.normal(0, 1, count) * 0.3)
    half = np.exp(1.2816 * 0.3 / width)
    return [
        past(float(c), f"c{at % campaigns}", f"k{at}", (0.25, 0.5, 0.75)[at % 3],
             Band(float(m / half), float(m), float(m * half)))
        for at, (m, c) in enumerate(zip(middle, came, strict=True))
    ]  # fmt: skip


def test_the_distance_is_in_half_widths_of_the_side_it_lies_on():
    assert distance([past(100.0), past(200.0), past(50.0)]).tolist() == pytest.approx([0, 1, 1])
    assert distance([past(0.0, rest=Band(0.0, 0.0, 0.0))]).tolist() == [0.0]
    assert distance([])[:].tolist() == []


def test_the_fitted_scale_makes_bands_hold_on_the_half_it_was_not_fitted_on():
    judged = backtest(many(1200, 1.5))
    assert judged.scale == pytest.approx(1.5, rel=0.12)
    assert judged.covered == pytest.approx(0.8, abs=0.05)
    assert judged.plain < 0.7
    assert judged.in_force
    assert [stage for stage, _, _ in judged.by_stage] == [0.25, 0.5, 0.75]


def test_widening_draws_by_the_scale_widens_their_band_by_it():
    draws = np.exp(np.random.default_rng(1).normal(5, 0.4, (20_000, 1)))
    wide = scaled_rest(draws, 1.5)
    low, high = np.log(np.quantile(wide, [0.1, 0.9]) + 0.5)
    plain_low, plain_high = np.log(np.quantile(draws, [0.1, 0.9]) + 0.5)
    assert (high - low) / (plain_high - plain_low) == pytest.approx(1.5, rel=0.01)


def test_one_campaign_is_halved_by_its_creators():
    judged = backtest(many(200, 1.0, campaigns=1))
    assert judged.fitted == judged.judged == 100


def test_too_few_forecasts_fit_nothing():
    assert fitted_scale([past(100.0)] * (LEAST_FORECASTS - 1)) == 1.0
    judged = backtest([past(100.0)])
    assert (judged.covered, judged.plain, judged.by_stage) == (None, None, ())
    assert not judged.in_force
    assert not backtest([]).in_force


def test_the_scale_has_limits():
    assert fitted_scale([past(1e9)] * 40) == 5.0
    assert fitted_scale([past(100.0)] * 40) == 0.5
