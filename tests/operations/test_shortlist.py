"""The shortlist from facts: measured creators and imported ones, filters, reasons."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import runpy

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Reason
from truelift.operations.shortlist import ShortlistRequest, shortlisted

TOLD = runpy.run_path("tests/operations/conftest.py")
spread, told_in = TOLD["spread"], TOLD["told_in"]

EVE = dt.datetime(2026, 4, 30, 19)
AFTER = dt.datetime(2026, 5, 20, 12)

BEFORE = """
creators
creator | name  | category | country | price    | currency | followers
ana     | Ana   | food     | US      |          |          |
bo      | Bo    | food     | US      |          |          |
cy      | Cy    | home     | US      |          |          |
new     | Nadja | food     | DE      | 1,200.00 | EUR      | 55,000
odd     | Odd   | food     | DE      | a lot    |          |
far     | Far   | home     | DE      | 300      | VES      |
big     | Big   | home     | US      | 900.00   |          | 2000000

profiles
platform  | handle | creator | price  | followers
instagram | ana.ig | ana     |        |
instagram | bo.ig  | bo      |        |
instagram | noted  | odd     |        | 30000
youtube   | ana.yt | ana     |        |
tiktok    | newest | new     | 5.00   |

followers
platform  | handle | observed_at | followers
instagram | ana.ig | @03-01      | 19000
instagram | ana.ig | @04-01      | 20000
instagram | bo.ig  | @04-01      | 30000
youtube   | ana.yt | @04-01      | 100

campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

codes
code   | creator | campaign | kind
ANA    | ana     |          | evergreen
BO     | bo      |          | evergreen
CY     | cy      |          | evergreen
ANA-26 | ana     | spring   | creator
BO-26  | bo      | spring   | creator
CY-26  | cy      | spring   | creator

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | spring   | ana     | 300.00 | USD      | 04-01
b         | spring   | bo      | 200.00 | EUR      | 04-01
c         | spring   | cy      | 400.00 | USD      | 04-01

deliverables
deliverable | agreement | platform  | price  | live_at
a1          | a         | instagram | 150.00 | @05-02
a2          | a         | instagram | 150.00 | @05-03
b1          | b         | instagram | 200.00 | @05-01
c1          | c         | instagram | 400.00 | @05-01

margins
scope | key  | valid_from | margin_rate
brand | acme | 01-01      | 0.60

rates
date  | base | quote | rate
04-01 | EUR  | USD   | 1.10
05-18 | EUR  | USD   | 1.20

posts
platform  | post_id | handle | published_at | format
instagram | p1      | ana.ig | @03-02       | reel
instagram | p2      | ana.ig | @03-09       | reel
instagram | p3      | ana.ig | @03-16       | photo
instagram | young   | ana.ig | @03-30       | reel
instagram | o1      | noted  | @03-02       | reel
instagram | o2      | noted  | @03-05       | reel
instagram | o3      | noted  | @03-08       | reel
instagram | o4      | noted  | @03-11       | reel

observations
platform  | post_id | observed_at | reach | likes | comments
instagram | p1      | @03-12      | 5000  | 900   | 100
instagram | p2      | @03-19      | 5000  | 950   | 50
instagram | p3      | @03-26      | 5000  | 10    | 10
instagram | young   | @03-31      | 5000  | 1     | 1
instagram | p1      | @03-03      | 900   | 300   | 20
instagram | p3      | @03-17      | 900   | 7     | 1
instagram | o1      | @03-28      | 5000  | 300   | 9
instagram | o2      | @03-28      | 5000  | 310   | 9
instagram | o3      | @03-28      | 5000  | 290   | 9
instagram | o4      | @03-28      | 5000  | 305   | 9
"""
ONE_BY_ONE = ("ana", "bo", "cy")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Ana sells more in the campaign than before, Bo as much as ever, Cy a little more."""
    with contextlib.ExitStack() as stack:
        told = told_in(stack, tmp_path_factory.mktemp("shortlist"))
        told.given(
            BEFORE
            + spread("orders", "ANA CY", "02-01", 22, 4)
            + spread("orders", "BO", "02-01", 88),
            at=EVE,
        )
        told.sealed(EVE)
        told.given(
            spread("orders", "ANA-26", "05-01", 18)
            + spread("orders", "BO-26 CY-26", "05-01", 9, 2),
            at=AFTER,
        )
        yield told


