"""Passing on: what a collector process gets that is not for it goes to the process with the pages.

In:   requests, and the Unix socket of the process that owns the workspace.
Out:  its answers, piece by piece as they come; 503 when it is not there.

Who asks and how is told in headers that only this socket is trusted with; what a client says of
itself in them is taken out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx

from truelift.collector.answer import problem
from truelift.worker.front import Receive, Scope, Send

BY_HOP = frozenset(
    {
        b"connection", b"expect", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
        b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip
"""Headers of a connection, not of what is said over it."""

TOLD = frozenset(
    {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"}
)
"""Headers that say who asks: ours alone."""

ELSEWHERE = TOLD - {b"x-forwarded-proto"} | {b"via"}
"""Headers by which a server in front of us says that it passes a request on."""

CONNECT_SECONDS, WRITE_SECONDS = 5.0, 30.0
IDLE_SECONDS = 2.0
"""How long a connection waits for another request; shorter than the other side waits."""

MOST_IDLE = 32


class PassingOn:
    """Passes requests on; made and closed in the event loop that uses it."""

    def __init__(self, address: str) -> None:
        """Name the socket; it is connected to when there is something to pass on."""
        limits = httpx.Limits(
            max_connections=None, max_keepalive_connections=MOST_IDLE,
            keepalive_expiry=IDLE_SECONDS,
        )  # fmt: skip
        self._transport = httpx.AsyncHTTPTransport(uds=address, limits=limits)

    async def close(self) -> None:
        """Give the connections up."""
        await self._transport.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its answer back, until either side goes away."""
        if scope["type"] != "http":
            return
        body = _Body(receive)
        passing = asyncio.ensure_future(self._pass(scope, body, send))
        leaving = asyncio.ensure_future(body.left())
        try:
            await asyncio.wait((passing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not passing.done():
                passing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await passing

    async def _pass(self, scope: Scope, body: _Body, send: Send) -> None:
        request = _request(scope, body)
        try:
            answer = await self._transport.handle_async_request(request)
        except httpx.TransportError:
            detail = "The pages are not there just now; clicks and orders are kept. Try again."
            await problem(send, 503, detail, head=scope["method"] == "HEAD")
            return
        try:
            headers = [
                (name.lower(), value)
                for name, value in answer.headers.raw
                if name.lower() not in BY_HOP
            ]
            await send(
                {"type": "http.response.start", "status": answer.status_code, "headers": headers}
            )
            stream = answer.stream
            assert isinstance(stream, httpx.AsyncByteStream)
            async for part in stream:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await answer.aclose()


class _Body:
    """A request's body as it arrives, and after it the news that the client went away."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._whole = asyncio.Event()

    async def parts(self) -> AsyncIterator[bytes]:
        """Give the body piece by piece."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._whole.set()
                msg = "the client went away"
                raise httpx.ReadError(msg)
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                self._whole.set()
                return

    def none(self) -> None:
        """Say that there is none to wait for."""
        self._whole.set()

    async def left(self) -> None:
        """Wait until the client goes away."""
        await self._whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _request(scope: Scope, body: _Body) -> httpx.Request:
    given: list[tuple[bytes, bytes]] = scope["headers"]
    named = {
        each.strip().lower()
        for name, value in given if name == b"connection"
        for each in value.split(b",")
    }  # fmt: skip
    headers = [pair for pair in given if pair[0] not in BY_HOP | TOLD | named]
    if not ELSEWHERE.isdisjoint(name for name, _ in given):
        headers.append((b"forwarded", b"for=unknown"))
    client = scope.get("client")
    if client:
        headers.append((b"x-forwarded-for", _address(client[0])))
    headers.append((b"x-forwarded-proto", str(scope.get("scheme", "http")).encode()))
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    if scope["query_string"]:
        path += b"?" + scope["query_string"]
    has_body = any(name in {b"content-length", b"transfer-encoding"} for name, _ in given)
    if not has_body:
        body.none()
    return httpx.Request(
        scope["method"],
        httpx.URL(scheme="http", host="truelift", raw_path=path),
        headers=headers,
        content=body.parts() if has_body else None,
        extensions={"timeout": {"connect": CONNECT_SECONDS, "write": WRITE_SECONDS}},
    )


def _address(address: str) -> bytes:
    return f"[{address}]".encode() if ":" in address else address.encode()
