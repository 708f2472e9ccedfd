"""Science records: what figures were computed with (ageing curves, calibrations), kept for ever.

In:   JSON-able records made by measurement, each with a kind, a name and a version.
Out:  the newest record of every name as known at a time, each checked against its SHA-256.

A newer record takes the place of an older one from the time it was recorded; what a sealed baseline
names stays readable by its version.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from truelift.store import kept_records
from truelift.store.kept_records import KeptRecord as ScienceRecord
from truelift.store.kept_records import kept as science
from truelift.store.kept_records import record_table

AGEING_CURVE = "ageing_curve"
CALIBRATION = "calibration"
COUNTERFACTUAL = "counterfactual"
GEO_HOLDOUT = "geo_holdout"
STAGGER = "stagger"

science_record = record_table("science_record")

__all__ = [
    "AGEING_CURVE", "CALIBRATION", "COUNTERFACTUAL", "STAGGER", "ScienceRecord", "all",
    "create_science_triggers", "keep", "newest", "newest_recording", "science", "science_record",
]  # fmt: skip


def keep(connection: sa.Connection, brand: str, item: ScienceRecord) -> None:
    """Keep a record for ever; IntegrityError when the brand has one with this hash already."""
    kept_records.keep(connection, science_record, brand, item)


def newest(
    connection: sa.Connection, brand: str, kind: str, known_at: dt.datetime | None = None
) -> dict[str, ScienceRecord]:
    """Give the newest record of each name of a kind as known at a time, by name."""
    return kept_records.newest(connection, science_record, brand, kind, known_at)


def all(  # noqa: A001 - read as science_records.all
    connection: sa.Connection,
    brand: str,
    kind: str | None = None,
    known_at: dt.datetime | None = None,
) -> list[ScienceRecord]:
    """Give a brand's records as known at a time, oldest first; of one kind, or of every kind."""
    return kept_records.records(connection, science_record, brand, kind, known_at)


def newest_recording(connection: sa.Connection, brand: str) -> dt.datetime | None:
    """Give when a brand's newest record was kept, naive UTC; None without any."""
    return kept_records.newest_recording(connection, science_record, brand)


def create_science_triggers(connection: sa.Connection) -> None:
    """Create the guards of science records; KeyError for a dialect that has none yet."""
    kept_records.create_guards(connection, science_record.name)
