"""Beside: a process that collects beside the one that owns the workspace, on the same port.

In:   a collector with a spool of its own, and a pipe to the owner.
Out:  hits on disk; everything else passed on; twice a second what was done, told to the owner.
      It ends when it is told to, and when the owner is no more.
"""

from __future__ import annotations

import asyncio
import copy
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import Any

from truelift.worker.collecting import Collecting
from truelift.worker.front import Application, Receive, Scope, Send
from truelift.worker.local_socket import address_in
from truelift.worker.passing_on import PassingOn
from truelift.worker.serving import serve

PAGES_SOCKET = "pages.sock"
"""In the workspace folder: where the owner answers for pages, API and streams."""

TELL_SECONDS = 0.5

LAST_SECONDS = 4.5
"""A process whose owner is gone ends after so long, whatever it is in."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a process says of itself: whether it listens, its counters and its spool's."""

    listens: bool
    collected: Any
    spooled: Any


def collect_beside(
    collector: Collecting, folder: Path, listening: socket.socket, telling: connection.Connection
) -> None:
    """Collect until told to end."""
    threading.Thread(target=_end_with_owner, name="owner", daemon=True).start()
    with address_in(folder, PAGES_SOCKET) as address:
        life = _Life(collector, address, telling)
        serve(
            collector.around(life), "", 0,
            ready=life.listens, ending=lambda: None, listening=listening,
        )  # fmt: skip


class _Life:
    """The application behind the collector: it begins, passes on, tells, and ends."""

    def __init__(self, collector: Collecting, address: str, telling: connection.Connection) -> None:
        self._collector, self._address, self._telling = collector, address, telling
        self._passing: Application | None = None
        self._listens = False
        self._tasks: list[asyncio.Future[None]] = []
        self._close: Callable[[], Any] | None = None

    def listens(self, _port: int) -> None:
        """Know that requests are taken now."""
        self._listens = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or follow the server's life."""
        if scope["type"] != "lifespan":
            if self._passing is not None:
                await self._passing(scope, receive, send)
            return
        while True:
            if (await receive())["type"] == "lifespan.startup":
                passing = PassingOn(self._address)
                self._passing, self._close = passing, passing.close
                self._collector.start()
                self._tasks.append(asyncio.ensure_future(self._tell_on()))
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._end()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._collector.stop()
        if self._close is not None:
            await self._close()
        await self._tell()

    async def _tell_on(self) -> None:
        while True:
            await self._tell()
            await asyncio.sleep(TELL_SECONDS if self._listens else TELL_SECONDS / 10)

    async def _tell(self) -> None:
        """Tell the owner; one that is gone is noticed elsewhere."""
        collector = self._collector
        told = copy.deepcopy(Told(self._listens, collector.collected, collector.spooled))
        try:
            await asyncio.to_thread(self._telling.send, told)
        except OSError:
            return


def _end_with_owner() -> None:
    """Wait for the owner's end, however it came, and end too: somebody else will own the folder."""
    owner = multiprocessing.parent_process()
    if owner is None:
        return
    connection.wait([owner.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(LAST_SECONDS)
    os._exit(1)
