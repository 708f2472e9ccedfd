"""Sealing of a running process: accepted segments go into the lake, on a thread of its own.

In:   a ground whose workspace names a lake; a clock of lengths.
Out:  the lake at most half a minute behind; while it is away everything waits in its segments.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from truelift.base.errors import TrueliftError
from truelift.operations.lake import compact_lake, seal_lake
from truelift.store.ground import Ground
from truelift.worker.loop import Pulse

SEAL_SECONDS, COMPACT_SECONDS = 30.0, 3_600.0
LOOK_SECONDS = 1.0

_log = logging.getLogger("truelift.worker")


@dataclass(slots=True)
class Sealing:
    """Seals until it is stopped. fault: why it cannot now; empty when it can. pulse: told of it."""

    ground: Ground
    pulse: Pulse = field(default_factory=Pulse)
    tick: Callable[[], float] = time.monotonic
    fault: str = ""
    rows: int = 0
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)
    _sealed: float = field(default=float("-inf"), repr=False)
    _compacted: float | None = field(default=None, repr=False)

    def start(self) -> None:
        """Seal on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="sealing", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Seal no more; say whether a sealing that ran ended in time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self.once()

    def once(self) -> None:
        """Seal, and now and then compact, when it is due."""
        now = self.tick()
        if now - self._sealed < SEAL_SECONDS:
            return
        self._sealed = now
        if self._compacted is None:
            self._compacted = now
        try:
            self.rows += seal_lake(self.ground).rows
            if now - self._compacted >= COMPACT_SECONDS:
                self._compacted = now
                compact_lake(self.ground)
        except TrueliftError as error:
            if not self.fault:
                _log.warning("the lake waits: %s", error)
            self.fault = str(error)
        except Exception as error:  # noqa: BLE001 - told, and tried again
            _log.exception("the lake could not be sealed")
            self.fault = f"{type(error).__name__}: {error}"
        else:
            self.fault = ""
        self.pulse.lake_fault = self.fault
