"""Posts and counts as columns: whose they are, which are organic, what was counted when."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from truelift.facts import amounts
from truelift.measurement.metric import METRICS
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import Panels

POSTS = """
campaigns
campaign | goal  | starts | ends  | currency | hashtags
spring   | sales | 05-01  | 05-31 | USD      | SpringDay
summer   | sales | 06-01  | 06-30 | USD      |

profiles
platform  | handle | creator | valid_from | valid_to
instagram | one    | ana     |            | @04-01
tiktok    | one    | ana     |            |

agreements
agreement | campaign | creator | currency | signed_on
a         | spring   | ana     | USD      | 04-01

deliverables
deliverable | agreement | platform  | post_id
d           | a         | instagram | delivered

links
slug | destination           | creator | campaign | post_id | kind      | valid_from
l    | https://shop.example/ | ana     | spring   | linked  |           |
own  | https://shop.example/ | bo      |          |         | evergreen | @02-01

codes
code | creator | kind      | valid_from
BO   | bo      | evergreen | @03-01
CY   | cy      | evergreen |
SALE |         | sitewide  |

posts
platform  | post_id   | handle | creator | published_at | campaign | caption          | sponsored_by
instagram | organic   |        | ana     | @04-02       |          |                  |
tiktok    | elsewhere | one    |         | @04-03       |          |                  |
instagram | stranger  | one    |         | @04-04       |          |                  |
instagram | named     |        | ana     | @05-02       | spring   |                  |
instagram | delivered |        | ana     | @05-03       |          |                  |
instagram | linked    |        | ana     | @05-04       |          |                  |
instagram | tagged    |        | ana     | @05-05       |          | my #springday!   |
instagram | too-late  |        | ana     | @06-05       |          | still #springday |
instagram | foreign   |        | ana     | @04-06       |          |                  | other brand
instagram | mixed     |        | ana     | @04-07       |          |                  |

observations
platform  | post_id   | observed_at | likes | comments | shares | saves | reach
instagram | organic   | @04-09      | 10    | 1        | 1      | 1     | 50
instagram | organic   | @04-12      | 20    | 2        | 2      | 2     | 60
tiktok    | elsewhere | @04-12      | 7     |          |        |       |

followers
platform  | handle | observed_at | followers
tiktok    | one    | @04-01      | 100
tiktok    | one    | @05-01      | 300
instagram | lost   | @04-01      | 5

