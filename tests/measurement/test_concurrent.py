"""The calendar in counts: control creators over the same days."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.calendar import Control
from truelift.measurement.concurrent import LEAST_DAYS, concurrent_ratios
from truelift.measurement.counts import CodeHistory, code_lift


def windows(days, launches, last):
    """Give history and campaign of windows that launch on a day and were seen up to `last`."""
    day = np.arange(days)
    before = np.array([day < launch for launch in launches], float)
    after = np.array([(day >= launch) & (day <= last) for launch in launches], float)
    return before, after


def test_two_controls_by_hand():
    counts = np.concatenate([np.full((2, 28), [[1.0], [2.0]]), np.full((2, 14), 3.0)], axis=1)
    before, after = windows(42, [28], 41)
    found = concurrent_ratios(counts, np.ones((2, 42)), np.array([1.0, 2.0]), before, after)
    expected, seen = np.array([14.0, 28.0]), np.array([42.0, 42.0])
    ratio = (seen.sum() + 0.5) / (expected.sum() + 0.5)
    assert found.mean[0] == pytest.approx(np.log(ratio))
    between = 2 * np.sum((seen - ratio * expected) ** 2)
    assert found.se[0] == pytest.approx(np.sqrt(between) / (seen.sum() + 0.5))
    assert found.creators.tolist() == [2]


def test_alike_controls_keep_the_variance_of_their_counts():
    counts = np.ones((4, 42))
    before, after = windows(42, [28], 41)
    found = concurrent_ratios(counts, np.ones((4, 42)), np.full(4, 1.5), before, after)
    ratio = 1.0
    expected = 4 * 14.0
    variance = (1.5 * ratio * expected + 0.5) + 1.5 * ratio**2 * 0.5 * expected
    assert found.mean[0] == 0
    assert found.se[0] == pytest.approx(np.sqrt(variance) / (expected + 0.5))


def test_days_in_a_campaign_of_their_own_do_not_count_for_controls():
    counts, free = np.ones((1, 60)), np.ones((1, 60))
    counts[0, 35:45] = 50  # a campaign of the control's own
    free[0, 35:45] = 0
    before, after = windows(60, [30, 50], 59)
    found = concurrent_ratios(counts, free, np.ones(1), before, after)
    np.testing.assert_allclose(found.mean, 0, atol=1e-12)


def test_a_creator_without_history_or_without_free_days_is_no_control():
    counts, free = np.ones((2, 40)), np.ones((2, 40))
    free[0, : int(40 - LEAST_DAYS)] = 0
    free[1, 28:] = 0
    before, after = windows(40, [28], 39)
    found = concurrent_ratios(counts, free, np.ones(2), before, after)
    assert (found.mean[0], found.se[0], found.creators[0]) == (0, 0, 0)


def test_a_shock_to_the_whole_calendar_is_no_lift_of_the_treated_alone():
    """Any look of 40: without controls the shock is a false alarm, with them it is not."""
    random = np.random.default_rng(12)
    treated, controls, wrong = 60, 30, {"with": [], "without": []}
    for brand in range(12):
        shock = np.where(np.arange(100) < 60, 1.0, np.exp((-1) ** brand * 0.5))
        counts = random.negative_binomial(2.0 * shock, 0.5, (treated + controls, 100)).astype(float)
        history = CodeHistory(
            counts[:treated, :60].sum(1), np.full(treated, 60.0), np.full(60, 2.0)
        )
        alarm = {name: np.zeros(treated, bool) for name in wrong}
        for look in range(1, 41):
            n, days = counts[:treated, 60 : 60 + look].sum(1), np.full(treated, float(look))
            before, after = windows(100, [60], 59 + look)
            found = concurrent_ratios(
                counts[treated:], np.ones((controls, 100)), np.full(controls, 2.0), before, after
            )
            control = Control(float(found.mean[0]), float(found.se[0]), controls)
            for name, taken in (("with", control), ("without", None)):
                lifts = code_lift(history, n, days, control=taken)
                alarm[name] |= (lifts.low > 0) | (lifts.high < 0)
        for name, mask in alarm.items():
            wrong[name].append(mask.mean())
    assert np.mean(wrong["with"]) <= 0.06
    assert np.mean(wrong["without"]) > 0.10
