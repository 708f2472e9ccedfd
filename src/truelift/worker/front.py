"""The front: one ASGI callable before all doors, which finds the door of a request.

In:   requests; the pages, the API and the stream of changes.
Out:  each answered by its door, counted, with an id in its log line; health and metrics.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from truelift.base.errors import TrueliftError
from truelift.log import REQUEST, request_id
from truelift.web.live import Live
from truelift.web.visiting import PARTIAL
from truelift.worker.health import Watched

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Checked = Callable[[Scope], Awaitable[None]]

HEALTHY, READY, METRICS, LIVE = "/healthz", "/readyz", "/metrics", "/live"
API, SHARED = "/api/", "/share/"

_log = logging.getLogger("truelift.front")


@dataclass(slots=True)
class Front:
    """Finds the door of each request.

    checked: refuses a request for another host, or by somebody who may not read. begin, end: called
    when the server has its loop, and before it gives it up.
    """

    pages: Application
    api: Application
    live: Live
    watched: Watched
    checked: Checked
    begin: Callable[[], Awaitable[None]]
    end: Callable[[], Awaitable[None]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self._live_through(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        told = request_id(headers.get(b"x-request-id", b"").decode("latin-1"))
        token = REQUEST.set(told)
        lacking = self.watched.lacking
        PARTIAL.set(lacking)
        began, status = time.perf_counter(), 0

        async def answer(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", told.encode())]
                if lacking:
                    message["headers"].append((b"x-truelift-partial", b"1"))
            await send(message)

        door = _door(scope["path"])
        try:
            await self._answer(door, scope, receive, answer)
        finally:
            seconds = time.perf_counter() - began
            self.watched.answers[(door, status)] += 1
            if door != LIVE:
                self.watched.seconds.labels(door).observe(seconds)
            _log.info(
                "answered",
                extra={
                    "door": door, "method": scope["method"], "path": _told_path(scope["path"]),
                    "status": status, "ms": round(1000 * seconds, 1),
                },
            )  # fmt: skip
            REQUEST.reset(token)

    async def _answer(self, door: str, scope: Scope, receive: Receive, send: Send) -> None:
        if door == "api":
            await self.api(scope, receive, send)
        elif door == HEALTHY:
            await _text(send, 200, b"ok\n")
        elif door == READY:
            faults = self.watched.faults
            body = "\n".join([*(faults or ["ready"]), *self.watched.told]) + "\n"
            await _text(send, 503 if faults else 200, body.encode())
        elif door in {METRICS, LIVE}:
            try:
                await self.checked(scope)
            except TrueliftError as error:
                await _refuse(send, error)
                return
            if door == LIVE:
                await self.live.stream(receive, send)
            else:
                await _text(send, 200, self.watched.text())
        else:
            await self.pages(scope, receive, send)

    async def _live_through(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.begin()
                except Exception as error:  # noqa: BLE001 - told, and tried again
                    _log.exception("the server could not begin")
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.end()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _door(path: str) -> str:
    if path.startswith(API) or path == API[:-1]:
        return "api"
    return path if path in {HEALTHY, READY, METRICS, LIVE} else "pages"


def _told_path(path: str) -> str:
    """Give a path for the log; what opens a link is left out."""
    return SHARED if path.startswith(SHARED) else path[:200]


async def _refuse(send: Send, error: TrueliftError) -> None:
    from truelift.web.answers import STATUSES  # noqa: PLC0415 - beside its use

    status = next(status for kind, status in STATUSES if isinstance(error, kind))
    await _text(send, HTTPStatus(status).value, f"{error}\n".encode())


async def _text(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
