"""Frames: what a command and the process that serves its workspace say to each other.

In:   a connected local socket.
Out:  one request as JSON, then pieces of stdout and stderr, then the exit code.

A frame is one byte that says what it is, the length of what follows (u32, big endian), and that.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass

SOCKET_NAME = "serve.sock"
"""The socket's name in the workspace folder; only the owner of the file may connect."""

ASK, OUT, ERR, EXIT = b"a", b"o", b"e", b"x"

LONGEST = 1 << 20
"""Bytes of one frame; longer output takes several."""

_HEAD = struct.Struct(">cI")


@dataclass(frozen=True, slots=True)
class Errand:
    """A command to be run for another process.

    words: without the program's name. directory: in which its relative paths are meant. token:
    whose person acts, None for the local account. line: of its stdin, where the words ask for one.
    columns: width of its terminal, 0 when it has none.
    """

    words: tuple[str, ...]
    directory: str
    token: str | None = None
    line: str = ""
    columns: int = 0
    out_is_terminal: bool = False
    err_is_terminal: bool = False
    umask: int = 0o077

    def text(self) -> bytes:
        """Write the request as JSON."""
        return json.dumps(asdict(self)).encode()


class BadFrame(Exception):
    """The other side sent something that is no frame, or went away in the middle of one."""


def errand_of(text: bytes) -> Errand:
    """Read a request; BadFrame for anything else."""
    try:
        given = json.loads(text)
        errand = Errand(**(given | {"words": tuple(given["words"])}))
    except (ValueError, TypeError, KeyError) as error:
        msg = f"the request cannot be read: {error}"
        raise BadFrame(msg) from error
    if not all(isinstance(word, str) and "\0" not in word for word in errand.words):
        msg = "a word of the command is no text"
        raise BadFrame(msg)
    return errand


def send(link: socket.socket, kind: bytes, body: bytes) -> None:
    """Send one or, when it is long, several frames."""
    for start in range(0, max(len(body), 1), LONGEST):
        piece = body[start : start + LONGEST]
        link.sendall(_HEAD.pack(kind, len(piece)) + piece)


def receive(link: socket.socket) -> tuple[bytes, bytes]:
    """Wait for one frame; BadFrame when the other side went away."""
    kind, length = _HEAD.unpack(_exactly(link, _HEAD.size))
    if length > LONGEST:
        msg = f"a frame of {length} bytes is too long"
        raise BadFrame(msg)
    return kind, _exactly(link, length)


def frames(link: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Give frames until the other side goes away."""
    while True:
        yield receive(link)


def _exactly(link: socket.socket, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        piece = link.recv(length - len(found))
        if not piece:
            msg = "the other side went away"
            raise BadFrame(msg)
        found += piece
    return bytes(found)
