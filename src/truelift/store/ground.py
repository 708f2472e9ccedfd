"""The ground an operation stands on: one workspace's two stores, one brand, and a clock.

In:   a workspace folder (workspace.db, facts.duckdb, segments/, spool/, exports/).
Out:  Ground, opened and closed as one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from truelift.base.errors import TrueliftError
from truelift.base.time import Clock
from truelift.store import workspace_database as records
from truelift.store.facts_engine import FactsDamaged, FactsEngine
from truelift.store.segments import SegmentLog
from truelift.store.workspace_database import BrandRecord, WorkspaceDatabase

FOLDERS = ("spool", "segments", "exports")


@dataclass(frozen=True, slots=True)
class Ground:
    """Both stores of a workspace, the brand in question, who acts, and what time it is."""

    workspace_id: str
    customer_salt: bytes
    brand: BrandRecord
    facts: FactsEngine
    workspace: WorkspaceDatabase
    clock: Clock
    person: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that always tells the same time: the sample programme's simulated one."""

    at: dt.datetime

    def now(self) -> dt.datetime:
        """Give the time it was set to, naive UTC."""
        return self.at


def create(folder: Path, record: BrandRecord, now: dt.datetime) -> str:
    """Make a workspace folder with its first brand; give the workspace's id."""
    if (folder / "workspace.db").exists():
        msg = f"{folder} holds a workspace already; choose another folder."
        raise TrueliftError(msg)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    database = WorkspaceDatabase(folder / "workspace.db")
    with contextlib.closing(database), database.transaction() as connection:
        workspace_id = records.create_workspace(connection, now)
        records.add_brand(connection, record, now)
    return workspace_id


def add_brand(folder: Path, record: BrandRecord, now: dt.datetime) -> None:
    """Add a brand to a workspace folder."""
    database = _database(folder)
    with contextlib.closing(database), database.transaction() as connection:
        records.add_brand(connection, record, now)


def rebuild(folder: Path) -> int:
    """Make the facts file again from the log of segments; give how many segments there are.

    The old file stays in its place, and is held against other processes, until the new one is
    whole. A damaged one cannot be held; it is replaced all the same.
    """
    _database(folder).close()
    path, fresh = folder / "facts.duckdb", folder / "facts.rebuilding"
    log = SegmentLog(folder / "segments")
    with contextlib.ExitStack() as held:
        if path.exists():
            with contextlib.suppress(FactsDamaged):
                held.enter_context(contextlib.closing(FactsEngine(path, log)))
        _remove(fresh)
        try:
            FactsEngine(fresh, log).close()
        except BaseException:
            _remove(fresh)
            raise
    _write_ahead_log(path).unlink(missing_ok=True)
    fresh.replace(path)
    return sum(1 for _ in log)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    _write_ahead_log(file).unlink(missing_ok=True)


def _write_ahead_log(file: Path) -> Path:
    return file.with_name(file.name + ".wal")


def _database(folder: Path) -> WorkspaceDatabase:
    if not (folder / "workspace.db").is_file():
        msg = f"{folder} holds no workspace; make one with `truelift init {folder} --brand NAME`."
        raise TrueliftError(msg)
    return WorkspaceDatabase(folder / "workspace.db")


@contextlib.contextmanager
def opened(folder: Path, brand: str | None, clock: Clock, person: str) -> Iterator[Ground]:
    """Open a workspace folder for one brand; both stores are closed at the end."""
    database = _database(folder)
    with contextlib.closing(database):
        with database.transaction() as connection:
            workspace_id, salt, simulated = records.workspace_row(connection)
            chosen = records.brand_named(connection, brand)
        engine = FactsEngine(folder / "facts.duckdb", SegmentLog(folder / "segments"))
        with contextlib.closing(engine):
            yield Ground(
                workspace_id=workspace_id,
                customer_salt=salt,
                brand=chosen,
                facts=engine,
                workspace=database,
                clock=clock if simulated is None else StoppedClock(simulated),
                person=person,
                simulated=simulated is not None,
            )
