import contextlib
import datetime as dt
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from truelift.operations.drain import BrandToOpen, Drained
from truelift.store.node_folder import Mark
from truelift.store.spool_reader import Offset
from truelift.worker import loop as loops
from truelift.worker.loop import Loop


@pytest.fixture
def played(monkeypatch):
    """A loop whose operations are played: give (loop, rounds, what was pruned)."""
    rounds, pruned = [], []
    monkeypatch.setattr(loops, "drain", lambda *_, **__: rounds.pop(0)() if rounds else Drained())
    monkeypatch.setattr(loops, "prune", lambda *_: pruned.append(1))
    monkeypatch.setattr(loops, "waiting_bytes", lambda _: {"serve": 7})
    monkeypatch.setattr(loops, "PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(loops, "keep_salts", lambda *_: None)
    monkeypatch.setattr(loops, "compact", lambda _: 0)
    ground = SimpleNamespace(
        folder=Path("none"), simulated=False, may_work=lambda: None, turn=contextlib.nullcontext()
    )
    return Loop({"acme": ground}), rounds, pruned


def test_a_round_counts_what_came_and_prunes_now_and_then(played):
    loop, rounds, pruned = played
    rounds += [lambda: Drained(loops.MOST_HITS, 5, 1), lambda: Drained(2, 1, 0, ("torn",))]
    loop.once()
    loop.once()
    pulse = loop.pulse
    assert (pulse.hits, pulse.rows, pulse.refused) == (loops.MOST_HITS + 2, 6, 1)
    assert (pulse.damaged, pulse.rounds, pulse.waiting_bytes, pruned) == (1, 2, 7, [1])


def test_a_round_that_fails_is_told_and_tried_again(played, caplog):
    loop, rounds, _ = played
    done = threading.Event()

    def broken():
        raise OSError(28, "full")

    rounds += [broken, lambda: done.set() or Drained(1, 1)]
    loop.start()
    assert done.wait(20)
    assert loop.stop(20)
    assert loop.pulse.failures == 1
    assert loop.pulse.hits == 1
    assert "a round failed" in caplog.text


def test_a_brand_that_was_added_is_opened_and_the_round_goes_on(played):
    loop, rounds, _ = played
    opened = []
    loop.open_new = lambda: opened.append(1)

    def added():
        msg = "added"
        raise BrandToOpen(msg)

    rounds += [added, lambda: Drained(1, 1)]
    loop.once()
    assert (opened, loop.pulse.hits, loop.pulse.failures) == ([1], 1, 0)


def test_salts_are_kept_once_a_day_though_nobody_comes(played, monkeypatch):
    loop, _, _ = played
    days = []
    monkeypatch.setattr(loops, "keep_salts", lambda _, day: days.append(day))
    loop.once()
    loop.once()
    assert len(days) == 1
    loop._salted -= dt.timedelta(days=1)  # it was yesterday
    loop.once()
    assert days[0] == days[1]


def test_segments_are_merged_when_nothing_comes_and_now_and_then_when_something_does(
    played, monkeypatch
):
    loop, rounds, _ = played
    now, merges, asked = [1_000.0], [16, 0, 0, 0], []
    loop.tick = lambda: now[0]
    monkeypatch.setattr(loops, "compact", lambda _: asked.append(now[0]) or merges.pop(0))
    for later in (0, 1, 1, loops.COMPACT_SECONDS):
        now[0] += later
        loop.once()
    assert asked == [1_000.0, 1_001.0, 1_062.0]  # merged: looked again at once
    assert loop.pulse.merged == 16
    for later in (loops.COMPACT_SECONDS, loops.BUSY_COMPACT_SECONDS):
        rounds.append(lambda: Drained(1, 1))
        now[0] += later
        loop.once()
    assert len(asked) == 4


def test_a_sample_remembers_how_far_its_clock_came(played, monkeypatch):
    loop, rounds, _ = played
    kept = []
    monkeypatch.setattr(loops, "keep_clock", kept.append)
    next(iter(loop.grounds.values())).simulated = True
    rounds.append(lambda: Drained(1, 1))
    loop.once()
    assert len(kept) == 1


def test_after_a_round_that_failed_facts_come_in_without_what_is_kept_for_speed(
    played, monkeypatch
):
    loop, rounds, _ = played
    asked = []

    def drained(*_, fresh, **__):
        asked.append(fresh)
        return rounds.pop(0)()

    def broken():
        raise OSError(28, "full")

    monkeypatch.setattr(loops, "drain", drained)
    rounds += [broken, *[lambda: Drained(1, 1)] * 2]
    assert [loop._round() for _ in range(3)] == [False, True, True]
    assert asked == [True, False, True]


def test_who_follows_nodes_is_told_what_is_taken_in_before_each_round(played, monkeypatch):
    loop, _, _ = played
    looked = []
    monkeypatch.setattr(loops, "offsets", lambda _: {"eu-1": Offset("eu-1", "1.log", 7)})
    loop.nodes = SimpleNamespace(
        look=looked.append, sentences=["eu-1 is missing"], stop=lambda: looked.append("stopped")
    )
    loop.once()
    loop.interrupt()
    assert looked == [{"eu-1": Mark("1.log", 7)}, "stopped"]
    assert loop.pulse.partial == ("eu-1 is missing",)
