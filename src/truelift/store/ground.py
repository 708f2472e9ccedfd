"""The ground an operation stands on: one workspace's two stores, one brand, and a clock.

In:   a workspace folder (workspace.db, facts.duckdb, segments/, spool/, exports/); a workspace.toml
      in it may name a database in the place of workspace.db.
Out:  Ground, opened and closed as one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyarrow as pa

from truelift.base.errors import Refused, TrueliftError, UsageError
from truelift.base.secret import Secret
from truelift.base.time import Clock
from truelift.catalog.permission import Rights
from truelift.store import audit_log, people_store, places
from truelift.store import workspace_database as records
from truelift.store.cluster_engine import ClusterEngine
from truelift.store.evidence_files import EvidenceFiles
from truelift.store.facts_engine import FactsEngine
from truelift.store.facts_file import FactsDamaged, Limits
from truelift.store.keeper import Follower, Keeper, kept
from truelift.store.lake import Lake
from truelift.store.lake_reader import LakeReader, facts_of
from truelift.store.lent_facts import borrowed
from truelift.store.owning import Owning
from truelift.store.people_store import Actor
from truelift.store.people_tables import EVERY_BRAND
from truelift.store.segments import SegmentLog
from truelift.store.turn import Turn
from truelift.store.workspace_database import BrandRecord, WorkspaceDatabase

FILE = "workspace.db"
FOLDERS = ("spool", "segments", "exports")


@dataclass(frozen=True, slots=True)
class Ground:
    """Both stores of a workspace, the brand in question, who acts, and what time it is.

    turn: held while something is changed, so that the threads of a process that serves take turns.
    served: this process serves the workspace. lake: where segments are sealed, if anywhere. keeper:
    keeps it the only one that serves, where others reach its database too. owning: whether this
    folder may write, there too.
    """

    folder: Path
    workspace_id: str
    customer_salt: bytes
    brand: BrandRecord
    facts: FactsEngine
    workspace: WorkspaceDatabase
    evidence: EvidenceFiles
    clock: Clock
    person: str
    rights: Rights
    owning: Owning = field(compare=False)
    simulated: bool = False
    turn: Turn = field(default_factory=Turn, compare=False)
    served: bool = False
    lake: Lake | None = field(default=None, compare=False)
    keeper: Keeper | Follower | None = field(default=None, compare=False)

    def may_work(self) -> None:
        """Ask whether what is due may be done; WorkspaceAway, NotOwner, Overtaken by a worker."""
        self.workspace.answers()
        if self.keeper is not None:
            self.keeper.check()
        self.owning.admit()


@dataclass(frozen=True, slots=True)
class Held:
    """The stores of a workspace that this process serves; whatever it opens stands on them.

    simulated: the clock of a sample that is played on, from where it stood. tell: tells the process
    that this one stands beside.
    """

    folder: Path
    workspace: WorkspaceDatabase
    facts: FactsEngine
    turn: Turn
    owning: Owning
    simulated: Clock | None = None
    tell: Callable[[Any], None] = lambda _told: None
    keeper: Keeper | Follower | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people and brands are managed: a workspace's own database, who acts, and a clock."""

    workspace: WorkspaceDatabase
    clock: Clock
    actor: Actor


@dataclass(frozen=True, slots=True)
class PlayedClock:
    """The simulated clock of a sample that is served: it goes on from where it stood."""

    at: dt.datetime
    clock: Clock
    since: dt.datetime

    def now(self) -> dt.datetime:
        """Give the time it was set to, and what has passed since; naive UTC."""
        return self.at + (self.clock.now() - self.since)


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that always tells the same time: the sample programme's simulated one."""

    at: dt.datetime

    def now(self) -> dt.datetime:
        """Give the time it was set to, naive UTC."""
        return self.at


def create(folder: Path, record: BrandRecord, now: dt.datetime) -> str:
    """Make a workspace folder with its first brand; give the workspace's id."""
    place = places.read(folder).database
    if (folder / FILE).exists():
        msg = f"{folder} holds a workspace already; choose another folder."
        raise TrueliftError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    database = WorkspaceDatabase(place or folder / FILE)
    with contextlib.closing(database):
        with database.transaction() as connection:
            if records.holds_workspace(connection):
                msg = (
                    f"The database {place} holds a workspace already; name another in "
                    "workspace.toml."
                )
                raise TrueliftError(msg)
            for name in FOLDERS:
                (folder / name).mkdir(exist_ok=True)
            workspace_id = records.create_workspace(connection, now)
            records.add_brand(connection, record, now)
        Owning(database, folder).admit()
    return workspace_id


