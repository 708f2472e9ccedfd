"""Science records are kept for ever, the newest of a name as known at a time is found."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from truelift.base.errors import CheckFailed
from truelift.store import science_records
from truelift.store.science_records import AGEING_CURVE, CALIBRATION, science
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9, 0, 0, 250)
LATER = NOW + dt.timedelta(days=1)
FIRST = science(AGEING_CURVE, "x/post/likes", "v1", {"g": [-1.5, 0.1 + 0.2]}, at=NOW, by="ana")
SECOND = science(AGEING_CURVE, "x/post/likes", "v2", {"g": [-1.4, 0.0]}, at=LATER, by="ana")
VIEWS = science(AGEING_CURVE, "x/post/views", "v1", {"é": None}, at=NOW, by="ana")
KAPPA = science(CALIBRATION, "x/post", "v1", {"kappa": 2.4}, at=LATER, by="bo")


@pytest.fixture
def connection(tmp_path):
    database = WorkspaceDatabase(tmp_path / "workspace.db")
    with database.transaction() as made:
        yield made
    database.close()


def test_records_come_back_as_they_were_kept_oldest_first(connection):
    for item in (SECOND, KAPPA, VIEWS, FIRST):
        science_records.keep(connection, "acme", item)
    assert science_records.all(connection, "acme") == [VIEWS, FIRST, SECOND, KAPPA]
    assert science_records.all(connection, "acme", CALIBRATION) == [KAPPA]
    assert science_records.all(connection, "acme", known_at=NOW) == [VIEWS, FIRST]


def test_the_newest_of_each_name_is_the_one_known_then(connection):
    for item in (FIRST, SECOND, VIEWS, KAPPA):
        science_records.keep(connection, "acme", item)
    now = science_records.newest(connection, "acme", AGEING_CURVE)
    assert now == {"x/post/likes": SECOND, "x/post/views": VIEWS}
    then = science_records.newest(connection, "acme", AGEING_CURVE, NOW)
    assert then == {"x/post/likes": FIRST, "x/post/views": VIEWS}
    before = NOW - dt.timedelta(microseconds=1)
    assert science_records.newest(connection, "acme", AGEING_CURVE, before) == {}


def test_of_two_recorded_at_once_the_one_kept_later_is_newer(connection):
    same = science(AGEING_CURVE, "x/post/likes", "v0", {"g": [0.0]}, at=NOW, by="ana")
    for item in (FIRST, same):
        science_records.keep(connection, "acme", item)
    assert science_records.newest(connection, "acme", AGEING_CURVE)["x/post/likes"] == same


def test_each_brand_has_its_own_records(connection):
    for brand in ("acme", "bolt"):
        science_records.keep(connection, brand, FIRST)
    science_records.keep(connection, "bolt", SECOND)
    assert science_records.all(connection, "acme") == [FIRST]
    assert science_records.newest_recording(connection, "acme") == NOW
    assert science_records.newest_recording(connection, "bolt") == LATER
    assert science_records.newest_recording(connection, "nobody") is None


def test_a_record_is_kept_once(connection):
    science_records.keep(connection, "acme", FIRST)
    with pytest.raises(sa.exc.IntegrityError, match="kept already"):
        science_records.keep(connection, "acme", FIRST)


def test_a_record_that_was_changed_behind_our_back_is_not_used(connection, unguarded):
    science_records.keep(connection, "acme", FIRST)
    unguarded(connection)
    connection.exec_driver_sql("update science_record set record = '{\"g\": [9]}'")
    with pytest.raises(CheckFailed, match=r"v1 of x/post/likes .* was changed since"):
        science_records.newest(connection, "acme", AGEING_CURVE)
