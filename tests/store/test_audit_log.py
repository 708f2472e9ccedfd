"""The audit log only grows, each brand has its own chain, and every change of it is seen."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from truelift.store import audit_log
from truelift.store.audit_log import audit_record
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9, 0, 0, 250)


@pytest.fixture
def database(tmp_path):
    made = WorkspaceDatabase(tmp_path / "workspace.db")
    with made.transaction() as connection:
        for number in range(6):
            for brand in ("acme", "bolt"):
                audit_log.append(
                    connection, brand, at=NOW + dt.timedelta(minutes=number), person="ana",
                    action="import", subject=f"file {number}",
                )  # fmt: skip
    yield made
    made.close()


def asked(database, question, brand="acme"):
    with database.transaction() as connection:
        return question(connection, brand)


def test_lines_are_numbered_per_brand_and_chained(database):
    lines = asked(database, audit_log.records)
    assert [line.place for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[0].subject == "file 0"
    assert asked(database, audit_log.head) == (6, lines[-1].sha256)
    assert asked(database, audit_log.broken) is None
    assert asked(database, audit_log.head, "none")[0] == 0


@pytest.mark.parametrize(
    "attack", [sa.update(audit_record).values(person="eve"), sa.delete(audit_record)]
)
def test_the_database_refuses_a_change(database, attack):
    with (
        pytest.raises(sa.exc.IntegrityError, match="audit_record: a kept record"),
        database.transaction() as connection,
    ):
        connection.execute(attack)


@pytest.mark.parametrize("column", ["person", "action", "subject", "outcome", "recorded_at"])
@pytest.mark.parametrize("place", [1, 3, 6])
def test_a_line_changed_behind_the_guards_is_named(database, unguarded, column, place):
    value = NOW if column == "recorded_at" and place != 1 else "other"
    if column == "recorded_at" and place == 1:
        value = NOW + dt.timedelta(hours=1)
    with database.transaction() as connection:
        unguarded(connection)
        change = sa.update(audit_record).where(audit_record.c.number == 2 * place - 1)
        connection.execute(change.values({column: value}))
    assert asked(database, audit_log.broken) == place
    assert asked(database, audit_log.broken, "bolt") is None


def test_a_cut_end_is_seen_by_the_count_and_head_kept_outside(database, unguarded):
    before = asked(database, audit_log.head)
    with database.transaction() as connection:
        unguarded(connection)
        connection.execute(sa.delete(audit_record).where(audit_record.c.number == 11))
    assert asked(database, audit_log.broken) is None
    assert asked(database, audit_log.head) != before
