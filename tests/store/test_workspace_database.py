"""The workspace database keeps brands apart, imports in order, and seals for ever."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from truelift.base.errors import TrueliftError, UsageError
from truelift.facts.event import DropReason, Fault
from truelift.store import workspace_database as records
from truelift.store.workspace_database import (
    BrandRecord,
    ImportRecord,
    SealRecord,
    WorkspaceDatabase,
)

NOW = dt.datetime(2026, 6, 1, 9, 0, 0, 250)
LATER = NOW + dt.timedelta(days=1)
ACME = BrandRecord("acme", "Acme", "USD", "America/New_York", "Acme Inc", "months")
BOLT = BrandRecord("bolt", "Bolt", "EUR", "Europe/Berlin", "Bolt GmbH", "months")
FAULT = Fault("orders.csv", 7, "subtotal", DropReason.NOT_A_NUMBER, "orders.csv line 7: no.", "{}")
IMPORT = ImportRecord("orders.csv", "a" * 64, "orders", "orders.csv", 3, 0, 1, 1)


@pytest.fixture
def database(tmp_path):
    made = WorkspaceDatabase(tmp_path / "workspace.db")
    yield made
    made.close()


@pytest.fixture
def connection(database):
    with database.transaction() as made:
        yield made


def seal(metric="engagement", at=NOW):
    return SealRecord(
        f"{metric}{at:%d}",
        "spring",
        "ana",
        metric,
        "tiktok",
        at,
        "ana",
        at,
        {"late": False, "é": 1},
    )


def test_what_a_transaction_wrote_is_there_after_closing(tmp_path):
    first = WorkspaceDatabase(tmp_path / "workspace.db")
    with first.transaction() as connection:
        identity = records.create_workspace(connection, NOW)
        records.add_brand(connection, ACME, NOW)
    first.close()
    second = WorkspaceDatabase(tmp_path / "workspace.db")
    with second.transaction() as connection:
        found, salt, simulated = records.workspace_row(connection)
        assert (found, len(salt), simulated) == (identity, 32, None)
        assert records.brands(connection) == [ACME]
    second.close()


def test_a_transaction_that_fails_leaves_nothing(database):
    def fail():
        with database.transaction() as connection:
            records.add_brand(connection, ACME, NOW)
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fail()
    with database.transaction() as connection:
        assert records.brands(connection) == []


def test_an_empty_database_is_no_workspace_yet(connection):
    with pytest.raises(TrueliftError, match="holds no workspace; make one with `truelift init`"):
        records.workspace_row(connection)


def test_every_workspace_has_a_salt_of_its_own():
    salts = set()
    for _ in range(2):
        database = WorkspaceDatabase()
        with database.transaction() as connection:
            records.create_workspace(connection, NOW)
            salts.add(records.workspace_row(connection)[1])
        database.close()
    assert len(salts) == 2


def test_a_sample_workspace_has_its_identity_and_its_clock(connection):
    records.create_workspace(connection, NOW)
    records.set_workspace_identity(connection, "sample", b"salt")
    records.set_simulated_clock(connection, LATER)
    assert records.workspace_row(connection) == ("sample", b"salt", LATER)


def test_a_brand_is_found_by_name_and_the_only_one_without(connection):
    records.add_brand(connection, ACME, NOW)
    assert records.brand_named(connection, None) == ACME
    records.add_brand(connection, BOLT, LATER)
    assert records.brand_named(connection, "bolt") == BOLT
    for name in (None, "nobody"):
        with pytest.raises(UsageError, match="--brand: acme, bolt"):
            records.brand_named(connection, name)


def test_two_brands_cannot_have_one_name(connection):
    records.add_brand(connection, ACME, NOW)
    with pytest.raises(TrueliftError, match="'acme' exists already"):
        records.add_brand(connection, ACME, LATER)


def test_imports_are_listed_as_they_came_and_each_brand_sees_its_own(connection):
    records.record_import(connection, "acme", IMPORT, NOW)
    records.record_import(connection, "acme", IMPORT, LATER)
    records.record_import(connection, "bolt", IMPORT, NOW)
    found = records.imports(connection, "acme")
    assert [row["recorded_at"] for row in found] == [NOW, LATER]
    assert found[0]["accepted"] == 3


def test_a_refused_row_stands_in_quarantine_once(connection):
    for at in (NOW, LATER):
        records.record_faults(connection, "acme", [FAULT], sha256="a" * 64, kind="orders", at=at)
    (row,) = records.quarantined(connection, "acme")
    assert (row["line"], row["reason"], row["recorded_at"]) == (7, "NOT_A_NUMBER", NOW)
    assert records.quarantined(connection, "bolt") == []
    records.record_faults(connection, "bolt", [FAULT], sha256="a" * 64, kind="orders", at=NOW)
    assert len(records.quarantined(connection, "bolt")) == 1


def test_seals_come_back_as_they_were_kept_and_as_known_then(connection):
    for metric, at in (("orders", LATER), ("engagement", NOW)):
        records.keep_seals(connection, "acme", [seal(metric, at)])
    assert records.seals(connection, "acme") == [seal(), seal("orders", LATER)]
    assert records.seals(connection, "acme", NOW) == [seal()]
    assert records.seals(connection, "bolt") == []


def test_a_seal_is_kept_once(connection):
    records.keep_seals(connection, "acme", [seal()])
    with pytest.raises(sa.exc.IntegrityError):
        records.keep_seals(connection, "acme", [seal()])


def test_what_cannot_be_booked_is_resolved_and_what_was_known_of_it_can_still_be_asked(connection):
    def keep(at, *items):
        records.replace_unbooked(connection, "acme", items, at)

    def known(at=None):
        return [item.event for item in records.unbooked(connection, "acme", at)]

    first = records.Unbooked("i", "R13", "NO_RATE", "No rate.", NOW.date(), "spring", "ana")
    second = records.Unbooked("j", "R16", "UNKNOWN_DOCUMENT", "It is booked on its own.")
    keep(NOW, first, second, second)
    assert records.unbooked(connection, "acme") == [first, second]
    keep(LATER, second)
    assert (known(), known(NOW), known(LATER)) == (["j"], ["i", "j"], ["j"])
    assert [row["source_file"] for row in records.quarantined(connection, "acme")] == ["j"]
    changed = records.Unbooked("j", "R16", "UNKNOWN_DOCUMENT", "It settles k.")
    after = LATER + dt.timedelta(days=1)
    keep(after, changed, first)
    assert records.unbooked(connection, "acme") == [first, changed]
    assert records.unbooked(connection, "bolt") == []
