"""Control records say by whom and when, so that going back to an old policy is a new record."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.store import control_records
from truelift.store.control_records import EXPORT_BATCH, POLICY
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9, 0, 0, 250)
DAY = dt.timedelta(days=1)


@pytest.fixture
def connection(tmp_path):
    database = WorkspaceDatabase(tmp_path / "workspace.db")
    with database.transaction() as made:
        yield made
    database.close()


def test_the_newest_policy_is_the_one_known_then_also_after_going_back(connection):
    for day, value in enumerate(("over_term", "at_access", "over_term")):
        control_records.keep(
            connection, "acme", POLICY, "books", {"usage": value}, at=NOW + day * DAY, by="ana"
        )
    now = control_records.newest(connection, "acme", POLICY)["books"]
    assert (now.record["usage"], now.recorded_by, now.recorded_at) == (
        "over_term",
        "ana",
        NOW + 2 * DAY,
    )
    then = control_records.newest(connection, "acme", POLICY, NOW + DAY)["books"]
    assert then.record["usage"] == "at_access"
    assert len(control_records.records(connection, "acme")) == 3
    assert control_records.records(connection, "acme", EXPORT_BATCH) == []
    assert control_records.newest(connection, "bolt", POLICY) == {}
