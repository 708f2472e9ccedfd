from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.calibration import CALIBRATED, UNCONTROLLED, Design, Scope, calibrate
from truelift.measurement.placebo_campaigns import CampaignStudy, draw_campaigns
from truelift.measurement.random_effects import pooled
from truelift.measurement.reading_paths import SimulatedPaths

SCOPE = Scope("instagram", "engagement", level_of="campaign", controls=True)


def drawn(feed, creators=10, most=300, campaign_posts=6, baseline_posts=20):
    return draw_campaigns(
        feed,
        baseline_posts=baseline_posts,
        campaign_posts=campaign_posts,
        creators=creators,
        most=most,
        seed=2,
    )


def studies(nothing_to_sell, shock=0.0, creators=40):
    feed, count = nothing_to_sell(creators=creators, posts=220, shock=shock)
    campaigns = drawn(feed)
    paths = SimulatedPaths(count, ENGAGEMENT_CURVE, seed=2)
    return [
        CampaignStudy(campaigns, feed, paths, ENGAGEMENT_CURVE, 20, controls)
        for controls in (True, False)
    ]


def test_those_drawn_could_take_part_and_come_from_one_half(nothing_to_sell):
    feed, _ = nothing_to_sell()
    found = drawn(feed)
    assert np.all(found.taking_part.sum(axis=1) == 10)
    index = found.candidate[found.campaign_date]
    assert np.all(index[found.taking_part] >= 0)
    one, two = (found.taking_part[found.second == side].any(axis=0) for side in (False, True))
    assert not np.any(one & two)
    candidates = found.candidates
    assert np.all(feed.hours[candidates.baseline[:, -1]] < candidates.starts)
    assert np.all(feed.hours[candidates.campaign[:, 0]] >= candidates.starts)


def test_enough_others_are_left_as_controls(nothing_to_sell):
    feed, _ = nothing_to_sell(creators=12)
    found = drawn(feed, creators=10)
    assert found.taking_part.sum(axis=1).max() <= 6
    nobody, _ = nothing_to_sell(creators=6)
    assert len(drawn(nobody).campaign_date) == 0


def test_a_half_with_too_few_creators_is_left_out(nothing_to_sell):
    feed, _ = nothing_to_sell(creators=9, posts=150)
    found = drawn(feed)
    assert set(np.unique(found.taking_part.sum(axis=1))) <= {3, 4}


def test_a_campaign_is_the_random_effects_mean_of_its_creators(nothing_to_sell):
    _, without = studies(nothing_to_sell)
    part = np.ones(len(without.half), bool)
    found = without.played(part, q=0.01, prior=without.prior(part, 0.01))
    assert found.delta.shape == (len(part), 20)
    assert np.nanmean(found.variance[:, -1]) < np.nanmean(found.variance[:, 4])
    assert np.all(found.variance_least[:, -1] <= found.variance[:, -1])
    assert pooled(np.array([[0.1, 0.3]]), np.ones((1, 2))).mean == pytest.approx(0.2)


def test_a_shared_calendar_needs_controls(nothing_to_sell):
    with_controls, without = studies(nothing_to_sell, shock=0.3)
    found, verdicts = calibrate(
        with_controls, SCOPE, Design(20, 6, 20), drifts=(0.01,), uncontrolled=without
    )
    assert verdicts[CALIBRATED].error_any.low <= 0.06
    assert verdicts[UNCONTROLLED].error_any.share > 0.10
    assert 20 < found.clusters == with_controls.independent < 40
    periods, dates = with_controls.clusterings
    assert len(np.unique(periods)) < len(np.unique(dates))
    assert with_controls.drift(with_controls.half) >= 0


def test_creators_of_a_campaign_are_replayed_each_by_itself(nothing_to_sell):
    beside, alone = studies(nothing_to_sell)
    part = np.ones(len(beside.half), bool)
    prior = beside.prior(part, 0.01)
    calm, noise = beside.creators(part, q=0.01, prior=prior)
    raw, nothing = alone.creators(part, q=0.01, prior=prior)
    assert raw.delta.shape == (len(part) * 20, 40)
    assert (noise.max() > 0, nothing.max()) == (True, 0)
    taking = alone.campaigns.taking_part.repeat(20, axis=0)
    assert not np.isfinite(raw.delta[~taking]).any()
    off = (raw.delta - calm.delta)[taking & np.isfinite(raw.delta)]
    assert np.abs(off).max() > 0
    together = alone.played(part, q=0.01, prior=prior).delta.reshape(-1)
    assert np.nanmean(raw.delta, axis=1)[19] == pytest.approx(together[19], abs=0.3)
