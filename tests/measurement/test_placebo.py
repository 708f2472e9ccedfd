from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.placebo import ages_at_looks, draw_windows, halves
from truelift.measurement.ragged import ragged


def posts(*counts, hours_between=24.0):
    group = np.repeat(np.arange(len(counts)), counts)
    described = ragged(group, len(counts))
    return described, described.positions * hours_between


def windows(described, hours, most=1000, seed=0):
    return draw_windows(described, hours, baseline_posts=4, campaign_posts=2, most=most, seed=seed)


def test_windows_share_no_post_and_stay_within_their_creator():
    described, hours = posts(25, 3, 12)
    found = windows(described, hours)
    used = np.concatenate([found.baseline, found.campaign], axis=1)
    assert len(np.unique(used)) == used.size
    assert np.all(described.group[used] == found.creator[:, None])
    assert np.all(np.diff(used, axis=1) == 1)
    assert np.bincount(found.creator, minlength=3).tolist() == [4, 0, 2]
    assert found.starts.tolist() == hours[found.campaign[:, 0]].tolist()


def test_a_creator_who_posts_all_day_is_not_the_whole_calibration():
    described, hours = posts(600, 18, 12)
    found = windows(described, hours, most=9)
    assert np.bincount(found.creator).tolist() == [4, 3, 2]


def test_no_more_windows_than_asked_for_leave_every_creator_one():
    described, hours = posts(60, 60, 60)
    assert np.bincount(windows(described, hours, most=2).creator).tolist() == [1, 1, 1]


def test_no_window_at_all():
    described, hours = posts(5, 0)
    found = windows(described, hours)
    assert len(found) == 0
    assert len(found.blocks) == 0


def test_the_seed_decides_which_windows():
    described, hours = posts(100, 100)
    one, two = windows(described, hours, most=6, seed=1), windows(described, hours, most=6, seed=2)
    again = windows(described, hours, most=6, seed=1)
    assert one.campaign.tolist() == again.campaign.tolist() != two.campaign.tolist()


def test_windows_of_the_same_four_weeks_are_one_block():
    described, hours = posts(24, 24)
    found = windows(described, hours)
    weeks = np.floor(found.starts / (28 * 24))
    expected = len({*zip(found.creator.tolist(), weeks.tolist(), strict=True)})
    assert len(np.unique(found.blocks)) == expected < len(found)


def test_halves_split_creators_and_not_their_windows():
    described, hours = posts(*[30] * 9)
    found = windows(described, hours)
    second = halves(found, 9, seed=3)
    per_creator = [set(second[found.creator == creator].tolist()) for creator in range(9)]
    assert all(len(half) == 1 for half in per_creator)
    assert 4 <= sum(half == {True} for half in per_creator) <= 5
    assert halves(found, 9, seed=4).tolist() != second.tolist()


def test_as_many_looks_as_posts_look_when_each_is_mature():
    ages = ages_at_looks(np.zeros((2, 4)), 4)
    assert np.isinf(ages).sum(axis=2).tolist() == [[1, 2, 3, 4]] * 2
    assert np.isinf(ages_at_looks(np.zeros((1, 4)), 2)).sum(axis=2).tolist() == [[2, 4]]


def test_more_looks_follow_the_calendar():
    ages = ages_at_looks(np.array([[0.0, 100.0]]), 10)
    assert ages.shape == (1, 10, 2)
    assert ages[0, 0].tolist() == pytest.approx([6.0, np.nan], nan_ok=True)
    assert ages[0, -1].tolist() == pytest.approx([268.0, 168.0])
    first = ages[0, :, 0]
    assert np.all(np.diff(first) > 0)
    assert np.array_equal(np.isnan(ages[0, :, 1]), first <= 100)
