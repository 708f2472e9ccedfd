from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.baseline import DEFAULT_PRIOR
from truelift.measurement.lift import campaign_posts, creator_lift
from truelift.measurement.placebo import ages_at_looks, draw_windows
from truelift.measurement.reading_paths import SimulatedPaths
from truelift.measurement.replay import readings_at, replay, scores, window_baselines


@pytest.fixture(scope="module")
def played(nothing_to_sell):
    feed, count = nothing_to_sell(creators=6)
    windows = draw_windows(
        feed.posts, feed.hours, baseline_posts=20, campaign_posts=5, most=30, seed=1
    )
    ages = ages_at_looks(feed.hours[windows.campaign], 15)
    paths = SimulatedPaths(count, ENGAGEMENT_CURVE, seed=1)
    seen, read_age = paths.at(windows.campaign, ages)
    baselines = window_baselines(windows, feed.z, q=0.01, prior=DEFAULT_PRIOR)
    readings = readings_at(seen, read_age, ENGAGEMENT_CURVE)
    return baselines, readings, (seen, read_age), replay(baselines, readings)


def test_a_look_is_what_the_engine_says_of_a_creator_then(played):
    baselines, _, (seen, read_age), found = played
    look = 9
    windows, _, posts = seen.shape
    age = read_age[:, look].ravel()
    first = np.nanmin(read_age, axis=1).ravel()
    lifts = creator_lift(
        baselines,
        campaign_posts(
            np.repeat(np.arange(windows), posts),
            seen[:, look].ravel(),
            age,
            ENGAGEMENT_CURVE,
            first,
        ),
    )
    np.testing.assert_allclose(found.delta[:, look], lifts.log, rtol=1e-12)
    theory = found.theory(0.95)[:, look]
    np.testing.assert_allclose(theory, lifts.high - lifts.log, rtol=1e-12)


def test_pieces_give_what_the_whole_gives(played, monkeypatch):
    baselines, readings, _, found = played
    monkeypatch.setattr("truelift.measurement.replay.ROWS_AT_ONCE", 50)
    np.testing.assert_array_equal(replay(baselines, readings).delta, found.delta)


def test_a_score_above_one_is_a_wrong_limit(played):
    found = played[3]
    wrong = scores(found, 0.0, 0.95) > 1
    outside = np.abs(found.delta) > found.theory(0.95)
    np.testing.assert_array_equal(wrong, outside)
    bent = scores(found, 0.4, 0.95)
    assert np.nanmax(bent / scores(found, 0.0, 0.95)) <= 1
    assert np.all((found.share > 0) & (found.share <= 1) | np.isnan(found.share))


def test_the_truth_moves_the_score(played):
    found = played[3]
    assert np.nanmedian(scores(found, 0.0, 0.95, truth=2.0)) > np.nanmedian(
        scores(found, 0.0, 0.95)
    )
