"""The local socket: commands of other processes, run by the one that holds the workspace.

In:   connections to `serve.sock` in the workspace folder, which only its owner's account can open.
Out:  each command run on a thread of its own, with the rights of who asked; its output sent back.

Who asks is what the system says of the connection (the account of the other process), never what
the other process says of itself; a token it sends is checked as everywhere. A client that goes away
stops nothing: the command ends as it would have.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from truelift.worker.frames import (
    ASK,
    ERR,
    EXIT,
    OUT,
    SOCKET_NAME,
    BadFrame,
    Errand,
    errand_of,
    receive,
    send,
)

MOST_AT_ONCE = 8
"""Commands that run at the same time; the next ones wait."""

ASK_SECONDS = 5.0
"""How long a client may take to say what it wants."""

PERMISSIONS = 0o600
LONGEST_ADDRESS = 100
FAILED = 1

_log = logging.getLogger("truelift.worker")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command as the process that holds the workspace runs it.

    account: user id of who asked. out, err: where its bytes go.
    """

    errand: Errand
    account: int
    out: io.TextIOWrapper
    err: io.TextIOWrapper


Run = Callable[[Ran], int]


@dataclass(slots=True)
class CommandSocket:
    """Listens in a workspace folder and runs commands, until it is closed."""

    folder: Path
    run: Run
    _listener: socket.socket = field(init=False)
    _places: threading.BoundedSemaphore = field(init=False)
    _running: set[threading.Thread] = field(default_factory=set, init=False)
    _closed: bool = field(default=False, init=False)

    def open(self) -> None:
        """Listen."""
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._listener = private_socket(self.folder)
        self._listener.listen(MOST_AT_ONCE)
        threading.Thread(target=self._accept, name="commands", daemon=True).start()

    def close(self, seconds: float) -> bool:
        """Take no more commands, and wait for those that run; say whether all ended in time."""
        self._closed = True
        (self.folder / SOCKET_NAME).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        running = list(self._running)
        for thread in running:
            thread.join(seconds / max(len(running), 1))
        return not any(thread.is_alive() for thread in running)

    def _accept(self) -> None:
        while not self._closed:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(link,), name="command", daemon=True)
            self._running.add(thread)
            thread.start()

    def _serve(self, link: socket.socket) -> None:
        try:
            with link, self._places:
                self._answer(link)
        except (OSError, BadFrame) as error:
            _log.info("a command's connection ended: %s", error)
        finally:
            self._running.discard(threading.current_thread())

    def _answer(self, link: socket.socket) -> None:
        account = _account_of(link)
        if account not in {os.getuid(), 0}:
            return
        link.settimeout(ASK_SECONDS)
        kind, text = receive(link)
        if kind != ASK:
            msg = "a request was expected"
            raise BadFrame(msg)
        errand = errand_of(text)
        link.settimeout(None)
        sending = threading.Lock()
        out, err = _Pieces(link, OUT, sending), _Pieces(link, ERR, sending)
        ran = Ran(
            errand,
            account,
            io.TextIOWrapper(io.BufferedWriter(out), encoding="utf-8", errors="backslashreplace"),
            io.TextIOWrapper(
                io.BufferedWriter(err), encoding="utf-8", errors="backslashreplace",
                write_through=True, line_buffering=True,
            ),
        )  # fmt: skip
        code = FAILED
        try:
            code = self.run(ran)
        except Exception:  # noqa: BLE001 - told here and to who asked
            _log.exception("a command failed")
            ran.err.write("truelift: This failed; the log of the process that serves says why.\n")
        finally:
            for stream in (ran.out, ran.err):
                if not stream.closed:
                    stream.flush()
            with contextlib.suppress(OSError):
                send(link, EXIT, bytes([code & 0xFF]))


class _Pieces(io.RawIOBase):
    """Bytes of one stream as frames; after the client went away they go nowhere."""

    def __init__(self, link: socket.socket, kind: bytes, sending: threading.Lock) -> None:
        super().__init__()
        self._link, self._kind, self._sending = link, kind, sending
        self._gone = False

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, given: object) -> int:
        """Send bytes."""
        body = bytes(memoryview(given))  # type: ignore[arg-type]  # any buffer, as RawIOBase takes
        if not self._gone:
            try:
                with self._sending:
                    send(self._link, self._kind, body)
            except OSError:
                self._gone = True
        return len(body)


def private_socket(folder: Path, name: str = SOCKET_NAME) -> socket.socket:
    """Make a socket in a workspace folder that only its owner's account can open.

    One that a crash left behind is removed: whoever calls holds the facts file.
    """
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    (folder / name).unlink(missing_ok=True)
    before = os.umask(0o777 & ~PERMISSIONS)
    try:
        with address_in(folder, name) as address:
            made.bind(address)
    finally:
        os.umask(before)
    return made


@contextlib.contextmanager
def address_in(folder: Path, name: str = SOCKET_NAME) -> Iterator[str]:
    """Give a socket's address; a folder's name may be longer than an address can be."""
    plain = str(folder / name)
    if len(os.fsencode(plain)) <= LONGEST_ADDRESS or not Path("/proc/self/fd").is_dir():
        yield plain
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


def _account_of(link: socket.socket) -> int:
    """Give the user id of the other process; where the system does not say, the file's owner."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return os.getuid()
    credentials = struct.Struct("3i")
    given = link.getsockopt(socket.SOL_SOCKET, option, credentials.size)
    account: int = credentials.unpack(given)[1]
    return account
