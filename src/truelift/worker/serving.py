"""Serving: the server's own life, from the first request to the last open page.

In:   an ASGI application, a host and a port, or a socket.
Out:  answers until the process is told to stop; then open streams end, and this too, in seconds.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn

GRACE_SECONDS = 2
"""How long open requests may take to end when the server is stopped."""

HEADERS_SECONDS = 20.0
"""A connection on which no whole head of a request comes for so long is closed."""

_TICKS = 20
"""How many ticks of the server, a tenth of a second each, lie between two looks at connections."""

BACKLOG = 2_048

YOUNG_OBJECTS = 50_000
"""After how many new objects Python looks for circles of garbage; it comes with 700."""


def look_for_garbage_rarely() -> None:
    """Spare requests the search for circles of garbage among what a process keeps anyway.

    What is there at the start is never looked at again, and a request leaves circles behind that a
    later search finds as well: a sixth more redirects a second, their p99 a third of what it was.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)


class Server(uvicorn.Server):
    """A server that says where it listens, and that ends by a signal without being killed by it."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[int], None], ending: Callable[[], None]
    ) -> None:
        """ready: told the port; ending: called when the stop begins, to end open streams."""
        super().__init__(config)
        self._ready, self._ending = ready, ending
        self._silent: dict[Any, tuple[Any, float]] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        if self.started:
            listening = [each for server in self.servers for each in server.sockets]
            if threading.current_thread() is threading.main_thread():
                look_for_garbage_rarely()
            self._ready(_port(listening[0]))

    async def on_tick(self, counter: int) -> bool:
        """Look at connections now and then; say whether to stop."""
        if counter % _TICKS == 0:
            self._cut_silent(time.monotonic())
        return await super().on_tick(counter)

    def _cut_silent(self, now: float) -> None:
        """Close connections that were opened, and then send nothing or half a head for long.

        uvicorn closes those that idle after an answer; a look costs a request nothing.
        """
        before, self._silent = self._silent, {}
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is not None and not cycle.response_complete:
                continue  # a request is being answered; its body has limits of its own
            last, since = before.get(connection, (cycle, now))
            since = since if last is cycle else now
            if now - since >= HEADERS_SECONDS and connection.transport is not None:
                connection.transport.close()
            else:
                self._silent[connection] = (cycle, since)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End open streams, then everything else."""
        self._ending()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT and SIGTERM; unlike uvicorn's own, give neither to who was there before.

        What is held has to be closed in its order afterwards.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signal's own
        """Begin to stop; a second signal does not wait for open requests."""
        self.force_exit = self.should_exit
        self.should_exit = True


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    application: Any,  # noqa: ANN401 - any ASGI callable
    host: str,
    port: int,
    *,
    ready: Callable[[int], None],
    ending: Callable[[], None],
    listening: socket.socket | None = None,
) -> bool:
    """Serve until stopped; say whether the server ever listened.

    listening: a bound socket to serve in place of host and port. A Unix socket is only open to our
    own processes, which tell who asked in headers: there all of these are believed.
    """
    ours = listening is not None and listening.family == socket.AF_UNIX
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        lifespan="on",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        forwarded_allow_ips="*" if ours else None,
    )
    server = Server(config, ready, ending)
    try:
        server.run(None if listening is None else [listening])
    except SystemExit:  # the port cannot be had
        return False
    finally:
        gc.unfreeze()  # what is left at the end is taken apart in its order
    return server.started


def port_free(host: str, port: int) -> bool:
    """Say whether a port can be had now; port 0 always can."""
    family, address = _resolved(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as alone:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            alone.bind(address)
        except OSError:
            return False
    return True


def port_taken(host: str, port: int) -> socket.socket:
    """Take a port for processes that will share it; OSError when another program has it.

    Nobody is served here: the socket only holds the place, and tells which one it is.
    """
    family, address = _resolved(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as alone:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        alone.bind(address)  # refused where anybody listens, though they would share
        alone.listen(1)
    return shared_port(host, port)


def shared_port(host: str, port: int) -> socket.socket:
    """Bind a port that other processes of ours bind too; the system spreads connections."""
    family, address = _resolved(host, port)
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            made.setsockopt(socket.SOL_SOCKET, option, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    found = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )  # the first one, as a shared port is one address
    return found[0][0], found[0][4]


def _port(listening: socket.socket) -> int:
    """Give the port of a socket; 0 where it has none."""
    if listening.family == socket.AF_UNIX:
        return 0
    port: int = listening.getsockname()[1]
    return port
