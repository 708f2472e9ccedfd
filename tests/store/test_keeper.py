"""Two folders that name one database have one worker; a file needs no lease."""

from __future__ import annotations

import threading
import time

import pytest

from truelift.base.errors import Overtaken, TrueliftError
from truelift.store import keeper as keepers
from truelift.store import leases
from truelift.store.keeper import Follower, Keeper, kept
from truelift.store.workspace_database import WorkspaceDatabase

SHORT = 0.6


@pytest.fixture
def two(tmp_path):
    made = [WorkspaceDatabase(tmp_path / "workspace.db") for _ in range(2)]
    yield made
    for each in made:
        each.close()


def held(database):
    with database.transaction() as connection:
        return [each.holder for each in leases.holders(connection)]


def test_a_file_needs_no_keeper_and_a_server_one(two, tmp_path, kept_in):
    with kept(two[0], tmp_path) as found:
        if kept_in == "sqlite":
            assert found is None
        else:
            found.check()
            (holder,) = held(two[1])
            assert holder.startswith(f"{tmp_path} on ")
    assert held(two[0]) == []


def test_a_second_worker_is_told_who_works_and_for_how_long_already(two):
    first, second = (Keeper(each, name, SHORT) for each, name in zip(two, "ab", strict=True))
    first.take()
    began = time.monotonic()
    with pytest.raises(TrueliftError, match=r"a works on this workspace since \d{4}-"):
        second.take()
    assert time.monotonic() - began >= SHORT
    first.check()
    first.give()
    second.take()
    assert held(two[0]) == ["b"]
    second.give()


def test_one_that_died_is_followed_when_its_lease_has_ended(two):
    with two[0].transaction() as connection:
        leases.take(connection, leases.WORKER, "dead", SHORT)
    second = Keeper(two[1], "b", SHORT)
    second.take()
    assert held(two[0]) == ["b"]
    second.give()


def test_a_restart_takes_its_own_lease_again_at_once(two):
    with two[0].transaction() as connection:
        leases.take(connection, leases.WORKER, "a", 60)
    again = Keeper(two[1], "a", 60)
    began = time.monotonic()
    again.take()
    assert time.monotonic() - began < 5
    again.give()


def test_who_was_overtaken_works_no_more(two):
    first = Keeper(two[0], "a", 60)
    first.take()
    with two[1].transaction() as connection:
        connection.execute(leases.lease.update().values(ends_at=leases.NEVER))
        leases.take(connection, leases.WORKER, "b", 60)
    first.renew()
    with pytest.raises(Overtaken, match="b works on this workspace now"):
        first.check()
    first.give()
    assert held(two[0]) == ["b"]


def test_who_stands_beside_a_worker_sees_that_it_was_overtaken(two, tmp_path, kept_in):
    beside = Follower(two[1], tmp_path)
    beside.check()
    with two[0].transaction() as connection:
        ours = leases.take(connection, leases.WORKER, keepers.holder_in(tmp_path), 60)
    beside.check()
    with two[0].transaction() as connection:
        leases.give(connection, ours)
        leases.take(connection, leases.WORKER, "b", 60)
    if kept_in == "postgresql":
        with pytest.raises(Overtaken, match="b works on this workspace now"):
            beside.check()


def test_it_is_renewed_while_it_is_held(two, monkeypatch):
    renewed = threading.Event()
    monkeypatch.setattr(Keeper, "renew", lambda _self: renewed.set())
    first = Keeper(two[0], "a", SHORT)
    first.take()
    assert renewed.wait(10)
    first.give()
    assert keepers.RENEWED > 1
