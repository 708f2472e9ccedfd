"""Kept records: JSON-able records that are never changed, in a table of their own kind.

In:   records with a kind, a name and a version, made by measurement, by finance or by people.
Out:  the newest record of every name as known at a time, each checked against its SHA-256.

A table only grows. A newer record of the same name takes the place of an older one from the time
it was recorded; what something else names stays readable by its version.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from truelift.base.errors import CheckFailed
from truelift.base.ids import content_hash
from truelift.store import queries
from truelift.store.tables import metadata

STATEMENT = "-- next\n"
_TABLE = "kept_record"  # the name that stands in the file of guards
_GUARDS: dict[str, str] = {
    dialect: queries.text(f"store.kept_record_guards.{dialect}")
    for dialect in ("sqlite", "postgresql")
}


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record as it is kept; sha256 is the hash of the record's canonical JSON.

    recorded_at: naive UTC. recorded_by: the person (or schedule) who made it.
    """

    kind: str
    name: str
    version: str
    sha256: str
    recorded_at: dt.datetime
    recorded_by: str
    record: dict[str, Any]


def kept(
    kind: str, name: str, version: str, record: dict[str, Any], *, at: dt.datetime, by: str
) -> KeptRecord:
    """Make a record with its hash."""
    return KeptRecord(kind, name, version, content_hash(record), at, by, record)


def record_table(name: str) -> sa.Table:
    """Describe a table of kept records."""
    return sa.Table(
        name,
        metadata,
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.Column("record", sa.String, nullable=False),
        sa.UniqueConstraint("brand", "sha256"),
        sa.Index(f"{name}_name", "brand", "kind", "name"),
    )


def guards(table: str, dialect: str) -> tuple[str, ...]:
    """Give the statements that create a table's guards; KeyError for a dialect without any."""
    return tuple(_GUARDS[dialect].replace(_TABLE, table).split(STATEMENT))


def create_guards(connection: sa.Connection, table: str) -> None:
    """Create the guards of a table of kept records."""
    for statement in guards(table, connection.dialect.name):
        connection.exec_driver_sql(statement)


def keep(connection: sa.Connection, table: sa.Table, brand: str, item: KeptRecord) -> None:
    """Keep a record for ever; IntegrityError when the brand has one with this hash already."""
    values = {
        "brand": brand, "kind": item.kind, "name": item.name, "version": item.version,
        "sha256": item.sha256, "recorded_at": item.recorded_at, "recorded_by": item.recorded_by,
        "record": json.dumps(item.record, sort_keys=True, ensure_ascii=False),
    }  # fmt: skip
    connection.execute(sa.insert(table).values(values))


def newest(
    connection: sa.Connection,
    table: sa.Table,
    brand: str,
    kind: str,
    known_at: dt.datetime | None = None,
) -> dict[str, KeptRecord]:
    """Give the newest record of each name of a kind as known at a time, by name."""
    return {item.name: item for item in records(connection, table, brand, kind, known_at)}


def records(
    connection: sa.Connection,
    table: sa.Table,
    brand: str,
    kind: str | None = None,
    known_at: dt.datetime | None = None,
) -> list[KeptRecord]:
    """Give a brand's records as known at a time, oldest first; of one kind, or of every kind.

    CheckFailed when a record is not what it was when it was kept.
    """
    columns = table.c
    where = [columns.brand == brand]
    if kind is not None:
        where.append(columns.kind == kind)
    if known_at is not None:
        where.append(columns.recorded_at <= known_at)
    order = (columns.recorded_at, columns.number)
    rows = connection.execute(sa.select(table).where(*where).order_by(*order))
    return [
        _verified(
            KeptRecord(
                row.kind, row.name, row.version, row.sha256, row.recorded_at, row.recorded_by,
                json.loads(row.record),
            )
        )
        for row in rows
    ]  # fmt: skip


def newest_recording(connection: sa.Connection, table: sa.Table, brand: str) -> dt.datetime | None:
    """Give when a brand's newest record was kept, naive UTC; None without any."""
    columns = table.c
    statement = sa.select(sa.func.max(columns.recorded_at)).where(columns.brand == brand)
    found: dt.datetime | None = connection.execute(statement).scalar()
    return found


def _verified(item: KeptRecord) -> KeptRecord:
    found = content_hash(item.record)
    if found != item.sha256:
        msg = (
            f"The {item.kind} record {item.version} of {item.name} has hash {found}, kept as "
            f"{item.sha256}: it was changed since."
        )
        raise CheckFailed(msg)
    return item
