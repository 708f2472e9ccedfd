"""SQLite as the workspace needs it: durable, with foreign keys, with triggers that REPLACE fires.

In:   a fresh DB-API connection; or a path.
Out:  the same connection, configured; an engine whose connections all are.

These settings belong to the connection, not to the file, so every connection is configured.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", "on"),
    ("recursive_triggers", "on"),
    ("busy_timeout", "30000"),
)


def configure_sqlite(dbapi_connection: Any) -> None:  # noqa: ANN401 - sqlite3's own type
    """Switch on what the journal's guards rely on; raises nothing of its own.

    Without recursive_triggers an INSERT OR REPLACE would slip past the delete trigger, without
    foreign_keys a posting could stay without its entry. Writers take the lock when they begin
    (BEGIN IMMEDIATE), so that two of them wait for each other instead of failing half-way.
    """
    dbapi_connection.isolation_level = "IMMEDIATE"
    cursor = dbapi_connection.cursor()
    for name, value in PRAGMAS:
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.close()


def sqlite_engine(path: Path | None) -> sa.Engine:
    """Give an engine on a file; on memory, shared by its connections, when there is none."""
    if path is None:
        made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    else:
        made = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(made, "connect", lambda link, _: configure_sqlite(link))
    return made
