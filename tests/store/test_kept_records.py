"""What is kept never changes: the database refuses it, whatever the table is for."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from truelift.store import control_records, kept_records
from truelift.store.control_records import POLICY, control_record
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9, 0, 0, 250)


@pytest.fixture
def database(tmp_path):
    made = WorkspaceDatabase(tmp_path / "workspace.db")
    with made.transaction() as connection:
        control_records.keep(connection, "acme", POLICY, "books", {"a": 1}, at=NOW, by="ana")
    yield made
    made.close()


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(control_record).values(recorded_by="eve"),
        sa.delete(control_record),
    ],
)
def test_a_kept_record_is_neither_changed_nor_deleted(database, statement):
    with (
        pytest.raises(sa.exc.IntegrityError, match="control_record: a kept record"),
        database.transaction() as connection,
    ):
        connection.execute(statement)


def test_the_same_record_is_not_kept_twice(database):
    with database.transaction() as connection:
        (item,) = control_records.records(connection, "acme", POLICY)
    with (
        pytest.raises(sa.exc.IntegrityError, match="kept already"),
        database.transaction() as connection,
    ):
        kept_records.keep(connection, control_record, "acme", item)


def test_a_dialect_without_guards_is_an_error_and_no_open_door():
    with pytest.raises(KeyError):
        kept_records.guards("control_record", "oracle")
