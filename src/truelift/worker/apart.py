"""Apart: books and alerts in a process beside the one that serves, where there are many facts.

In:   what that process runs, and the stores and the turn that it borrows (store.lent_facts).
Out:  one such process at any time, below the others in the machine's order; what it did, told.

Python thinks on one core at a time in a process. Beside millions of facts the books and the alerts
think for seconds, and every click and order would wait for them.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.context import SpawnProcess
from typing import Any

from truelift.store.facts_engine import FactsEngine
from truelift.store.lent_facts import lend
from truelift.store.turn import Turn
from truelift.worker.books import Books
from truelift.worker.loop import Pulse
from truelift.worker.watch import Watch

NICE = 10
"""How far it stands behind what collects and answers."""

LOOK_SECONDS = 0.5
PAUSE_SECONDS = 5.0
"""How long after its end the process is started again."""

PIPES = ("booking", "watching")

_log = logging.getLogger("truelift.worker")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done since it was told last: bookings, failures; seconds of the last booking."""

    bookings: int
    failures: int
    book_seconds: float


@dataclass(slots=True)
class Apart:
    """Keeps the process running. target: what it runs, given a pipe for each of PIPES by name."""

    target: Callable[[Mapping[str, connection.Connection]], None]
    facts: FactsEngine
    turn: Turn
    pulse: Pulse
    _ending: threading.Event = field(default_factory=threading.Event, repr=False)
    _process: SpawnProcess | None = field(default=None, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, and watch it on a thread of its own."""
        self._begin()
        self._thread = threading.Thread(target=self._watch, name="apart", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """End it; say whether it had not to be cut off."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(seconds)
        process = self._process
        if process is None:
            return True
        process.terminate()
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
            return False
        return True

    def _watch(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            if self._process is not None and self._process.is_alive():
                continue
            code = None if self._process is None else self._process.exitcode
            _log.error("the process of books and alerts ended with %s; it is started again", code)
            if not self._ending.wait(PAUSE_SECONDS):
                self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        pairs = {name: context.Pipe() for name in PIPES}
        self._process = context.Process(
            target=self.target, args=({name: theirs for name, (_, theirs) in pairs.items()},),
            name="apart", daemon=True,
        )  # fmt: skip
        self._process.start()
        for name, (ours, theirs) in pairs.items():
            theirs.close()
            given = (ours, self.facts.lent(), self.turn, self._told)
            threading.Thread(target=lend, args=given, name=name, daemon=True).start()

    def _told(self, done: Done) -> None:
        self.pulse.bookings += done.bookings
        self.pulse.failures += done.failures
        self.pulse.book_seconds = done.book_seconds


def think(
    books: Books, watch: Watch, open_new: Callable[[], None], tell: Callable[[Any], None]
) -> None:
    """Keep books and look for alerts until told to end, or until the owner is gone."""
    os.nice(NICE)
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: ending.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner tells us to end
    owner = multiprocessing.parent_process()
    books.start()
    watch.start()
    pulse, told = books.pulse, Done(0, 0, 0.0)
    while not ending.wait(LOOK_SECONDS) and owner is not None and owner.is_alive():
        open_new()
        done = Done(pulse.bookings, pulse.failures, pulse.book_seconds)
        if done != told:
            tell(Done(done.bookings - told.bookings, done.failures - told.failures,
                      done.book_seconds))  # fmt: skip
            told = done
    os._exit(0)  # what is in the middle of something is rolled back by the owner
