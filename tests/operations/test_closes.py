"""Closes: the record says when a period was closed, else the journal's own status does."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.time import Period
from truelift.ledger.period import PeriodStatus
from truelift.operations.closes import closes
from truelift.store import control_records, journal

NOON, LATER = dt.datetime(2026, 7, 1, 12), dt.datetime(2026, 7, 2, 12)
MAY = Period(2026, 5)


@pytest.fixture
def status(told):
    """Set the journal's status of May."""

    def change(word, at):
        with told.ground.workspace.transaction() as connection:
            journal.set_period_status(
                connection, "acme", MAY, PeriodStatus(word), changed_by="eve", changed_at=at
            )

    return change


@pytest.fixture
def record(told):
    """Keep a close record of May."""

    def keep(at, **record):
        with told.ground.workspace.transaction() as connection:
            control_records.keep(
                connection, "acme", control_records.CLOSE, "2026-05", record, at=at, by="eve"
            )

    return keep


def test_without_a_close_nothing_is_closed(told):
    assert closes(told.ground) == {}


def test_a_status_without_a_record_closes_as_of_its_change(told, status):
    status("closed", LATER)
    assert closes(told.ground) == {"2026-05": LATER}
    assert closes(told.ground, NOON) == {}
    status("open", LATER)
    assert closes(told.ground) == {}


def test_a_record_says_up_to_which_recording_the_close_reaches(told, status, record):
    status("closed", LATER)
    record(LATER, period="2026-05", state="closed", known_at="2026-07-01T14:00:00+02:00")
    assert closes(told.ground) == {"2026-05": NOON}


def test_a_record_without_that_time_closes_as_of_its_own(told, record):
    record(LATER, state="closed")
    assert closes(told.ground) == {"2026-05": LATER}


def test_a_period_that_was_opened_again_is_closed_no_more(told, status, record):
    record(NOON, period="2026-05", state="closed", known_at=NOON.isoformat())
    record(LATER, period="2026-05", state="open")
    status("closed", NOON)  # what the record says counts
    assert closes(told.ground) == {}
    assert closes(told.ground, NOON) == {"2026-05": NOON}
