"""A post far beyond what is usual for its creator is marked, and nothing is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.measurement.outliers import outliers

USUAL = np.array([90.0, 100.0, 110.0, 80.0, 125.0])


def of_one(*counts, usual=USUAL):
    nobody = np.zeros(len(counts), np.int64), np.zeros(len(usual), np.int64)
    return outliers(nobody[0], np.array(counts, float), nobody[1], np.asarray(usual, float), 1)


def test_a_viral_post_is_marked_with_how_many_times_the_usual_it_has():
    found = of_one(100_000, 130, 0)
    assert found.marked.tolist() == [True, False, False]
    assert found.times[0] == pytest.approx(100_000.5 / 100.5)


def test_ten_times_the_usual_is_not_remarkable_however_alike_the_posts_are():
    assert not of_one(1000, usual=[100.0] * 50).marked.any()
    assert of_one(1300, usual=[100.0] * 50).marked.all()


def test_too_few_posts_or_none_say_nothing():
    for usual in ([100.0, 100.0], [], [np.nan] * 5):
        found = of_one(1e9, usual=usual)
        assert np.isnan(found.times).all()
        assert not found.marked.any()
    assert not of_one(np.nan).marked.any()


def test_each_unit_has_its_own_usual_and_a_thin_one_borrows_the_spread_of_the_others():
    wide = np.exp(np.linspace(-3, 3, 21)) * 100
    history = np.concatenate([wide, [100.0, 100.0, 100.0]])
    unit = np.repeat([0, 1], [21, 3])
    found = outliers(np.array([0, 1]), np.array([5e3, 5e3]), unit, history, 2)
    assert found.marked.tolist() == [False, False]
    # With their own spread alone the same three posts would make an outlier of it.
    alone = outliers(np.zeros(1, np.int64), np.array([5e3]), unit[21:] - 1, history[21:], 1)
    assert alone.marked.tolist() == [True]


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=30), st.floats(0, 1e9))
def test_the_order_of_posts_is_nothing(usual, count):
    there, back = of_one(count, usual=usual), of_one(count, usual=usual[::-1])
    assert there.times.tolist() == back.times.tolist()
    assert there.marked.tolist() == back.marked.tolist()
