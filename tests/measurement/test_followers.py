"""The audience of each post: the last count at or before it, never one in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.baseline import estimate_baselines
from truelift.measurement.followers import follower_counts, growth, log_followers, newest
from truelift.measurement.lift import campaign_posts, creator_lift

NEW_YEAR = np.datetime64("2026-01-01", "us")


def days(numbers):
    return NEW_YEAR + np.asarray(numbers, np.int64) * np.timedelta64(1, "D")


COUNTS = follower_counts(np.array([2, 0, 0]), days([50, 20, 10]), np.array([0.0, 400.0, 100.0]))


def test_a_post_takes_the_last_count_at_or_before_it_and_the_first_when_it_is_older():
    at = days([5, 10, 15, 20, 99])
    found = log_followers(COUNTS, np.zeros(5, int), at)
    np.testing.assert_allclose(np.exp(found), [100, 100, 100, 400, 400])


def test_a_creator_without_counts_has_none_and_no_offset():
    unit = np.array([1, 2, 7])
    assert np.isnan(log_followers(COUNTS, unit, days([5, 5, 5]))).tolist() == [True, False, True]
    assert growth(COUNTS, unit, days([5, 5, 5]), np.full(3, 0.7)).tolist() == [0.0, -0.7, 0.0]
    nothing = COUNTS.before(days(0))
    assert np.isnan(log_followers(nothing, unit, days([5, 5, 5]))).all()


def test_the_newest_count_before_a_time_is_the_reference():
    np.testing.assert_allclose(np.exp(newest(COUNTS, 3)), [400, np.nan, 1])
    np.testing.assert_allclose(np.exp(newest(COUNTS.before(days(20)), 3)), [100, np.nan, np.nan])
    at, followers = COUNTS.of(0)
    assert (at.tolist(), followers.tolist()) == (days([10, 20]).tolist(), [100, 400])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(1, 99)), max_size=12))
def test_searching_all_units_at_once_equals_looking_one_up(rows):
    rows = list({row[:2]: row for row in rows}.values())
    columns = np.array(rows, np.int64).reshape(-1, 3)
    counts = follower_counts(columns[:, 0], days(columns[:, 1]), columns[:, 2].astype(float))
    unit, at = np.repeat(np.arange(5), 12), np.tile(np.arange(-1, 11), 5)
    found = log_followers(counts, unit, days(at))
    for one, day, log in zip(unit.tolist(), at.tolist(), found.tolist(), strict=True):
        mine = sorted(row[1:] for row in rows if row[0] == one)
        known = [row[1] for row in mine if row[0] <= day] or [row[1] for row in mine[:1]][-1:]
        assert np.log(known[-1]) == log if known else np.isnan(log)


@pytest.mark.parametrize("offset", [True, False])
def test_an_audience_that_doubles_is_no_lift_with_the_offset_and_a_false_one_without(offset):
    """Forty creators, 30 posts before and 12 after; followers double as the campaign begins."""
    random = np.random.default_rng(5)
    creators, before, after = 40, 30, 12
    unit = np.repeat(np.arange(creators), before + after)
    day = np.tile(np.arange(before + after), creators)
    audience = np.where(day < before, 10_000.0, 20_000.0)
    y = np.round(audience * 0.05 * np.exp(random.normal(0, 0.4, len(unit))))
    counts = follower_counts(unit, days(day), audience)
    reference = newest(counts.before(days(before)), creators)
    grown = growth(counts, unit, days(day), reference[unit]) if offset else np.zeros(len(unit))
    organic = day < before
    z = np.log(y + 0.5) - grown
    found = estimate_baselines(unit[organic], z[organic], creators)
    old = np.full(len(unit), 900.0)
    posts = campaign_posts(
        unit[~organic], y[~organic], old[~organic], ENGAGEMENT_CURVE, offset=grown[~organic]
    )
    lifts = creator_lift(found, posts)
    wrong = np.mean((lifts.low > 0) | (lifts.high < 0))
    mean = np.mean(lifts.log)
    if offset:
        assert wrong <= 0.05
        assert abs(mean) < 0.1
    else:
        assert wrong > 0.4
        assert mean == pytest.approx(np.log(2), abs=0.1)
    np.testing.assert_array_equal(lifts.units + lifts.expected, lifts.ratios.observed)
