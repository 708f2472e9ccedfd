"""Science records: what figures were computed with (ageing curves, calibrations), kept for ever.

In:   JSON-able records made by measurement, each with a kind, a name and a version.
Out:  the newest record of every name as known at a time, each checked against its SHA-256.

The table only grows. A newer record of the same name takes the place of an older one from the time
it was recorded; what a sealed baseline names stays readable by its version.
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

AGEING_CURVE = "ageing_curve"
CALIBRATION = "calibration"
COUNTERFACTUAL = "counterfactual"
GEO_HOLDOUT = "geo_holdout"
STAGGER = "stagger"

science_record = sa.Table(
    "science_record",
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
    sa.Index("science_record_name", "brand", "kind", "name"),
)

STATEMENT = "-- next\n"
SCIENCE_TRIGGERS: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(queries.text("measurement.science_triggers.sqlite").split(STATEMENT)),
}
"""The statements that create the guards of science records, by dialect."""


@dataclass(frozen=True, slots=True)
class ScienceRecord:
    """A record as it is kept; sha256 is the hash of the record's canonical JSON."""

    kind: str
    name: str
    version: str
    sha256: str
    recorded_at: dt.datetime
    recorded_by: str
    record: dict[str, Any]


def science(
    kind: str, name: str, version: str, record: dict[str, Any], *, at: dt.datetime, by: str
) -> ScienceRecord:
    """Make a record with its hash. at: naive UTC, by: the person (or schedule) who made it."""
    return ScienceRecord(kind, name, version, content_hash(record), at, by, record)


def keep(connection: sa.Connection, brand: str, item: ScienceRecord) -> None:
    """Keep a record for ever; IntegrityError when the brand has one with this hash already."""
    values = {
        "brand": brand, "kind": item.kind, "name": item.name, "version": item.version,
        "sha256": item.sha256, "recorded_at": item.recorded_at, "recorded_by": item.recorded_by,
        "record": json.dumps(item.record, sort_keys=True, ensure_ascii=False),
    }  # fmt: skip
    connection.execute(sa.insert(science_record).values(values))


def newest(
    connection: sa.Connection, brand: str, kind: str, known_at: dt.datetime | None = None
) -> dict[str, ScienceRecord]:
    """Give the newest record of each name of a kind as known at a time, by name."""
    return {item.name: item for item in all(connection, brand, kind, known_at)}


def all(  # noqa: A001 - read as science_records.all
    connection: sa.Connection,
    brand: str,
    kind: str | None = None,
    known_at: dt.datetime | None = None,
) -> list[ScienceRecord]:
    """Give a brand's records as known at a time, oldest first; of one kind, or of every kind.

    CheckFailed when a record is not what it was when it was kept.
    """
    columns = science_record.c
    where = [columns.brand == brand]
    if kind is not None:
        where.append(columns.kind == kind)
    if known_at is not None:
        where.append(columns.recorded_at <= known_at)
    order = (columns.recorded_at, columns.number)
    rows = connection.execute(sa.select(science_record).where(*where).order_by(*order))
    return [
        _verified(
            ScienceRecord(
                row.kind, row.name, row.version, row.sha256, row.recorded_at, row.recorded_by,
                json.loads(row.record),
            )
        )
        for row in rows
    ]  # fmt: skip


def newest_recording(connection: sa.Connection, brand: str) -> dt.datetime | None:
    """Give when a brand's newest record was kept, naive UTC; None without any."""
    columns = science_record.c
    statement = sa.select(sa.func.max(columns.recorded_at)).where(columns.brand == brand)
    found: dt.datetime | None = connection.execute(statement).scalar()
    return found


def create_science_triggers(connection: sa.Connection) -> None:
    """Create the guards of science records; KeyError for a dialect that has none yet."""
    for statement in SCIENCE_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _verified(item: ScienceRecord) -> ScienceRecord:
    found = content_hash(item.record)
    if found != item.sha256:
        msg = (
            f"The {item.kind} record {item.version} of {item.name} has hash {found}, kept as "
            f"{item.sha256}: it was changed since."
        )
        raise CheckFailed(msg)
    return item
