"""Doctor: looks at a workspace's surroundings, one sentence per check.

In:   the ground, a folder that must be writable, how much disk is left.
Out:  checks; one that does not hold says what to do.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from truelift.base.errors import TrueliftError
from truelift.operations import nodes, owning
from truelift.operations.drain import waiting_bytes
from truelift.operations.lake import lake_waiting
from truelift.operations.people import Action, needs
from truelift.store import ground as grounds
from truelift.store import lake_restore, places, postgresql, spool_reader
from truelift.store.ground import Ground

LEAST_FREE = 512 * 2**20
MOST_WAITING = 64 * 2**20
PRIVATE = ("serve.sock", "pages.sock")
AHEAD = timedelta(minutes=5)

FILES = ("workspace.db", "facts.duckdb")
FOLDERS = ("segments", "spool", "exports")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    holds: bool
    sentence: str


@needs(Action.READ)
def doctor(ground: Ground) -> list[Check]:
    """Look at everything."""
    return [check for looked in _LOOKS for check in looked(ground)]


def _files(ground: Ground) -> Iterator[Check]:
    if ground.owning.reads:  # a database and a lake are all there is
        return
    elsewhere = places.read(ground.folder).database is not None
    files = [name for name in FILES if not (elsewhere and name == grounds.FILE)]
    missing = [name for name in files if not (ground.folder / name).is_file()]
    missing += [name for name in FOLDERS if not (ground.folder / name).is_dir()]
    told = "Every file and folder of the workspace is there."
    if missing:
        told = f"{', '.join(missing)} of the workspace is missing; restore it from a backup."
    yield Check("files", not missing, told)


def _database(ground: Ground) -> Iterator[Check]:
    address = ground.workspace.address
    if address is None:
        return
    ground.workspace.answers()
    told = f"The workspace is in PostgreSQL at {address}, which answers."
    with ground.workspace.transaction() as connection:
        role = postgresql.application_role(connection)
        if role is False:
            role = postgresql.grant_if_owner(connection)
    if role is False:
        told += (
            f" The role {postgresql.ROLE} lacks rights to newer tables; run `truelift doctor` once "
            "as the owner of the tables."
        )
    yield Check("database", role is not False, told)


def _owner(ground: Ground) -> Iterator[Check]:
    if ground.workspace.address is not None:
        yield Check("owner", *owning.standing(ground))


def _writable(ground: Ground) -> Iterator[Check]:
    closed = [
        name for name in FOLDERS
        if (ground.folder / name).is_dir() and not os.access(ground.folder / name, os.W_OK)
    ]  # fmt: skip
    told = "The folders of the workspace can be written to."
    if closed:
        told = f"{', '.join(closed)} cannot be written to; give this account the right to."
    yield Check("rights", not closed, told)


def _private(ground: Ground) -> Iterator[Check]:
    open_ones = [
        name for name in PRIVATE
        if (ground.folder / name).exists() and _mode(ground.folder / name) & 0o077
    ]  # fmt: skip
    told = "What is private can be opened by this account only."
    if open_ones:
        told = f"{', '.join(open_ones)} can be opened by others; set its mode to 600."
    yield Check("private", not open_ones, told)


def _disk(ground: Ground) -> Iterator[Check]:
    free = shutil.disk_usage(ground.folder).free
    told = f"{free / 2**30:.1f} GB are free on the disk."
    if free < LEAST_FREE:
        told = f"Only {free / 2**20:.0f} MB are free on the disk; hits are refused when it is full."
    yield Check("disk", free >= LEAST_FREE, told)


def _spool(ground: Ground) -> Iterator[Check]:
    waiting = sum(waiting_bytes(ground).values())
    workers = len(spool_reader.workers(ground.folder / "spool"))
    told = f"{waiting:,} bytes of {workers} spools wait to be taken in."
    if waiting > MOST_WAITING:
        told += " That is much: is `truelift serve` or `truelift worker` running?"
    yield Check("spool", waiting <= MOST_WAITING, told)


def _nodes(ground: Ground) -> Iterator[Check]:
    missing, known = nodes.missing(ground.folder), nodes.states(ground.folder)
    if known or missing:
        told = " ".join(missing) or f"Every one of {len(known)} nodes is heard of."
        yield Check("nodes", not missing, told)


def _lost(ground: Ground) -> Iterator[Check]:
    if told := lake_restore.lost(ground.folder):
        yield Check("segments", False, told)  # noqa: FBT003 - a check's verdict


def _lake(ground: Ground) -> Iterator[Check]:
    if ground.lake is None:
        return
    try:
        waiting = lake_waiting(ground)
    except TrueliftError as error:
        yield Check("lake", False, str(error))  # noqa: FBT003 - a check's verdict
    else:
        told = f"The lake answers; {waiting:,} rows wait to be sealed and are read from here."
        if ground.owning.reads:
            told = "The lake answers, and is read."
        yield Check("lake", True, told)  # noqa: FBT003 - as above


def _zone(ground: Ground) -> Iterator[Check]:
    zone = ground.brand.timezone
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        yield Check("time zone", False, f"{zone} is not known here; install the time zone data.")  # noqa: FBT003 - a check's verdict
        return
    yield Check("time zone", True, f"The brand's time zone {zone} is known.")  # noqa: FBT003 - as above


def _clock(ground: Ground) -> Iterator[Check]:
    newest = ground.facts.recordings(ground.brand.brand)[2]
    now = ground.clock.now()
    holds = newest is None or newest <= now + AHEAD
    told = "The clock is not behind what was recorded last."
    if not holds:
        told = f"The clock says {now}, the newest row was recorded at {newest}; set the clock."
    yield Check("clock", holds, told)


def _refunds(ground: Ground) -> Iterator[Check]:
    parameters = {"brand": ground.brand.brand, "known_at": ground.clock.now()}
    lost = ground.facts.read("live.refunds_without_order", parameters).to_pylist()
    told = "Every refund names an order that is here."
    if lost:
        names = ", ".join(f"{each['refund_id']} of {each['order_id']}" for each in lost[:3])
        told = (
            f"Refunds whose order is not here: {len(lost)} ({names}). They are taken off nothing; "
            "import the orders, or have the shop send them again."
        )
    yield Check("refunds", not lost, told)


def _person(ground: Ground) -> Iterator[Check]:
    yield Check("person", True, f"{ground.person} acts, and may read.")  # noqa: FBT003 - a check's verdict


def _served(ground: Ground) -> Iterator[Check]:
    told = "It is served, and commands reach it." if ground.served else "Nobody serves it now."
    yield Check("served", True, told)  # noqa: FBT003 - a check's verdict


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


_LOOKS: tuple[Callable[[Ground], Iterator[Check]], ...] = (
    _files, _database, _owner, _writable, _private, _disk, _spool, _nodes, _lost, _lake, _zone,
    _clock,
    _refunds, _person, _served,
)  # fmt: skip
