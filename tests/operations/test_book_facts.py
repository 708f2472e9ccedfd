"""The words of the ledger for what is known: terms, readings, windows, names, balances."""

from __future__ import annotations

import datetime as dt

from truelift.operations.book import book
from truelift.operations.book_facts import source_facts
from truelift.operations.knowledge import knowledge
from truelift.operations.ledger import journal_rows, trial_balance, verify

CAMPAIGN = """
creators
creator | name
ana     | Ana

campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD
"""
BONUS = """
agreements
agreement | campaign | creator | fee    | currency | signed_on | bonus_metric | bonus_threshold | bonus_amount
a         | spring   | ana     | 100.00 | USD      | 04-01     | {metric}     | 1000            | 50.00

deliverables
deliverable | agreement | platform  | post_id
d1          | a         | instagram | p1
d2          | a         |           |

posts
platform  | post_id | creator | published_at | deliverable | deleted_at
instagram | p1      | ana     | @05-02       |             | @05-20
instagram | p2      | ana     | @05-03       | d2          |

observations
platform  | post_id | observed_at | views | likes
instagram | p1      | @05-04      | 600   | 10
instagram | p2      | @05-05      | 399   | 10
instagram | p1      | @05-06      |       | 11
instagram | p2      | @05-07      | 401   | 12
instagram | p1      | @05-08      | 900   | 12
"""  # noqa: E501 - a table


def rows(told, rule):
    return [
        (row["effective_date"].isoformat(), row["account"], row["amount"])
        for row in journal_rows(told.ground)
        if row["rule"] == rule
    ]


def test_a_bonus_is_due_when_the_newest_readings_of_all_posts_reach_it(told):
    told.given(CAMPAIGN + BONUS.format(metric="views"))
    assert rows(told, "R09") == [("2026-05-07", "6150", "50.00"), ("2026-05-07", "2120", "-50.00")]
    (live, _) = source_facts(knowledge(told.ground)).live
    assert live.deleted_on == dt.date(2026, 5, 20)
    assert verify(told.ground) == []


def test_a_bonus_of_what_no_post_is_read_for_is_told(told):
    told.given(CAMPAIGN + BONUS.format(metric="orders"))
    (fault,) = source_facts(knowledge(told.ground)).faults
    assert (fault.code.value, fault.rule) == ("UNKNOWN_METRIC", "R09")
    assert fault.missing


def test_a_bonus_that_is_not_reached_is_not_booked(told):
    told.given(CAMPAIGN + BONUS.format(metric="likes"))
    assert rows(told, "R09") == []


def test_an_order_earns_commission_within_the_agreements_days_after_a_touch(told):
    told.given(
        CAMPAIGN
        + """
        links
        slug | destination           | creator | campaign
        ana1 | https://shop.example/ | ana     | spring

        codes
        code | creator | campaign
        ANA  | ana     | spring

        agreements
        agreement | campaign | creator | currency | signed_on | commission_rate | commission_trigger | commission_window_days
        a         | spring   | ana     | USD      | 04-01     | 0.10            | attributed         | 7

        clicks
        click_id | clicked_at | slug | visitor | consent | user_agent
        c1       | @05-01     | ana1 | v1      | yes     | Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0

        orders
        order_id | ordered_at | currency | subtotal | click_id | code
        soon     | @05-08     | USD      | 10.00    | c1       |
        late     | @05-09     | USD      | 10.00    | c1       |
        coded    | @05-20     | USD      | 10.00    | c1       | ANA
        """  # noqa: E501 - a table
    )
    earned = {item.order for item in source_facts(knowledge(told.ground)).commissions}
    assert earned == {"/soon/a", "/coded/a"}


def test_the_statistical_book_is_the_ladder_of_every_campaign(season):
    gross = {}
    for row in journal_rows(season.ground):
        if row["account"] == "9000":
            name = row["campaign"]
            gross[name] = gross.get(name, 0) - round(float(row["base"]) * 100)
    levels = {
        row["campaign"]: next(step["amount"] for step in row["ladder"] if step["step"] == "matched")
        for row in season.ws.roi(by="campaign").rows
        if row["campaign"]
    }
    assert {name: gross.get(name, 0) for name in levels} == {
        name: amount or 0 for name, amount in levels.items()
    }


def test_statistics_change_by_reversal_when_an_order_does(told):
    told.given(
        CAMPAIGN
        + """
        codes
        code | creator | campaign
        ANA  | ana     | spring

        orders
        order_id | ordered_at | currency | subtotal | code
        1        | @05-02     | USD      | 10.00    | ANA
        """
    )
    told.given(
        """
        orders
        order_id | ordered_at | currency | subtotal | code
        2        | @05-02     | USD      | 5.00     | ANA
        """,
        at=dt.datetime(2026, 12, 2),
    )
    assert [amount for _, account, amount in rows(told, "R20") if account == "9000"] == [
        "-10.00",
        "10.00",
        "-15.00",
    ]
    assert book(told.ground) == (0, ())


def test_cost_without_campaign_is_allocated_and_an_unknown_name_is_told(told):
    told.given(
        CAMPAIGN
        + """
        allocations
        document | valid_from | shares
        6140     | 05-01      | spring:0.5;ana:0.5
        6180     | 05-01      | nobody:1
        6170     | 05-01      |

        costs
        document | state    | date  | type   | amount | currency
        t        | invoiced | 05-02 | agency | 10.01  | USD
        """
    )
    assert told.row(by="campaign", campaign="spring")["cost"]["accrued"] == 500
    (fault,) = source_facts(knowledge(told.ground)).faults
    assert (fault.code.value, fault.rule) == ("UNKNOWN_NAME", "R22")


def test_a_retainer_is_booked_as_far_as_time_has_come_and_never_taken_back(told):
    told.given(
        CAMPAIGN
        + """
        agreements
        agreement | campaign | creator | fee    | currency | signed_on | starts | ends  | kind
        a         | spring   | ana     | 610.00 | USD      | 05-01     | 05-01  | 06-30 | retainer

        costs
        document | state    | date  | campaign | type   | amount | currency
        t        | invoiced | 06-02 | spring   | agency | 10.00  | USD
        """
    )
    assert rows(told, "R04")[0] == ("2026-05-31", "6100", "310.00")
    assert book(told.ground) == (0, ())
    written, _ = book(told.ground, through=dt.date(2026, 6, 30))
    assert written == 2
    assert rows(told, "R04")[2] == ("2026-06-30", "6100", "300.00")
    assert verify(told.ground) == []


def test_opening_balances_are_those_of_the_period_before_go_live(told):
    told.given(
        CAMPAIGN
        + """
        balances
        entity | period  | account | amount  | currency
        acme   | 2026-04 | 2100    | -100.00 | USD
        acme   | 2026-05 | 2100    | -900.00 | USD
        other  | 2026-04 | 2100    | -700.00 | USD
        """
    )
    told.ws.set_policy({"go_live": "2026-05-01"}, sentence="We begin.", valid_from="2026-05-01")
    found = {row["account"]: row["base_minor"] for row in trial_balance(told.ground)}
    assert found == {"2100": -10_000, "2990": 10_000, "total": 0}
