"""Simulated visitors: sends the traffic of a sample to the server of this very process.

In:   what makes the next request; the port.
Out:  requests over HTTP, until the server stops.
"""

from __future__ import annotations

import http.client
import logging
import threading
from typing import Protocol

SECONDS = 10.0
_log = logging.getLogger("truelift.worker")


class Request(Protocol):
    """A request to be sent after a pause."""

    @property
    def pause(self) -> float:
        """Give the seconds before it."""

    @property
    def path(self) -> str:
        """Give its path."""

    @property
    def headers(self) -> dict[str, str]:
        """Give its headers."""

    @property
    def rows(self) -> bytes | None:
        """Give its body; None for a GET."""


class Traffic(Protocol):
    """What makes requests."""

    def next(self) -> Request:
        """Give the next one."""

    def told(self, location: str) -> None:
        """Hear where a click was sent to."""


class Visitors:
    """Sends requests on a thread of its own, one after the other."""

    def __init__(self, traffic: Traffic, host: str = "127.0.0.1") -> None:
        """Stand on what makes requests."""
        self._traffic, self._host = traffic, host
        self._stop = threading.Event()
        self.sent = 0

    def start(self, port: int) -> None:
        """Begin to send."""
        threading.Thread(target=self._run, args=(port,), name="visitors", daemon=True).start()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()

    def _run(self, port: int) -> None:
        link = http.client.HTTPConnection(self._host, port, timeout=SECONDS)
        while True:
            request = self._traffic.next()
            if self._stop.wait(request.pause):
                link.close()
                return
            try:
                self._send(link, request)
            except (OSError, http.client.HTTPException) as error:
                link.close()
                if not self._stop.is_set():
                    _log.info("a simulated visitor was not answered: %s", error)

    def _send(self, link: http.client.HTTPConnection, request: Request) -> None:
        method = "GET" if request.rows is None else "POST"
        link.request(method, request.path, body=request.rows, headers=request.headers)
        answer = link.getresponse()
        answer.read()
        self.sent += 1
        location = answer.getheader("location")
        if location:
            self._traffic.told(location)