def rebuild(folder: Path) -> int:
    """Make the facts file again from the log of segments; give how many segments there are.

    The old file stays in its place, and is held against other processes, until the new one is
    whole. A damaged one cannot be held; it is replaced all the same.
    """
    _database(folder).close()
    if held_at(folder) is not None:
        msg = f"{folder} is served by this process; stop it before its facts file is made again."
        raise TrueliftError(msg)
    if not (folder / "segments").is_dir():
        msg = f"{folder} has no segments to make facts of; restore its folder from a backup."
        raise TrueliftError(msg)
    path, fresh = folder / "facts.duckdb", folder / "facts.rebuilding"
    log = SegmentLog(folder / "segments")
    beside: dict[str, pa.Table] = {}
    with contextlib.ExitStack() as held:
        if path.exists():
            with contextlib.suppress(FactsDamaged):
                old = held.enter_context(contextlib.closing(FactsEngine(path, log)))
                beside = old.carried()
        _remove(fresh)
        try:
            with contextlib.closing(FactsEngine(fresh, log, limits=_limits(folder))) as made:
                made.carry(beside)
        except BaseException:
            _remove(fresh)
            raise
    _write_ahead_log(path).unlink(missing_ok=True)
    fresh.replace(path)
    return sum(len(segment.numbers) for segment in log)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    _write_ahead_log(file).unlink(missing_ok=True)


def _write_ahead_log(file: Path) -> Path:
    return file.with_name(file.name + ".wal")


def _database(folder: Path) -> WorkspaceDatabase:
    address = places.read(folder).database
    if address is not None:
        return WorkspaceDatabase(address)
    if not (folder / FILE).is_file():
        msg = f"{folder} holds no workspace; make one with `truelift init {folder} --brand NAME`."
        raise TrueliftError(msg)
    return WorkspaceDatabase(folder / FILE)


def workspace_id(folder: Path) -> str:
    """Give the id of the workspace of a folder, or of the database that it names."""
    database = _database(folder)
    with contextlib.closing(database), database.transaction() as connection:
        return records.workspace_row(connection)[0]


def _facts(folder: Path, workspace_id: str) -> FactsEngine:
    """Open the facts of a folder; those of its lake, for reading, where it has no log."""
    log, lake = SegmentLog(folder / "segments"), _lake_of(folder, workspace_id)
    limits = _limits(folder)
    elsewhere = lake is not None or places.read(folder).database is not None
    if elsewhere and not (folder / "segments").exists():
        if lake is None:
            msg = f"{folder} holds no facts of its own and names no lake to read them from."
            raise UsageError(msg)
        return facts_of(lake, _heavy(folder, None, workspace_id), limits)
    return FactsEngine(folder / "facts.duckdb", log, _heavy(folder, log, workspace_id), limits)


def _limits(folder: Path) -> Limits:
    named = places.read(folder)
    return Limits(named.memory, named.spill)


def _reads(engine: FactsEngine) -> bool:
    return isinstance(engine, LakeReader)


def _heavy(folder: Path, log: SegmentLog | None, workspace_id: str) -> ClusterEngine | None:
    """Give the engine for heavy questions where the workspace names one."""
    lake, engine = _lake_of(folder, workspace_id), places.read(folder).engine
    return None if lake is None or engine == places.EMBEDDED else ClusterEngine(engine, lake, log)


def _lake_of(folder: Path, workspace_id: str) -> Lake | None:
    named = places.read(folder)
    return None if named.lake is None else Lake(named.lake, named.node, workspace_id)


_HELD: dict[Path, Held] = {}
"""Workspaces that this process serves, by folder."""


def held_at(folder: Path) -> Held | None:
    """Give the stores of a workspace that this process serves, None when it does not."""
    return _HELD.get(folder.resolve())


def brand_names(shared: Held) -> list[str]:
    """Name the brands of a workspace, in order of their making."""
    with shared.workspace.transaction() as connection:
        return [record.brand for record in records.brands(connection)]


