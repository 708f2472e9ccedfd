"""Costs from the journal: every state, no cost lost, up to a day and as known at a time."""

from __future__ import annotations

import datetime as dt

from truelift.base.time import Period
from truelift.operations.costs import Costs
from truelift.operations.knowledge import knowledge
from truelift.valuation.cost_states import CostStates


def test_states_sum_to_the_columns_of_a_report_and_keep_what_has_none(season):
    costs = Costs(knowledge(season.ground))
    by_creator = costs.by(("campaign", "creator"))
    assert by_creator["glow", "ana"] == CostStates(15000, 15000, 15000, 0)
    assert by_creator["spring", None] == CostStates(4000, 4000, 4000, 0)
    assert by_creator[None, None] == CostStates(5000, 5000, 5000, 0)
    by_campaign = costs.by(("campaign",))
    for campaign in ("spring", "glow", "signup", None):
        mine = [states for key, states in by_creator.items() if key[0] == campaign]
        assert sum(mine, CostStates()) == by_campaign[campaign,]
    assert costs.by(("campaign", "creator", "platform"))["glow", "ana", None].accrued == 15000


def test_accrued_cost_is_the_sum_of_the_cost_accounts(season):
    costs = Costs(knowledge(season.ground))
    accounts = costs.by_account()
    for campaign in ("spring", "glow", "signup", None):
        booked = sum(amount for key, amount in accounts.items() if key[0] == campaign)
        assert booked == costs.by(("campaign",))[campaign,].accrued
    assert costs.by_account(Period(2026, 1)) == {}


def test_only_days_up_to_the_reports_own_count(season):
    known = knowledge(season.ground, as_of=dt.datetime(2026, 5, 2, 3, 59))
    costs = Costs(known)
    assert costs.day == dt.date(2026, 5, 1)  # it is still the first of May in New York
    assert costs.by(("campaign", "creator"))["spring", "ana"].accrued == 1000  # one commission
    before = knowledge(season.ground, known_at=dt.datetime(2026, 4, 30, 19))
    assert Costs(before).by(("campaign",))["glow",] == CostStates(15000, 0, 0, 0)


ORDERS = """
codes
code | creator | campaign
ANA  | ana     | spring
BO   | bo      | spring
CY   | cy      | summer

orders
order_id | ordered_at | currency | subtotal | cogs | code
1        | @05-12     | USD      | 50.00    | 0.00 | ANA
2        | @05-12     | USD      | 50.00    | 0.00 | BO
3        | @05-12     | USD      | 50.00    | 0.00 | CY
"""

UNBOOKED = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD
summer   | sales | 05-01  | 06-30 | USD

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | spring   | ana     | 100.00 | USD      | 04-01
b         | spring   | bo      | 90.000 | KWD      | 04-01
c         | summer   | cy      | 100.00 | USD      | 04-01

deliverables
deliverable | agreement | live_at
d           | unknown   | @05-03

costs
document | state    | date  | agreement | creator | campaign | type   | amount | currency
i        | invoiced | 05-02 | a         |         |          | fee    | 100.00 | USD
j        | invoiced | 05-02 | b         |         |          | fee    | 90.000 | KWD
k        | invoiced | 05-02 | c         |         |          | fee    | 100.00 | USD
l        | invoiced | 05-09 |           | dee     | autumn   | agency | -1.00  | USD
"""


def withheld(told, **asked):
    return {
        row["creator"]: row["roas"].get("withheld") if isinstance(row["roas"], dict) else None
        for row in told.roi(**asked)
        if row["campaign"] == "spring"
    }


def test_a_cost_that_is_not_booked_withholds_the_ratios_of_its_creator_and_campaign(told):
    told.tried(UNBOOKED + ORDERS, at=dt.datetime(2026, 6, 1))
    assert withheld(told) == {"ana": None, "bo": "NO_RATE"}
    assert withheld(told, by="campaign") == {None: "NO_RATE"}
    summer = told.row(by="campaign", campaign="summer")
    assert summer["roas"] == 0.5  # another campaign's cost is no part of it
    # A document that contradicts itself is in no entry either.
    (autumn,) = told.roi(by="campaign", campaign="autumn")
    assert autumn["roi"]["withheld"] == "NOT_BOOKED"
    # Before its first cost document even the fee of Bo was signed in a currency without a rate.
    assert withheld(told, as_of="2026-04-30") == {"ana": "NO_ORDERS", "bo": "NO_RATE"}
    told.tried(
        """
        rates
        date  | base | quote | rate
        04-01 | KWD  | USD   | 3.25
        05-02 | KWD  | USD   | 3.25
        """,
        at=dt.datetime(2026, 6, 2),
    )
    assert withheld(told) == {"ana": None, "bo": None}
    # What was known before stays as it was.
    assert withheld(told, known_at="2026-06-01T12:00+00:00")["bo"] == "NO_RATE"