@pytest.fixture(scope="module")
def ask(played):
    """Give the creators of a list, or the rows by creator."""

    def asked(**words):
        return shortlisted(played.ground, ShortlistRequest(**words))

    return asked


@pytest.fixture(scope="module")
def rows(ask):
    return {row.creator: row for row in ask().rows}


def test_who_only_sold_what_came_anyway_ranks_below_those_like_peers(rows):
    order = sorted(rows.values(), key=lambda row: row.rank)
    assert len(order) == 7
    assert order[0].creator == "ana"
    assert order[-1].creator == "bo"
    bo = rows["bo"]
    assert bo.outlook.own_return < 0
    assert bo.past[0].raw > 1
    assert bo.outlook.own_return < bo.outlook.point < bo.outlook.peers
    assert "looks profitable, but most of it would have come without" in bo.why
    assert rows["new"].evidence == "peers"
    assert "no campaign of ours has measured it" in rows["new"].why


def test_what_is_used_for_a_rank_is_told_and_what_is_not_known_too(rows):
    assert "price" in rows["cy"].not_used[0]
    assert "followers" in rows["far"].not_used
    assert "all 3 measured creators (none of them on tiktok of micro size)" in rows["new"].why
    assert "of unknown size" in rows["far"].why or "unknown" in rows["far"].why


def test_a_price_is_the_newest_agreements_fee_per_deliverable_else_what_the_row_says(rows):
    assert (rows["ana"].price, rows["ana"].price_from) == (15_000, "agreement a")
    assert rows["bo"].price == 24_000
    assert (rows["new"].price, rows["new"].price_from) == (144_000, "note of the imported row")
    assert rows["odd"].price.reason is Reason.NO_PRICE
    assert "'a lot' USD" in rows["odd"].price.detail
    assert rows["far"].price.reason is Reason.NO_RATE
    assert rows["big"].price == 90_000


def test_a_creator_is_looked_at_where_most_follow(rows, ask):
    ana = rows["ana"]
    assert (ana.platform, ana.followers, ana.followers_from, ana.size) == (
        "instagram", 20_000, "counted", "micro",
    )  # fmt: skip
    assert (rows["new"].followers, rows["new"].followers_from) == (55_000, "stated")
    assert (rows["odd"].followers, rows["odd"].followers_from) == (30_000, "stated")
    assert rows["cy"].platform is None
    (there,) = ask(platform="youtube").rows
    assert (there.creator, there.followers, there.rank) == ("ana", 100, 1)
    assert there.rate.reason is Reason.NOT_OBSERVED


def test_rates_are_of_mature_organic_posts_of_the_usual_format(rows):
    assert rows["ana"].rate == pytest.approx((1000 + 1000) / 2 / 20_000)
    assert rows["ana"].rate_peers["peers"] is None
    assert rows["cy"].rate.detail.startswith("No profile is known")
    assert rows["bo"].rate.detail.startswith("No organic post")


def test_how_small_a_lift_would_show_is_told_for_orders_and_engagement(rows):
    assert 0 < rows["bo"].smallest_orders < rows["ana"].smallest_orders
    assert rows["odd"].smallest_engagement > 0
    assert rows["new"].smallest_orders is None
    assert rows["new"].smallest_engagement is None


@pytest.mark.parametrize(
    ("words", "names", "left_out"),
    [
        ({"category": "FOOD", "country": "de"}, {"new", "odd"},
         {"of another category or of none known": 3, "of another country or of none known": 2}),
        ({"followers": "25000:60000"}, {"bo", "new", "odd"},
         {"with unknown followers": 2, "with other follower counts": 2}),
        ({"price": "500"}, {"ana", "bo", "cy"},
         {"without a known price": 2, "with a higher price": 2}),
        ({"search": "ADJ"}, {"new"}, {"without the text searched for": 6}),
({"platform": "instagram", "search": ".ig", "limit": 1}, {"ana"},
         {"not on instagram": 4, "without the text searched for": 1}),
    ],
)  # fmt: skip
def test_filters_leave_who_passes_and_count_the_others(ask, words, names, left_out):
    found = ask(**words)
    assert {row.creator for row in found.rows} == names
    assert found.left_out == left_out


