"""Moving: a workspace database is copied from its file into an empty PostgreSQL database, whole.

In:   connections to both, each inside a transaction of its own.
Out:  Moved, when every table holds the same rows; CheckFailed when anything differs.

Rows are compared by count and by a SHA-256 over every row of a table in the order of its key; the
chains of journal and audit log are computed again on both sides. The guards are off while rows are
copied, and on again before the copy is committed; sequences go on behind the last number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from truelift.base.errors import CheckFailed, TrueliftError, UsageError
from truelift.store import audit_log, journal, journal_movements, queries
from truelift.store import workspace_database as records
from truelift.store.bulk_rows import write_rows
from truelift.store.migrate import make_tables
from truelift.store.people_tables import EVERY_BRAND
from truelift.store.tables import metadata

ROWS = 5_000
"""How many rows are read and written at once."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied: rows by table, and the head of each brand's chain."""

    rows: dict[str, int]
    heads: dict[str, str]


@dataclass(frozen=True, slots=True)
class Print:
    """What stands for a table: how many rows, and the hash of all of them."""

    rows: int
    sha256: str


def copy(source: sa.Connection, target: sa.Connection, told: Callable[[str, int], None]) -> Moved:
    """Copy every table and compare; the target's transaction is to be rolled back by an error."""
    _refuse_filled(target)
    make_tables(target)
    tables = metadata.sorted_tables
    target.exec_driver_sql(queries.text("store.guards_off.postgresql"))
    rows: dict[str, int] = {}
    for table in tables:
        before = _copied(source, target, table)
        after = fingerprint(target, table)
        if before != after:
            msg = (
                f"The table {table.name} is not the same after it was copied ({before.rows} rows "
                f"before, {after.rows} after); nothing was changed, tell us of it."
            )
            raise CheckFailed(msg)
        rows[table.name] = before.rows
        told(table.name, before.rows)
    target.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    target.exec_driver_sql(queries.text("store.guards_on.postgresql"))
    _number_on(target, tables)
    return Moved(rows, _compared_chains(source, target))


def fingerprint(connection: sa.Connection, table: sa.Table) -> Print:
    """Hash a table's rows in the order of its key."""
    count, whole = 0, sha256()
    for part in _parts(connection, table):
        count += len(part)
        for row in part:
            whole.update(repr(row).encode())
    return Print(count, whole.hexdigest())


def _refuse_filled(target: sa.Connection) -> None:
    tables = sorted(sa.inspect(target).get_table_names())
    if tables:
        msg = (
            f"The database is not empty: it holds the table {tables[0]}. A workspace moves into an "
            "empty one; make one (createdb --template=template0 --locale=C NAME) and name it."
        )
        raise UsageError(msg)


def _copied(source: sa.Connection, target: sa.Connection, table: sa.Table) -> Print:
    count, whole = 0, sha256()
    names = tuple(column.name for column in table.columns)
    for part in _parts(source, table):
        count += len(part)
        for row in part:
            whole.update(repr(row).encode())
        try:
            write_rows(target, table, names, part)
        except sa.exc.DBAPIError as error:
            raise _unfit(table, error.orig) from error
        except ValueError as error:
            raise _unfit(table, error) from error
    return Print(count, whole.hexdigest())


def _unfit(table: sa.Table, error: object) -> TrueliftError:
    why = " ".join(str(error).split())
    msg = f"A row of {table.name} cannot be kept in PostgreSQL ({why}); nothing was changed."
    return TrueliftError(msg)


def _parts(connection: sa.Connection, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    query = sa.select(table).order_by(*table.primary_key)
    found = connection.execute(query, execution_options={"yield_per": ROWS})
    for part in found.partitions():
        yield [tuple(row) for row in part]


def _number_on(target: sa.Connection, tables: list[sa.Table]) -> None:
    """Let numbers that the database gives go on behind the last one that it holds."""
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
        last = sa.select(sa.func.max(column)).scalar_subquery()
        set_to = sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None))
        target.execute(sa.select(set_to))


def _compared_chains(source: sa.Connection, target: sa.Connection) -> dict[str, str]:
    """Compute both sides' chains; give the heads of the journals."""
    heads: dict[str, str] = {}
    names = [each.brand for each in records.brands(source)]
    for brand in names:
        before, after = journal.audit(source, brand), journal.audit(target, brand)
        if before.bad is not None:
            msg = (
                f"The journal of {brand} does not verify from entry {before.bad} on; find out why "
                "with `truelift ledger verify` before it moves."
            )
            raise CheckFailed(msg)
        if before != after or journal_movements.wrong_movements(target, brand):
            msg = f"The journal of {brand} is not the same after it was copied; nothing changed."
            raise CheckFailed(msg)
        heads[brand] = f"{after.end.seq}:{after.end.hash}"
    for brand in (*names, EVERY_BRAND):
        if audit_log.head(source, brand) != audit_log.head(target, brand):
            msg = f"The audit log of {brand!r} is not the same after it was copied."
            raise CheckFailed(msg)
    return heads
