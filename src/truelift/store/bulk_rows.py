"""Many rows at once: PostgreSQL takes them by COPY, SQLite by one prepared statement.

In:   a connection inside a transaction, a table, the names of its columns, rows as tuples.
Out:  the rows in the table; IntegrityError when the database refuses one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Insert, Table, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

Rows = Sequence[tuple[Any, ...]]


class Prepared(NamedTuple):
    """A statement, and what puts a row into the order of its parameters."""

    statement: str
    order: Callable[[tuple[Any, ...]], tuple[Any, ...]]


def write_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Rows) -> None:
    """Write rows whose values stand in the order of `columns`; triggers and keys see each of them.

    A refusal leaves the transaction to be rolled back.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
    else:
        statement, order = _statement(table, columns, connection.dialect)
        connection.exec_driver_sql(statement, list(map(order, rows)))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that all name the same columns; the columns' types say how each value is kept."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        names = tuple(rows[0])
        _copy(connection, table, names, [tuple(row[name] for name in names) for row in rows])
    else:
        connection.execute(insert(table), rows)


def insert_new(connection: Connection, table: Table) -> Insert:
    """Give the insert that leaves rows alone whose key is there already."""
    keys = list(table.primary_key)
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - only where it is used

        return postgresql.insert(table).on_conflict_do_nothing(index_elements=keys)
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=keys)


def _copy(connection: Connection, table: Table, columns: tuple[str, ...], rows: Rows) -> None:
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(name) for name in columns)
    statement = f"COPY {quoted(table.name)} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    refused: type[Exception] = connection.dialect.loaded_dbapi.IntegrityError
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except refused as error:
        raise IntegrityError(statement, None, error) from error


@cache
def _statement(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
    """Give the insert, and what puts a row into the order of its parameters."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    order = itemgetter(*(columns.index(name) for name in compiled.positiontup or ()))
    return Prepared(compiled.string, order)
