"""Requests: the few headers the collector looks at, and the body within its limits."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from truelift.collector.answer import Receive, Scope

LONGEST_TEXT = 1_024
"""Characters of a header that are kept."""

MOST_HEADERS_KEPT = 64

WANTED = {
    name.encode(): name
    for name in (
        "user-agent", "referer", "accept-language", "host", "sec-purpose", "purpose", "x-purpose",
        "x-moz", "sec-gpc", "dnt", "authorization", "x-truelift-key", "content-type",
        "content-length", "origin", "x-sent-at", "sec-fetch-dest",
    )
}  # fmt: skip
"""Headers of interest on the hot path, by their bytes."""


class BodyRefused(Exception):
    """A body is not to be had within the limits: the status and the sentence to answer with."""

    def __init__(self, status: int, detail: str) -> None:
        """Say what is answered."""
        super().__init__(detail)
        self.status, self.detail = status, detail


class Caller(NamedTuple):
    """Who asks, as far as a request says; none of it is kept as it is but agent and referrer."""

    address: str
    headers: dict[str, str]

    def header(self, name: str) -> str:
        """Give a header, empty when it was not sent."""
        return self.headers.get(name, "")


def caller(scope: Scope, more: dict[bytes, str] = WANTED) -> Caller:
    """Read the headers of interest; the first of each name counts."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        wanted = more.get(name)
        if wanted is not None and wanted not in found:
            text = value.decode("latin-1")
            found[wanted] = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT]
    client = scope.get("client")
    return Caller(client[0] if client else "", found)


def every_header(scope: Scope) -> dict[str, str]:
    """Read all headers, by lower-case name."""
    return {
        name.decode("latin-1"): value[:LONGEST_TEXT].decode("latin-1")
        for name, value in scope["headers"][:MOST_HEADERS_KEPT]
    }


async def whole_body(receive: Receive, length: str, most: int, seconds: float) -> bytes:
    """Read a body; BodyRefused when it is not to be had within the limits.

    length: the Content-Length header. A body that is too long by its own word is not read at all.
    """
    if length.isascii() and length.isdigit() and int(length[:20]) > most:
        raise _too_large(most)
    patience = _Patience(asyncio.current_task())
    timer = asyncio.get_running_loop().call_later(seconds, patience.end)
    try:
        return await _read(receive, most)
    except asyncio.CancelledError:
        if not patience.ended:
            raise  # whoever stops the server, not us
        patience.forget()
        raise BodyRefused(408, "The body did not arrive in time; send it again.") from None
    finally:
        timer.cancel()


class _Patience:
    """Ends a wait after a time; a third of what asyncio.timeout costs on every request."""

    __slots__ = ("_task", "ended")

    def __init__(self, task: asyncio.Task[Any] | None) -> None:
        self._task = task
        self.ended = False

    def end(self) -> None:
        if self._task is not None:
            self.ended = True
            self._task.cancel()

    def forget(self) -> None:
        """Say that the cancellation was ours and is over."""
        if self._task is not None:
            self._task.uncancel()


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, f"The body is longer than {most} bytes; send less at a time.")


async def _read(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyRefused(408, "The body was not sent to its end.")
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)
