"""PostgreSQL holds every table of a workspace as the program describes it, and guards the same."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from truelift.base.errors import TrueliftError, UsageError
from truelift.store import (
    audit_log,
    control_records,
    leases,
    people_tables,
    postgresql,
    science_records,
)
from truelift.store import workspace_database as records
from truelift.store.catalog_tables import baseline_seal
from truelift.store.migrate import HEAD, migrate, stored_version
from truelift.store.tables import metadata
from truelift.store.workspace_database import BrandRecord, SealRecord, WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9, 0, 0, 250)
ACME = BrandRecord("acme", "Acme", "USD", "America/New_York", "Acme Inc", "4-4-5")
SEALED = SealRecord("a" * 64, "spring", "ana", "orders", "x", NOW, "ana", NOW, {"é": 1})
APPEND_ONLY = (
    "journal_entry", "journal_posting", "control_record", "science_record", "audit_record",
    "baseline_seal",
)  # fmt: skip


@pytest.fixture
def address(postgresql_cluster):
    """Give the address of an empty database."""
    name = postgresql_cluster.new_database()
    return f"postgresql://owner@/{name}?host={postgresql_cluster.socket}"


@pytest.fixture
def database(address):
    made = WorkspaceDatabase(address)
    yield made
    made.close()


@pytest.fixture(scope="module")
def filled(postgresql_cluster):
    """Give a database with a line in every table that only grows, the journal's left out."""
    name = postgresql_cluster.new_database()
    database = WorkspaceDatabase(f"postgresql://owner@/{name}?host={postgresql_cluster.socket}")
    with database.transaction() as connection:
        records.create_workspace(connection, NOW)
        records.add_brand(connection, ACME, NOW)
        records.keep_seals(connection, "acme", [SEALED])
        control_records.keep(connection, "acme", "policy", "p", {"a": 1}, at=NOW, by="cfo")
        item = science_records.science("ageing_curve", "n", "v", {"g": [1]}, at=NOW, by="ana")
        science_records.keep(connection, "acme", item)
        audit_log.append(connection, "acme", at=NOW, person="a", action="import", subject="f")
    yield database
    database.close()


def test_the_tables_of_people_are_described_too():
    assert people_tables.person.metadata is metadata


def test_the_revisions_make_exactly_the_tables_that_the_program_describes(database):
    with database.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert stored_version(connection) == HEAD


def test_every_text_sorts_by_its_bytes(database):
    query = (
        "select table_name, column_name from information_schema.columns where table_schema ="
        " 'public' and collation_name is distinct from 'C' and data_type in"
        " ('text', 'character varying') order by 1, 2"
    )
    with database.transaction() as connection:
        assert connection.exec_driver_sql(query).all() == []
        for name in ("ö", "Z", "a", "Z.1", "Z1", ""):
            records.add_brand(connection, BrandRecord(name, "", "USD", "UTC", "", "months"), NOW)
        found = [each.brand for each in records.brands(connection)]
        assert found == sorted(found, key=lambda name: name.encode())


@pytest.mark.parametrize("table", APPEND_ONLY[2:])
@pytest.mark.parametrize(
    "attack",
    ["update {} set brand = 'x'", "delete from {}", "truncate {}", "insert into {0} table {0}"],
)
def test_what_is_kept_for_ever_is_not_changed(filled, table, attack):
    with (
        pytest.raises(sa.exc.IntegrityError, match=f"{table.removesuffix('_seal')}|duplicate key"),
        filled.transaction() as connection,
    ):
        connection.exec_driver_sql(attack.format(table))


def test_a_seal_is_kept_once(filled):
    with (
        pytest.raises(sa.exc.IntegrityError, match="sealed already"),
        filled.transaction() as connection,
    ):
        connection.execute(sa.insert(baseline_seal).from_select(
            list(baseline_seal.columns.keys()), sa.select(baseline_seal)
        ))  # fmt: skip


