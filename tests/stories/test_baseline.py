"""What a controller checks of a baseline: which posts it rests on, and what became of the rest.

Ana has six organic posts of 100 likes, one that another brand paid for and one that was boosted.
Her followers doubled from 1,000 to 2,000 before the campaign, and from 2,000 to 4,000 in it: her
campaign posts have 400 likes. Per follower that is as much as ever,

    before: 100 likes of 1,000 followers; in the campaign: 400 likes of 4,000, all of it expected.
"""

from __future__ import annotations

import datetime as dt

import pytest

APRIL = dt.datetime(2026, 4, 20, 12)
JUNE = dt.datetime(2026, 6, 20, 12)

CAST = """
creators
creator | name
ana     | Ana

profiles
platform | handle | creator
x        | ana.x  | ana

campaigns
campaign | goal      | starts | ends  | currency
glow     | awareness | 05-01  | 05-31 | USD

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | glow     | ana     | 300.00 | USD      | 04-01

deliverables
deliverable | agreement | price  | live_at
a1          | a         | 300.00 | @05-02

posts
platform | post_id | handle | published_at | sponsored_by
x        | p1      | ana.x  | @02-01       |
x        | p2      | ana.x  | @02-04       |
x        | p3      | ana.x  | @02-07       |
x        | p4      | ana.x  | @02-10       |
x        | p5      | ana.x  | @02-13       |
x        | p6      | ana.x  | @02-16       |
x        | other   | ana.x  | @02-19       | other brand
x        | boosted | ana.x  | @02-22       |

observations
platform | post_id | observed_at | likes | views | paid_views
x        | p1      | @03-25      | 110   | 1000  |
x        | p2      | @03-25      | 90    | 1000  |
x        | p3      | @03-25      | 100   | 1000  |
x        | p4      | @03-25      | 105   | 1000  |
x        | p5      | @03-25      | 95    | 1000  |
x        | p6      | @03-25      | 100   | 1000  |
x        | other   | @03-25      | 9000  | 90000 |
x        | boosted | @03-25      | 7000  | 50000 | 49000
"""

FOLLOWERS = """
followers
platform | handle | observed_at | followers
x        | ana.x  | @01-01      | 1000
x        | ana.x  | @04-01      | 2000
x        | ana.x  | @05-01      | 4000
"""

CAMPAIGN = """
posts
platform | post_id | handle | published_at | campaign
x        | ad1     | ana.x  | @05-02       | glow
x        | ad2     | ana.x  | @05-05       | glow
x        | ad3     | ana.x  | @05-08       | glow
x        | ad4     | ana.x  | @05-11       | glow

observations
platform | post_id | observed_at | likes | views  | paid_views
x        | ad1     | @06-15      | 400   | 4000   |
x        | ad2     | @06-15      | 420   | 4000   |
x        | ad3     | @06-15      | 380   | 4000   |
x        | ad4     | @06-15      | 30000 | 104000 | 100000
"""


def campaign(told, followers=FOLLOWERS):
    """Seal before the launch, then let the campaign happen; `ad4` of it is boosted."""
    early = followers.replace("x        | ana.x  | @05-01      | 4000\n", "")
    told.given(CAST + early, at=APRIL)
    told.sealed(APRIL)
    return told.given(followers + CAMPAIGN, at=JUNE)


def lift(told, metric):
    return told.row(campaign="glow", creator="ana", metric=metric)["lift"]


def test_posts_that_somebody_paid_for_are_no_baseline(told):
    told.given(CAST, at=APRIL)
    told.sealed(APRIL)
    sealed = {row["metric"]: row["posts"] for row in told.ws.list("baselines").rows}
    # Likes of the boosted post cannot be told apart; its views can: 50,000 less 49,000 paid ones.
    assert sealed == {"engagement": 6, "views": 7}


def test_an_audience_that_grew_is_no_lift(told):
    found = lift(campaign(told), "engagement")
    assert found["expected"] == pytest.approx(1200, rel=0.05)
    assert found["low"] < 0 < found["high"]
    assert abs(found["log"]) < 0.05


def test_without_follower_counts_the_same_posts_look_four_times_as_good(told):
    found = lift(campaign(told, followers=""), "engagement")
    assert found["expected"] == pytest.approx(300, rel=0.05)
    assert found["log"] == pytest.approx(1.386, abs=0.05)


def test_a_boosted_campaign_post_is_left_out_and_the_figure_says_so(told):
    campaign(told)
    engagement, views = lift(told, "engagement"), lift(told, "views")
    assert (engagement["observed"], engagement["boosted_posts_left_out"]) == (1200, 1)
    # Views are organic ones: 4,000 of each post, the boosted one included.
    assert (views["observed"], views["boosted_posts_left_out"]) == (16_000, 0)
    assert engagement["expected"] + engagement["units"] == engagement["observed"]


def test_where_every_post_was_boosted_there_is_a_reason_and_it_says_why(told):
    campaign(told)
    told.given(
        """
        observations
        platform | post_id | observed_at | likes | views | paid_views
        x        | ad1     | @06-16      | 400   | 4000  | 5
        x        | ad2     | @06-16      | 420   | 4000  | 5
        x        | ad3     | @06-16      | 380   | 4000  | 5
        """,
        at=JUNE,
    )
    found = lift(told, "engagement")
    assert found["withheld"] == "NOT_OBSERVED"
    assert "4 boosted posts are left out" in found["detail"]


def test_the_record_says_which_followers_were_counted_and_how(told):
    told = campaign(told)
    figure = told.row(campaign="glow", creator="ana", metric="engagement")["figure_ids"]["lift"]
    (seal,) = [row for row in told.ws.explain(figure)["baselines"] if row["metric"] == "engagement"]
    assert seal["followers"] == 2000
    assert (seal["weight_alone"], seal["supersedes"]) == (None, None)
