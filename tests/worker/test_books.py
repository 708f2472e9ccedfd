import itertools
from types import SimpleNamespace

import pytest

from truelift.base.errors import Refused
from truelift.store.turn import Turn
from truelift.worker import books as booking
from truelift.worker.books import Books
from truelift.worker.loop import Pulse


@pytest.fixture
def played(monkeypatch):
    """Books under a clock that a test moves: give (books, turn, clock, what was done)."""
    turn, clock, done = Turn(), [0.0], []

    def book(_ground):
        done.append("book")
        clock[0] += 2.0

    monkeypatch.setattr(booking, "book_due", book)
    monkeypatch.setattr(booking, "refit_if_due", lambda _: done.append("refit"))
    ground = SimpleNamespace(turn=turn, may_work=lambda: None)
    return Books({"acme": ground}, Pulse(), tick=lambda: clock[0]), turn, clock, done


def test_orders_are_booked_at_once_and_then_only_every_few_seconds(played):
    books, turn, clock, done = played
    books.once()
    assert done == []
    turn.changed(["orders"])
    books.once()
    assert done == ["book"]
    turn.changed(["orders"])
    clock[0] += booking.SHARE * 2.0 - 0.1
    books.once()
    assert done == ["book"]
    clock[0] += 0.2
    books.once()
    assert done == ["book", "book"]
    assert (books.pulse.bookings, books.pulse.book_seconds) == (2, 2.0)


def test_what_hardly_moves_the_books_waits_for_a_minute(played):
    books, turn, clock, done = played
    turn.changed(["clicks", "observations"])
    books.once()
    clock[0] += booking.SLOW_SECONDS - 1
    books.once()
    assert done == []
    clock[0] += 1
    books.once()
    assert done == ["book", "refit"]


def test_who_may_not_book_is_told_and_a_failure_is_tried_again(played, monkeypatch, caplog):
    books, turn, _, _ = played

    def refuse(_):
        msg = "kim may not"
        raise Refused(msg)

    monkeypatch.setattr(booking, "book_due", refuse)
    turn.changed(["orders"])
    books.once()
    assert "not booked: kim may not" in caplog.text
    books.start()
    assert books.stop(10)


def test_bookings_that_fail_wait_ever_longer_and_no_longer_than_the_longest(played, monkeypatch):
    books, turn, clock, done = played
    tries = []

    def broken(_):
        tries.append(clock[0])
        raise OSError(28, "full")

    good = booking.book_due
    monkeypatch.setattr(booking, "book_due", broken)
    turn.changed(["orders"])
    for _ in range(1_000):
        clock[0] += 1.0
        books.look()
    waits = [later - before for before, later in itertools.pairwise(tries)]
    assert waits[:4] == [6.0, 12.0, 24.0, 48.0]
    assert books.pulse.failures == len(tries) < 10
    monkeypatch.setattr(booking, "book_due", good)
    clock[0] += booking.LONGEST_SECONDS
    books.look()
    assert done == ["book"]
    turn.changed(["orders"])
    clock[0] += booking.SHARE * 2.0
    books.look()
    assert done == ["book", "book"]
