from __future__ import annotations

import json

import numpy as np
import pytest

from truelift.base.errors import CheckFailed
from truelift.base.estimate import Reason
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.baseline import estimate_baselines
from truelift.measurement.counts import code_lift
from truelift.measurement.lift import campaign_posts, creator_lift
from truelift.measurement.peers import Traits, peer_levels
from truelift.measurement.seal import (
    MOST_POSTS_LISTED,
    Audience,
    Correction,
    CountBaseline,
    OrganicPosts,
    Terms,
    in_force,
    read_baselines,
    read_code_history,
    read_log_followers,
    same_content,
    seal,
    unheard,
    verify_seal,
)


def terms(**changes):
    return Terms(
        **{
            "creator": "ana",
            "campaign": "spring",
            "metric": "engagement",
            "window_start": "2026-01-01T00:00:00",
            "window_end": "2026-04-01T00:00:00",
            "sealed_at": "2026-04-01T09:00:00",
            "sealed_by": "owner",
            "controls": ("bo", "cy"),
            "ageing_curve": ENGAGEMENT_CURVE.version,
            "source_hashes": ("ab" * 32,),
        }
        | changes
    )


def sealed(n=20, **options):
    z = np.random.default_rng(1).normal(5, 0.8, n)
    found = estimate_baselines(np.zeros(n, int), z, 1)
    posts = OrganicPosts([f"p{index}" for index in range(n)], np.full(n, 900.0), z)
    return found, seal(terms(), found, 0, posts, **options)


def stored(record):
    return json.loads(json.dumps(record.record))


def test_a_record_stored_as_text_reads_back_to_the_same_bits_and_hash():
    found, record = sealed()
    back = verify_seal(stored(record), record.sha256)
    assert back == record
    read = read_baselines([back.record])
    for name in ("level", "p", "s2", "nu", "q", "n"):
        np.testing.assert_array_equal(getattr(read, name), getattr(found, name))


def test_the_lift_over_a_record_equals_the_lift_over_the_estimate():
    found, record = sealed()
    posts = campaign_posts(np.array([0]), np.array([300.0]), np.array([30.0]), ENGAGEMENT_CURVE)
    assert creator_lift(read_baselines([stored(record)]), posts).row(0) == (
        creator_lift(found, posts).row(0)
    )


@pytest.mark.parametrize("path", ["sealed_by", "late", "estimate"])
def test_a_changed_record_does_not_verify(path):
    _, record = sealed()
    changed = stored(record) | {path: "changed"}
    with pytest.raises(CheckFailed, match=r"ana in spring .* changed after sealing"):
        verify_seal(changed, record.sha256)


def test_a_record_says_everything_that_was_agreed():
    _, record = sealed(engagement_rates={"by_followers": 0.03})
    said = record.record
    assert said["controls"] == ["bo", "cy"]
    assert said["late"] is False
    assert said["value_schedule"] is None
    assert "no other brand sponsored" in said["organic_rule"]
    assert said["engagement_rates"]["by_followers"]["formula"].endswith("/ followers")
    assert set(said["formula_version"]) == {"baseline", "lift", "counts", "peers"}
    assert said["posts"]["rows"][0].keys() == {"post_id", "age_hours", "z"}
    assert len(said["posts"]["rows"]) == said["estimate"]["n"] == 20


def test_a_long_list_of_posts_is_kept_as_its_ends_and_a_hash():
    _, record = sealed(MOST_POSTS_LISTED + 1)
    posts = record.record["posts"]
    assert "rows" not in posts
    assert (posts["first"]["post_id"], posts["last"]["post_id"]) == ("p0", "p2000")
    assert len(posts["sha256"]) == 64


def test_the_hash_over_posts_is_the_same_rule_for_short_lists():
    _, one = sealed(20)
    _, two = sealed(21)
    assert one.record["posts"]["sha256"] != two.record["posts"]["sha256"]


def test_posts_without_reading_or_age_are_left_out_or_said_to_have_none():
    z = np.array([5.0, np.nan, 5.5])
    found = estimate_baselines(np.zeros(3, int), z, 1)
    record = seal(terms(), found, 0, OrganicPosts("abc", np.array([900.0, 1, np.nan]), z))
    rows = record.record["posts"]["rows"]
    assert [(row["post_id"], row["age_hours"]) for row in rows] == [("a", 900.0), ("c", None)]


def test_a_creator_without_enough_posts_is_sealed_with_the_reason():
    found = estimate_baselines(np.array([1]), np.array([5.0]), 2)
    none = seal(terms(), found, 0, OrganicPosts([], np.array([]), np.array([])))
    one = seal(terms(), found, 1, OrganicPosts(["p"], np.array([900.0]), np.array([5.0])))
    assert none.record["estimate"] is None
    assert none.record["withheld"] == "NO_BASELINE"
    read = read_baselines([none.record, one.record, None])
    reasons = [read.withheld(creator).reason for creator in range(3)]
    assert reasons == [Reason.NO_BASELINE, Reason.TOO_FEW_POSTS, Reason.NO_BASELINE]


