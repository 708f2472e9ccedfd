"""The audit log: newest first, records told in a line."""

from __future__ import annotations

import datetime as dt

from truelift.reports.audit import Deed, audit_log, detail_of

NOON = dt.datetime(2026, 5, 1, 12)


def test_the_newest_deed_comes_first_and_equal_times_have_a_fixed_order():
    deeds = [
        Deed(NOON, "eve", "close", "2026-04", ""),
        Deed(NOON + dt.timedelta(1), None, "import", "costs.csv", "kind=costs", "ab"),
        Deed(NOON, "eve", "approval", "2026-04", ""),
    ]
    found = audit_log(deeds)
    assert found.rows == audit_log(reversed(deeds)).rows
    assert [row["what"] for row in found.rows] == ["import", "close", "approval"]
    assert found.table("acme;").note.startswith("3 rows;")


def test_a_record_is_told_by_its_plain_values_and_lists_are_counted():
    record = {
        "state": "closed", "recorded_at": "x", "recorded_by": "eve", "entries": [1, 2],
        "by": {"a": 1}, "note": None,
    }  # fmt: skip
    assert detail_of(record) == "by: 1; entries: 2; state=closed"