@pytest.fixture(scope="module")
def application(filled):
    """Give the workspace database as the application's own login opens it."""
    with filled.transaction() as connection:
        for role, words in (("truelift_application", "NOLOGIN"), ("app", "LOGIN")):
            connection.exec_driver_sql(
                f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN"
                f" CREATE ROLE {role} {words}; END IF; END $$"
            )
        connection.exec_driver_sql("GRANT truelift_application TO app")
        connection.exec_driver_sql("REVOKE ALL ON lease FROM truelift_application")
        assert postgresql.application_role(connection) is False
        postgresql.grant_application_role(connection)
        assert postgresql.application_role(connection) is True
    made = WorkspaceDatabase(filled.address.replace("owner@", "app@"))
    yield made
    made.close()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("attack", ["update {} set brand = 'x'", "delete from {}", "truncate {}"])
def test_the_application_may_not_change_what_is_kept_for_ever(application, table, attack):
    with (
        pytest.raises(sa.exc.DBAPIError, match="permission denied"),
        application.transaction() as connection,
    ):
        connection.exec_driver_sql(attack.format(table))


def test_the_application_reads_and_adds(application):
    with application.transaction() as connection:
        assert records.brand_named(connection, None).brand == "acme"
        control_records.lock(connection, "acme")
        control_records.keep(connection, "acme", "policy", "q", {"a": 2}, at=NOW, by="cfo")
        audit_log.append(connection, "acme", at=NOW, person="b", action="import", subject="f")
        assert audit_log.broken(connection, "acme") is None
        records.record_faults(connection, "acme", [], sha256="", kind="orders", at=NOW)
        assert leases.take(connection, leases.WORKER, "app", 5).holder == "app"


def test_only_the_owner_may_bring_tables_up(application, filled):
    with filled.transaction() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '0007'")
        connection.exec_driver_sql("alter table lease rename to later")
    try:
        with pytest.raises(TrueliftError, match="run `truelift doctor` once as the owner"):
            WorkspaceDatabase(application.address)
    finally:
        with filled.transaction() as connection:
            connection.exec_driver_sql(f"update alembic_version set version_num = '{HEAD}'")
            connection.exec_driver_sql("alter table later rename to lease")


def test_two_that_open_a_new_database_at_once_make_it_once(address):
    failures, together = [], threading.Barrier(2)

    def open_one():
        engine = postgresql.engine(address)
        together.wait()
        try:
            migrate(engine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)
        engine.dispose()

    threads = [threading.Thread(target=open_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_lines_of_the_audit_log_stand_behind_each_other_whoever_writes_them(database):
    def write(number):
        for line in range(5):
            with database.transaction() as connection:
                audit_log.append(
                    connection, "", at=NOW, person=f"{number}", action="a", subject=f"{line}"
                )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as connection:
        assert audit_log.broken(connection, "") is None
        assert audit_log.head(connection, "")[0] == 20


def test_a_database_of_a_newer_version_or_of_others_is_refused(address):
    WorkspaceDatabase(address).close()
    engine = postgresql.engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(TrueliftError, match=r"newer Truelift.*9999"):
        WorkspaceDatabase(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table alembic_version")
    with pytest.raises(TrueliftError, match="does not say which version"):
        WorkspaceDatabase(address)
    engine.dispose()


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:secret@host/db", "postgresql://me@host/db?password=secret",
        "mysql://me@host/db", "postgresql://me@host", "nothing",
    ],
)  # fmt: skip
def test_an_address_with_a_password_or_of_nothing_is_refused_without_telling_it(text):
    with pytest.raises(UsageError) as told:
        postgresql.address(text)
    assert "secret" not in str(told.value)


def test_whole_sums_are_whole_numbers_and_others_are_decimals(database):
    with database.transaction() as connection:
        found = connection.exec_driver_sql("select sum(n), sum(n) / 2.0 from (values (3)) as t(n)")
        whole, half = found.one()
    assert (whole, type(whole), str(half)[:3]) == (3, int, "1.5")
