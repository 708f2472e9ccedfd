"""The audit log: who did what when, to what, and what came of it. It only grows, and it is chained.

In:   what people do (operations.people).
Out:  audit records, each with a SHA-256 over itself and the one before it, per brand.

What is done to the workspace itself (people, tokens, brands) stands under the brand "".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from truelift.base.ids import content_hash
from truelift.store import kept_records
from truelift.store.postgresql import take_turn
from truelift.store.tables import metadata

DONE, REFUSED, FAILED = "done", "refused", "failed"

audit_record = sa.Table(
    "audit_record",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("brand", sa.String, nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    sa.Column("person", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("previous_sha256", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.UniqueConstraint("brand", "sha256"),
    sa.Index("audit_record_brand", "brand", "number"),
)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One line of the log. place: its number among the brand's own, from 1.

    recorded_at: naive UTC. outcome: done, refused or failed, with why after a colon.
    """

    place: int
    brand: str
    recorded_at: dt.datetime
    person: str
    action: str
    subject: str
    outcome: str
    sha256: str


def append(
    connection: sa.Connection,
    brand: str,
    *,
    at: dt.datetime,
    person: str,
    action: str,
    subject: str,
    outcome: str = DONE,
) -> None:
    """Add a line behind the brand's last one, in the caller's transaction."""
    take_turn(connection, f"audit:{brand}")
    previous = _last(connection, brand)
    told = [brand, _written(at), person, action, subject, outcome]
    values = {
        "brand": brand, "recorded_at": at, "person": person, "action": action,
        "subject": subject, "outcome": outcome, "previous_sha256": previous,
        "sha256": content_hash([previous, *told]),
    }  # fmt: skip
    connection.execute(sa.insert(audit_record).values(values))


def head(connection: sa.Connection, brand: str) -> tuple[int, str]:
    """Give how many lines a brand has and the hash of the last: keep both outside to see a cut."""
    columns = audit_record.c
    count = connection.execute(
        sa.select(sa.func.count()).select_from(audit_record).where(columns.brand == brand)
    ).scalar_one()
    return count, _last(connection, brand)


def _last(connection: sa.Connection, brand: str) -> str:
    columns = audit_record.c
    newest = (
        sa.select(columns.sha256)
        .where(columns.brand == brand)
        .order_by(columns.number.desc())
        .limit(1)
    )
    found: str | None = connection.execute(newest).scalar()
    return found or _genesis(brand)


def records(connection: sa.Connection, brand: str) -> list[AuditRecord]:
    """Give a brand's lines, oldest first."""
    columns = audit_record.c
    rows = connection.execute(
        sa.select(audit_record).where(columns.brand == brand).order_by(columns.number)
    )
    return [
        AuditRecord(
            place, row.brand, row.recorded_at, row.person, row.action, row.subject, row.outcome,
            row.sha256,
        )
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip


def broken(connection: sa.Connection, brand: str) -> int | None:
    """Give the place of the first line that is not what was written; None when all are."""
    previous = _genesis(brand)
    for item in records(connection, brand):
        told = [
            item.brand, _written(item.recorded_at), item.person, item.action, item.subject,
            item.outcome,
        ]  # fmt: skip
        previous = content_hash([previous, *told])
        if previous != item.sha256:
            return item.place
    return None


def create_audit_guards(connection: sa.Connection) -> None:
    """Create the guards of the audit log; KeyError for a dialect that has none yet."""
    kept_records.create_guards(connection, audit_record.name)


def _genesis(brand: str) -> str:
    return content_hash(["audit", brand])


def _written(at: dt.datetime) -> str:
    return at.isoformat(timespec="microseconds")
