"""The crew: collector processes beside the owner of a workspace, started, watched and ended by it.

In:   what a process runs, and how many there are.
Out:  so many of them at any time; the sums of their counters; what is wrong, in sentences.
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from multiprocessing import connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from truelift.worker.beside import Told

LOOK_SECONDS = 0.1
STEADY_SECONDS = 5.0
"""A process that lived so long is started again at once; others wait longer each time."""

END_SECONDS = 4.2
"""How long they have to end; what runs longer is cut off as a crash would cut it."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.3, 5.0

Target = Callable[[Path, str, int, str, connection.Connection], None]

_log = logging.getLogger("truelift.worker")


@dataclass(slots=True)
class _Member:
    """One place of the crew, and the process that stands there now."""

    number: int
    process: SpawnProcess | None = None
    telling: connection.Connection | None = None
    told: Told | None = None
    begun: float = 0.0
    pause: float = SHORTEST_PAUSE
    due: float = 0.0

    @property
    def name(self) -> str:
        """Name it, and its folder of the spool."""
        return f"worker-{self.number}"


class Crew:
    """Keeps collector processes of a workspace running.

    target(folder, host, port, name, pipe) is what each of them runs.
    """

    def __init__(self, folder: Path, host: str, number: int, target: Target) -> None:
        """Say how many there are; they are started by `start`."""
        self.folder = folder
        self._context = multiprocessing.get_context("spawn")
        self._target, self._host, self._port = target, host, 0
        self._members = [_Member(each) for each in range(1, number + 1)]
        self._gone: list[Told] = []
        self._ending, self._ends = threading.Event(), 0.0
        self._thread = threading.Thread(target=self._watch, name="crew", daemon=True)
        self._ready: Callable[[], None] | None = None

    def start(self, port: int, ready: Callable[[], None]) -> None:
        """Start all of them on a port, and call `ready` once when the last one listens."""
        self._port, self._ready = port, ready
        for member in self._members:
            self._begin(member)
        self._thread.start()

    def tell_to_end(self) -> None:
        """Begin to end: none is started any more."""
        if not self._ending.is_set():
            self._ends = time.monotonic() + END_SECONDS
            self._ending.set()
        for member in self._members:
            if member.process is not None:
                member.process.terminate()

    def stop(self) -> bool:
        """End all of them, in seconds after they were told to; say if none had to be cut off."""
        self.tell_to_end()
        if self._thread.is_alive():
            self._thread.join(max(self._ends - time.monotonic(), 0.1))
        self.tell_to_end()  # one may have been started meanwhile
        well = True
        for member in self._members:
            if member.process is None:
                continue
            member.process.join(max(self._ends - time.monotonic(), 0.1))
            if member.process.is_alive():
                well = False
                member.process.kill()
                member.process.join()
        return well

    @property
    def collected(self) -> Any:  # noqa: ANN401 - the collector's counters, None before any is told
        """Give the sum of the collectors' counters, of those that ended too."""
        return _sum([told.collected for told in self._all_told()])

    @property
    def spooled(self) -> Any:  # noqa: ANN401 - the spool's counters, None before any is told
        """Give the sum of the spools' counters."""
        return _sum([told.spooled for told in self._all_told()])

    @property
    def faults(self) -> list[str]:
        """Name the processes that do not run, and what is wrong with the spools of the others."""
        living = [member.told.spooled.fault for member in self._members if member.told]
        return [*filter(None, living), *self._silent()]

    def _silent(self) -> list[str]:
        return [
            f"The collector process {member.name} does not run; it is started again, the log says "
            "why it ended."
            for member in self._members
            if member.told is None or not member.told.listens
        ]

    def _all_told(self) -> list[Told]:
        return [*self._gone, *(member.told for member in self._members if member.told)]

    def _watch(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            for member in self._members:
                self._hear(member)
                self._look_after(member)
            if self._ready is not None and not self._silent():
                self._ready()
                self._ready = None

    def _hear(self, member: _Member) -> None:
        try:
            while member.telling is not None and member.telling.poll():
                member.told = member.telling.recv()
        except (EOFError, OSError):
            return

    def _look_after(self, member: _Member) -> None:
        now = time.monotonic()
        if member.process is None:
            if now >= member.due:
                self._begin(member)
            return
        if member.process.is_alive():
            return
        code = member.process.exitcode
        self._hear(member)
        if member.telling is not None:
            member.telling.close()
        if member.told is not None:
            self._gone = [_together(self._gone, member.told)]
        lived = now - member.begun
        member.pause = (
            SHORTEST_PAUSE if lived >= STEADY_SECONDS else min(2 * member.pause, LONGEST_PAUSE)
        )
        member.process = member.telling = member.told = None
        member.due = now + member.pause
        _log.error("%s ended with %s; it is started again", member.name, code)

    def _begin(self, member: _Member) -> None:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=self._target, args=(self.folder, self._host, self._port, member.name, theirs),
            name=member.name, daemon=True,
        )  # fmt: skip
        process.start()
        theirs.close()
        member.process, member.telling = process, ours
        member.begun = time.monotonic()


def _together(before: list[Told], told: Told) -> Told:
    collected = _sum([*(each.collected for each in before), told.collected])
    spooled = _sum([*(each.spooled for each in before), told.spooled])
    return Told(listens=False, collected=collected, spooled=spooled)


def _sum(several: list[Any]) -> Any:  # noqa: ANN401 - counters of one sort, as plain dataclasses
    """Add counters field by field; None when there are none."""
    if not several:
        return None
    total = type(several[0])()
    for each in several:
        for name in (field.name for field in fields(each)):
            value = getattr(each, name)
            if isinstance(value, Counter):
                getattr(total, name).update(value)
            elif not isinstance(value, str):
                setattr(total, name, getattr(total, name) + value)
    return total
