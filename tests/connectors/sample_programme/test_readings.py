from collections import defaultdict

import pytest

COUNTERS = ("views", "reach", "impressions", "likes", "comments", "shares", "saves")


@pytest.fixture(scope="module")
def by_post(sample):
    found = defaultdict(dict)
    for row in sample.rows("observations"):
        found[row["platform"], row["post_id"]][row["observed_at"]] = row
    return found


def test_counters_only_grow(by_post):
    for readings in by_post.values():
        inordered = [readings[at] for at in sorted(readings)]
        for name in COUNTERS:
            counts = [int(row[name]) for row in inordered if row[name]]
            assert counts == sorted(counts)


def test_what_a_platform_does_not_count_is_missing_not_zero(sample):
    for row in sample.rows("observations"):
        if row["platform"] == "youtube":
            assert row["saves"] == row["shares"] == row["reach"] == ""
        if row["platform"] == "tiktok":
            assert row["reach"] == row["impressions"] == ""


def test_young_posts_have_a_third_of_their_engagement_after_six_hours(sample, by_post):
    published = {(row["platform"], row["post_id"]): row for row in sample.rows("posts")}
    shares = []
    for key, readings in by_post.items():
        inordered = sorted(readings)
        full = int(readings[inordered[-1]]["likes"])
        first_hours = inordered[0][:10] == published[key]["published_at"][:10]
        if len(inordered) == 8 and first_hours and full:
            shares.append(int(readings[inordered[0]]["likes"]) / full)
    assert len(shares) > 500
    assert sorted(shares)[len(shares) // 2] == pytest.approx(0.36, abs=0.1)


def test_old_posts_were_read_once(by_post):
    assert sum(len(readings) == 1 for readings in by_post.values()) > 500


def test_estimated_counters_are_named(sample):
    named = {row["estimated"] for row in sample.rows("observations")}
    assert named <= {"", "reach"}


def test_fans_and_creators_mention_the_hashtags(sample):
    tags = {row["tag"] for row in sample.rows("mentions")}
    assert tags == {"glowday", "springlist", "summerbox"}
    assert any(row["post_id"].startswith("fan-") for row in sample.rows("mentions"))
