"""The version in force on a day is the newest that begins by then."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

from truelift.ledger.policy import SWITCHES, LiveOrAccepted, Policies, Policy

DEFAULT = Policy("USD")
ACCEPTED = Policy("USD", recognition=LiveOrAccepted.ACCEPTED)
KEPT = Policy("USD", minimum_live_days=30)
MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def test_before_any_version_the_defaults_are_in_force():
    policies = Policies(DEFAULT, ((JUNE, ACCEPTED),))
    assert policies.on(MAY) == DEFAULT
    assert policies.on(JUNE) == ACCEPTED == policies.newest
    assert Policies(DEFAULT).newest == DEFAULT
    assert policies.currency == "USD"


def test_of_two_versions_from_one_day_the_later_recorded_counts():
    assert Policies(DEFAULT, ((MAY, ACCEPTED), (MAY, KEPT))).on(JUNE) == KEPT


def test_a_version_recorded_later_for_an_earlier_day_does_not_end_a_later_one():
    policies = Policies(DEFAULT, ((JUNE, ACCEPTED), (MAY, KEPT)))
    assert policies.on(MAY) == KEPT
    assert policies.on(JUNE) == ACCEPTED


def test_every_switch_says_what_it_decides():
    assert set(SWITCHES) == {item.name for item in fields(Policy)} - {"currency"}
