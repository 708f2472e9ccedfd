"""The collector as an ASGI application: it answers its own paths and passes all others on.

    app = Collector(machinery, next_app)   # next_app: the pages and the API, or None

Asked before any framework, in the same process and loop: that costs a click a third of what
routing by a framework does (docs/hotpath.md).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from truelift.collector import pixel as pixels
from truelift.collector import redirect as redirects
from truelift.collector.answer import Receive, Scope, Send, problem
from truelift.collector.collect import ROUTE as COLLECT
from truelift.collector.collect import Meter, collect
from truelift.collector.counters import CollectorCounters
from truelift.collector.hook import ROUTE as HOOK
from truelift.collector.hook import hook
from truelift.collector.machinery import Machinery

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Collector:
    """One collector per process; it lives as long as the event loop."""

    def __init__(self, machinery: Machinery, next_app: Application | None = None) -> None:
        """Stand on what is handed in; other paths go to `next_app`."""
        self._machinery = machinery
        self._next = next_app
        self._meter = Meter()

    @property
    def counters(self) -> CollectorCounters:
        """Give what was done since the start."""
        return self._machinery.counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._pass_on(scope, receive, send)
            return
        path = scope["path"]
        machinery = self._machinery
        if path.startswith(redirects.ROUTE):
            status = await redirects.redirect(machinery, scope, send)
            machinery.counters.answers[redirects.ROUTE, status] += 1
        elif path == COLLECT:
            status = await collect(machinery, self._meter, scope, receive, send)
            machinery.counters.answers[COLLECT, status] += 1
        elif path == pixels.ROUTE:
            status = await pixels.pixel(machinery, scope, send)
            machinery.counters.answers[pixels.ROUTE, status] += 1
        elif path.startswith(HOOK):
            status = await hook(machinery, scope, receive, send)
            machinery.counters.answers[HOOK, status] += 1
        else:
            await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._next is not None:
            await self._next(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await problem(send, 404, "There is nothing here.", head=scope["method"] == "HEAD")


async def _live(receive: Receive, send: Send) -> None:
    """Follow the server's life without doing anything of our own."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
