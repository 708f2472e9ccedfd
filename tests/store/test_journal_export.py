"""An export reads book fin with its places in the chain."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.time import Period
from truelift.ledger.chart import Book
from truelift.ledger.journal import Posting, write_entry
from truelift.store import journal
from truelift.store.journal_export import placed
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9, 0, 0, 250)


def entry(day, book=Book.FIN, accounts=("6100", "2100")):
    amounts = (100, -100)
    return write_entry(
        book=book,
        effective_date=dt.date.fromisoformat(day),
        kind="test",
        event=f"{book}{day}",
        rule="R03",
        rule_version=1,
        memo="x",
        postings=tuple(
            Posting(account, "USD", amount, amount)
            for account, amount in zip(accounts, amounts, strict=True)
        ),
    )


@pytest.fixture
def connection(tmp_path):
    database = WorkspaceDatabase(tmp_path / "workspace.db")
    with database.transaction() as made:
        yield made
    database.close()


def test_commitments_are_left_out_and_numbers_are_the_chains(connection):
    told = [
        entry("2026-05-02"),
        entry("2026-05-02", Book.COMMIT, ("9500", "9590")),
        entry("2026-04-01"),
    ]
    journal.append(connection, "acme", told, NOW)
    found = placed(connection, "acme")
    assert [(each.seq, each.recorded_at, each.entry) for each in found] == [
        (1, NOW, told[0]),
        (3, NOW, told[2]),
    ]
    assert [each.seq for each in placed(connection, "acme", Period(2026, 4))] == [3]
    assert placed(connection, "bolt") == []
