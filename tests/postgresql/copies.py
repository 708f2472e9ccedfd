"""Workspaces of tests on PostgreSQL: where the program would open a file, it opens a database.

In:   the socket of a running cluster and the database that new ones are copies of, by environment.
Out:  in the place of each `workspace.db` a small file that names its database. A folder that is
      copied is a workspace of its own: the copy's database is made when it is first opened.

What is replaced is the one function that makes an engine of a path, here and in the processes that
a test starts (`sitecustomize.py`); everything above it is the program's own.
"""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from pathlib import Path

import sqlalchemy as sa

from truelift.store import postgresql, workspace_database

SOCKET, TEMPLATE = "TRUELIFT_TEST_SOCKET", "TRUELIFT_TEST_TEMPLATE"
OWNER = "owner"


def address(database):
    return f"postgresql://{OWNER}@/{database}?host={os.environ[SOCKET]}"


def engine_of(path):
    """Give an engine on the database that stands in the place of a file, or of memory."""
    if path is None:
        name = _made(os.environ[TEMPLATE])
        made = postgresql.engine(address(name))
        whole = made.dispose

        def dispose(close: bool = True) -> None:  # noqa: FBT001, FBT002 - as SQLAlchemy has it
            whole(close)
            drop(name)

        made.dispose = dispose
        return made
    return postgresql.engine(address(_database_at(Path(path))))


def _database_at(path):
    place = str(path.resolve())
    with (Path(os.environ[SOCKET]) / "copying").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = json.loads(path.read_text()) if path.exists() else {"database": None, "at": ""}
        if told["at"] != place:
            copied = told["database"]
            told = {"database": _made(copied or os.environ[TEMPLATE]), "at": place}
            if copied:  # a workspace of its own, which nobody owns yet
                _run("DELETE FROM lease WHERE name = 'owner'", told["database"])
            path.write_text(json.dumps(told))
    return told["database"]


def _made(source):
    """Make a database as a copy of another one, which nobody may use meanwhile."""
    name = f"t{uuid.uuid4().hex[:16]}"
    _run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'")
    _run(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")
    return name


def drop(name):
    _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def drop_below(folder):
    """Drop the databases of workspaces that lie below a folder."""
    for path in folder.rglob("workspace.db"):
        try:
            told = json.loads(path.read_text())
        except (ValueError, OSError):
            continue
        if told["at"] == str(path.resolve()):  # a copy that nobody opened has none of its own
            drop(told["database"])


def _run(statement, database="postgres"):
    made = sa.create_engine(
        postgresql.address(address(database)), isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )  # fmt: skip
    with made.connect() as connection:
        connection.exec_driver_sql(statement)


def install():
    """Let this process keep workspaces in the cluster of the environment."""
    workspace_database.sqlite_engine = engine_of
