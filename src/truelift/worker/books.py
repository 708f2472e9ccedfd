"""The books of a running process: brought up when something came in that moves them.

In:   grounds on cursors of their own, and the kinds that changed.
Out:  entries, at most every few seconds and never per event; curves fitted again when it is time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from truelift.base.errors import Refused
from truelift.operations.ageing import refit_if_due
from truelift.operations.book import book_due
from truelift.store.ground import Ground
from truelift.worker.loop import Pulse

LOOK_SECONDS = 0.25

BOOK_SECONDS, SLOW_SECONDS, SHARE = 3.0, 60.0, 3.0
"""The books are brought up at most so often; also at most a quarter of the time goes into it."""

LONGEST_SECONDS = 600.0
"""The longest pause after bookings that failed; each waits twice as long as the one before."""

QUIET = frozenset({"clicks", "landings", "mentions", "sessions", "followers", "observations"})
"""Kinds that move the books only in rare ways (a late click, a bonus): they wait for a minute."""

_log = logging.getLogger("truelift.worker")


@dataclass(slots=True)
class Books:
    """Books what came in, until it is stopped.

    pulse: where others read what was done. due: kinds that are not booked yet.
    """

    grounds: Mapping[str, Ground]
    pulse: Pulse
    due: set[str] = field(default_factory=set)
    tick: Callable[[], float] = time.monotonic
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)
    _failed: int = field(default=0, repr=False)
    _since: float = field(default=0.0, repr=False)
    _booked: float = field(default=float("-inf"), repr=False)

    def start(self) -> None:
        """Book on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="books", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Book no more; say whether a booking that ran ended in time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Book when it is due; what fails is told, and tried again later."""
        try:
            self.once()
        except Exception:  # noqa: BLE001 - told, and tried again
            self.pulse.failures += 1
            self._failed += 1
            self._booked = self.tick()
            _log.exception("the books could not be brought up")

    def once(self) -> None:
        """Book when it is due."""
        turn = next(iter(self.grounds.values())).turn
        came = turn.unbooked()
        if came and not self.due:
            self._since = self.tick()
        self.due |= came
        if self._is_due():
            next(iter(self.grounds.values())).may_work()
            self._book()

    def _is_due(self) -> bool:
        now = self.tick()
        if not self.due or (self.due <= QUIET and now - self._since < SLOW_SECONDS):
            return False
        pause: float = min(BOOK_SECONDS * 2**self._failed, LONGEST_SECONDS)
        return now - self._booked >= max(pause, SHARE * self.pulse.book_seconds)

    def _book(self) -> None:
        began, kinds = self.tick(), frozenset(self.due)
        for ground in list(self.grounds.values()):
            try:
                book_due(ground)
                if kinds & {"posts", "observations"}:
                    refit_if_due(ground)
            except Refused as refused:
                _log.warning("not booked: %s", refused)
        self.due -= kinds
        self._failed = 0
        self._booked = self.tick()
        self.pulse.bookings += 1
        self.pulse.book_seconds = self._booked - began