def test_a_span_of_followers_may_be_open_on_either_side():
    assert ShortlistRequest(followers=":20000").span() == (0, 20_000)
    assert ShortlistRequest(followers="500:").span() == (500, math.inf)
    assert ShortlistRequest(compare="ana, bo,ana").names() == ("ana", "bo")


def test_a_creator_has_the_same_rank_on_every_list(ask, rows):
    for row in ask(compare="bo,new").rows:
        assert row.rank == rows[row.creator].rank
        assert row.outlook == rows[row.creator].outlook


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"followers": "9:5"}, "write MIN:MAX"),
        ({"followers": "many"}, "write MIN:MAX"),
        ({"followers": "a:b"}, "write MIN:MAX"),
        ({"price": "cheap"}, "--price cheap"),
        ({"price": "0"}, "nobody could be on the list"),
        ({"limit": 0}, "--limit 0"),
        ({"rate_formula": "er"}, "no engagement rate 'er'"),
    ],
)
def test_words_that_mean_nothing_are_refused(ask, words, fault):
    with pytest.raises(UsageError, match=fault):
        ask(**words)


@pytest.mark.parametrize("words", [{"compare": "ana,nobody"}, {"platform": "myspace"}])
def test_names_that_are_not_there_are_refused(ask, words):
    with pytest.raises(NotFound):
        ask(**words)


@pytest.mark.soak
def test_the_python_door_gives_every_form(played):
    result = played.ws.shortlist()
    assert result.arrow().num_rows == 7
    assert result.data["ranked"] == 7
    figure = result.rows[0]["past"][0]["figure_id"]
    assert result.explain(figure)["value"]["grade"] == "C"
    assert played.ws.shortlist(compare="ana,bo").table.names == ["property", "ana", "bo"]
    told = played.ws.shortlist(explain="bo", limit=1)
    assert told.table.rows[0]["value"] == "7 of 7"
    assert "left out of 7: 6 without the text" in played.ws.shortlist(search="nadja").table.note
    with pytest.raises(NotFound, match="on this list"):
        played.ws.shortlist(explain="bo", country="DE")
    with pytest.raises(UsageError, match="does not take"):
        played.ws.shortlist(colour="red")


def test_engagement_rates_are_asked_by_formula_creator_and_platform(played):
    (row,) = played.ws.engagement_rate("by_reach", creator="ana", platform="instagram").rows
    assert row["rate"] == pytest.approx(0.2)
    assert "shares and saves never shown" in row["why"]
    everything = played.ws.engagement_rate("all").rows
    assert {row["creator"] for row in everything} == {"ana", "bo", "odd", "new"}
    assert len(everything) == 20 * 5
    by_views = played.ws.engagement_rate("by_views", creator="ana", platform="instagram").rows
    assert by_views[0]["why"].startswith("No post has both views")
    (early,) = played.ws.engagement_rate(
        "by_followers_at_24_hours", creator="ana", platform="instagram"
    ).rows
    assert early["rate"] == pytest.approx((320 + 2) / 2 / 20_000)  # of p1 and the young one
    assert early["posts"] == 2
    (odd,) = played.ws.engagement_rate("by_followers_at_24_hours", creator="odd").rows
    assert odd["why"] == "No organic post was read at about a day old."
    (bo,) = played.ws.engagement_rate(creator="bo").rows
    assert bo["why"].startswith("No organic post")
    with pytest.raises(NotFound):
        played.ws.engagement_rate(creator="nobody")


def test_without_a_measured_past_nobody_is_ranked_and_the_reason_is_said(told):
    told.given(
        """
creators
creator | category
ana     | food
bo      | food
"""
    )
    found = shortlisted(told.ground, ShortlistRequest())
    assert [row.rank for row in found.rows] == [None, None]
    assert found.rows[0].outlook.reason is Reason.NO_PAST_RETURN
    assert found.rows[0].why.startswith("Not ranked: the incremental return of 0 of at least 3")
