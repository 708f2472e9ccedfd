"""The process that owns a workspace: its lines, its loop, its doors, and the order of its end.

In:   opened workspaces (one per thread that uses it), the grounds of the loop, and the collector.
Out:  a running server; after a stop the commit is finished, streams are ended and stores are free.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from litestar import Request

from truelift.api import application as api
from truelift.base.errors import TrueliftError
from truelift.store.facts_engine import FactsEngine
from truelift.web import pages
from truelift.web.answers import LOCAL, PASSED_ON, host_checked
from truelift.web.layout import live_line
from truelift.web.live import Live
from truelift.web.uploading import LARGEST_UPLOAD
from truelift.web.visiting import Entry
from truelift.worker.beside import PAGES_SOCKET
from truelift.worker.brands import Brands
from truelift.worker.collecting import Collecting
from truelift.worker.crew import Crew
from truelift.worker.front import Application, Front, Scope
from truelift.worker.health import Watched
from truelift.worker.line import Line
from truelift.worker.local_socket import CommandSocket, private_socket
from truelift.worker.loop import Loop
from truelift.worker.renewing import Renewing
from truelift.worker.serving import port_free, port_taken, serve
from truelift.workspace.workspace import Workspace

STOP_SECONDS = 2.0
"""How long the loop and running commands have to finish what they are in."""

TELL_SECONDS = 0.2
"""Open pages are told at most so often."""

PORT_SECONDS = 5.0
"""How long a port that others are to share is waited for."""

HEARD_MOST = 4
"""Sources that the line of today names."""

PASSED_ON_TO_US = ("forwarded",)
"""Where our own collectors pass requests on, they say so of those that came from elsewhere."""

_log = logging.getLogger("truelift.worker")


class Mind(Protocol):
    """What thinks beside the loop: books, the watch, or both in a process apart."""

    def start(self) -> None:
        """Begin, on a thread of its own."""

    def stop(self, seconds: float) -> bool:
        """End; say whether it ended in time by itself."""


@dataclass(frozen=True, slots=True)
class Served:
    """A brand as it is served: the same workspace, each time on cursors of its own.

    slow: for what takes long.
    """

    reader: Workspace
    writer: Workspace
    teller: Workspace
    renewer: Workspace
    slow: Workspace


@dataclass(slots=True)
class Parts:
    """What a process is made of.

    brands: those that it serves, the one without a name in its addresses first. minds: what thinks
    beside the loop. collector: makes the application that is asked before the doors, with the
    spool's start and end; None for none. crew: collects in processes of its own, in place of it.
    entry: how people come in.
    """

    brands: Sequence[Served]
    loop: Loop
    minds: Sequence[Mind]
    commands: CommandSocket
    collector: Collecting | None = None
    crew: Crew | None = None
    largest_upload: int = LARGEST_UPLOAD
    entry: Entry = field(default_factory=Entry)


class Teller:
    """Tells open pages of changes: what comes in, as soon as it is in the file; the rest beside it.

    The loop tells a line of its facts before it makes their shares, and the version with them once
    both are committed. Other changes are told on a thread of their own, so that nobody waits.
    """

    def __init__(self, workspace: Workspace, live: Live, watched: Watched) -> None:
        """Stand on a workspace that only this thread uses."""
        self._workspace, self._live, self._watched = workspace, live, watched
        self._today = workspace.today()
        self._ahead: str | None = None
        self._changed = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def start(self) -> None:
        """Tell where things stand, and then every change."""
        self._workspace.listen(self._heard)
        self._changed.set()
        self._thread.start()

    def end(self) -> None:
        """Tell no more, but what is being told."""
        self._ended = True
        self._changed.set()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Tell no more, and wait for what is being told."""
        self.end()
        self._thread.join(seconds)

    def came(self, brand: str, facts: FactsEngine) -> None:
        """Tell of facts that are not committed yet, on the thread that holds the turn."""
        if brand == self._workspace.brand:
            self._ahead = self._line(facts)
            self._live.publish(self._live.version, self._ahead)

    def undone(self) -> None:
        """Know that what came was not committed; it comes again."""
        self._ahead = None
        self._today.forget()
        self._changed.set()

    def _heard(self, version: int) -> None:
        """Tell the version of what was told already; of anything else, have the thread tell."""
        line, self._ahead = self._ahead, None
        if line is None:
            self._changed.set()
            return
        self._watched.version = version
        self._live.publish(self._workspace.version_at(version), line)

    def _run(self) -> None:
        while True:
            self._changed.wait()
            if self._ended:
                return
            self._changed.clear()
            try:
                self.tell()
            except Exception:  # noqa: BLE001 - told, and tried again
                _log.exception("open pages could not be told")
            time.sleep(TELL_SECONDS)

    def tell(self) -> None:
        """Tell the newest figures."""
        with self._workspace.turn:
            line, version = self._line(None), self._workspace.version
            self._watched.version = int(version.rpartition(".")[2])
            self._live.publish(version, line)

    def _line(self, facts: FactsEngine | None) -> str:
        rows, heard = self._today.told(facts)
        newest = sorted(heard, key=lambda each: each.seconds)[:HEARD_MOST]
        self._watched.heard = tuple((each.kind, each.source, each.seconds) for each in heard)
        self._watched.heard_at = time.monotonic()
        told = [*self._watched.told, *(each.sentence for each in newest)]
        return live_line(rows, told, self._workspace.simulated)


