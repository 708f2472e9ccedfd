"""Two folders that name one database: one of them writes, whatever was copied when."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest
from sqlalchemy import update

from truelift.base.errors import NotOwner, WorkspaceAway
from truelift.store import ground as grounds
from truelift.store import leases
from truelift.store.owning import FILE, Owning
from truelift.store.workspace_database import BrandRecord, WorkspaceDatabase
from truelift.worker.health import Watched
from truelift.worker.loop import Loop


class Clock:
    def now(self):
        return dt.datetime(2026, 6, 1, 9)


CLOCK = Clock()


@pytest.fixture(autouse=True)
def asked_always(monkeypatch):
    monkeypatch.setattr("truelift.store.owning.ASKED_SECONDS", 0.0)


@pytest.fixture
def place(postgresql_cluster):
    """Name an empty database on a server."""
    name = postgresql_cluster.new_database()
    return f"postgresql://owner@/{name}?host={postgresql_cluster.socket}"


@pytest.fixture
def database(place):
    made = WorkspaceDatabase(place)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "shop"
    made.mkdir()
    return made


def copied(folder):
    return shutil.copytree(folder, folder.with_name("copy"))


@pytest.mark.usefixtures("kept_in_a_file")
def test_a_workspace_in_a_file_has_no_owner(folder):
    database = WorkspaceDatabase(folder / "workspace.db")
    owning = Owning(database, folder)
    owning.admit()
    assert (owning.owner(), owning.other()) == (None, None)
    assert not (folder / FILE).exists()
    database.close()


def test_the_first_that_writes_is_the_owner_and_a_copy_is_refused(database, folder):
    owning = Owning(database, folder)
    assert owning.owner() is None
    owning.admit()
    owning.admit()
    assert owning.owner().place.startswith(f"{folder} on ")
    assert owning.other() is None
    other = Owning(database, copied(folder))
    assert other.other() == owning.owner()
    with pytest.raises(NotOwner, match=rf"are taken in by {folder} on .*`truelift own`"):
        other.admit()
    Owning(database, folder).admit()


def test_an_owner_that_was_moved_is_the_owner_still(database, folder):
    Owning(database, folder).admit()
    moved = folder.rename(folder.with_name("moved"))
    Owning(database, moved).admit()
    assert Owning(database, moved).owner().place.startswith(str(moved))


def test_a_folder_with_an_old_mark_is_refused_though_it_has_the_same_number(database, folder):
    Owning(database, folder).admit()
    before = (folder / FILE).read_text()
    Owning(database, folder).admit()  # another process
    (folder / FILE).write_text(before)  # out of an image of the disk
    with pytest.raises(NotOwner):
        Owning(database, folder).admit()
    for damaged in ("", "[]", "{}", json.dumps({"marks": 1, "number": 2})):
        (folder / FILE).write_text(damaged)
        with pytest.raises(NotOwner):
            Owning(database, folder).admit()


def test_another_one_owns_on_purpose_and_the_first_is_refused(database, folder, monkeypatch):
    owning, beside = Owning(database, folder), Owning(database, folder, begun=True)
    owning.admit()
    beside.admit()
    other = Owning(database, copied(folder))
    other.take()
    other.admit()
    with monkeypatch.context() as patched:
        patched.setattr("truelift.store.owning.ASKED_SECONDS", 60.0)
        owning.admit()  # it was given leave just now
    for each in (owning, beside, Owning(database, folder)):
        with pytest.raises(NotOwner, match="copy on"):
            each.admit()
    owning.take()
    owning.admit()
    with pytest.raises(NotOwner):
        other.admit()


def test_an_owner_that_the_database_forgot_is_followed(database, folder):
    owning = Owning(database, folder)
    owning.admit()
    gone = update(leases.lease).where(leases.lease.c.name == leases.OWNER)
    with database.transaction() as connection:
        connection.execute(gone.values(ends_at=leases.NEVER))  # it came out of a backup
    assert owning.owner() is None
    owning.admit()
    assert owning.other() is None


def test_who_only_reads_is_refused_and_told_where_to_go(database, folder, tmp_path):
    reader = Owning(database, tmp_path, reads=True)
    with pytest.raises(NotOwner, match="do it in the folder that takes its facts in"):
        reader.admit()
    Owning(database, folder).admit()
    with pytest.raises(NotOwner, match=f"do it in {folder} on "):
        reader.admit()
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("committed", [True, False])
def test_a_database_that_goes_away_at_the_commit_leaves_the_owner_what_it_was(
    database, folder, monkeypatch, committed
):
    owning = Owning(database, folder)
    owning.admit()
    real = database.engine.dialect.do_commit

    def commit(link):
        if committed:
            real(link)
        link.driver_connection.close()
        real(link)

    monkeypatch.setattr(database.engine.dialect, "do_commit", commit)
    with pytest.raises(WorkspaceAway):
        Owning(database, folder).admit()
    monkeypatch.undo()
    Owning(database, folder).admit()
    assert len(json.loads((folder / FILE).read_text())["marks"]) == 1


def test_a_process_that_works_stops_when_another_folder_owns(place, folder):
    (folder / "workspace.toml").write_text(f'database = "{place}"\n')
    grounds.create(folder, BrandRecord("acme", "Acme", "USD", "UTC", "Acme", "months"), CLOCK.now())
    with grounds.held(folder, CLOCK) as held, grounds.opened(folder, None, CLOCK, "o") as ground:
        loop = Loop({"acme": ground})
        assert loop._round()
        other = Owning(held.workspace, copied(folder))
        other.take()
        assert not loop._round()
        assert f"are taken in by {other.folder} on " in loop.pulse.fault
        watched = Watched(loop.pulse)
        (sentence,) = watched.lacking  # what pages and the header say
        assert sentence.startswith("Figures are partial: they are read in a copy, which holds")
        assert watched.told == (sentence,)
        held.owning.take()
        assert loop._round()
        assert watched.lacking == ()
    with pytest.raises(NotOwner), grounds.held(other.folder, CLOCK):
        pass