@contextlib.contextmanager
def held(folder: Path, clock: Clock) -> Iterator[Held]:
    """Hold a workspace for this process: until the end, what is opened shares its stores.

    Where others reach its database too, this process is the only worker of it meanwhile.
    """
    place = folder.resolve()
    database = _database(place)
    with contextlib.closing(database):
        with database.transaction() as connection:
            workspace_id, _, simulated = records.workspace_row(connection)
        engine = _facts(place, workspace_id)
        owning = Owning(database, place, _reads(engine))
        with contextlib.closing(engine), _alone(database, place, owning) as keeper:
            played = None if simulated is None else PlayedClock(simulated, clock, clock.now())
            _HELD[place] = Held(place, database, engine, Turn(), owning, played, keeper=keeper)
            try:
                yield _HELD[place]
            finally:
                del _HELD[place]


@contextlib.contextmanager
def _alone(database: WorkspaceDatabase, place: Path, owning: Owning) -> Iterator[Keeper | None]:
    """See that this folder may write, and be its only worker."""
    owning.admit()
    with kept(database, place) as keeper:
        yield keeper


@contextlib.contextmanager
def borrowing(folder: Path, pipe: Connection, simulated: Clock | None) -> Iterator[Held]:
    """Stand beside the process that holds a workspace: its facts and its turn, over a pipe."""
    place = folder.resolve()
    lent = borrowed(pipe)
    with contextlib.closing(_database(place)) as database:
        with database.transaction() as connection:
            workspace_id = records.workspace_row(connection)[0]
        log = SegmentLog(place / "segments")
        engine = FactsEngine.over(lent.connection, log, _heavy(place, log, workspace_id))
        beside = Follower(database, place)
        with contextlib.closing(engine):
            owning = Owning(database, place, begun=True)
            yield Held(place, database, engine, lent.turn, owning, simulated, lent.tell, beside)


@contextlib.contextmanager
def opened(
    folder: Path,
    brand: str | None,
    clock: Clock,
    person: str,
    token: Secret | None = None,
    *,
    shared: Held | None = None,
) -> Iterator[Ground]:
    """Open a workspace folder for one brand; both stores are closed at the end.

    token: whose person acts in place of the local owner; Refused when it is none or has ended.
    shared: stores to stand on; those that this process serves when none are given.
    """
    shared = shared or held_at(folder)
    with contextlib.ExitStack() as stack:
        if shared is None:
            database = stack.enter_context(contextlib.closing(_database(folder)))
        else:
            database = shared.workspace
        who = _admitted(database, clock, person, token)
        with database.transaction() as connection:
            workspace_id, salt, simulated = records.workspace_row(connection)
            chosen = records.brand_named(connection, brand, who.sees)
        engine = _facts(folder, workspace_id) if shared is None else shared.facts.beside()
        stack.callback(engine.close)
        played = StoppedClock(simulated) if simulated is not None else None
        yield Ground(
            folder=folder,
            workspace_id=workspace_id,
            customer_salt=salt,
            brand=chosen,
            facts=engine,
            workspace=database,
            evidence=EvidenceFiles(folder / "evidence"),
            clock=(shared.simulated if shared else None) or played or clock,
            person=who.name,
            rights=who.at(chosen.brand),
            simulated=simulated is not None,
            turn=shared.turn if shared else Turn(),
            served=shared is not None,
            lake=_lake_of(folder, workspace_id),
            keeper=shared.keeper if shared else None,
            owning=shared.owning if shared else Owning(database, folder, _reads(engine)),
        )


@contextlib.contextmanager
def desk(folder: Path, clock: Clock, person: str, token: Secret | None = None) -> Iterator[Desk]:
    """Open a workspace's own database to manage its people and brands."""
    database = _database(folder)
    with contextlib.closing(database):
        yield Desk(database, clock, _admitted(database, clock, person, token))


def _admitted(
    database: WorkspaceDatabase, clock: Clock, person: str, token: Secret | None
) -> Actor:
    """Give who acts; a token that is refused is written into the audit log."""
    now = clock.now()
    try:
        with database.transaction() as connection:
            return people_store.actor(connection, person, token, now)
    except Refused as refused:
        with database.transaction() as connection:
            audit_log.append(
                connection, EVERY_BRAND, at=now, person=person, action="come in by token",
                subject="", outcome=f"{audit_log.REFUSED}: {refused}",
            )  # fmt: skip
        raise
