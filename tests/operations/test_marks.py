"""What a person should know of the posts behind a figure stands in its explanation."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.operations.explain import explain

HISTORY = """
campaigns
campaign | goal      | starts | ends  | currency
glow     | awareness | 05-01  | 05-31 | USD

posts
platform | post_id | creator | published_at
x        | h1      | ana     | @03-01
x        | h2      | ana     | @03-08
x        | h3      | ana     | @03-15
x        | h4      | ana     | @03-22
x        | h5      | ana     | @03-29
x        | h6      | ana     | @04-05

observations
platform | post_id | observed_at | likes
x        | h1      | @04-20      | 100
x        | h2      | @04-20      | 110
x        | h3      | @04-20      | 90
x        | h4      | @04-20      | 95
x        | h5      | @04-20      | {fifth}
x        | h6      | @04-20      | 120

agreements
agreement | campaign | creator | fee  | currency | signed_on
a         | glow     | ana     | 1.00 | USD      | 04-01
"""

LIVE = """
posts
platform | post_id | creator | published_at | campaign | deleted_at
x        | ad      | ana     | @05-02       | glow     | {deleted}

observations
platform | post_id | observed_at | likes
"""


@pytest.fixture
def live(told):
    """Seal Ana's usual posts, then read her post of the campaign: rows of (day, likes)."""

    def tell(*readings, deleted="", fifth=105):
        told.given(HISTORY.format(fifth=fifth), at=dt.datetime(2026, 4, 21))
        told.sealed(dt.datetime(2026, 4, 22))
        rows = "".join(f"x | ad | @{day} | {likes}\n" for day, likes in readings)
        told.given(LIVE.format(deleted=deleted) + rows, at=dt.datetime(2026, 5, 20))
        return told

    return tell


def marks(told, **asked):
    row = told.row(**asked)
    return explain(told.ground, row["figure_ids"]["lift"])["marks"]


def test_a_counter_that_went_down_is_used_as_read_and_marked(live):
    told = live(("05-08", 1200), ("05-09", 1100), ("05-10", ""), ("05-12", 1150))
    assert told.row(creator="ana")["lift"]["observed"] == 1150
    found = marks(told, creator="ana")
    assert [mark.partition(" (")[0] for mark in found if "corrected" in mark] == [
        "x ad: likes corrected down from 1,200 to 1,100 on 2026-05-09; used as read",
        "x ad: likes corrected down from 1,200 to 1,150 on 2026-05-12; used as read",
    ]
    assert "observations.csv line 3" in found[0]
    assert marks(told, by="campaign") == found


@pytest.mark.soak
def test_a_deleted_posts_last_reading_stays_its_output_whatever_is_read_afterwards(live):
    told = live(("05-05", 800), ("05-09", 0), deleted="@05-06")
    row = told.row(creator="ana")
    assert (row["lift"]["observed"], row["outputs"]["engagement"]) == (800, 800)
    found = marks(told, creator="ana")
    assert any("was deleted on 2026-05-06; its last reading before stays" in mark for mark in found)
    assert any("is from after its deletion and is not used" in mark for mark in found)
    # As of the day before nobody could know that it would be deleted.
    assert marks(told, creator="ana", as_of=dt.datetime(2026, 5, 5, 20)) == []


def test_a_reading_from_before_its_post_is_not_used(live):
    told = live(("05-01", 5000))
    row = told.row(creator="ana")
    assert row["lift"]["withheld"] == "NOT_OBSERVED"
    assert row["outputs"]["engagement"] is None
    (mark,) = marks(told, creator="ana")
    assert "is older than the post and is not used" in mark


@pytest.mark.parametrize("likes", [100_000, 100_000_000])
def test_a_viral_post_in_the_campaign_keeps_finite_limits_and_is_marked(live, likes):
    told = live(("05-12", likes))
    lift = told.row(creator="ana")["lift"]
    assert 0 < lift["units_low"] < lift["units"] < lift["units_high"] <= likes
    (mark,) = marks(told, creator="ana")
    assert mark.startswith("x ad of ana has ")
    assert mark.endswith(" times the engagement that is usual for the creator.")


@pytest.mark.soak
def test_a_viral_post_in_the_baseline_widens_the_limits_and_is_marked(live):
    told = live(("05-12", 300), fifth=100_000)
    lift = told.row(creator="ana")["lift"]
    # Without it three times the usual would be a lift; with it nobody can say.
    assert lift["low"] < 0 < lift["high"] < 20
    (mark,) = marks(told, creator="ana")
    assert mark.startswith("x h5 of ana is organic and has ")
    assert marks(told, by="campaign") == []


def test_all_zeros_and_one_post_are_withheld_or_finite_never_silent(live):
    lift = live(("05-12", 0)).row(creator="ana")["lift"]
    assert lift["units_high"] <= 0 or lift["units_low"] < 0
    assert (lift["observed"], lift["units"]) == (0, pytest.approx(-lift["expected"]))


def test_a_reading_dated_in_the_future_is_refused_and_moves_no_report(live):
    told = live(("05-12", 300))
    before = told.ws.roi().data["as_of"]
    report = told.tried(
        """
        observations
        platform | post_id | observed_at         | likes
        x        | ad      | 2036-05-12T12:00:00 | 999
        """,
        at=dt.datetime(2026, 5, 21),
    )
    assert [fault.reason.value for fault in report.faults] == ["IN_THE_FUTURE"]
    assert told.ws.roi().data["as_of"] == before
