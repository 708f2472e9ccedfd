"""The watch checks when something changed, once a minute at most, and goes on after a failure."""

from types import SimpleNamespace

import pytest

from truelift.base.errors import Refused
from truelift.worker import watch as watching
from truelift.worker.watch import CHECK_SECONDS, SILENT_SECONDS, Watch


@pytest.fixture
def world(monkeypatch):
    clock = SimpleNamespace(at=1_000.0, takes=0.0, refuses=False)
    turn = SimpleNamespace(version=1)
    ground = SimpleNamespace(
        turn=turn, may_work=lambda: None, clock=SimpleNamespace(now=lambda: "now")
    )

    def check(_ground, *, now):
        assert now == "now"
        clock.at += clock.takes
        if clock.refuses:
            msg = "may not"
            raise Refused(msg)

    monkeypatch.setattr(watching, "check", check)
    return clock, turn, Watch({"acme": ground}, tick=lambda: clock.at)


def after(world, seconds):
    clock, _, watch = world
    clock.at += seconds
    watch.once()
    return watch.checks


def test_it_checks_when_something_changed_and_at_most_once_a_minute(world):
    _, turn, _ = world
    assert after(world, 0) == 1
    turn.version = 2
    assert after(world, CHECK_SECONDS - 1) == 1
    assert after(world, 2) == 2
    assert after(world, 2 * CHECK_SECONDS) == 2
    assert after(world, SILENT_SECONDS) == 3


def test_a_slow_check_is_made_more_rarely_and_a_refusal_is_no_end(world):
    clock, turn, _ = world
    clock.takes, clock.refuses = 60.0, True
    assert after(world, 0) == 1
    turn.version = 2
    assert after(world, 170) == 1
    assert after(world, 20) == 2


def test_it_runs_on_a_thread_and_stops(world, monkeypatch):
    _, _, watch = world
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.01)
    watch.start()
    assert watch.stop(5.0)
