"""PostgreSQL that goes away in the middle, and comes back: one sentence, and no restart of ours."""

from __future__ import annotations

import datetime as dt

import pytest
from benchmarks.postgresql import Absent, cluster

from truelift.api.problem import told
from truelift.base.errors import WorkspaceAway
from truelift.cli.main import run
from truelift.store import audit_log
from truelift.store import ground as grounds
from truelift.store.workspace_database import BrandRecord, WorkspaceDatabase
from truelift.worker.health import Watched
from truelift.worker.loop import Loop

NOW = dt.datetime(2026, 6, 1, 9)
ACME = BrandRecord("acme", "Acme", "USD", "UTC", "Acme", "months")


class Clock:
    def now(self):
        return NOW


@pytest.fixture(scope="module")
def own_cluster():
    """Run a cluster that may be stopped."""
    try:
        with cluster(fsync="off") as running:
            yield running
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture
def address(own_cluster):
    return f"postgresql://owner@/{own_cluster.new_database()}?host={own_cluster.socket}"


def append(connection):
    audit_log.append(connection, "", at=NOW, person="a", action="a", subject="s")


def cut_off(database, own_cluster):
    with database.transaction() as connection:
        append(connection)
        own_cluster.stop()
        append(connection)


def test_one_that_is_cut_off_in_a_transaction_wrote_nothing_and_is_used_again(own_cluster, address):
    database = WorkspaceDatabase(address)
    with database.transaction() as connection:
        append(connection)
    with pytest.raises(WorkspaceAway, match="nothing of this was: look whether it runs") as away:
        cut_off(database, own_cluster)
    assert told(away.value)[0] == 503
    with pytest.raises(WorkspaceAway, match="does not answer"), database.transaction():
        pass
    own_cluster.start()
    with database.transaction() as connection:
        assert audit_log.head(connection, "")[0] == 1
    database.close()


def test_one_that_goes_away_at_the_commit_says_that_nobody_knows(own_cluster, address, monkeypatch):
    database = WorkspaceDatabase(address)
    real = database.engine.dialect.do_commit

    def commit(link):
        own_cluster.stop()
        real(link)

    monkeypatch.setattr(database.engine.dialect, "do_commit", commit)
    with (
        pytest.raises(WorkspaceAway, match="is not known: look before"),
        database.transaction() as connection,
    ):
        append(connection)
    own_cluster.start()
    database.close()


def test_while_it_is_away_nobody_is_ready_and_commands_say_so(
    own_cluster, address, tmp_path, capsys, monkeypatch
):
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "workspace.toml").write_text(f'database = "{address}"\n')
    grounds.create(folder, ACME, NOW)
    monkeypatch.setattr("truelift.worker.loop.ANSWER_SECONDS", 0.0)
    with grounds.held(folder, Clock()), grounds.opened(folder, None, Clock(), "o") as ground:
        loop = Loop({"acme": ground})
        watched = Watched(loop.pulse)
        assert loop._round()
        assert watched.faults == []
        own_cluster.stop()
        assert not loop._round()
        (fault,) = watched.faults
        assert fault.startswith("The last round failed: The workspace database postgresql://owner@")
        for words, code in ((["roi"], 1), (["doctor"], 3), (["user", "list"], 1)):
            capsys.readouterr()
            assert run([*words, "-w", str(folder)]) == code
            said = capsys.readouterr()
            assert said.err.startswith("truelift: The workspace database postgresql://owner@")
            assert (said.out, said.err.count("\n")) == ("", 1)
        own_cluster.start()
        assert loop._round()
        assert watched.faults == []