def test_the_order_history_is_sealed_with_the_baseline():
    counts = [
        CountBaseline("leads", 3.0, 28.0, 1.0),
        CountBaseline("orders", 20.0, 28.0, 1.5, ("ANA10",), ("ana",)),
    ]
    _, record = sealed(counts=counts)
    assert record.record["counts"][1]["codes"] == ["ANA10"]
    history = read_code_history([stored(record), None, sealed()[1].record], "orders")
    lifts = code_lift(history, np.full(3, 30.0), np.full(3, 14.0))
    assert lifts.known.tolist() == [True, False, False]
    assert lifts.row(1).reason is Reason.NO_ORDER_BASELINE


def drawn_to_peers():
    """Eleven peers with eight posts and a creator with one, drawn to them; its sealed record."""
    random = np.random.default_rng(8)
    group = np.append(np.repeat(np.arange(11), 8), 11)
    z = random.normal(5, 0.5, 89)
    pool = estimate_baselines(group, z, 12)
    traits = Traits(np.append(random.normal(9, 1, 11), np.nan), np.full(12, "art", object))
    prior = peer_levels(pool, traits, traits)
    found = estimate_baselines(group, z, 12, peers=prior)
    return found, z, traits


def test_a_record_says_what_it_was_shrunk_to_and_with_what_weight():
    found, z, _ = drawn_to_peers()
    one = OrganicPosts(["p"], np.array([900.0]), z[-1:])
    estimate = seal(terms(category="art"), found, 11, one).record["estimate"]
    peers = estimate["peers"]
    assert (peers["peers"], peers["compared_by"]) == (11, "category")
    mixed = peers["weight_alone"] * z[-1] + (1 - peers["weight_alone"]) * peers["peer_level"]
    assert estimate["level"] == pytest.approx(mixed)
    assert peers["level_alone"] == z[-1]
    many = OrganicPosts([f"p{n}" for n in range(8)], np.full(8, 900.0), z[:8])
    assert seal(terms(), found, 0, many).record["estimate"]["peers"] is None


def test_the_follower_counts_used_are_sealed_with_their_rule():
    at = np.array(["2026-03-01", "2026-04-01"], "datetime64[us]")
    _, record = sealed(audience=Audience(at, np.array([1000.0, 4000.0]), 3))
    told = stored(record)["followers"]
    assert "nothing is interpolated" in told["rule"]
    assert (told["reference"], told["n"], told["carried_back"]) == (4000.0, 2, 3)
    assert told["rows"][0] == {"observed_at": "2026-03-01T00:00:00", "followers": 1000.0}
    old = {"record_version": 1, "estimate": None}
    np.testing.assert_array_equal(
        read_log_followers([stored(record), old, None]), [np.log(4000.0), np.nan, np.nan]
    )
    days = np.arange(MOST_POSTS_LISTED + 1).astype("datetime64[D]").astype("datetime64[us]")
    _, many = sealed(audience=Audience(days, np.ones(len(days)), 0))
    assert many.record["followers"].keys() >= {"first", "last", "sha256"}
    assert "rows" not in many.record["followers"]


def test_a_correction_stands_in_for_the_record_it_supersedes():
    found, first = sealed()
    posts = OrganicPosts(["p"], np.array([900.0]), np.array([5.0]))
    second = seal(terms(correction=Correction("typo", first.sha256)), found, 0, posts)
    assert stored(second)["correction"] == {"reason": "typo", "supersedes": first.sha256}
    records, hashes = [first.record, second.record], [first.sha256, second.sha256]
    assert in_force(records, hashes) == [False, True]
    assert in_force(records[:1], hashes[:1]) == [True]
    old = {name: value for name, value in first.record.items() if name != "correction"}
    assert in_force([old], hashes[:1]) == [True]


def test_the_same_baseline_is_the_same_whoever_sealed_it_and_when():
    _, record = sealed()
    again = stored(record) | {"sealed_by": "bo", "sealed_at": "2026-04-02", "late": True}
    assert same_content(record.record, again)
    version_1 = {name: value for name, value in again.items() if name != "followers"}
    version_1["estimate"] = {n: v for n, v in again["estimate"].items() if n != "peers"}
    assert same_content(record.record, version_1)
    assert not same_content(record.record, again | {"controls": ["bo"]})
    assert not same_content(record.record, again | {"estimate": None})


def test_a_record_is_unheard_where_enough_posts_all_show_0():
    records = [{"withheld": why, "posts": {"n": n}} for why, n in (("X", 12), ("X", 1), (None, 9))]
    assert [bool(unheard(record)) for record in [*records, None]] == [True, False, False, False]
