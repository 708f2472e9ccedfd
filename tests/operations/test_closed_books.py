"""What was closed is still locked and as it was signed; what was changed behind it is named."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from truelift.base.time import Period
from truelift.operations import close
from truelift.operations.closed_books import changed_since
from truelift.operations.ledger import verify
from truelift.store.control_records import control_record
from truelift.store.journal_tables import journal_posting, period_status

MAY = Period(2026, 5)


@pytest.fixture
def closed(told):
    told.given(
        """
        costs
        document | state    | date  | type   | amount | currency
        tool     | invoiced | 05-11 | agency | 50.00  | USD
        tool-2   | invoiced | 06-02 | agency | 50.00  | USD
        """,
        at=dt.datetime(2026, 6, 3, 9),
    )
    close.prepare(replace(told.ground, person="ana"), MAY)
    close.approve(replace(told.ground, person="bo"), MAY)
    return told


@pytest.fixture
def changed(unguarded):
    """Change something behind the guards of the database: changed(told, statement)."""

    def behind(told, statement):
        with told.ground.workspace.transaction() as connection:
            unguarded(connection)
            connection.execute(statement)

    return behind


def test_what_is_as_it_was_closed_is_not_named(closed):
    assert changed_since(closed.ground) == []


def test_a_lock_that_was_taken_off_is_named_and_what_was_entered_then(closed, changed):
    changed(closed, sa.delete(period_status))
    (told,) = changed_since(closed.ground)
    assert "2026-05 was closed by bo and never reopened, but its lock is gone" in told
    late = """
        costs
        document | state    | date  | type   | amount | currency
        tool-0   | invoiced | 05-12 | agency | 9.00   | USD
    """
    closed.given(late, at=dt.datetime(2026, 6, 4, 9))
    assert any(
        "were put into 2026-05 after it was closed" in each for each in verify(closed.ground)
    )


def test_a_close_that_was_written_over_is_named(closed, changed):
    record = sa.func.replace(control_record.c.record, "50.00", "60.00")
    changed(closed, sa.update(control_record).values(record=record))
    (told,) = changed_since(closed.ground)
    assert "was changed since" in told


def test_an_account_of_no_chart_is_named_with_its_entry_and_hides_nothing(closed, changed):
    change = sa.update(journal_posting).values(account="666").where(journal_posting.c.seq == 1)
    changed(closed, change)
    told = verify(closed.ground)
    assert any("Entry 1 posts to account 666" in each for each in told)
    assert any("hash chain breaks at entry 1" in each for each in told)


def test_a_period_that_was_reopened_in_the_open_is_no_fault(closed):
    close.reopen(replace(closed.ground, person="bo"), MAY, "an invoice was forgotten")
    assert changed_since(closed.ground) == []
