"""Control records: what finance decided and did, kept for ever.

In:   JSON-able records: policies, account mappings, closes, export batches, acknowledgements.
Out:  the newest record of every name as known at a time, each checked against its SHA-256.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from truelift.store import kept_records
from truelift.store.kept_records import KeptRecord as ControlRecord
from truelift.store.kept_records import kept, record_table

POLICY = "policy"
ACCOUNT_MAPPING = "account_mapping"
CLOSE = "close"
EXPORT_BATCH = "export_batch"
ACKNOWLEDGEMENT = "acknowledgement"
EVIDENCE = "evidence"
APPROVAL = "approval"
MATCH = "match"
PAYEE = "payee"
ERASURE = "erasure"
SITE_KEY = "site_key"
HOOK = "hook"
LINK_SETTING = "link_setting"
FORECAST_SCALE = "forecast_scale"
DEVELOPMENT_RATE = "development_rate"
REALLOCATION = "reallocation"
BUDGET = "budget"
DISPUTE = "dispute"
ALERT = "alert"
ALERT_CHANNEL = "alert_channel"
ALERT_MESSAGE = "alert_message"
LINK_CHECK = "link_check"
CATALOG_CHANGE = "catalog_change"
REFUSED_ROW = "refused_row"

control_record = record_table("control_record")


def lock(connection: sa.Connection, brand: str) -> None:
    """Take the right to decide for a brand until the transaction ends; others wait for it.

    What is read afterwards cannot change before it is acted on. SQLite begins to lock at the first
    statement that writes, so one that changes no row is enough; PostgreSQL has locks by name.
    """
    if connection.dialect.name == "sqlite":
        nothing = sa.update(control_record).where(sa.false()).values(brand=brand)
        connection.execute(nothing)
    else:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(brand))))


def keep(
    connection: sa.Connection,
    brand: str,
    kind: str,
    name: str,
    record: dict[str, Any],
    *,
    at: dt.datetime,
    by: str,
) -> ControlRecord:
    """Keep a record for ever under its time; it says by whom and when, so no two are the same.

    at: naive UTC. The time and the person are part of what is hashed.
    """
    told = record | {"recorded_at": at.isoformat(), "recorded_by": by}
    item = kept(kind, name, at.isoformat(timespec="microseconds"), told, at=at, by=by)
    kept_records.keep(connection, control_record, brand, item)
    return item


def newest(
    connection: sa.Connection, brand: str, kind: str, known_at: dt.datetime | None = None
) -> dict[str, ControlRecord]:
    """Give the newest record of each name of a kind as known at a time, by name."""
    return kept_records.newest(connection, control_record, brand, kind, known_at)


def records(
    connection: sa.Connection,
    brand: str,
    kind: str | None = None,
    known_at: dt.datetime | None = None,
) -> list[ControlRecord]:
    """Give a brand's records as known at a time, oldest first; of one kind, or of every kind."""
    return kept_records.records(connection, control_record, brand, kind, known_at)


def newest_recording(
    connection: sa.Connection, brand: str, kind: str | None = None
) -> dt.datetime | None:
    """Give when a brand's newest record (of a kind) was kept, naive UTC; None without any."""
    kept_at = (item.recorded_at for item in records(connection, brand, kind))
    return max(kept_at, default=None)


def create_control_guards(connection: sa.Connection) -> None:
    """Create the guards of control records; KeyError for a dialect that has none yet."""
    kept_records.create_guards(connection, control_record.name)
