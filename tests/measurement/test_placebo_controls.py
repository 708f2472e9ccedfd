from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.baseline import DEFAULT_PRIOR, estimate_baselines
from truelift.measurement.lift import CampaignPosts, log_lift
from truelift.measurement.placebo_controls import (
    Feed,
    Rows,
    calendar,
    estimates,
    without_calendar,
)
from truelift.measurement.ragged import ragged
from truelift.measurement.replay import Replay


@pytest.fixture(scope="module")
def feed(nothing_to_sell):
    return nothing_to_sell(creators=8)[0]


def measured(feed, cut, moments, creators=None):
    rows = len(feed.posts.count) if creators is None else len(creators)
    who = np.arange(rows) if creators is None else np.array(creators)
    at = np.broadcast_to(np.array(moments, float), (rows, len(moments)))
    return estimates(
        feed, Rows(who, np.full(rows, cut), at), baseline_posts=20, q=0.01, prior=DEFAULT_PRIOR
    )


def test_posts_before_a_time_are_counted_within_their_creator():
    posts = Feed(ragged(np.array([0, 0, 0, 2]), 3), np.array([1.0, 5.0, 9.0, 4.0]), np.zeros(4))
    counted = posts.before(np.arange(3)[:, None], np.array([[0.0, 5.0, 6.0, 100.0]]))
    assert counted.tolist() == [[0, 1, 2, 3], [0, 0, 0, 0], [0, 1, 1, 1]]


def test_a_control_is_measured_as_a_campaigns_creator_is(feed):
    cut, moment = 1500.0, 2000.0
    found = measured(feed, cut, [moment], creators=[3])
    mine = feed.posts.group == 3
    hours, z = feed.hours[mine], feed.z[mine]
    past = z[hours < cut][-20:]
    inside = z[(hours >= cut) & (hours < moment)]
    baseline = estimate_baselines(np.zeros(len(past), int), past, 1, q=0.01, prior=DEFAULT_PRIOR)
    zeros = np.zeros(len(inside))
    ratios = log_lift(
        baseline, CampaignPosts(np.zeros(len(inside), int), zeros, inside, zeros, zeros)
    )
    assert found.delta[0, 0] == pytest.approx(ratios.delta[0], rel=1e-9)
    assert found.variance[0, 0] == pytest.approx(ratios.variance[0], rel=1e-9)
    assert found.least[0] <= found.variance[0, 0]


def test_before_the_first_post_and_without_history_nothing_is_said(feed):
    found = measured(feed, 1500.0, [1500.0, 2500.0])
    assert np.isnan(found.delta[:, 0]).all()
    assert np.isfinite(found.delta[:, 1]).all()
    assert np.isnan(measured(feed, 40.0, [2500.0]).delta).all()


def test_many_posts_in_a_window_are_thinned_evenly(feed):
    found = measured(feed, 700.0, [4000.0])
    assert np.isfinite(found.delta).all()


def test_controls_are_pooled_with_the_ones_that_serve(feed):
    found = measured(feed, 1500.0, [1500.0, 2000.0, 2500.0])
    serves = np.ones((1, 8), bool)
    serves[0, 5] = False
    beside = calendar(found, serves)
    assert beside.mean.shape == (1, 3)
    assert np.isnan(beside.mean[0, 0])
    assert beside.nu[0, 2] == 6
    assert beside.least[0, 2] <= beside.variance[0, 2] <= beside.first[0, 2]
    alone = calendar(found, np.zeros((1, 8), bool))
    assert np.isnan(alone.mean).all()


def test_the_calendar_is_taken_out_and_its_noise_in(feed):
    found = measured(feed, 1500.0, [1500.0, 2500.0])
    beside = calendar(found, np.ones((1, 8), bool))
    ones = np.ones((1, 2))
    played = Replay(ones, ones, 2 * ones, ones / 2, 20 * ones)
    left = without_calendar(played, beside)
    assert left.delta[0].tolist() == [1.0, pytest.approx(1 - beside.mean[0, 1])]
    assert left.variance[0].tolist() == [1.0, pytest.approx(1 + beside.variance[0, 1])]
    assert left.nu[0, 0] == 20
