"""A workspace that moves to PostgreSQL says the same as before to the byte, or it does not move."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
import sqlalchemy as sa

from truelift.store import ground as grounds
from truelift.store import moving, places

pytestmark = pytest.mark.usefixtures("kept_in_a_file")

ASKED = (
    ("roi", "--format", "json"),
    ("roi", "--by", "campaign", "--format", "json"),
    ("ledger", "trial-balance", "--format", "json"),
    ("ledger", "journal", "--format", "csv"),
    ("ledger", "head", "--format", "json"),
    ("quarantine", "--format", "csv"),
    ("list", "creators", "--format", "json"),
)
EXPORTS = ("beancount", "hledger", "csv")


@pytest.fixture
def empty(postgresql_cluster):
    """Give the address of an empty database, and an engine on it."""
    name = postgresql_cluster.new_database()
    engine = postgresql_cluster.engine(name)
    yield f"postgresql://owner@/{name}?host={postgresql_cluster.socket}", engine
    engine.dispose()


@pytest.fixture
def own_shop(made_once, tmp_path):
    return shutil.copytree(made_once, tmp_path / "shop")


def told(command, shop, folder):
    """Give everything that a workspace prints and exports."""
    said = []
    for words in ASKED:
        code, out, err = command(*words, "-w", shop)
        assert code == 0, err
        said.append(out)
    for kind in EXPORTS:
        output = folder / f"{kind}.export"
        code, _, err = command("export", "journal", "--to", kind, "-o", output, "-w", shop)
        assert code == 0, err
        said.append(output.read_bytes())
    return said


def tables(engine):
    with engine.connect() as connection:
        return sa.inspect(connection).get_table_names()


def test_what_is_printed_and_exported_is_the_same_to_the_byte(command, own_shop, empty, tmp_path):
    address, engine = empty
    before = told(command, own_shop, tmp_path)
    code, out, err = command("migrate-workspace", "-w", own_shop, "--to", address)
    assert (code, out) == (0, ""), err
    assert "The journal of acme is the same, up to " in err
    assert (own_shop / "workspace.toml").read_text() == f'database = "{address}"\n'
    assert (own_shop / "workspace.db.migrated").is_file()
    assert not (own_shop / "workspace.db").exists()
    assert told(command, own_shop, tmp_path) == before
    with engine.connect() as connection:
        kept = connection.execute(sa.text("select count(*) from catalog_creators")).scalar_one()
    assert kept == 2


@pytest.mark.soak
def test_it_goes_on_afterwards_where_it_stood(command, own_shop, empty, tmp_path):
    assert command("migrate-workspace", "-w", own_shop, "--to", empty[0])[0] == 0
    (tmp_path / "creators.csv").write_text("creator,name\nana,Ana\ncy,Cy\n")
    code, _, err = command("import", tmp_path / "creators.csv", "-w", own_shop)
    assert code == 0, err
    assert command("audit", "verify", "-w", own_shop)[0] == 0
    code, out, _ = command("audit", "-w", own_shop, "--format", "csv")
    assert "migrate to postgresql://owner@/" in out
    code, out, err = command("doctor", "-w", own_shop)
    assert code == 0, err
    assert "PostgreSQL" in out


@pytest.mark.parametrize(
    ("to", "code", "says"),
    [
        ("postgresql://me:secret@host/db", 2, "PGPASSWORD"),
        ("mysql://me@host/db", 2, "not in mysql"),
        ("postgresql://nobody@127.0.0.1:1/db?connect_timeout=1", 1, "does not answer"),
    ],
)
def test_a_place_that_cannot_be_is_refused_in_a_sentence(command, own_shop, to, code, says):
    found, out, err = command("migrate-workspace", "-w", own_shop, "--to", to)
    assert (found, out) == (code, "")
    assert says in err
    assert "secret" not in err
    assert err.count("\n") == 1
    assert command("roi", "-w", own_shop)[0] == 0


def test_a_database_that_holds_something_is_refused(command, own_shop, empty):
    address, engine = empty
    with engine.begin() as connection:
        connection.exec_driver_sql("create table theirs (a text)")
    code, _, err = command("migrate-workspace", "-w", own_shop, "--to", address)
    assert (code, tables(engine)) == (2, ["theirs"])
    assert "it holds the table theirs" in err


def test_one_that_was_moved_is_not_moved_again(command, own_shop, empty):
    assert command("migrate-workspace", "-w", own_shop, "--to", empty[0])[0] == 0
    code, _, err = command("migrate-workspace", "-w", own_shop, "--to", empty[0])
    assert code == 2
    assert "already" in err


def in_force(command, shop):
    assert places.read(shop).database is None
    assert (shop / "workspace.db").is_file()
    return command("roi", "-w", shop, "--format", "json")[0] == 0


def test_one_that_is_served_stays(command, own_shop, empty):
    clock = grounds.StoppedClock(None)
    with grounds.held(own_shop, clock):
        code, _, err = command("migrate-workspace", "-w", own_shop, "--to", empty[0])
    assert code == 1
    assert "is served; stop that first" in err
    assert tables(empty[1]) == []
    assert in_force(command, own_shop)


@pytest.mark.soak
@pytest.mark.parametrize(
    "place", [(moving, "_number_on"), (moving, "_compared_chains"), (places, "write")]
)
def test_a_run_that_is_cut_off_leaves_the_file_in_force(
    command, own_shop, empty, monkeypatch, place
):
    def cut(*_):
        raise OSError(5, "the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(*place, cut)
        code, _, err = command("migrate-workspace", "-w", own_shop, "--to", empty[0])
    assert code == 1
    assert "the disk is gone" in err
    assert in_force(command, own_shop)
    if place[0] is moving:
        assert tables(empty[1]) == []


@pytest.mark.soak
def test_rows_that_arrive_otherwise_are_found(command, own_shop, empty, monkeypatch):
    real = moving.write_rows

    def lost(connection, table, names, rows):
        real(connection, table, names, rows[1:] if table.name == "brand" else rows)

    monkeypatch.setattr(moving, "write_rows", lost)
    code, _, err = command("migrate-workspace", "-w", own_shop, "--to", empty[0])
    assert code == 3
    assert "The table brand is not the same" in err
    assert in_force(command, own_shop)


def test_a_journal_that_was_changed_does_not_move(command, own_shop, empty):
    with sqlite3.connect(own_shop / "workspace.db") as link:
        link.execute("drop trigger journal_entry_no_update")
        link.execute("update journal_entry set memo = 'other' where seq = 1")
    code, _, err = command("migrate-workspace", "-w", own_shop, "--to", empty[0])
    assert code == 3
    assert "does not verify from entry 1 on" in err
    assert tables(empty[1]) == []


@pytest.mark.soak
def test_the_numbers_of_rows_go_on_behind_the_last_one(command, own_shop, empty):
    address, engine = empty
    assert command("migrate-workspace", "-w", own_shop, "--to", address)[0] == 0
    with engine.begin() as connection:
        query = "select max(number), nextval('audit_record_number_seq') from audit_record"
        last, following = connection.exec_driver_sql(query).one()
    assert following == last + 1