participants
campaign | creator | arm
spring   | zoe     | control
spring   | yan     | control
spring   | ana     | treated
summer   | xi      | control
"""


@pytest.fixture
def panels(told):
    told.given(POSTS)
    return Panels(knowledge(told.ground))


def names(panels, mask):
    return sorted(panels.posts.only(mask).post_ids.tolist())


def test_posts_know_their_creator_and_which_are_organic_or_ours(panels):
    posts = panels.posts
    assert posts.units == (("ana", "instagram"), ("ana", "tiktok"), ("instagram:one", "instagram"))
    assert names(panels, panels.organic) == [
        "elsewhere", "mixed", "organic", "stranger", "too-late",
    ]  # fmt: skip
    ours = panels.sponsored_in("spring")
    assert names(panels, ours) == ["delivered", "linked", "named", "tagged"]
    assert panels.shares_in("spring")[ours].tolist() == [1, 1, 1, 1]
    assert panels.shares_in("summer").any() == panels.sponsored_in("summer").any() == np.False_


def test_counts_are_of_the_newest_complete_reading_and_missing_is_not_zero(panels):
    counts = dict(
        zip(
            panels.posts.post_ids.tolist(),
            panels.posts.counts(METRICS["engagement"]).tolist(),
            strict=True,
        )
    )
    assert (counts["organic"], counts["elsewhere"]) == (26, 7)
    assert np.isnan(counts["mixed"])
    ages = dict(
        zip(panels.posts.post_ids.tolist(), panels.posts.first_age_hours.tolist(), strict=True)
    )
    assert ages["organic"] == 7 * 24


def test_a_count_that_no_float_holds_does_not_stop_an_older_workspace(told, monkeypatch):
    monkeypatch.setattr(amounts, "WHOLE_LIMIT", 2**63 - 1)  # as it was once accepted
    told.given(
        """
        posts
        platform | post_id | creator | published_at
        x        | huge    | ana     | @04-01

        observations
        platform | post_id | observed_at | views
        x        | huge    | @04-10      | 9007199254740993
        """
    )
    panels = Panels(knowledge(told.ground))
    assert panels.counts(panels.posts, "views", "").tolist() == [2.0**53]


def test_a_newer_reading_with_fewer_counters_does_not_take_a_post_out(told):
    told.given(
        """
        posts
        platform | post_id | creator | published_at
        x        | partial | ana     | @04-01
        x        | mixed   | ana     | @04-02

        observations
        platform | post_id | observed_at | likes | comments | shares | views
        x        | partial | @04-08      | 10    | 1        | 2      |
        x        | partial | @04-15      | 20    | 2        | 4      |
        x        | partial | @04-22      | 30    | 3        |        |
        x        | mixed   | @04-08      | 10    | 1        | 2      |
        x        | mixed   | @04-15      |       |          |        | 500
        """
    )
    posts = Panels(knowledge(told.ground)).posts
    by_name = {name: posts.only(posts.post_ids == name) for name in posts.post_ids}
    partial, mixed = by_name["partial"], by_name["mixed"]
    assert partial.counts(METRICS["engagement"]).tolist() == [26]
    assert (partial.age_hours.tolist(), partial.first_age_hours.tolist()) == ([336], [168])
    # No reading of the other has all four counters: the newest stays, nothing is spliced.
    assert mixed.age_hours.tolist() == [13 * 24]
    assert (mixed.counters["views"].tolist(), np.isnan(mixed.counters["likes"]).all()) == (
        [500], True,
    )  # fmt: skip


def audiences(panels):
    """Give the follower counts of each creator and platform that has posts, oldest first."""
    found = {}
    for index, unit in enumerate(panels.posts.units):
        at, followers = panels.followers.of(index)
        if len(at):
            found[unit] = followers.tolist()
    return found


def test_followers_are_of_who_owned_the_handle_and_of_one_handle_only(panels, told):
    assert audiences(panels) == {("ana", "tiktok"): [100, 300]}
    told.given(
        """
        profiles
        platform | handle | creator
        tiktok   | two    | ana

        followers
        platform  | handle | observed_at | followers
        instagram | one    | @04-01      | 7
        tiktok    | two    | @04-02      | 9000
        """
    )
    # The second handle's 9,000 would look like growth from 100, so neither is used.
    assert audiences(Panels(knowledge(told.ground))) == {("instagram:one", "instagram"): [7]}


def test_what_was_paid_for_is_taken_out_or_the_counter_is_missing(told):
    told.given(
        """
        creators
        creator | name | category
        ana     | Ana  | art

        posts
        platform | post_id | creator | published_at | sponsored_by
        x        | plain   | ana     | @04-01       |
        x        | known   | ana     | @04-02       |
        x        | earlier | ana     | @04-03       |
        x        | foreign | ana     | @04-04       | other brand

        observations
        platform | post_id | observed_at | likes | views | impressions | paid_views
        x        | plain   | @04-10      | 10    | 100   | 200         |
        x        | known   | @04-10      | 20    | 500   | 900         | 400
        x        | earlier | @04-08      | 30    | 300   | 300         | 250
        x        | earlier | @04-10      | 40    | 400   | 400         |

        values
        metric | valid_from | unit_value | currency | basis          | approved_by
        views  | 01-01      | 0.10       | USD      | approved_value | cfo
        """
    )
    panels = Panels(knowledge(told.ground))
    posts = panels.posts
    assert posts.post_ids.tolist() == ["plain", "known", "earlier", "foreign"]
    assert posts.boosted.tolist() == [False, True, True, False]
    assert names(panels, panels.organic) == ["earlier", "known", "plain"]
    nan = np.nan
    for name, expected in {
        "likes": [10, nan, nan, nan],
        "views": [100, 100, nan, nan],
        "impressions": [200, nan, nan, nan],
    }.items():
        np.testing.assert_array_equal(panels.counts(posts, name, ""), expected)
    np.testing.assert_array_equal(panels.counts(posts, "value", ""), [1000, nan, nan, nan])
    assert panels.categories.tolist() == ["art"]


def test_evergreen_codes_and_links_say_since_when_a_creator_can_be_counted(panels):
    since = panels.evergreen_since
    assert since == {"bo": dt.datetime(2026, 2, 1, 17), "cy": None}
    assert (panels.evergreen("codes", "bo"), panels.evergreen("links", "bo")) == (("BO",), ("own",))
    assert panels.first_instant("bo", "conversions") == dt.datetime(2026, 2, 1, 17)
    assert panels.first_instant("cy", "conversions") == dt.datetime(1970, 1, 1)
    assert panels.first_instant("ana", "engagement") == dt.datetime(2026, 4, 2, 16)


def test_days_in_a_campaign_and_controls_are_those_of_the_campaign(panels):
    busy = panels.busy_days("ana")
    assert (min(busy), max(busy), len(busy)) == (dt.date(2026, 5, 2), dt.date(2026, 5, 31), 30)
    assert panels.controls_of("spring") == ()  # the two it names have no organic post


def test_conversions_by_day_are_of_creators_inside_and_outside_campaigns(season):
    panels = Panels(knowledge(season.ground))
    assert panels.first_day == {
        "orders": dt.date(2026, 3, 21),
        "leads": dt.date(2026, 3, 22),
        "clicks": dt.date(2026, 5, 3),
    }
    evergreen = panels.evergreen_days("orders")["ana"]
    assert (sum(evergreen.values()), len(evergreen)) == (20, 20)
    inside = [row for row in panels.counted_days("orders") if row["campaign"] == "spring"]
    assert panels.counted_in("orders", "spring") == [
        row for row in inside if row["metric"] == "orders"
    ]
    assert panels.counted_in("orders", "no such campaign") == []
    assert sum(row["units"] for row in inside if row["creator"] == "ana") == 13


def test_values_are_translated_and_taken_on_the_day_of_the_post(told):
    told.given(
        POSTS
        + """
        rates
        date  | base | quote | rate
        04-02 | EUR  | USD   | 2

        values
        metric | valid_from | valid_to | unit_value | currency | basis          | approved_by
        likes  | 01-01      | 04-02    | 0.10       | EUR      | approved_value | cfo
        likes  | 04-03      |          | 0.01       | KWD      | approved_value | cfo
        saves  | 01-01      |          | 0.005      | USD      | approved_value | cfo
        leads  | 01-01      |          | 8.00       | EUR      | lead_value     | cfo
        fame   | 01-01      |          | 8.00       | USD      | approved_value | cfo
        """
    )
    panels = Panels(knowledge(told.ground))
    values = dict(
        zip(
            panels.posts.post_ids.tolist(),
            panels.valued(panels.posts, "spring").tolist(),
            strict=True,
        )
    )
    assert values["organic"] == 401  # 20 likes at 0.20 and 2 saves at 0.005 dollars, in cents
    assert np.isnan(values["elsewhere"])  # no rate for what its likes are valued in
    assert panels.lead_value("spring") == pytest.approx(800 * 1.1, rel=0.2)
    assert panels.value_schedule == "v2"
