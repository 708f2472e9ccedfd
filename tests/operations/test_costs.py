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
