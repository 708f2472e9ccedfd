"""A policy is signed, kept for ever, in force from its day, and the books follow it."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import UsageError
from truelift.ledger.policy import LiveOrAccepted, Policy
from truelift.operations.ledger import verify
from truelift.operations.policy import SignOff, policies_of, policy_rows, set_policy

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
FACTS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | spring   | ana     | 100.00 | USD      | 05-02

deliverables
deliverable | agreement | live_at | accepted_at
d           | a         | @05-10  | @05-12
"""


def policies(told, known_at=None):
    with told.ground.workspace.transaction() as connection:
        return policies_of(connection, told.ground.brand, known_at)


def test_without_a_version_the_defaults_are_in_force_unsigned(told):
    assert policies(told).newest == Policy("USD")
    (row,) = policy_rows(told.ground)
    assert (row["recognition"], row["signed_by"], row["version"]) == ("live", None, "default")


def test_a_version_says_who_signed_when_and_why_and_keeps_the_other_switches(told):
    first = set_policy(
        told.ground, {"commission_validation_days": "30"}, SignOff("Returns close.", MAY)
    )
    second = set_policy(
        told.ground,
        {"recognition": "accepted", "returns_reserve_ppm": "none", "go_live": "2026-05-01"},
        SignOff("Auditors asked.", JUNE, "C. Controller"),
    )
    assert first["signed_by"] == "ana.controller"
    assert (second["signed_by"], second["sentence"]) == ("C. Controller", "Auditors asked.")
    assert second["recorded_at"] > first["recorded_at"]
    found = policies(told)
    assert found.on(MAY).recognition is LiveOrAccepted.LIVE
    assert found.newest.commission_validation_days == 30
    assert found.newest.go_live == MAY
    assert [row["valid_from"] for row in policy_rows(told.ground)] == [
        None, "2026-05-01", "2026-06-01",
    ]  # fmt: skip
    before = dt.datetime.fromisoformat(first["recorded_at"])
    assert policies(told, before).newest.recognition is LiveOrAccepted.LIVE
    cleared = set_policy(told.ground, {"go_live": "none"}, SignOff("Not yet.", JUNE))
    assert cleared["go_live"] is None


def test_the_books_follow_a_version_by_reversal_and_as_known_before_stay(told):
    told.given(FACTS)
    before = told.row(by="campaign", as_of="2026-05-11")["cost"]["accrued"]
    _, written = told.ws.set_policy(
        {"recognition": "accepted"}, sentence="We accept.", valid_from="2026-05-01"
    )
    told.asked.clear()
    assert written == 4
    assert before == 10_000
    assert told.row(by="campaign", as_of="2026-05-11")["cost"]["accrued"] == 0
    assert told.row(by="campaign", as_of="2026-05-12")["cost"]["accrued"] == 10_000
    known = told.row(by="campaign", as_of="2026-05-11", known_at="2026-12-01T00:00+00:00")
    assert known["cost"]["accrued"] == 10_000
    assert verify(told.ground) == []


@pytest.mark.parametrize(
    ("changes", "sentence", "words"),
    [
        ({}, "Why.", "Name at least one switch"),
        ({"recognition": "live"}, " ", "signed with a sentence"),
        ({"recognition": "paid"}, "Why.", "recognition is live or accepted, not paid"),
        ({"colour": "red"}, "Why.", "colour is no switch"),
        ({"minimum_live_days": "-1"}, "Why.", "a whole number of days, or none"),
        ({"returns_reserve_ppm": "1000001"}, "Why.", "at most 1000000"),
        ({"go_live": "2026-05-02"}, "Why.", "first day of an accounting period"),
        ({"go_live": "May"}, "Why.", "first day of an accounting period"),
    ],
)
def test_what_cannot_be_signed_is_refused_in_a_sentence(told, changes, sentence, words):
    with pytest.raises(UsageError, match=words):
        set_policy(told.ground, changes, SignOff(sentence, MAY))
    assert len(policy_rows(told.ground)) == 1
