"""Collecting: what a process needs to collect, and how it keeps what it answers from fresh.

In:   the collector, its spool and what it serves, as plain callables.
Out:  begun with the event loop, refreshed twice a second, ended before it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from truelift.base.errors import Busy
from truelift.worker.front import Application

REFRESH_SECONDS = 0.5
"""How often it is looked whether links, keys and hooks have changed."""

_log = logging.getLogger("truelift.worker")


@dataclass(slots=True)
class Collecting:
    """The collector: around the doors, with the counters of itself and of its spool."""

    around: Callable[[Application], Application]
    begin: Callable[[], Any]
    end: Callable[[], Awaitable[bool]]
    refresh: Callable[[], bool]
    probe: Callable[[], None]
    collected: Any
    spooled: Any
    _refreshing: asyncio.Future[None] | None = field(default=None, init=False)

    @property
    def faults(self) -> list[str]:
        """Say why nothing is kept just now; nothing when it is."""
        return [self.spooled.fault] if self.spooled.fault else []

    def start(self) -> None:
        """Begin to take hits, in the running loop."""
        self.begin()
        self._refreshing = asyncio.ensure_future(self._refresh())

    async def stop(self) -> None:
        """Finish what was taken and end."""
        if self._refreshing is not None:
            self._refreshing.cancel()
        if not await self.end():
            _log.error("the disk did not take the last hits in time; nobody was told they are kept")

    async def _refresh(self) -> None:
        """Answer from what links, keys and hooks are now, within a second."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            self.probe()
            try:
                await asyncio.to_thread(self.refresh)
            except Busy as busy:
                _log.warning("links and keys are those of before: %s", busy)
            except Exception:  # noqa: BLE001 - told, and tried again
                _log.exception("links and keys could not be read again")
