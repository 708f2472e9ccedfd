"""Bridges of all campaigns or one: their cost is the ledger's, and nothing is left over."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound
from truelift.base.time import Period
from truelift.operations.bridge import bridges
from truelift.operations.costs import Costs
from truelift.operations.knowledge import knowledge


def test_every_campaign_has_a_bridge_and_the_cost_of_none_has_one_too(season):
    rows = bridges(season.ground)
    named = list(dict.fromkeys(row.campaign for row in rows))
    assert named == ["glow", "signup", "spring", ""]
    assert [row.amount for row in rows if row.step == "residual"] == [0, 0, 0, 0]


@pytest.mark.parametrize("period", [None, Period(2026, 5)])
def test_cost_lines_are_the_ledgers_cost_accounts_for_every_campaign(season, period):
    booked = Costs(knowledge(season.ground)).by_account(period)
    shown = {}
    for row in bridges(season.ground, period=period):
        if row.step == "creator_cost":
            shown[row.campaign or None, row.account] = -row.amount
    assert shown == booked
    assert shown["spring", "6160"] == 4000


def test_a_bridge_is_of_the_facts_as_of_and_known_at_a_time(season):
    early = knowledge(season.ground).as_of.replace(day=2)
    (spring,) = [
        row
        for row in bridges(season.ground, campaign="spring", as_of=early)
        if row.step == "matched"
    ]
    assert spring.amount == 60000  # two days of three creators


def test_a_campaign_that_nothing_names_is_not_found(season):
    with pytest.raises(NotFound, match="no campaign 'winter'"):
        bridges(season.ground, campaign="winter")
