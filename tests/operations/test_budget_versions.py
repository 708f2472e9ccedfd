"""Budgets by version: accepted amounts stand until what is imported says otherwise."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.estimate import Reason
from truelift.operations.budget_versions import accepted_of, budget_of, imported_budget, in_force
from truelift.operations.knowledge import knowledge
from truelift.store import control_records
from truelift.store.control_records import BUDGET

FACTS = """
campaigns
campaign | goal  | starts | ends  | currency | budget
spring   | sales | 05-01  | 05-30 | USD      | 500.00
summer   | sales | 05-01  | 05-30 | KWD      | 100.00
"""
AT = dt.datetime(2026, 5, 2)
VERSION = {"campaign": "spring", "known_at": "2026-05-01T00:00:00Z", "creators": []}


def kept(told, **given):
    with told.ground.workspace.transaction() as connection:
        control_records.keep(
            connection, told.ground.brand.brand, BUDGET, "spring", VERSION | given, at=AT, by="kim"
        )
    return knowledge(told.ground)


def test_the_accepted_budget_stands_until_another_is_imported(told):
    told.given(FACTS, at=AT - dt.timedelta(days=1))
    known = kept(told, budget=70_000, imported_budget=50_000)
    assert known.known_at == AT
    assert budget_of(known, "spring") == 70_000
    assert imported_budget(known, "spring") == 50_000
    assert budget_of(known, "summer").reason is Reason.NO_RATE
    told.given(FACTS.replace("500.00", "600.00"), at=AT + dt.timedelta(days=1))
    assert budget_of(knowledge(told.ground), "spring") == 60_000


def test_a_version_is_in_force_at_once_but_for_its_own_proposal_made_again(told):
    told.given(FACTS, at=AT - dt.timedelta(days=1))
    made = {"known_at": "2026-05-02T00:00:00Z", "proposal": "p1", "imported_budget": 50_000}
    known = kept(told, budget=70_000, **made)
    assert in_force(known, "spring")["budget"] == 70_000
    assert budget_of(known, "spring") == 70_000
    assert in_force(known, "spring", without="p1") is None
    assert budget_of(known, "spring", without="p1") == 50_000


def test_a_version_without_a_budget_changes_none(told):
    told.given(FACTS, at=AT - dt.timedelta(days=1))
    assert budget_of(kept(told), "spring") == 50_000


@pytest.mark.parametrize(("agreed", "found"), [(400, True), (500, False)])
def test_what_a_creator_was_given_stands_while_agreements_come_to_the_same(agreed, found):
    version = {"creators": [{"creator": "ana", "agreed": 400}]}
    assert (accepted_of(version, "ana", agreed) is not None) == found
    assert accepted_of(version, "bo", agreed) is None
    assert accepted_of(None, "ana", agreed) is None
