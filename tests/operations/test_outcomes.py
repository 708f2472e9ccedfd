"""What happened in each row: orders of campaigns, outputs, mentions, sessions, claims, clicks."""

from __future__ import annotations

from truelift.base.time import Period
from truelift.operations.knowledge import knowledge
from truelift.operations.outcomes import Outcomes
from truelift.valuation.ladder import Components


def outcomes(told, **changed):
    known = knowledge(told.ground)
    return Outcomes(known, known.rate_set, **({"basis": "event"} | changed))


def test_orders_of_no_campaign_are_in_no_row(season):
    groups = outcomes(season).groups("creator")
    assert {campaign for campaign, _ in groups} == {"spring", "signup", "glow"}
    # Of Ana's 33 orders 20 came by her own code before the spring.
    assert groups["spring", "ana"].counts["orders"] == 13


def test_months_add_up_to_the_whole(season):
    whole = outcomes(season).groups("campaign")["spring",].components
    parts = Components()
    for month in (4, 5, 6):
        part = outcomes(season, period=Period(2026, month)).groups("campaign").get(("spring",))
        parts += part.components if part else Components()
    assert parts == whole
    assert whole.refunds == 3335 + 7777


def test_outputs_are_counted_where_they_belong(season):
    spring = season.row(by="campaign", campaign="spring")["outputs"]
    # A post that two campaigns share counts in each by its share; the mention was the creator's.
    assert (spring["posts"], spring["views"], spring["engagement"]) == (1, 24000, 2472)
    assert (spring["mentions"], spring["sessions"]) == (1, 120)
    clicks = (spring["clicks_raw"], spring["clicks_counted"], spring["visits"])
    assert clicks == (3, 2, 2)  # curl is no visitor
    glow = season.row(by="campaign", campaign="glow")["outputs"]
    assert (glow["views"], glow["engagement"], glow["sessions"]) == (16000, 1648, 0)
    assert glow["impressions"] is None  # no reading of any post has them


READ_AND_EMPTY = {
    "clicks_raw", "clicks_counted", "visits", "mentions", "leads", "won_leads", "sessions",
    "refunds",
}  # fmt: skip


def test_what_was_never_imported_is_unknown_and_no_zero(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        spring   | sales | 05-01  | 05-31 | USD

        codes
        code | creator | campaign
        ANA  | ana     | spring
        BO   | bo      | spring

        agreements
        agreement | campaign | creator | fee  | currency | signed_on
        a         | spring   | ana     | 1.00 | USD      | 04-01
        b         | spring   | bo      | 1.00 | USD      | 04-01

        orders
        order_id | ordered_at | currency | subtotal | code
        1        | @05-02     | USD      | 10.00    | ANA
        """
    )
    known = {"orders", "refunds"}
    for row in (told.row(by="campaign"), told.row(creator="ana"), told.row(creator="bo")):
        assert {name for name, count in row["outputs"].items() if count is not None} == known
    assert told.row(creator="bo")["outputs"]["orders"] == 0
    told.given(
        """
        posts
        platform | post_id | creator | published_at | campaign
        x        | p       | ana     | @05-02       | spring

        mentions
        platform | post_id | tag   | published_at
        x        | q       | other | @05-02

        clicks
        click_id | clicked_at | slug
        c        | @05-02     | elsewhere

        leads
        lead_id | created_at | stage
        l       | @05-02     | lead

        sessions
        date  | source | medium | campaign | sessions
        05-02 | x      | social | other    | 5
        """
    )
    row = told.row(by="campaign")["outputs"]
    assert {name for name, count in row.items() if count == 0} == READ_AND_EMPTY
    assert (row["posts"], row["orders"], row["reach"], row["views"]) == (1, 1, None, None)
    days = [day["outputs"] for day in told.roi(by="day", creator="ana")]
    assert {(day["mentions"], day["sessions"]) for day in days} == {(None, None)}


def test_sessions_find_their_campaign_by_alias_and_claims_add_up_in_the_brands_currency(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        spring   | sales | 05-01  | 05-31 | USD

        aliases
        kind         | alias     | campaign
        utm_campaign | spring_26 | spring

        rates
        date  | base | quote | rate
        05-02 | EUR  | USD   | 1.50

        sessions
        date  | source    | medium | campaign  | sessions
        05-02 | instagram | social | spring_26 | 40
        05-02 | instagram | social | spring    | 2
        05-02 | instagram | social | other     | 100

        reported
        source | campaign | creator | date  | revenue | currency | clicks
        ads    | spring   | ana     | 05-02 | 10.00   | EUR      | 7
        ads    | spring   | ana     | 05-03 | 3.00    |          |
        ads    | spring   |         | 05-03 |         |          | 4
        """
    )
    row = told.row(by="campaign")
    assert row["outputs"]["sessions"] == 42
    assert row["ladder"][0]["amount"] == 1800
    assert [(row["creator"], row["ladder"][0]["amount"]) for row in told.roi()] == [
        ("ana", 1800), (None, None),
    ]  # fmt: skip


def test_a_lead_says_won_only_when_and_if_it_was(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        signup   | leads | 05-01  | 05-31 | USD

        codes
        code | creator | campaign
        ANA  | ana     | signup

        leads
        lead_id | created_at | stage | won_at | value | currency | code
        1       | @05-02     | won   | @05-03 | 10.00 | USD      | ANA
        2       | @05-02     | won   |        | 10.00 | USD      | ANA
        3       | @05-02     | won   | @05-04 |       |          | ANA
        4       | @05-02     | won   | @05-03 | 10.00 | USD      |
        """
    )
    row = told.row(creator="ana")
    assert (row["outputs"]["leads"], row["outputs"]["won_leads"]) == (3, 2)
    assert row["ladder"][1]["amount"] == 1000
