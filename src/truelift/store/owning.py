"""Owning: the one folder that takes in the facts of a workspace, where others reach its database.

In:   a workspace database on a server, and a folder.
Out:  leave to write, or NotOwner with who the owner is; a way to own on purpose.

Folder and database hold the same mark, a new one whenever a process begins to write. So a copy of
the folder, or one restored from a backup, is told from the owner: its mark is an old one, and its
number on the disk another one. A workspace in a file has no owner: the file lies in the folder.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from truelift.base.errors import NotOwner
from truelift.store import leases
from truelift.store.keeper import holder_in
from truelift.store.leases import Lease
from truelift.store.workspace_database import WorkspaceDatabase

FILE = "owner.json"
"""In the owner's folder: its mark, the one that follows, and the folder's number on the disk."""


ASKED_SECONDS = 1.0
"""A process that was given leave is not asked again for so long: it takes in ten times a second."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose folder takes facts in: its mark, where it is in words, and since when (naive UTC)."""

    mark: str
    place: str
    since: dt.datetime


@dataclass(slots=True)
class Owning:
    """Asks whether a folder may write to its workspace.

    reads: it holds no facts of its own, and never may. begun: the mark is not changed any more, as
    it is where a process stands beside the one that did.
    """

    database: WorkspaceDatabase
    folder: Path
    reads: bool = False
    begun: bool = False
    _asked: float = float("-inf")
    _alone: Any = field(default_factory=threading.Lock)

    def refuse_reader(self) -> None:
        """Refuse to write where there is nothing but a database and a lake; NotOwner."""
        if self.reads and self.database.address is None:
            msg = (
                f"{self.folder} has no segments, and its facts are read over the lake; run "
                "`truelift lake restore`, and it goes on from there."
            )
            raise NotOwner(msg)
        if self.reads:
            owner = self.owner()
            where = "the folder that takes its facts in" if owner is None else owner.place
            msg = (
                "This workspace is only read here, by its database and its lake; nothing can be "
                f"changed: do it in {where}."
            )
            raise NotOwner(msg)

    def admit(self) -> None:
        """Ask for leave to write; the first folder that asks is the owner. NotOwner, WorkspaceAway.

        The first time the mark is changed: whoever copied the folder before has an old one.
        """
        self.refuse_reader()
        if self.database.address is None:
            return
        with self._alone:
            if self.begun and time.monotonic() - self._asked < ASKED_SECONDS:
                return
            if self.begun:
                owner = self.owner()
                if owner is not None and not self._ours(owner):
                    raise NotOwner(_refusal(owner))
                self.begun = owner is not None  # an owner that is gone is followed
            if not self.begun:
                self._change(asked=True)
            self._asked = time.monotonic()

    def take(self) -> None:
        """Be the owner from now on, whoever was."""
        with self._alone:
            self._change(asked=False)

    def other(self) -> Owner | None:
        """Give the owner when it is another folder than this one."""
        owner = self.owner()
        return None if owner is None or self._ours(owner) else owner

    def owner(self) -> Owner | None:
        """Give the owner; None where nobody wrote yet, and for a workspace in a file."""
        if self.database.address is None:
            return None
        with self.database.transaction() as connection:
            found = leases.held(connection, leases.OWNER)
        return None if found is None else _owner(found)

    def _change(self, *, asked: bool) -> None:
        """Write a new mark into the folder and the database; it counts when that is committed."""
        fresh = secrets.token_hex(8)
        with self.database.transaction() as connection:
            leases.locked(connection, leases.OWNER)
            found = leases.held(connection, leases.OWNER)
            owner = None if found is None else _owner(found)
            ours = owner is not None and self._ours(owner)
            if asked and owner is not None and not ours:
                raise NotOwner(_refusal(owner))
            self._write(*([owner.mark] if owner is not None and ours else []), fresh)
            leases.hand_over(connection, leases.OWNER, f"{fresh} {holder_in(self._place)}")
        self._write(fresh)
        self.begun = True

    def _ours(self, owner: Owner) -> bool:
        try:
            told = json.loads((self.folder / FILE).read_text(encoding="utf-8"))
            return owner.mark in told["marks"] and told["number"] == self._number
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _write(self, *marks: str) -> None:
        """Write the marks that are ours; on the disk before anything counts on it."""
        fresh = self.folder / f"{FILE}.writing"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"marks": marks, "number": self._number}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / FILE)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @property
    def _number(self) -> int:
        return self.folder.stat().st_ino

    @property
    def _place(self) -> Path:
        return self.folder.resolve()


def _owner(held: Lease) -> Owner:
    mark, _, place = held.holder.partition(" ")
    return Owner(mark, place, held.taken_at)


def _refusal(owner: Owner) -> str:
    return (
        f"The facts of this workspace are taken in by {owner.place}, which began to "
        f"write last at {owner.since:%Y-%m-%d %H:%M} UTC; this folder is a copy of it, or came out "
        "of a backup, and only reads. Where that one is gone for good, `truelift own` makes this "
        "one the owner."
    )