@dataclass(frozen=True, slots=True)
class House:
    """What is there for one brand while it is served."""

    live: Live
    teller: Teller
    lines: Lines
    front: Front


@dataclass(slots=True)
class Life:
    """Begins what runs beside the requests, and ends it. houses: by brand, the first one first."""

    parts: Parts
    houses: dict[str, House] = field(default_factory=dict)

    async def begin(self) -> None:
        """Start everything, on the server's loop."""
        for house in self.houses.values():
            house.live.begin()
        if self.parts.collector is not None:
            self.parts.collector.start()
        self.parts.loop.start()
        for mind in self.parts.minds:
            mind.start()
        self.parts.commands.open()
        for house in self.houses.values():
            house.teller.start()

    async def end(self) -> None:
        """Collect no more."""
        if self.parts.collector is not None:
            await self.parts.collector.stop()

    def ending(self) -> None:
        """End open streams."""
        for house in self.houses.values():
            house.live.end()


def run(parts: Parts, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until stopped, and end in order; TrueliftError when the port cannot be had."""
    collector, crew, life = parts.collector, parts.crew, Life(parts)
    cannot = f"Port {port} of {host} cannot be had; another program listens there: name another."
    if crew is None and not port_free(host, port):  # before anything runs that would have to end
        raise TrueliftError(cannot)
    for each in parts.brands:
        life.houses[each.reader.brand] = _house(parts, each, host, life)
    tellers = [house.teller for house in life.houses.values()]
    parts.loop.came = partial(_all_came, tellers)
    parts.loop.undone = partial(_all_undone, tellers)
    application: Application = Brands({name: each.front for name, each in life.houses.items()})
    if collector is not None:
        application = collector.around(application)
    with contextlib.ExitStack() as held:
        if crew is None:
            started = serve(application, host, port, ready=ready, ending=life.ending)
        else:
            serving = _serving_crew(held, crew, (host, port), ready, life.ending)
            started = serving is not None and serving(application)
        _end(parts, list(life.houses.values()))
    if not started:
        raise TrueliftError(cannot)


def _all_came(tellers: Sequence[Teller], brand: str, facts: FactsEngine) -> None:
    for teller in tellers:
        teller.came(brand, facts)


def _all_undone(tellers: Sequence[Teller]) -> None:
    for teller in tellers:
        teller.undone()


@dataclass(frozen=True, slots=True)
class Lines:
    """Threads that requests wait for, each with a workspace of its own (Served).

    signing: for what hashes passwords, slow by design; it needs the workspace's own database only.
    """

    reading: Line
    writing: Line
    slowly: Line
    signing: Line
    renewing: Renewing


def _house(parts: Parts, served: Served, host: str, life: Life) -> House:
    live, watched = Live(), Watched(parts.loop.pulse)
    watched.streams = live
    watched.counting = parts.collector or parts.crew
    lines = Lines(
        Line("reading"), Line("writing"), Line("slowly"), Line("signing"), Renewing(served.renewer)
    )
    shown, asked, checked = _doors(parts, served, host, lines)
    front = Front(
        pages=shown, api=asked, live=live, watched=watched, checked=checked, begin=life.begin,
        end=life.end,
    )  # fmt: skip
    return House(live, Teller(served.teller, live, watched), lines, front)


def _doors(
    parts: Parts, served: Served, host: str, lines: Lines
) -> tuple[Application, Application, Callable[[Scope], Awaitable[None]]]:
    """Make pages and API, and the check that a stream of figures is for somebody who may read."""
    passed_on = PASSED_ON if parts.crew is None else PASSED_ON_TO_US
    entry = replace(
        parts.entry,
        wide=host not in LOCAL,
        brands=tuple(each.reader.brand for each in parts.brands),
    )
    check = pages.admitted(served.reader, host_checked(host), lines.reading, passed_on, entry)

    async def checked(scope: Scope) -> None:
        await check(Request(scope))  # type: ignore[arg-type]  # an HTTP scope

    shown: Any = pages.application(
        served.reader,
        host,
        reading=lines.reading,
        passed_on=passed_on,
        renew=lines.renewing.later,
        writer=(served.writer, lines.writing),
        largest_upload=parts.largest_upload,
        signing=lines.signing,
        entry=entry,
    )
    asked: Any = api.application(
        served.writer,
        served.reader,
        writing=lines.writing,
        reading=lines.reading,
        apart=(served.slow, lines.slowly),
    )
    return shown, asked, checked


def _serving_crew(
    held: contextlib.ExitStack,
    crew: Crew,
    place: tuple[str, int],
    ready: Callable[[int], None],
    ending: Callable[[], None],
) -> Callable[[Application], bool] | None:
    """Serve on a socket of our own, with the crew on the port before it; None without the port.

    held: keeps the port and the socket until everything has ended.
    """
    try:
        port = held.enter_context(_port_taken(*place)).getsockname()[1]
    except OSError:
        return None
    listening = held.enter_context(private_socket(crew.folder, PAGES_SOCKET))
    held.callback((crew.folder / PAGES_SOCKET).unlink, missing_ok=True)

    def end() -> None:
        crew.tell_to_end()
        ending()

    return partial(
        serve, host=place[0], port=port, ready=lambda _: crew.start(port, lambda: ready(port)),
        ending=end, listening=listening,
    )  # fmt: skip


def _port_taken(host: str, port: int) -> socket.socket:
    """Take the port; collectors of a server that was killed give it free within seconds."""
    ends = time.monotonic() + PORT_SECONDS
    while True:
        try:
            return port_taken(host, port)
        except OSError:
            if time.monotonic() >= ends:
                raise
            time.sleep(TELL_SECONDS)


def _end(parts: Parts, houses: Sequence[House]) -> None:
    """Finish commits and stop, in seconds: what runs longer is cut off as a crash would cut it."""
    began = time.monotonic()
    for house in houses:
        lines = house.lines
        for line in (lines.reading, lines.writing, lines.slowly, lines.signing, lines.renewing):
            line.close()
        house.teller.end()
    for house in houses:
        house.teller.stop(max(STOP_SECONDS - (time.monotonic() - began), 0.1))
    looped = parts.loop.stop(STOP_SECONDS)
    thought = [
        mind.stop(max(STOP_SECONDS - (time.monotonic() - began), 0.1)) for mind in parts.minds
    ]
    done = parts.commands.close(max(STOP_SECONDS - (time.monotonic() - began), 0.1))
    ended = parts.crew is None or parts.crew.stop()
    if not (looped and all(thought) and done and ended):
        _log.warning("something was cut off; it is taken up at the next start")
