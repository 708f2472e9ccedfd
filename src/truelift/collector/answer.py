"""Answers: the messages of ASGI that say what came of a request; errors are RFC 9457 problems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON = (b"content-type", b"application/json")
PROBLEM = (b"content-type", b"application/problem+json")
NO_STORE = (b"cache-control", b"no-store, private")
NO_SNIFF = (b"x-content-type-options", b"nosniff")

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
"""A transparent GIF of one pixel."""

TITLES = {
    400: "Bad request",
    401: "Not admitted",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Request timeout",
    410: "Gone",
    413: "Content too large",
    415: "Unsupported media type",
    429: "Too many requests",
    503: "Service unavailable",
}
RETRY_SECONDS = {429: 1, 503: 5}
CUT = frozenset({408, 413})
"""Answers after which the connection is closed: the rest of the body is not read."""


async def answer(
    send: Send, status: int, headers: Iterable[Header], body: bytes = b"", *, head: bool = False
) -> None:
    """Send a whole answer; to a HEAD request its headers only."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": b"" if head else body})


async def problem(
    send: Send,
    status: int,
    detail: str,
    *,
    field: str = "",
    headers: Iterable[Header] = (),
    head: bool = False,
) -> None:
    """Send a problem: what, where and what to do; `field` names what is off."""
    told: dict[str, str | int] = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
    }
    if field:
        told["field"] = field
    more = [PROBLEM, NO_STORE, NO_SNIFF, *headers]
    if status in RETRY_SECONDS:
        more.append((b"retry-after", b"%d" % RETRY_SECONDS[status]))
    if status in CUT:
        more.append((b"connection", b"close"))
    await answer(send, status, more, msgspec.json.encode(told), head=head)
