"""Every connection to the workspace database is durable, guarded, and waits for its turn."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest

from truelift.store.sqlite import configure_sqlite


def connected(path):
    link = sqlite3.connect(path, check_same_thread=False)
    configure_sqlite(link)
    return link


@pytest.fixture
def link(tmp_path):
    made = connected(tmp_path / "workspace.db")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # full
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("busy_timeout", 30_000),
    ],
)
def test_a_connection_has_its_settings(link, pragma, value):
    assert link.execute(f"pragma {pragma}").fetchone() == (value,)


def test_replace_fires_the_trigger_that_forbids_deletion(link):
    link.executescript(
        """
        create table kept (id integer primary key, word text);
        create trigger kept_no_delete before delete on kept
        begin select raise(abort, 'kept is kept'); end;
        """
    )
    link.execute("insert into kept values (1, 'a')")
    with pytest.raises(sqlite3.IntegrityError, match="kept is kept"):
        link.execute("insert or replace into kept values (1, 'b')")


def test_a_second_writer_waits_for_the_first(tmp_path, link):
    link.execute("create table kept (id integer)")
    link.execute("insert into kept values (1)")  # holds the lock
    other = connected(tmp_path / "workspace.db")
    done = threading.Thread(
        target=lambda: (other.execute("insert into kept values (2)"), other.commit())
    )
    done.start()
    time.sleep(0.1)
    assert done.is_alive()
    link.commit()
    done.join()
    assert link.execute("select count(*) from kept").fetchone() == (2,)
    other.close()
