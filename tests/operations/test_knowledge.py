"""What is known: both times default to the data, and days are the brand's own."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.operations.knowledge import (
    campaign_hashtags,
    end_of,
    knowledge,
    local_day,
    midnight,
    newest_recording,
)
from truelift.operations.recompute import recompute
from truelift.operations.roi import RoiRequest, report_of
from truelift.reports.roi import report_json
from truelift.store import science_records

IMPORTED = dt.datetime(2026, 6, 1, 9)


def test_an_empty_brand_is_known_as_of_the_beginning_of_time(told):
    known = knowledge(told.ground)
    assert known.known_at == known.as_of == dt.datetime(1970, 1, 1)
    assert not known.tracked
    assert known.launches == {}


EVENTS = {
    """
    orders
    order_id | ordered_at | currency | subtotal | cancelled_at
    1        | @05-01     | USD      | 10.00    | @05-03
    """: dt.datetime(2026, 5, 3, 16),
    """
    leads
    lead_id | created_at | stage | won_at
    1       | @05-01     | won   | @05-04
    """: dt.datetime(2026, 5, 4, 16),
    """
    deliverables
    deliverable | agreement | live_at
    d           | a         | @05-05
    planned     | a         | @07-05
    """: dt.datetime(2026, 5, 5, 16),
    """
    costs
    document | state    | date  | type | amount | currency
    i        | invoiced | 05-06 | fee  | 10.00  | USD
    """: dt.datetime(2026, 5, 7, 3, 59, 59, 999999),  # the whole day counts
    """
    campaigns
    campaign | goal  | starts | ends  | currency
    x        | sales | 05-01  | 05-02 | USD
    """: IMPORTED,
}


@pytest.mark.parametrize(("table", "as_of"), EVENTS.items(), ids=range(len(EVENTS)))
def test_as_of_is_the_newest_event_and_known_at_the_newest_recording(told, table, as_of):
    told.given(table, at=IMPORTED)
    known = knowledge(told.ground)
    assert (known.as_of, known.known_at) == (as_of, IMPORTED)
    assert newest_recording(told.ground) == IMPORTED


def test_a_science_record_is_a_recording_but_no_event(told):
    told.given(next(iter(EVENTS)), at=IMPORTED)
    later = IMPORTED + dt.timedelta(days=3)
    item = science_records.science("ageing_curve", "x/post/likes", "v1", {}, at=later, by="ana")
    with told.ground.workspace.transaction() as connection:
        science_records.keep(connection, told.ground.brand.brand, item)
    known = knowledge(told.ground)
    assert newest_recording(told.ground) == known.known_at == later
    assert known.as_of == dt.datetime(2026, 5, 3, 16)


def test_times_that_are_asked_for_stay_as_they_are(season):
    at = dt.datetime(2026, 5, 2)
    known = knowledge(season.ground, as_of=at, known_at=at)
    assert (known.as_of, known.known_at) == (at, at)
    # What arrived later is not known: as_of ends with the newest event of the first import.
    early = dt.datetime(2026, 4, 30, 21)
    assert knowledge(season.ground, known_at=early).as_of == dt.datetime(2026, 4, 28, 16)


def test_launches_are_the_first_act_of_each_creator_in_each_campaign(season):
    launches = knowledge(season.ground).launches
    assert launches["spring", "bo"] == dt.datetime(2026, 5, 1, 16)
    assert launches["glow", "ana"] == dt.datetime(2026, 5, 2, 16)
    assert ("glow", "bo") not in launches


def test_a_flight_is_whole_days_of_the_brand(season):
    spring = knowledge(season.ground).campaigns["spring"]
    assert spring["flight_start"] == dt.datetime(2026, 5, 1, 4)
    assert spring["flight_end"] == dt.datetime(2026, 6, 1, 4)


def test_a_post_of_several_campaigns_belongs_to_each_by_its_share(season):
    shared = {
        row["campaign"]: row["share_ppm"] for row in knowledge(season.ground).sponsored.to_pylist()
    }
    assert shared == {"spring": 600_000, "glow": 400_000}


def test_days_begin_and_end_in_the_brands_zone_through_daylight_saving():
    assert midnight(dt.date(2026, 3, 8), "America/New_York") == dt.datetime(2026, 3, 8, 5)
    assert end_of(dt.date(2026, 3, 8), "America/New_York") == dt.datetime(
        2026, 3, 9, 3, 59, 59, 999999
    )
    assert local_day(dt.datetime(2026, 5, 1, 3), "America/New_York") == dt.date(2026, 4, 30)


def test_hashtags_are_compared_in_small_letters_and_without_their_mark():
    row = {"hashtags": "#SpringDay;ad;", "flight_start": None, "flight_end": None}
    found = campaign_hashtags({"spring": row, "none": row | {"hashtags": None}})
    assert found["hashtag"].to_pylist() == ["springday", "ad"]


TAGGED = """
campaigns
campaign | goal  | starts | ends  | currency | hashtags
sun      | sales | 05-01  | 05-31 | USD      | Sun;new_day

posts
platform | post_id | creator | published_at | caption
x        | exact   | ana     | @05-02       | Our #SUN!
x        | longer  | ana     | @05-02       | #sunday #sunny
x        | letter  | ana     | @05-02       | #newXday
x        | under   | ana     | @05-02       | #new_day, #sun_
x        | before  | ana     | @04-02       | #sun
x        | bare    | ana     | @05-02       | sun
"""


def test_a_caption_names_a_campaign_by_its_whole_hashtag_only(told):
    named = knowledge(told.given(TAGGED).ground).sponsored
    assert sorted(named["post_id"].to_pylist()) == ["exact", "under"]


@pytest.mark.parametrize("by", ["creator", "campaign", "post"])
def test_a_campaign_that_is_asked_for_alone_is_what_it_is_among_all(season, by):
    recompute(season.ground)
    whole = knowledge(season.ground)
    assert len(whole.campaigns) > 1
    for campaign in whole.campaigns:
        request = RoiRequest(campaign=campaign, by=by)
        alone = knowledge(season.ground, campaign=campaign)
        assert report_json(*report_of(alone, request)) == report_json(*report_of(whole, request))
        assert alone.order_shares.num_rows < whole.order_shares.num_rows


def test_where_nothing_is_kept_a_campaign_is_read_from_all(season):
    before = dt.datetime(2026, 5, 15)
    alone = knowledge(season.ground, known_at=before, campaign="spring")
    assert (
        alone.order_shares.num_rows
        == knowledge(season.ground, known_at=before).order_shares.num_rows
    )
