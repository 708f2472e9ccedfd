"""What a process beside the owner asks over a pipe is what the owner would get itself."""

import contextlib
import multiprocessing
import threading

import duckdb
import pyarrow as pa
import pytest

from truelift.base.errors import UsageError
from truelift.store.facts_engine import FactsEngine
from truelift.store.lent_facts import OwnerGone, borrowed, lend
from truelift.store.segments import SegmentLog
from truelift.store.turn import Turn


@pytest.fixture
def lent(facts):
    """Lend a facts file with one order; give both sides, and what was told."""
    facts.bring([{
        "order_id": "1", "ordered_at": "2026-05-01T12:00:00Z", "currency": "USD",
        "subtotal": "10.00",
    }])  # fmt: skip
    ours, theirs = multiprocessing.Pipe()
    turn, told = Turn(), []
    answering = threading.Thread(target=lend, args=(ours, facts.engine.lent(), turn, told.append))
    answering.start()
    yield borrowed(theirs), facts, turn, told, theirs
    with contextlib.suppress(OSError):
        theirs.close()
    answering.join(20)
    assert not answering.is_alive()


def held_elsewhere(turn):
    """Say whether another thread would have to wait for the turn."""
    found = []

    def attempt():
        found.append(not turn.take(0.01))
        if not found[0]:
            turn.give()

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return found[0]


def test_queries_give_what_they_give_the_owner(lent):
    beside, facts, *_ = lent
    engine = FactsEngine.over(beside.connection, SegmentLog(facts.folder / "segments"))
    asked = {"brand": "acme", "number": 0, "kinds": ["orders"]}
    for each in (engine, other := engine.beside()):
        assert each.read("facts.applied_after", asked) == facts.engine.read(
            "facts.applied_after", asked
        )
        assert each.recordings("acme") == facts.engine.recordings("acme")
    given = {"given_numbers": pa.table({"number": pa.array(["1"])})}
    named = {"brand": "acme", "known_at": facts.engine.recordings("acme")[2], "note": "$.x"}
    assert engine.read("live.numbered_orders", named, given).num_rows == 0
    other.close()
    engine.close()


def test_what_fails_over_there_is_raised_here(lent):
    beside, *_ = lent
    with pytest.raises(duckdb.Error, match="nowhere"):
        beside.connection.sql("select * from nowhere")
    assert beside.connection.execute("create temp table t (a int)").fetchall() == []
    with pytest.raises(ValueError, match="no listen"):
        beside.turn._asking.ask("turn", "listen", print)


def test_a_fault_of_who_is_told_is_raised_too(facts):
    ours, theirs = multiprocessing.Pipe()

    def refuse(_told):
        msg = "no"
        raise UsageError(msg)

    given = (ours, facts.engine.lent(), Turn(), refuse)
    threading.Thread(target=lend, args=given, daemon=True).start()
    with pytest.raises(UsageError, match="no"):
        borrowed(theirs).tell(1)
    theirs.close()


def test_the_turn_is_the_owners(lent):
    beside, _, turn, told, _ = lent
    versions = []
    turn.listen(versions.append)
    with beside.turn:
        assert held_elsewhere(turn)
        beside.turn.changed(["orders"])
        beside.turn.decided()
        beside.turn.pass_on()
        assert held_elsewhere(turn)
    assert not held_elsewhere(turn)
    assert versions == [1]
    assert (beside.turn.version, beside.turn.decisions, beside.turn.begun) == (1, 1, turn.begun)
    assert beside.turn.unbooked() == {"orders"}
    assert turn.unbooked() == frozenset()
    assert beside.turn.take(0.5)
    beside.turn.give()
    beside.tell("done")
    assert told == ["done"]


def test_who_goes_away_gives_back_the_turn_and_its_transaction(lent):
    beside, facts, turn, _, pipe = lent
    beside.turn.take(1.0)
    beside.connection.begin()
    beside.connection.execute("delete from fact_orders")
    assert held_elsewhere(turn)
    pipe.close()
    with turn:  # waits until the owner has seen it
        assert len(facts.contents()["orders"]) == 1
    with pytest.raises(OwnerGone):
        beside.turn.decided()
    beside.connection.close()


def test_an_answer_that_cannot_be_sent_is_a_fault_and_not_the_end(lent):
    beside, _, turn, _, _ = lent
    turn.unbooked = threading.Lock  # nothing that another process could have
    with pytest.raises(TypeError, match="pickle"):
        beside.turn.unbooked()
    assert beside.turn.version == 0
