"""A workspace database comes to this version's tables by revisions, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from truelift.base.errors import TrueliftError
from truelift.store import (
    audit_log,
    catalog_tables,
    control_records,
    journal_movements,
    journal_tables,
    leases,
    people_tables,
    science_records,
)
from truelift.store import migrate as migrations
from truelift.store.migrate import HEAD, migrate
from truelift.store.sqlite import configure_sqlite
from truelift.store.tables import metadata

MODULES = (
    catalog_tables,
    journal_tables,
    science_records,
    control_records,
    people_tables,
    audit_log,
    leases,
)  # their tables stand on `metadata`
ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "truelift"
FOLDER = SOURCE / "store" / "migrations"


def engine_at(path=None):
    if path is None:
        made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    else:
        made = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(made, "connect", lambda link, _: configure_sqlite(link))
    return made


@pytest.fixture
def engine(tmp_path):
    made = engine_at(tmp_path / "workspace.db")
    yield made
    made.dispose()


def definitions(engine):
    """Give the text of everything a database is made of, by type and name."""
    query = sa.text("select type, name, sql from sqlite_master where sql is not null")
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return {(row.type, row.name): row.sql for row in rows if row.name != "alembic_version"}


def test_the_revisions_make_exactly_the_tables_that_the_program_describes(engine):
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    described = engine_at()
    with described.begin() as connection:
        metadata.create_all(connection)
        journal_tables.create_triggers(connection)
        catalog_tables.create_seal_triggers(connection)
        science_records.create_science_triggers(connection)
        control_records.create_control_guards(connection)
        audit_log.create_audit_guards(connection)
    made = definitions(engine)
    assert made == definitions(described)
    assert {name for kind, name in made if kind == "table"} == set(metadata.tables)
    described.dispose()


def test_the_guards_of_journal_seals_and_science_are_there(engine):
    migrate(engine)
    guards = {name for kind, name in definitions(engine) if kind == "trigger"}
    assert guards == {
        "journal_entry_seal", "journal_entry_no_update", "journal_entry_no_delete",
        "journal_posting_sealed", "journal_posting_no_update", "journal_posting_no_delete",
        "baseline_seal_once", "baseline_seal_no_update", "baseline_seal_no_delete",
        "science_record_once", "science_record_no_update", "science_record_no_delete",
        "control_record_once", "control_record_no_update", "control_record_no_delete",
        "audit_record_once", "audit_record_no_update", "audit_record_no_delete",
    }  # fmt: skip


SEAL = (
    "insert into baseline_seal values ('b', 'h', 'c', 'k', 'engagement', 'x', '2026-01-01',"
    " 'p', '2026-01-01', '{}')"
)


@pytest.mark.parametrize(
    "attack",
    [
        "update baseline_seal set record = '{\"level\": 9}'",
        "delete from baseline_seal",
        SEAL.replace("insert", "insert or replace"),
    ],
)
def test_a_sealed_baseline_is_never_changed(engine, attack):
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(SEAL)
    with pytest.raises(sa.exc.IntegrityError, match="baseline: "), engine.begin() as connection:
        connection.exec_driver_sql(attack)


SCIENCE = (
    "insert into science_record (brand, kind, name, version, sha256, recorded_at, recorded_by,"
    " record) values ('b', 'ageing_curve', 'x/post/likes', 'v1', 'h', '2026-01-01', 'p', '{}')"
)


@pytest.mark.parametrize(
    "attack",
    [
        "update science_record set record = '{\"g\": 0}'",
        "delete from science_record",
        SCIENCE.replace("insert", "insert or replace"),
        SCIENCE.replace("x/post/likes", "x/reel/likes"),
    ],
)
def test_a_science_record_is_never_changed(engine, attack):
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(SCIENCE)
    with (
        pytest.raises(sa.exc.IntegrityError, match="science_record: "),
        engine.begin() as connection,
    ):
        connection.exec_driver_sql(attack)


def test_a_workspace_of_the_first_version_gets_the_new_tables_when_opened(engine, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "HEAD", "0001")
        migrate(engine)
    assert ("table", "science_record") not in definitions(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(SEAL)
    migrate(engine)
    with engine.connect() as connection:
        assert migrations.stored_version(connection) == HEAD
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        kept = connection.exec_driver_sql("select creator from baseline_seal").scalar()
        assert kept == "k"


JOURNAL = (
    (
        "insert into journal_posting (brand, seq, line_no, account, currency, amount_minor,"
        " base_minor) values ('b', 1, 1, '6100', 'USD', 5, 5), ('b', 1, 2, '2100', 'USD', -5, -5)"
    ),
    (
        "insert into journal_entry values ('b', 1, 'i', 'fin', '2026-05-10', '2026-05', 'accrual',"
        " 'e', 'R03', 1, null, null, '', '2026-07-01T00:00:00.000000', '', '')"
    ),
)


def test_a_journal_from_before_movements_gets_them_when_opened(engine, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "HEAD", "0005")
        migrate(engine)
    with engine.begin() as connection:
        for statement in JOURNAL:
            connection.exec_driver_sql(statement)
    migrate(engine)
    with engine.connect() as connection:
        assert journal_movements.movements(connection, "b") == {
            ("2026-05", "2100", "USD", -5, -5, 1),
            ("2026-05", "6100", "USD", 5, 5, 1),
        }
        assert journal_movements.wrong_movements(connection, "b") == []


def revisions():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def test_the_newest_revision_is_the_one_this_program_asks_for():
    assert revisions().get_heads() == [HEAD]


def test_every_revision_goes_forward_only():
    for revision in revisions().walk_revisions():
        assert not hasattr(revision.module, "downgrade")


def test_migrating_again_changes_nothing(engine):
    migrate(engine)
    before = definitions(engine)
    migrate(engine)
    assert definitions(engine) == before


def test_a_current_database_is_opened_without_alembic(tmp_path):
    engine = engine_at(tmp_path / "workspace.db")
    migrate(engine)
    engine.dispose()
    program = (
        "import sys; from pathlib import Path;"
        "from truelift.store.workspace_database import WorkspaceDatabase;"
        "WorkspaceDatabase(Path(sys.argv[1])).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "workspace.db")], check=False
    )
    assert done.returncode == 0


def test_a_database_of_a_newer_version_is_refused_in_one_sentence(engine):
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(TrueliftError, match=r"newer Truelift.*9999.*install that version") as told:
        migrate(engine)
    assert str(told.value).count("\n") == 0


def test_tables_of_unknown_origin_are_left_alone(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("create table workspace (anything text)"))
    with pytest.raises(TrueliftError, match="does not say which version"):
        migrate(engine)
    assert set(definitions(engine)) == {("table", "workspace")}


def test_a_migration_that_fails_half_way_leaves_nothing(engine, monkeypatch):
    def broken(_connection):
        raise OSError(5, "the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr("truelift.store.migrations.revision_0001.journal.create_triggers", broken)
        with pytest.raises(OSError, match="the disk is gone"):
            migrate(engine)
    assert definitions(engine) == {}
    migrate(engine)
    assert len(definitions(engine)) > len(metadata.tables)


def test_the_wheel_carries_every_revision_and_every_query(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    wanted = [*(SOURCE / "store").rglob("*.sql"), *FOLDER.rglob("*.py"), SOURCE / "py.typed"]
    assert {path.relative_to(SOURCE.parent).as_posix() for path in wanted} <= carried


def test_two_that_open_a_new_database_at_once_make_it_once(tmp_path):
    engines = [engine_at(tmp_path / "workspace.db") for _ in range(2)]
    failures = []
    together = threading.Barrier(2)

    def open_one(engine):
        together.wait()
        try:
            migrate(engine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other thread must see it
            failures.append(error)

    threads = [threading.Thread(target=open_one, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with engines[0].connect() as connection:
        assert migrations.stored_version(connection) == HEAD
    for engine in engines:
        engine.dispose()
