"""PostgreSQL as the workspace needs it: by psycopg, with sums as whole numbers, text in byte order.

In:   the address of a database, as `workspace.toml` holds it: without a password.
Out:  an engine; what the server or the way to it refuses, in one sentence.

A password comes from PGPASSWORD, a password file or a service file: libpq reads them by itself.
"""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from truelift.base.errors import TrueliftError, UsageError, WorkspaceAway
from truelift.store import queries

DRIVER = "postgresql+psycopg"
SCHEMES = ("postgresql", "postgres", DRIVER)
CONNECT_SECONDS = 5
"""How long a server that does not answer is waited for, unless the address says otherwise."""

ROLE = "truelift_application"

MIGRATING = 0x7275_654C
"""The lock under which tables are made: two that open a new database at once make it once."""

_SECRETS = {"password", "passfile", "sslpassword"}


def address(text: str) -> sa.URL:
    """Read the address of a database; UsageError when it is none, or holds a password."""
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError as error:
        msg = "This is no address of a database; write postgresql://USER@HOST/DATABASE."
        raise UsageError(msg) from error
    if url.drivername not in SCHEMES:
        msg = (
            f"A workspace is kept in a file or in PostgreSQL, not in {url.drivername}; "
            "write postgresql://USER@HOST/DATABASE."
        )
        raise UsageError(msg)
    if url.password is not None or _SECRETS & set(url.query):
        msg = (
            "The address of the database holds a password, and no file of ours may; take it out "
            "and set PGPASSWORD, or write it into a password file (~/.pgpass, PGPASSFILE)."
        )
        raise UsageError(msg)
    if not url.database:
        msg = "The address names no database; write postgresql://USER@HOST/DATABASE."
        raise UsageError(msg)
    return url.set(drivername=DRIVER)


def plain(url: sa.URL) -> str:
    """Write an address as people write it."""
    told = url.set(drivername="postgresql").render_as_string(hide_password=True)
    return told.replace("%2F", "/")


def engine(text: str) -> sa.Engine:
    """Give an engine; a connection that was cut while nobody used it is made again by itself."""
    url = address(text)
    if importlib.util.find_spec("psycopg") is None:
        msg = "A workspace in PostgreSQL needs psycopg; `pip install 'truelift[postgresql]'`."
        raise TrueliftError(msg)
    given: dict[str, Any] = {}
    if "connect_timeout" not in url.query:
        given["connect_timeout"] = CONNECT_SECONDS
    if "application_name" not in url.query:
        given["application_name"] = "truelift"
    made = sa.create_engine(url, pool_pre_ping=True, connect_args=given)
    sa.event.listen(made, "connect", lambda link, _: configure(link))
    return made


def configure(dbapi_connection: Any) -> None:  # noqa: ANN401 - psycopg's own type
    """Read sums of whole numbers as whole numbers, as SQLite gives them."""
    from psycopg.adapt import Loader  # noqa: PLC0415 - only where the extra is installed

    class Whole(Loader):
        """PostgreSQL's sum of 64-bit numbers is a decimal without a fraction."""

        def load(self, data: Any) -> int | Decimal:  # noqa: ANN401 - bytes of some sort
            """Read a number."""
            text = bytes(data).decode()
            return int(text) if text.lstrip("-").isdigit() else Decimal(text)

    dbapi_connection.adapters.register_loader("numeric", Whole)


def take_turn(connection: sa.Connection, what: str) -> None:
    """Wait until no other transaction holds the turn of this name; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        named = sa.func.hashtextextended(what, 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(named)))


def order_by_bytes(connection: sa.Connection) -> None:
    """Let every text of ours sort by its bytes, as in SQLite, whatever the database sorts by."""
    connection.exec_driver_sql(queries.text("store.order_by_bytes.postgresql"))


def grant_application_role(connection: sa.Connection) -> None:
    """Let the application's role read and add, where there is one; as the tables' owner."""
    connection.exec_driver_sql(queries.text("store.application_role.postgresql"))


def application_role(connection: sa.Connection) -> bool | None:
    """Say whether the application's role may do what it has to; None when there is no such role."""
    roles = sa.table("pg_roles", sa.column("rolname"))
    there = sa.select(roles.c.rolname).where(roles.c.rolname == ROLE)
    if connection.execute(there).first() is None:
        return None
    may = [
        sa.func.has_table_privilege(ROLE, f"public.{table}", "INSERT")
        for table in sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version"})
    ]
    return bool(connection.execute(sa.select(sa.and_(sa.true(), *may))).scalar_one())


def grant_if_owner(connection: sa.Connection) -> bool:
    """Let the application's role do what it has to; False for who does not own the tables."""
    owned = sa.table("pg_tables", *map(sa.column, ("tablename", "tableowner", "schemaname")))
    others = sa.select(owned.c.tablename).where(
        owned.c.schemaname == "public", owned.c.tableowner != sa.func.current_user()
    )
    if connection.execute(others).first() is not None:
        return False
    grant_application_role(connection)
    return True


def away(error: sa.exc.DBAPIError, url: sa.URL, *, ending: bool = False) -> WorkspaceAway | None:
    """Say that the database went away or cannot be reached; None when it is another fault.

    ending: it was told to commit, and whether it did was not heard.
    """
    lost = error.connection_invalidated or _state(error).startswith(("08", "57P", "53300"))
    if not lost and (not isinstance(error, sa.exc.OperationalError) or _state(error)):
        return None
    why = " ".join(str(error.orig).split()).partition(" Is the server running")[0]
    why = why.removeprefix("connection is bad: ").rstrip(".")
    what = "nothing of this was: look whether it runs, and do this again"
    if ending:
        what = "whether this was is not known: look before you do it again"
    msg = (
        f"The workspace database {plain(url)} does not answer ({why}); what was committed stays "
        f"and {what}."
    )
    return WorkspaceAway(msg)


def not_owned(error: sa.exc.DBAPIError) -> TrueliftError | None:
    """Say that only the tables' owner may make them what this version needs; None for another."""
    if _state(error) != "42501":
        return None
    msg = (
        "The tables of this workspace are not those of this version, and only their owner may "
        "change them; run `truelift doctor` once as the owner."
    )
    return TrueliftError(msg)


def _state(error: sa.exc.DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
