import logging
import threading

import duckdb
import pytest

from truelift.store import facts_file
from truelift.store.facts_file import PLAIN, Limits

LONG = "select max(a.range + b.range) from range(3000000) a, range(3000000) b"


@pytest.fixture
def asked(tmp_path):
    """A connection on which another thread asks something that would take hours."""
    connection = facts_file.open_facts(tmp_path / "facts.duckdb")
    begun, outcomes = threading.Event(), []

    def ask():
        begun.set()
        try:
            connection.execute(LONG).fetchall()
        except duckdb.Error as error:
            outcomes.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    begun.wait()
    yield connection, thread, outcomes
    thread.join()


def test_a_close_cuts_off_what_another_thread_asks(asked):
    connection, thread, outcomes = asked
    while thread.is_alive():  # the query may not have begun when it is closed for the first time
        facts_file.close_connection(connection)
        thread.join(0.05)
    assert len(outcomes) == 1
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("select 1")


def test_a_query_that_does_not_end_is_told_and_does_not_hold_up_the_end(caplog):
    class Stubborn:
        asked = 0

        def close(self):
            message = "busy"
            raise duckdb.ResourceInUseException(message)

        def interrupt(self):
            self.asked += 1

    stubborn = Stubborn()
    with caplog.at_level(logging.WARNING, "truelift.store"):
        facts_file.close_connection(stubborn)
    assert stubborn.asked > 0
    assert "a query did not end" in caplog.text


def test_a_file_that_is_no_database_is_damaged_and_says_what_to_do(tmp_path):
    path = tmp_path / "facts.duckdb"
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(facts_file.FactsDamaged, match="truelift rebuild"):
        facts_file.open_facts(path)


def test_a_question_that_is_too_large_is_told_in_a_sentence(tmp_path):
    connection = facts_file.open_facts(tmp_path / "facts.duckdb", Limits("20MB", "1MB"))
    sql = "select range, hash(range) as h from range($many) order by h nulls last"
    with pytest.raises(facts_file.QuestionTooLarge, match="name an engine"):
        facts_file.ask(connection, sql, {"many": 5_000_000})
    assert facts_file.ask(connection, "select 1 as one", {}).to_pylist() == [{"one": 1}]
    connection.close()


def test_a_session_has_limits_of_memory_and_of_disk(tmp_path):
    for limits, told in ((PLAIN, "3.7 GiB"), (Limits("2 GB", "1GB"), "1.8 GiB")):
        connection = facts_file.open_facts(tmp_path / "facts.duckdb", limits)
        (memory,) = connection.execute("select current_setting('memory_limit')").fetchone()
        assert memory == told
        connection.close()
