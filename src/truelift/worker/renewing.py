"""Renewing: makes old answers of pages again on a thread of its own, so that no page waits for it.

In:   a workspace that only this thread uses, and pieces of work.
Out:  the work done, one piece after the other; what fails is told in the log.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

from truelift.workspace.workspace import Workspace

Work = Callable[[Workspace], None]

_log = logging.getLogger("truelift.worker")


class Renewing:
    """One thread that renews what pages show; the end of the process does not wait for it."""

    def __init__(self, workspace: Workspace) -> None:
        """Stand on a workspace of its own."""
        self._workspace = workspace
        self._waiting: SimpleQueue[Work] = SimpleQueue()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="renewing", daemon=True)
        self._thread.start()

    def later(self, work: Work) -> None:
        """Do some work when its turn comes; nothing after the end."""
        self._waiting.put(work)

    def close(self) -> None:
        """Begin nothing more; what runs ends by itself."""
        self._ended = True
        self._waiting.put(lambda _workspace: None)

    @property
    def ended(self) -> bool:
        """Say whether nothing more begins."""
        return self._ended

    def _run(self) -> None:
        while True:
            work = self._waiting.get()
            if self._ended:
                return
            try:
                work(self._workspace)
            except Exception:  # noqa: BLE001 - told; who asks next is answered anew
                if not self.ended:  # else it was cut off
                    _log.exception("a page could not be renewed")
