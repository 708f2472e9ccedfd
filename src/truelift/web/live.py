"""Live: tells open pages that figures have changed, within a moment of the commit.

In:   the version of the data after each change, and the line of figures that goes with it.
Out:  a stream of server-sent events per open page: `figures` with the version and the line; the
      page's own script then asks for the page again.

A stream that lags behind gets the newest line and not every one. All of them end when the server
stops, for a stop waits for open answers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MOST_STREAMS = 512
KEEP_ALIVE_SECONDS = 15.0
RETRY_MS = 2_000
"""When a browser asks again after a stream ended."""

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(slots=True)
class Live:
    """Who listens, and what was told last. Used from the server's loop only, but for `publish`."""

    version: str = ""
    line: str = ""
    streams: int = 0
    ended: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, repr=False)

    def begin(self) -> None:
        """Take the running loop as the one that streams are written in."""
        self._loop = asyncio.get_running_loop()

    def publish(self, version: str, line: str) -> None:
        """Tell every open page; may be called on any thread, before and after the loop ran."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, version, line)

    def end(self) -> None:
        """End all streams, and open no more."""
        self.ended = True
        self._wake()

    async def stream(self, receive: Receive, send: Send) -> None:
        """Answer one page until it or the server goes away."""
        if self.ended or self.streams >= MOST_STREAMS:
            await _refuse(send)
            return
        self.streams += 1
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _write(send, f"retry: {RETRY_MS}\n\n")
            await self._tell_on(send, gone)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self.streams -= 1

    async def _tell_on(self, send: Send, gone: asyncio.Future[None]) -> None:
        told: tuple[str, str] | None = None
        while not (gone.done() or self.ended):
            if self.version and told != (self.version, self.line):
                told = (self.version, self.line)
                await _write(send, event(self.version, self.line))
                continue
            changed = asyncio.ensure_future(self._changed.wait())
            waiting: set[asyncio.Future[Any]] = {changed, gone}
            done, _ = await asyncio.wait(
                waiting, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            changed.cancel()
            if not done:
                await _write(send, ": still here\n\n")

    def _tell(self, version: str, line: str) -> None:
        self.version, self.line = version, line
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def event(version: str, line: str) -> str:
    """Write one event."""
    return f"event: figures\ndata: {json.dumps({'version': version, 'line': line})}\n\n"


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"retry-after", b"10")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"Too many open pages.\n"})
