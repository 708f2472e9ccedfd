"""A platform that changes what it counts: nothing from before is compared with what came after."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from truelift.measurement.seal import verify_seal
from truelift.operations.ageing import curve_rows, refit
from truelift.operations.explain import explain
from truelift.operations.knowledge import knowledge
from truelift.operations.listing import baselines
from truelift.operations.placebo_material import material_of

FIRST = dt.datetime(2026, 1, 5, 12)
LAUNCH = dt.datetime(2026, 4, 20)
BEFORE_LAUNCH = dt.datetime(2026, 4, 19)
MAY = dt.datetime(2026, 5, 20)
JULY = dt.datetime(2026, 7, 1)
CREATORS = ("ana", "c1", "c2", "c3", "c4", "c5", "c6")
TIMES_MORE = 10


def week(number):
    return FIRST + dt.timedelta(weeks=number)


def history(broke=None, weeks=15, creators=CREATORS):
    """Write a post a week of each creator, read 6 days later; views are 10x more after a break."""
    random = np.random.default_rng(7)
    posts, readings = [], []
    for creator in creators:
        for number in range(weeks):
            at, name = week(number), f"{creator}-{number}"
            views = 1000 * np.exp(random.normal(0, 0.3))
            views *= TIMES_MORE if broke is not None and at >= broke else 1
            posts.append(f"instagram | {name} | {creator} | {at}")
            readings.append(f"instagram | {name} | {at + dt.timedelta(days=6)} | {views:.0f} | 50")
    return "\n".join([
        "campaigns", "campaign | goal | starts | ends | currency",
        "glow | awareness | 04-20 | 05-31 | USD", "",
        "agreements", "agreement | campaign | creator | fee | currency | signed_on",
        "a | glow | ana | 1.00 | USD | 04-01", "",
        "posts", "platform | post_id | creator | published_at", *posts, "",
        "observations", "platform | post_id | observed_at | views | likes", *readings, "",
    ])  # fmt: skip


def told_break(at, scope="instagram:views", name="count"):
    return f"""
events
event  | starts | kind         | scope
{name} | {at}   | metric_break | {scope}
"""


def post(name, at, views, read=None, likes=60):
    read = read or at + dt.timedelta(days=6)
    return f"""
posts
platform  | post_id | creator | published_at | campaign
instagram | {name}  | ana     | {at}         | glow

