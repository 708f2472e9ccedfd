"""Serving: the server's own life, from the first request to the last open page.

In:   an ASGI application, a host and a port.
Out:  answers until the process is told to stop; then open streams end, and this too, in seconds.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn

GRACE_SECONDS = 2
"""How long open requests may take to end when the server is stopped."""

BACKLOG = 2_048


class Server(uvicorn.Server):
    """A server that says where it listens, and that ends by a signal without being killed by it."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[int], None], ending: Callable[[], None]
    ) -> None:
        """ready: told the port; ending: called when the stop begins, to end open streams."""
        super().__init__(config)
        self._ready, self._ending = ready, ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        if self.started:
            listening = [each for server in self.servers for each in server.sockets]
            self._ready(listening[0].getsockname()[1])

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
) -> bool:
    """Serve until stopped; say whether the server ever listened."""
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
    )
    server = Server(config, ready, ending)
    try:
        server.run()
    except SystemExit:  # the port cannot be had
        return False
    return server.started
