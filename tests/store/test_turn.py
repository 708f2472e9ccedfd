import threading

from truelift.store.turn import Turn


def test_the_version_grows_once_per_turn_in_which_something_changed():
    turn, told = Turn(), []
    turn.listen(told.append)
    with turn:
        pass
    with turn:
        turn.changed(["orders"])
        with turn:
            turn.changed(["clicks"])
        assert told == []
    assert told == [1]
    assert turn.version == 1
    assert turn.unbooked() == {"orders", "clicks"}
    assert turn.unbooked() == frozenset()
    assert Turn().begun != turn.begun


def test_one_thread_at_a_time_has_the_turn():
    turn, found = Turn(), []
    with turn:
        thread = threading.Thread(target=lambda: found.append(turn.take(0.01)))
        thread.start()
        thread.join()
    assert found == [False]
    assert turn.take(0.01)
    turn.give()


def test_long_work_lets_others_have_a_turn_in_the_middle():
    turn, order = Turn(), []
    waiting = threading.Event()

    def other():
        waiting.set()
        with turn:
            order.append("other")

    thread = threading.Thread(target=other)
    with turn:
        thread.start()
        waiting.wait()
        with turn:
            turn.pass_on()  # nested: nothing is passed on
        while not order:
            turn.pass_on()
        order.append("long")
    thread.join()
    assert order == ["other", "long"]


def test_decisions_are_counted_apart_from_changes():
    turn = Turn()
    with turn:
        turn.decided()
    assert (turn.decisions, turn.version) == (1, 0)
