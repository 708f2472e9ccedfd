"""The watch of a running process: asks for alerts when something changed, on a thread of its own.

In:   grounds on cursors of their own; a clock of lengths.
Out:  alerts kept and told, at most once a minute and never for more than a quarter of the time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from truelift.base.errors import Refused
from truelift.operations.alerts import check
from truelift.store.ground import Ground

LOOK_SECONDS = 1.0
CHECK_SECONDS, SHARE = 60.0, 3.0
SILENT_SECONDS = 900.0
"""Silence changes nothing in the data and is found by the clock: looked for four times an hour."""

_log = logging.getLogger("truelift.worker")


@dataclass(slots=True)
class Watch:
    """Checks for alerts until it is stopped."""

    grounds: Mapping[str, Ground]
    tick: Callable[[], float] = time.monotonic
    checks: int = 0
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)
    _version: int = field(default=-1, repr=False)
    _checked: float = field(default=float("-inf"), repr=False)
    _took: float = field(default=0.0, repr=False)

    def start(self) -> None:
        """Check on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Check no more; say whether a check that ran ended in time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.once()
            except Exception:  # noqa: BLE001 - told, and tried again
                self._checked = self.tick()
                _log.exception("alerts could not be checked")

    def once(self) -> None:
        """Check when it is due."""
        now, version = self.tick(), next(iter(self.grounds.values())).turn.version
        waited = now - self._checked
        if waited < max(CHECK_SECONDS, SHARE * self._took):
            return
        if version == self._version and waited < SILENT_SECONDS:
            return
        next(iter(self.grounds.values())).may_work()
        for ground in list(self.grounds.values()):
            try:
                check(ground, now=ground.clock.now())
            except Refused as refused:
                _log.warning("alerts not checked: %s", refused)
        self._version, self._checked = version, self.tick()
        self._took = self._checked - now
        self.checks += 1
