"""The turn: who may change a workspace now, among the threads of the process that holds it.

In:   threads that ask for it, and kinds whose rows they changed.
Out:  one of them at a time; a version that grows with every change; the kinds that are not booked.

Readers take no turn: each reads on a cursor of its own and sees what was committed.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType

Instant = dt.datetime
Listener = Callable[[int], None]

PASS_SECONDS = 0.001
"""Enough for who waits to take the turn."""

MOST_STARTS = 1_000
"""Rows of more stretches of time than these may be of any time."""


class Turn:
    """A lock that the same thread may take again, and what changed under it."""

    def __init__(self) -> None:
        """Start with nothing changed."""
        self._lock = threading.RLock()
        self._depth = 0
        self._kinds: set[str] = set()
        self._moved: dict[str, set[Instant] | None] = {}
        self._listeners: tuple[Listener, ...] = ()
        self._touched = False
        self.version = 0
        self.decisions = 0
        self.begun = secrets.token_hex(4)

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; say whether it came. `give` hands it on."""
        taken = self._lock.acquire(timeout=seconds)
        self._depth += taken
        return taken

    def give(self) -> None:
        """Hand the turn on; listeners are told when something was changed under it."""
        self._depth -= 1
        told = self._touched and self._depth == 0
        if told:
            self._touched = False
            self.version += 1
        version, listeners = self.version, self._listeners
        self._lock.release()
        if told:
            for listener in listeners:
                listener(version)

    def __enter__(self) -> None:
        """Wait for the turn."""
        self._lock.acquire()
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hand the turn on."""
        self.give()

    def pass_on(self) -> None:
        """Let somebody else have a turn in the middle of long work, and go on with it.

        Only where one thing was begun: what is nested in something else stands in its transaction.
        """
        if self._depth != 1:
            return
        self.give()
        time.sleep(PASS_SECONDS)
        self._lock.acquire()
        self._depth += 1

    def changed(self, kinds: Iterable[str] = (), at: Iterable[Instant] | None = None) -> None:
        """Say that something was changed; call it while the turn is held.

        kinds: of rows that came in and are in no entry of the journal yet. at: the starts of the
        stretches of time in which they happened; None where that is not known.
        """
        self._touched = True
        starts = None if at is None else set(at)
        for kind in kinds:
            self._kinds.add(kind)
            known = self._moved.get(kind, set())
            both = None if known is None or starts is None else known | starts
            self._moved[kind] = both if both is None or len(both) <= MOST_STARTS else None

    def decided(self) -> None:
        """Say that something else than new facts may have changed; call it while it is held.

        What was prepared before, from facts alone, is prepared anew then.
        """
        self.decisions += 1

    def unbooked(self) -> frozenset[str]:
        """Give the kinds that changed since this was asked last."""
        kinds, self._kinds = frozenset(self._kinds), set()
        return kinds

    def moved(self) -> dict[str, set[Instant] | None]:
        """Give the kinds that changed since this was asked last, and when their rows happened."""
        moved, self._moved = self._moved, {}
        return moved

    def listen(self, listener: Listener) -> None:
        """Call a function with the version after every change, on the thread that made it."""
        self._listeners = (*self._listeners, listener)
