"""What a whole shop would have sold: forecast, effect, limits, placebo."""

from __future__ import annotations

import math

import numpy as np
import pytest

from truelift.base.estimate import Reason
from truelift.measurement.counterfactual import (
    INDEPENDENT_BLOCKS,
    Series,
    as_record,
    effect,
    enough,
    fit,
    forecast,
    placebo,
)

WEEK = np.array([0.9, 0.9, 0.95, 1.0, 1.4, 1.2, 0.65])


def shop(days, seed, *, mean=80.0, step=0.02, controls=0):
    """A shop whose level drifts, with busy Fridays; control series drift alike."""
    random = np.random.default_rng(seed)
    weekday = (np.arange(days) + seed) % 7
    level = np.exp(np.cumsum(random.normal(0, step, days)))
    rate = mean * WEEK[weekday] * level
    beside = np.stack([random.poisson(rate * 0.5) for _ in range(controls)], 1) if controls else []
    beside = np.reshape(np.array(beside, float), (days, controls))
    outcome = random.negative_binomial(rate, 0.5).astype(float)
    return Series(outcome, weekday.astype(np.int64), beside)


def raised(series, start, times):
    """Let a campaign multiply the outcome from a day on."""
    outcome = series.outcome.copy()
    outcome[start:] = np.round(outcome[start:] * times)
    return Series(outcome, series.weekday, series.controls)


def test_observed_less_expected_is_the_effect_and_lies_inside_its_limits():
    series = raised(shop(150, 1), 120, 1.5)
    found = effect(series, 120, fit(series.until(120)), horizon=30)
    assert found.observed - found.expected == pytest.approx(found.effect)
    assert found.low < found.effect < found.high <= found.observed
    assert (found.days, found.left_out) == (30, 0)
    assert found.observed == series.outcome[120:].sum()
    truth = series.outcome[120:].sum() / 3
    assert found.low <= truth <= found.high


def test_a_drifting_shop_gets_wider_limits_than_a_steady_one():
    widths = []
    for step in (0.0, 0.05):
        series = shop(150, 4, step=step)
        found = effect(series, 120, fit(series.until(120)), horizon=30)
        widths.append((found.high - found.low) / found.expected)
    assert widths[1] > 1.5 * widths[0]


def test_control_series_that_share_the_drift_narrow_the_limits():
    widths = []
    for controls in (0, 2):
        series = shop(150, 6, mean=2000.0, step=0.04, controls=controls)
        found = effect(series, 120, fit(series.until(120)), horizon=30)
        widths.append(found.high - found.low)
    assert widths[1] < 0.8 * widths[0]


def test_a_day_that_is_left_out_moves_nothing():
    series = shop(150, 8)
    outcome = series.outcome.copy()
    outcome[[60, 130]] = [5000, 9000]  # a promotion, before and during
    spiked = Series(outcome, series.weekday, series.controls)
    outcome = outcome.copy()
    outcome[[60, 130]] = np.nan
    left = Series(outcome, series.weekday, series.controls)
    strengths = fit(left.until(120))
    found = effect(left, 120, strengths, horizon=30)
    assert (found.days, found.left_out) == (29, 1)
    assert found.observed == spiked.outcome[120:].sum() - 9000
    assert found.low <= 0 <= found.high


def test_looks_still_to_come_are_paid_for_now():
    series = shop(130, 9)
    strengths = fit(series.until(120))
    now, planned = (effect(series, 120, strengths, horizon=h) for h in (None, 40))
    assert now.effect == pytest.approx(planned.effect)
    assert planned.high - planned.low > now.high - now.low


@pytest.mark.soak
def test_the_placebo_widens_with_few_blocks_and_calibrates_with_many():
    series = shop(200, 2)
    strengths = fit(series)
    few, many = placebo(series, strengths, 28), placebo(series, strengths, 7)
    assert (few.blocks, few.calibrated) == (5, False)
    assert few.factor >= 1
    assert (many.blocks, many.calibrated) == ((200 - 56) // 7, True)
    assert many.blocks >= INDEPENDENT_BLOCKS
    assert many.windows > many.blocks
    assert 0 <= many.wrong <= 1
    record = as_record(strengths, many)
    assert record["placebo"]["blocks"] == many.blocks
    assert record["strengths"]["level"] == strengths.level


def test_a_shop_that_broke_out_before_gets_limits_that_hold_for_that_too():
    series = raised(shop(120, 3, step=0.0), 90, 3.0)
    strengths = fit(series.until(90))
    calm, broken = placebo(series.until(90), strengths, 20), placebo(series, strengths, 20)
    assert broken.factor > calm.factor >= 1
    assert broken.wrong > 0


def test_pseudo_campaigns_of_days_that_were_left_out_are_none():
    series = shop(70, 5)
    outcome = series.outcome.copy()
    outcome[57:] = np.nan
    found = placebo(Series(outcome, series.weekday, series.controls), fit(series), 12)
    assert found.windows == 0
    assert (found.factor, found.calibrated) == (1.0, False)
    assert math.isnan(found.wrong)


def test_too_little_before_or_nothing_during_is_withheld():
    series = shop(80, 1)
    strengths = fit(series)
    early = effect(series, 40, strengths)
    assert early.reason is Reason.NOT_OBSERVED
    assert "40 usable days" in early.detail
    assert enough(series) is None
    outcome = series.outcome.copy()
    outcome[70:] = np.nan
    blind = effect(Series(outcome, series.weekday, series.controls), 70, strengths)
    assert blind.reason is Reason.NOT_OBSERVED


def test_a_small_shop_with_empty_days_has_an_expectation_near_its_mean():
    random = np.random.default_rng(1)
    outcome = random.poisson(0.6, 140).astype(float)
    series = Series(outcome, np.arange(140) % 7, np.zeros((140, 0)))
    strengths = fit(series.until(110))
    expected = forecast(series, 110, strengths).expected.sum() - 30 * strengths.offset
    assert expected == pytest.approx(18, abs=8)


@pytest.mark.soak
def test_any_look_of_a_campaign_without_an_effect_is_rarely_wrong():
    """Forty shops, half of them drifting, 21 daily looks: the placebo's factor included."""
    wrong = 0
    for seed in range(40):
        series = shop(161, 100 + seed, step=0.03 * (seed % 2))
        strengths = fit(series.until(140))
        factor = placebo(series.until(140), strengths, 21).factor
        looks = (
            effect(series.until(140 + day), 140, strengths, factor=factor, horizon=21)
            for day in (1, 3, 7, 14, 21)
        )
        wrong += any(not found.low <= 0 <= found.high for found in looks)
    assert wrong <= 4  # 5 % of 40 is 2; more than 4 has a chance of 5 %
