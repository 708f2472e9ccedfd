"""Migrate: a workspace's own database moves from the file in its folder to PostgreSQL, for good.

In:   a Desk on the file, the address of an empty database, the folder.
Out:  what was moved; workspace.toml names the database, the file lies beside as it was.

Nothing else works on the workspace meanwhile: the facts file is held, and the file of the database
is locked against writing. Until workspace.toml is written the file is in force, whatever happens;
it is written after the copy is committed, compared and guarded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from truelift.base.errors import TrueliftError, UsageError, WorkspaceHeld
from truelift.catalog.permission import Action
from truelift.operations import desk as desks
from truelift.store import audit_log, moving, places, postgresql
from truelift.store import ground as grounds
from truelift.store.facts_engine import FactsEngine
from truelift.store.ground import FILE, Desk
from truelift.store.moving import Moved
from truelift.store.owning import Owning
from truelift.store.people_tables import EVERY_BRAND
from truelift.store.segments import SegmentLog
from truelift.store.workspace_database import WorkspaceDatabase

MIGRATED = "workspace.db.migrated"
"""What the file is called once it is no longer in force."""


def migrate_workspace(
    desk: Desk, folder: Path, to: str, told: Callable[[str, int], None] = lambda _table, _rows: None
) -> Moved:
    """Move a workspace's database to PostgreSQL; whatever fails leaves the file in force."""
    url = postgresql.address(to)
    known = places.read(folder)
    if known.database is not None:
        msg = f"This workspace is in {known.database} already; it moves from its file only."
        raise UsageError(msg)
    if (folder / MIGRATED).exists():
        msg = f"{folder / MIGRATED} is there already; move it away first."
        raise TrueliftError(msg)
    desks.require_everywhere(desk, Action.MANAGE_BRANDS, f"migrate to {postgresql.plain(url)}")
    with _alone(folder):
        moved = _copied(desk, to, told)
        places.write(folder, replace(known, database=postgresql.plain(url)))
    desk.workspace.close()  # what the file's log still held is in the file from here on
    (folder / FILE).replace(folder / MIGRATED)
    with contextlib.suppress(TrueliftError), contextlib.closing(WorkspaceDatabase(to)) as database:
        Owning(database, folder).admit()  # else whoever writes first owns it
    return moved


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    if grounds.held_at(folder) is not None:
        msg = f"{folder} is served; stop that first, then migrate it."
        raise TrueliftError(msg)
    try:
        engine = FactsEngine(folder / "facts.duckdb", SegmentLog(folder / "segments"))
    except WorkspaceHeld as held:
        msg = f"{held} Stop that first, then migrate it."
        raise TrueliftError(msg) from held
    with contextlib.closing(engine):
        yield


def _copied(desk: Desk, to: str, told: Callable[[str, int], None]) -> Moved:
    engine = postgresql.engine(to)
    try:
        with desk.workspace.engine.connect() as source:
            source.exec_driver_sql("BEGIN IMMEDIATE")  # nobody writes to the file meanwhile
            with engine.begin() as target:
                moved = moving.copy(source, target, told)
                audit_log.append(
                    target, EVERY_BRAND, at=desk.clock.now(), person=desk.actor.name,
                    action=Action.MANAGE_BRANDS.value,
                    subject=f"migrate to {postgresql.plain(engine.url)}",
                )  # fmt: skip
                return moved
    except sa.exc.DBAPIError as error:
        away = postgresql.away(error, engine.url)
        if away is None:
            raise
        raise away from error
    finally:
        engine.dispose()
