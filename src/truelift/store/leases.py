"""Leases: one runner among many for what must not run twice, over one workspace database.

In:   what is to be run, who wants to run it, for how many seconds.
Out:  a Lease for who may, whoever that is; it ends by the database's own clock, so that who died
      holding it blocks nobody for longer, and no two machines need to agree on the time.

Each time a lease changes hands its number grows. Who held it and went to sleep sees by the number
that it is no longer theirs: `renew` refuses.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from truelift.store.bulk_rows import insert_new
from truelift.store.tables import metadata

WORKER = "worker"
OWNER = "owner"
DRAIN, BOOKS, WATCH, SEALING, COMPACTION = "drain", "books", "watch", "sealing", "compaction"
NAMES = (WORKER, DRAIN, BOOKS, WATCH, SEALING, COMPACTION, OWNER)
"""What one runner at a time may do: be the worker of a workspace, or one thing beside it.

The owner's never ends (store.owning): it is the one folder that facts are taken in by.
"""

NEVER = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC
"""When the lease ended that nobody has taken yet."""

FOREVER = dt.datetime(9999, 12, 31)  # noqa: DTZ001 - as above
"""When a lease ends that is kept until somebody takes it on purpose."""

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("holder", sa.String, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("taken_at", sa.DateTime, nullable=False),
    sa.Column("ends_at", sa.DateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may run something, since when and until when by the database's clock, naive UTC."""

    name: str
    holder: str
    number: int
    taken_at: dt.datetime
    ends_at: dt.datetime


def clock(connection: sa.Connection) -> dt.datetime:
    """Give what time it is for the database, naive UTC; it goes on within a transaction."""
    if connection.dialect.name == "postgresql":
        now = sa.func.timezone("UTC", sa.func.clock_timestamp())
        told: dt.datetime = connection.execute(sa.select(now)).scalar_one()
        return told
    written = sa.func.strftime("%Y-%m-%dT%H:%M:%f", "now")
    return dt.datetime.fromisoformat(connection.execute(sa.select(written)).scalar_one())


def take(connection: sa.Connection, name: str, holder: str, seconds: float) -> Lease:
    """Take a lease that is free, has ended or is one's own; give who holds it now.

    It is ours when its holder is us. Others that ask meanwhile wait for this transaction.
    """
    row = locked(connection, name)
    now = clock(connection)
    if row.holder != holder and row.ends_at > now:
        return _lease(row)
    kept = row.holder == holder and row.ends_at > now
    values = {
        "holder": holder,
        "number": row.number if kept else row.number + 1,
        "taken_at": row.taken_at if kept else now,
        "ends_at": now + dt.timedelta(seconds=seconds),
    }
    connection.execute(sa.update(lease).where(lease.c.name == name).values(values))
    return Lease(name, **values)


def renew(connection: sa.Connection, held: Lease, seconds: float) -> Lease | None:
    """Hold a lease for longer; None when somebody else has taken it since it ended."""
    row = locked(connection, held.name)
    if (row.holder, row.number) != (held.holder, held.number):
        return None
    ends_at = clock(connection) + dt.timedelta(seconds=seconds)
    connection.execute(sa.update(lease).where(lease.c.name == held.name).values(ends_at=ends_at))
    return Lease(held.name, held.holder, held.number, held.taken_at, ends_at)


def give(connection: sa.Connection, held: Lease) -> None:
    """Give a lease back; nothing happens when it is somebody else's by now."""
    columns = lease.c
    ours = (columns.name == held.name, columns.number == held.number)
    connection.execute(sa.update(lease).where(*ours).values(ends_at=NEVER))


def hand_over(connection: sa.Connection, name: str, holder: str) -> Lease:
    """Give a lease to somebody for ever, whoever holds it; the row must be locked."""
    row, now = locked(connection, name), clock(connection)
    values = {"holder": holder, "number": row.number + 1, "taken_at": now, "ends_at": FOREVER}
    connection.execute(sa.update(lease).where(lease.c.name == name).values(values))
    return Lease(name, **values)


def held(connection: sa.Connection, name: str) -> Lease | None:
    """Give a lease that is held now, without a lock; None when nobody holds it."""
    return next((each for each in holders(connection) if each.name == name), None)


def holders(connection: sa.Connection) -> list[Lease]:
    """Give the leases that are held now, by name."""
    columns = lease.c
    query = sa.select(lease).where(columns.ends_at > clock(connection)).order_by(columns.name)
    return [_lease(row) for row in connection.execute(query)]


def locked(connection: sa.Connection, name: str) -> sa.Row[Any]:
    """Read a lease so that nobody else changes it until the transaction ends."""
    free = {"name": name, "holder": "", "number": 0, "taken_at": NEVER, "ends_at": NEVER}
    connection.execute(insert_new(connection, lease).values(free))  # SQLite locks from here on
    return connection.execute(
        sa.select(lease).where(lease.c.name == name).with_for_update()
    ).one()  # fmt: skip


def _lease(row: sa.Row[Any]) -> Lease:
    return Lease(row.name, row.holder, row.number, row.taken_at, row.ends_at)
