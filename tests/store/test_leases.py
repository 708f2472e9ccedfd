"""A lease has one holder at a time, ends by the database's clock, and is seen to be lost."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest

from truelift.store import leases
from truelift.store.leases import WORKER
from truelift.store.workspace_database import WorkspaceDatabase

SHORT = 0.15


@pytest.fixture
def two(tmp_path):
    """Give two processes' views of one workspace database."""
    made = [WorkspaceDatabase(tmp_path / "workspace.db") for _ in range(2)]
    yield made
    for each in made:
        each.close()


def take(database, holder, seconds=30.0, name=WORKER):
    with database.transaction() as connection:
        return leases.take(connection, name, holder, seconds)


def test_who_comes_second_is_told_who_holds_it(two):
    first, second = two
    held = take(first, "a")
    assert held.holder == "a"
    assert held.ends_at - held.taken_at == dt.timedelta(seconds=30)
    assert take(second, "b") == held
    assert take(second, "b", name=leases.BOOKS).holder == "b"
    with second.transaction() as connection:
        assert [(each.name, each.holder) for each in leases.holders(connection)] == [
            ("books", "b"),
            ("worker", "a"),
        ]


def test_one_that_is_given_back_is_free_at_once(two):
    first, second = two
    held = take(first, "a")
    with first.transaction() as connection:
        leases.give(connection, held)
        assert leases.holders(connection) == []
    again = take(second, "b")
    assert (again.holder, again.number) == ("b", held.number + 1)


def test_one_that_ended_is_taken_by_another_and_the_first_sees_that_it_lost_it(two):
    first, second = two
    held = take(first, "a", SHORT)
    time.sleep(2 * SHORT)
    taken = take(second, "b")
    assert taken.holder == "b"
    with first.transaction() as connection:
        assert leases.renew(connection, held, 30) is None
        leases.give(connection, held)
    assert take(first, "a") == taken


def test_one_that_is_renewed_goes_on_under_its_number(two):
    first, second = two
    held = take(first, "a", SHORT)
    with first.transaction() as connection:
        longer = leases.renew(connection, held, 30)
    assert (longer.number, longer.taken_at) == (held.number, held.taken_at)
    assert longer.ends_at > held.ends_at
    time.sleep(2 * SHORT)
    assert take(second, "b").holder == "a"
    assert take(first, "a").number == held.number


def test_its_own_holder_takes_one_again_that_ended_under_a_new_number(two):
    held = take(two[0], "a", 0.0)
    assert take(two[0], "a").number == held.number + 1


def test_of_many_that_ask_at_once_one_gets_it(two):
    found, together = [], threading.Barrier(6)

    def ask(number):
        together.wait()
        found.append(take(two[number % 2], f"holder {number}").holder)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_the_databases_clock_is_in_utc_and_goes_on_within_a_transaction(two):
    with two[0].transaction() as connection:
        first = leases.clock(connection)
        time.sleep(0.01)
        assert first < leases.clock(connection)
    assert abs(dt.datetime.now(dt.UTC).replace(tzinfo=None) - first) < dt.timedelta(minutes=1)
