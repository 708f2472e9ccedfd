"""The audit log as who asks may read it; what it holds is tried in the tests of what writes it."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import Refused
from truelift.operations.audit import audit_rows, verify_audit
from truelift.store import audit_log
from truelift.store import ground as grounds
from truelift.store.ground import StoppedClock
from truelift.store.workspace_database import BrandRecord

NOW = dt.datetime(2026, 6, 1, 9)


@pytest.fixture
def desk(tmp_path):
    record = BrandRecord("acme", "acme", "USD", "UTC", "acme", "months")
    grounds.create(tmp_path / "ws", record, NOW)
    with grounds.desk(tmp_path / "ws", StoppedClock(NOW), "root") as made:
        with made.workspace.transaction() as connection:
            for brand, minute in (("acme", 2), ("", 1), ("acme", 3)):
                at = NOW + dt.timedelta(minutes=minute)
                audit_log.append(
                    connection, brand, at=at, person="root", action="import", subject=f"{minute}"
                )
        yield made


def test_lines_of_all_logs_stand_in_the_order_of_time(desk):
    assert [(row["brand"], row["place"], row["subject"]) for row in audit_rows(desk)] == [
        (None, 1, "1"),
        ("acme", 1, "2"),
        ("acme", 2, "3"),
    ]
    assert [row["subject"] for row in audit_rows(desk, "acme")] == ["2", "3"]
    with pytest.raises(Refused, match="no audit log of 'bolt'"):
        audit_rows(desk, "bolt")


def test_a_changed_line_is_named_by_its_place(desk, unguarded):
    with desk.workspace.transaction() as connection:
        unguarded(connection)
        connection.exec_driver_sql("update audit_record set subject = 'x' where subject = '3'")
    assert [(row["brand"], row["lines"], row["changed_at"]) for row in verify_audit(desk)] == [
        (None, 1, None),
        ("acme", 2, 2),
    ]
