"""The keeper of the worker's lease: one process works on a workspace, wherever its database is.

In:   a workspace database on a server, and the folder that this process works in.
Out:  the lease, held for longer again and again on a thread of its own; given back at the end.

A file needs none: the facts file beside it is held by one process. Two folders, on two machines
even, may name one database, and there the lease says which of them takes in, books and watches.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from truelift.base.errors import Overtaken, TrueliftError, WorkspaceAway
from truelift.store import leases
from truelift.store.leases import Lease
from truelift.store.workspace_database import WorkspaceDatabase

SECONDS = 30.0
"""For how long a lease is taken: a worker that died blocks the next one for so long at most."""

RENEWED = 3
"""How many times it is renewed within that time."""

LOOK_SECONDS = 0.5
"""How often one that waits for the lease looks for it."""

_log = logging.getLogger("truelift.worker")


class Keeper:
    """Holds the worker's lease of a workspace database."""

    def __init__(self, database: WorkspaceDatabase, holder: str, seconds: float = SECONDS) -> None:
        """holder: who this is, in words; the same after a restart, which takes its own again."""
        self._database, self._holder, self._seconds = database, holder, seconds
        self._held: Lease | None = None
        self._lost = ""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def take(self) -> None:
        """Take the lease, or wait until whoever holds it must have renewed it; TrueliftError."""
        ends, told = time.monotonic() + self._seconds * (1 + 1 / RENEWED), False
        while True:
            found = self._asked()
            if found.holder == self._holder:
                self._held = found
                self._thread.start()
                return
            if time.monotonic() >= ends:
                msg = (
                    f"{found.holder} works on this workspace since {found.taken_at:%Y-%m-%d %H:%M}"
                    " UTC, and one does at a time; stop it before this one starts."
                )
                raise TrueliftError(msg)
            if not told:
                _log.warning("waiting for %s, who works on this workspace", found.holder)
                told = True
            time.sleep(min(LOOK_SECONDS, self._seconds / RENEWED))

    def check(self) -> None:
        """Overtaken when another worker took the lease since: this one changes nothing more."""
        if self._lost:
            raise Overtaken(self._lost)

    def give(self) -> None:
        """Give the lease back."""
        self._ending.set()
        if self._held is None:
            return
        self._thread.join()
        with contextlib.suppress(WorkspaceAway), self._database.transaction() as connection:
            leases.give(connection, self._held)

    def _asked(self) -> Lease:
        with self._database.transaction() as connection:
            return leases.take(connection, leases.WORKER, self._holder, self._seconds)

    def _run(self) -> None:
        while not self._ending.wait(self._seconds / RENEWED):
            try:
                self.renew()
            except Exception as error:  # noqa: BLE001 - told, and tried again
                _log.warning("the lease could not be renewed: %s", error)

    def renew(self) -> None:
        """Hold the lease for longer; one that ended while the database was away is taken again."""
        found = self._asked()
        if found.holder == self._holder:
            self._held, self._lost = found, ""
            return
        self._lost = _overtaken(found)
        _log.error("%s", self._lost)


class Follower:
    """Looks whether the worker that this process stands beside is still the one."""

    def __init__(self, database: WorkspaceDatabase, folder: Path) -> None:
        """folder: where both work."""
        self._database, self._holder = database, holder_in(folder)

    def check(self) -> None:
        """Overtaken when another worker holds the lease."""
        if self._database.address is None:
            return
        with self._database.transaction() as connection:
            found = leases.holders(connection)
        for each in found:
            if each.name == leases.WORKER and each.holder != self._holder:
                raise Overtaken(_overtaken(each))


def holder_in(folder: Path) -> str:
    """Name who works in a folder: the same after a restart, another one on another machine."""
    return f"{folder} on {socket.gethostname()}"


def _overtaken(by: Lease) -> str:
    return (
        f"{by.holder} works on this workspace now; this process takes nothing in and books "
        "nothing any more: stop it."
    )


@contextlib.contextmanager
def kept(database: WorkspaceDatabase, folder: Path) -> Iterator[Keeper | None]:
    """Be the one worker of a workspace until the end; nothing is to be done for a file."""
    if database.address is None:
        yield None
        return
    keeper = Keeper(database, holder_in(folder), SECONDS)
    try:
        keeper.take()
        yield keeper
    finally:
        keeper.give()