observations
platform  | post_id | observed_at | views   | likes
instagram | {name}  | {read}      | {views} | {likes}
"""


def weekly(first, weeks, factor=1):
    """Write what the other creators publish while the campaign runs."""
    rows = [(name, number) for name in CREATORS[1:] for number in range(first, first + weeks)]
    posts = [f"instagram | {name}-{n} | {name} | {week(n)}" for name, n in rows]
    read = [
        f"instagram | {name}-{n} | {week(n) + dt.timedelta(days=6)} | {1000 * factor} | 50"
        for name, n in rows
    ]
    return "\n".join([
        "", "posts", "platform | post_id | creator | published_at", *posts, "",
        "observations", "platform | post_id | observed_at | views | likes", *read, "",
    ])  # fmt: skip


def lift(told, metric="views", **asked):
    return told.row(metric=metric, **asked)["lift"]


@pytest.mark.soak
def test_a_break_in_the_middle_of_the_history_leaves_out_what_came_before(told):
    broke = week(6)
    told.given(history(broke) + told_break(broke), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 20_000) + weekly(15, 3, TIMES_MORE), at=MAY)
    (sealed,) = (
        row for row in baselines(told.ground)
        if (row["creator"], row["metric"]) == ("ana", "views")
    )  # fmt: skip
    assert (sealed["posts"], sealed["metric_break"]) == (9, "2026-02-16T17:00:00")
    found = lift(told)
    assert found["log"] == pytest.approx(np.log(2), abs=0.4)
    assert found["controls"]["creators"] == 6
    # Likes did not break: all posts count.
    (likes,) = (
        row for row in baselines(told.ground)
        if (row["creator"], row["metric"]) == ("ana", "engagement")
    )  # fmt: skip
    assert (likes["posts"], likes["metric_break"]) == (15, None)
    assert lift(told, "engagement")["log"] == pytest.approx(0.18, abs=0.01)


@pytest.mark.soak
def test_without_the_event_the_same_numbers_would_be_called_a_lift(told):
    """What the break prevents: ten times as many views, counted otherwise, and no campaign."""
    told.given(history(), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 10_000), at=MAY)
    assert lift(told)["low"] > 1
    told.given(told_break("@04-19"), at=MAY)
    found = lift(told)
    assert found["withheld"] == "METRIC_BROKE"


def test_a_break_inside_the_flight_withholds_and_names_the_day(told):
    told.given(history(), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(
        post("early", week(15), 1500) + post("late", week(17), 15_000) + told_break("05-01"), at=MAY
    )
    early = lift(told, as_of=week(16))
    assert early["log"] == pytest.approx(np.log(1.5), abs=0.3)
    found = lift(told)
    assert found["withheld"] == "METRIC_BROKE"
    assert "instagram counts views differently since 2026-05-01" in found["detail"]
    assert "--correct" not in found["detail"]
    assert lift(told, "engagement")["units"] > 0
    row = told.row(metric="views")
    marks = explain(told.ground, row["figure_ids"]["lift"])["marks"]
    assert any("instagram counts views differently since 2026-05-01" in mark for mark in marks)


def test_a_post_from_before_the_break_but_read_after_it_is_not_compared(told):
    told.given(history(), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 1500, read=dt.datetime(2026, 5, 10)), at=MAY)
    assert lift(told)["log"] > 0
    told.given(told_break("05-01"), at=MAY)
    assert lift(told)["withheld"] == "METRIC_BROKE"


def test_a_break_told_after_sealing_is_put_right_by_a_correction(told):
    broke = week(8)
    told.given(history(broke), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 20_000) + told_break(broke), at=MAY)
    found = lift(told)
    assert found["withheld"] == "METRIC_BROKE"
    assert "truelift seal --correct" in found["detail"]
    assert told.sealed(MAY, creator="ana", correct="views broke") == [("ana", "corrected", True)]
    found = lift(told)
    assert found["log"] == pytest.approx(np.log(2), abs=0.4)
    assert (found["late"], found["grade"]) == (True, "C")


def test_too_few_posts_after_the_break_withhold_and_name_it(told):
    broke = week(14)
    told.given(history(broke, creators=("ana",)) + told_break(broke), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 20_000), at=MAY)
    for found in (lift(told), lift(told, by="creator")):
        assert found["withheld"] == "TOO_FEW_POSTS"
        assert "instagram counts views differently since 2026-04-13" in found["detail"]


def test_no_post_after_the_break_is_no_baseline_and_names_it(told):
    told.given(history(creators=("ana",)) + told_break("04-18"), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 20_000), at=MAY)
    found = lift(told)
    assert found["withheld"] == "NO_BASELINE"
    assert "instagram counts views differently since 2026-04-18" in found["detail"]


def test_a_creator_who_never_posted_before_is_not_told_of_breaks(told):
    told.given(history(creators=("c1", "c2")) + told_break("04-01"), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 20_000), at=MAY)
    found = lift(told)
    assert (found["withheld"], "differently" in found["detail"]) == ("NO_BASELINE", False)


def test_engagement_breaks_with_likes_and_platforms_break_alone(told):
    told.given(history() + told_break("02-16", "Instagram: Likes"), at=BEFORE_LAUNCH)
    told.given(told_break("03-02", "twitter:views", "other"), at=BEFORE_LAUNCH)
    assert [row["scope"] for row in told.ws.list("events").rows] == ["instagram:likes", "x:views"]
    told.sealed(BEFORE_LAUNCH)
    found = {
        row["metric"]: (row["posts"], row["metric_break"])
        for row in baselines(told.ground)
        if row["creator"] == "ana"
    }
    assert found == {"engagement": (9, "2026-02-16T05:00:00"), "views": (15, None)}


@pytest.mark.soak
def test_controls_do_not_splice_either(told):
    """Controls jump tenfold at the break; after it they, too, begin anew."""
    broke = week(6)
    told.given(history(broke) + told_break(broke), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 10_000) + weekly(15, 3, TIMES_MORE), at=MAY)
    found = lift(told)
    assert abs(found["controls"]["mean"]) < 0.5
    # A break just after the flight's posts takes the controls' later posts away, and nothing else.
    told.given(told_break(week(15) + dt.timedelta(days=6, hours=1), name="later"), at=MAY)
    after = lift(told)
    assert after["observed"] == 10_000
    assert after["controls"]["creators"] == 6


@pytest.mark.parametrize("scope", ["", "views", "instagram:view", "myspace:views", "instagram:"])
def test_a_break_that_touches_nothing_known_is_refused(told, scope):
    report = told.tried(told_break("04-15", scope))
    assert [fault.reason.value for fault in report.faults] == ["NOT_A_CHOICE"]
    assert "platform:metric" in report.faults[0].message


def test_seals_from_before_breaks_were_known_read_as_they_were(told):
    told.given(history(), at=BEFORE_LAUNCH)
    told.sealed(BEFORE_LAUNCH)
    told.given(post("ad", week(15), 1500), at=MAY)
    row = told.row(metric="views")
    sealed = explain(told.ground, row["figure_ids"]["lift"])["baselines"]
    assert {one["metric_break"] for one in sealed} == {None}
    with pytest.raises(Exception, match="changed after sealing"):
        verify_seal({"creator": "ana"}, sealed[0]["sha256"])


def test_ageing_curves_are_not_fitted_across_a_break(told):
    rows = history() + "\n".join(
        f"instagram | {name}-{n} | {week(n) + dt.timedelta(days=40)} | 900000 | 55"
        for name in CREATORS
        for n in range(15)
    )  # fmt: skip
    told.given(rows, at=JULY)

    def pairs():
        refit(told.ground)
        return {
            row["metric"]: row["pairs"]
            for row in curve_rows(told.ground, platform="instagram")
            if row["format"] == "*"
        }

    whole = pairs()
    assert whole["views"] == whole["engagement"] > 0
    told.given(told_break(week(14) + dt.timedelta(days=7)), at=JULY)
    # Of posts read 6 and 40 days old, those read on both sides of it keep their first reading.
    after = pairs()
    assert 0 < after["views"] < whole["views"]
    assert after["engagement"] == whole["engagement"]


def test_a_replay_takes_the_posts_since_the_newest_break(told):
    told.given(history() + told_break(week(6)), at=BEFORE_LAUNCH)
    later = "\n".join(
        f"instagram | {name}-{n} | {week(n) + dt.timedelta(days=8)} | 1000 | 50"
        for name in CREATORS
        for n in range(12)
    )  # fmt: skip
    told.given("observations\nplatform | post_id | observed_at | views | likes\n" + later, at=JULY)
    known = knowledge(told.ground)
    whole = material_of(known, "instagram", "engagement", post_format=None, seed=1).evidence
    since = material_of(known, "instagram", "views", post_format=None, seed=1).evidence
    assert (whole["posts"], since["posts"]) == (84, 42)
    assert since["first_post"] >= "2026-02-16"
