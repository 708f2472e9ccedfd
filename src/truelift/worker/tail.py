"""The tail: what a node has that the lake may not have yet, and how the node is.

In:   requests of a worker, with the token that nodes and workers share.
Out:  `/tail`: bytes of the spool from a place on, as they stand there; `/healthz`, `/readyz` and
      `/metrics` of the node.

    GET /tail?segment=1796048394530-000000.log&byte=4096        authorization: Bearer …

200 has bytes of one segment, and in headers which, from where on, and how many come after them. 410
says that what follows the place has gone into the lake and left the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import google_crc32c

from truelift.base.secret import Secret, same
from truelift.store import spool_reader
from truelift.store.mirror import SEGMENT
from truelift.store.node_folder import Mark, NodeFolder

TAIL = "/tail"
MOST_BYTES = 4 * 2**20
"""The longest answer."""

_DIGITS = 18

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Tail:
    """Bytes of a segment that follow a place. behind: how many of the spool come after them."""

    mark: Mark
    content: bytes
    behind: int


def tail(node: NodeFolder, after: Mark, most: int = MOST_BYTES) -> Tail | None:
    """Read what follows a place; None when that has left the disk, for the lake has it."""
    folder = node.spool / node.name
    names = spool_reader.segments(node.spool, node.name)
    found, behind = Tail(after, b"", 0), 0
    for at, name in enumerate(names):
        if name < after.segment:
            continue
        start = after.byte if name == after.segment else 0
        try:
            size = (folder / name).stat().st_size
            if size > start and not found.content:
                with (folder / name).open("rb") as file:
                    file.seek(start)
                    found = Tail(Mark(name, start), file.read(most), 0)
                start += len(found.content)
        except FileNotFoundError:  # it went into the lake just now; what is `gone` says so
            break
        behind += max(size - start, 0)
        if at + 1 == len(names) and not found.content:
            found = Tail(Mark(name, start), b"", 0)
    if after < node.progress.gone:  # looked at last: whatever left before is in it
        return None
    return Tail(found.mark, found.content, behind)


@dataclass(frozen=True, slots=True)
class NodeDoor:
    """Answers a worker, probes and Prometheus; anything else is nothing.

    states: sentences that make the node unready, and those that are only told. begin, end: called
    with the server's life.
    """

    node: NodeFolder
    token: Secret
    states: Callable[[], tuple[list[str], list[str]]]
    metrics: Callable[[], bytes]
    begin: Callable[[], None]
    end: Callable[[], Awaitable[None]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or follow the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, send)

    async def _answer(self, scope: Scope, send: Send) -> None:
        path = scope["path"]
        if path == "/healthz":
            await _text(send, 200, b"ok\n")
        elif path == "/readyz":
            faults, told = self.states()
            lines = [*(faults or ["ready"]), *told]
            await _text(send, 503 if faults else 200, ("\n".join(lines) + "\n").encode())
        elif path not in {TAIL, "/metrics"}:
            await _text(send, 404, b"There is nothing here.\n")
        elif not self._admitted(scope):
            await _text(send, 401, b"The token of nodes and workers is missing or another one.\n")
        elif path == "/metrics":
            await _text(send, 200, self.metrics())
        else:
            await self._tail(scope, send)

    def _admitted(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        return same(given, f"Bearer {self.token.reveal()}")

    async def _tail(self, scope: Scope, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        segment, byte = asked.get("segment", [""])[0], asked.get("byte", ["0"])[0]
        if (segment and not SEGMENT.fullmatch(segment)) or not byte.isdecimal():
            await _text(send, 400, b"segment is a name of a segment, byte a number.\n")
            return
        found = await asyncio.to_thread(tail, self.node, Mark(segment, int(byte[:_DIGITS])))
        told = [(b"x-truelift-incarnation", self.node.incarnation.encode())]
        if found is None:
            await _text(send, 410, b"What follows this place is in the lake.\n", told)
            return
        told += [
            (b"x-truelift-segment", found.mark.segment.encode()),
            (b"x-truelift-byte", b"%d" % found.mark.byte),
            (b"x-truelift-behind", b"%d" % found.behind),
            (b"x-truelift-crc32c", b"%d" % google_crc32c.value(found.content)),
        ]
        await _text(send, 200, found.content, told, b"application/octet-stream")

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            if (await receive())["type"] == "lifespan.startup":
                self.begin()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.end()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _text(
    send: Send,
    status: int,
    body: bytes,
    told: list[tuple[bytes, bytes]] | None = None,
    kind: bytes = b"text/plain; charset=utf-8",
) -> None:
    headers = [
        (b"content-type", kind), (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(body)), *(told or ()),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
