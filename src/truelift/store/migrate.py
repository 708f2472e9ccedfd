"""Brings a workspace database to the tables this version needs; forward only.

In:   an engine on any workspace database, also an empty one.
Out:  the same database at HEAD.

A database that is current costs one small query: Alembic is imported only when there is something
to do, because every command opens the database and must start fast.
"""

from __future__ import annotations

import threading
from importlib import resources

import sqlalchemy as sa

from truelift.base.errors import TrueliftError
from truelift.store.postgresql import MIGRATING, grant_application_role, order_by_bytes

HEAD = "0008"
"""The newest revision in `migrations/versions`; a test holds the two together."""

_ONE_AT_A_TIME = threading.Lock()
"""Alembic hands a revision its connection through a global of the process."""

_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def migrate(engine: sa.Engine) -> None:
    """Bring the database to HEAD in one transaction; TrueliftError when it is newer than that."""
    with engine.connect() as connection:
        if stored_version(connection) == HEAD:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # sqlite3 begins no transaction before CREATE TABLE by itself: without this a crash
            # would leave half of the tables, and two processes could both make them.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        version = stored_version(connection)
        if version != HEAD:
            make_tables(connection, version)


def make_tables(connection: sa.Connection, version: str | None = None) -> None:
    """Bring a database from a revision to HEAD within the caller's transaction."""
    with _ONE_AT_A_TIME:
        _upgrade(connection, version)
    if connection.dialect.name != "sqlite":
        order_by_bytes(connection)
        grant_application_role(connection)


def stored_version(connection: sa.Connection) -> str | None:
    """Give the revision a database is at; None when it is empty."""
    about = sa.inspect(connection)
    if about.has_table(_VERSION.name):
        return connection.execute(sa.select(_VERSION.c.version_num)).scalar()
    if about.get_table_names():
        msg = (
            "This database holds tables but does not say which version of Truelift made them; "
            "make a new workspace with `truelift init` and import its files again."
        )
        raise TrueliftError(msg)
    return None


def _upgrade(connection: sa.Connection, version: str | None) -> None:
    from alembic import command  # noqa: PLC0415 - costs more than most commands' whole work
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    with resources.as_file(resources.files("truelift.store") / "migrations") as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if version is not None and version not in known:
            msg = (
                f"This workspace was written by a newer Truelift (its tables are at {version}, "
                f"this program knows {HEAD}); install that version or a later one."
            )
            raise TrueliftError(msg)
        command.upgrade(config, HEAD)
