from collections import Counter

import numpy as np
import pytest

from truelift.connectors.sample_programme import people as parts
from truelift.connectors.sample_programme.timeline import flight_end, flight_start


def organic_before_launch(story, name):
    content, place = story.content, story.people.index(name)
    campaign = next((item.campaign for item in story.drawn if item.creator == name), "glow")
    early = content.published < flight_start(campaign)
    return int(((content.creator == place) & (content.effect < 0) & early).sum())


def test_baselines_are_long_short_or_missing_as_cast(story):
    for name in story.people.names:
        count = organic_before_launch(story, name)
        if name == parts.NO_ORGANIC:
            assert count == 0
        elif name in parts.FEW_POSTS:
            assert count == parts.FEW_POSTS[name]
        else:
            assert count >= 25, name


def test_each_part_of_a_campaign_has_one_to_four_posts_inside_the_flight(story):
    content = story.content
    for position, item in enumerate(story.drawn):
        own = content.published[content.effect == position]
        assert 1 <= len(own) <= 4
        assert own.min() - flight_start(item.campaign) < np.timedelta64(1, "D")
        assert own.max() < flight_end(item.campaign)


def test_log_engagement_is_nearly_normal_and_drifts_slowly(story):
    content, people = story.content, story.people
    steps = []
    for place in range(len(people.names)):
        own = (content.creator == place) & (content.effect < 0) & ~content.other_brand
        steps += (np.diff(content.log_engagement[own]) / people.spread[place]).tolist()
    # Two residuals with a lag correlation of .16, and a drift of a hundredth of their variance.
    assert np.var(steps) == pytest.approx(2 * (1 - 0.16) + 0.01, abs=0.15)
    assert abs(np.mean((steps - np.mean(steps)) ** 4) / np.var(steps) ** 2 - 3) < 0.4


def test_sponsored_posts_are_lifted_by_about_the_true_lift(story):
    content, people = story.content, story.people
    ours = content.effect >= 0
    residual = content.log_engagement - people.engagement[content.creator]
    assert residual[ours].mean() - residual[~ours].mean() == pytest.approx(0.35, abs=0.3)


def test_another_brand_paid_for_posts_inside_baselines(sample):
    rows = [row for row in sample.rows("posts") if row["sponsored_by"]]
    assert Counter(row["handle"].split(".")[0] for row in rows) == Counter(parts.OTHER_BRAND)
    assert not any(row["campaign"] for row in rows)


def test_a_deletion_is_an_update_of_a_post_that_was_known(sample):
    named = sample.programme.truth["special"]["deleted_post"]
    rows = [row for row in sample.rows("posts") if row["post_id"] == named["post_id"]]
    assert [bool(row["deleted_at"]) for row in rows] == [False, True]
    last_seen = max(
        row["observed_at"]
        for row in sample.rows("observations")
        if row["post_id"] == named["post_id"]
    )
    assert last_seen < rows[-1]["deleted_at"]
