"""The workspace database: brands, imports, quarantine, sealed baselines, the catalog, the journal.

In:   a SQLite file (or memory for tests), or the address of a PostgreSQL database.
Out:  transactions, and small typed records.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from truelift.base.errors import Refused, TrueliftError, UsageError
from truelift.facts.event import Fault
from truelift.store import postgresql
from truelift.store.accounting_periods import keep_periods
from truelift.store.bulk_rows import insert_new
from truelift.store.catalog_tables import (
    QUARANTINE_ORDER,
    baseline_seal,
    brand,
    imported_file,
    quarantine,
    workspace,
)
from truelift.store.migrate import migrate
from truelift.store.sqlite import sqlite_engine


@dataclass(frozen=True, slots=True)
class BrandRecord:
    """A brand: its reporting currency and time zone, and the legal entity with its calendar."""

    brand: str
    name: str
    currency: str
    timezone: str
    entity: str
    calendar: str


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """What became of one kind of rows of one file, counted in rows."""

    source_file: str
    sha256: str
    kind: str
    origin: str
    accepted: int
    updated: int
    duplicate: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class SealRecord:
    """A sealed baseline as it is kept: immutable, found by its SHA-256."""

    sha256: str
    campaign: str
    creator: str
    metric: str
    platform: str
    sealed_at: dt.datetime
    sealed_by: str
    recorded_at: dt.datetime
    record: dict[str, Any]


class WorkspaceDatabase:
    """Opens the database and hands out transactions (on SQLite, BEGIN IMMEDIATE at a write)."""

    def __init__(self, place: Path | str | None = None) -> None:
        """Open or make the database: a file, or text, an address; in memory when there is none."""
        if isinstance(place, str):
            self.engine = postgresql.engine(place)
        else:
            self.engine = sqlite_engine(place)
        try:
            migrate(self.engine)
        except sa.exc.DBAPIError as error:
            self.engine.dispose()
            told = postgresql.not_owned(error) or self._told(error, ending=False)
            if told is error:
                raise
            raise told from error
        except BaseException:
            self.engine.dispose()
            raise

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Give a connection inside one transaction, committed at the end.

        WorkspaceAway when the database's server does not answer, or goes away meanwhile.
        """
        ending = False
        try:
            with self.engine.begin() as connection:
                yield connection
                ending = True
        except sa.exc.DBAPIError as error:
            told = self._told(error, ending=ending)
            if told is error:
                raise
            raise told from error

    @property
    def address(self) -> str | None:
        """Give where it is, as people write it; None for a file."""
        if self.engine.dialect.name == "sqlite":
            return None
        return postgresql.plain(self.engine.url)

    def answers(self) -> None:
        """Ask for nothing; WorkspaceAway when the database's server does not answer."""
        if self.engine.dialect.name != "sqlite":
            with self.transaction() as connection:
                connection.execute(sa.select(1))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _told(self, error: sa.exc.DBAPIError, *, ending: bool) -> Exception:
        """Give what is to be raised for an error of the database."""
        if self.engine.dialect.name == "sqlite":
            return error
        return postgresql.away(error, self.engine.url, ending=ending) or error


def create_workspace(connection: sa.Connection, now: dt.datetime) -> str:
    """Write the one row that makes this database a workspace; give its stable id."""
    workspace_id = str(uuid.uuid4())
    values = {
        "workspace_id": workspace_id,
        "customer_salt": secrets.token_hex(32),
        "created_at": now,
    }
    connection.execute(sa.insert(workspace).values(values))
    return workspace_id


def holds_workspace(connection: sa.Connection) -> bool:
    """Say whether a workspace was made in this database."""
    return connection.execute(sa.select(workspace.c.workspace_id)).first() is not None


def workspace_row(connection: sa.Connection) -> tuple[str, bytes, dt.datetime | None]:
    """Give the workspace's id, its salt for customers, and its simulated clock if it has one."""
    row = connection.execute(sa.select(workspace)).one_or_none()
    if row is None:
        msg = "This folder holds no workspace; make one with `truelift init`."
        raise TrueliftError(msg)
    return row.workspace_id, bytes.fromhex(row.customer_salt), row.simulated_now


def set_simulated_clock(connection: sa.Connection, now: dt.datetime) -> None:
    """Set the simulated clock that the sample programme is played under, naive UTC."""
    connection.execute(sa.update(workspace).values(simulated_now=now))


def set_workspace_identity(connection: sa.Connection, workspace_id: str, salt: bytes) -> None:
    """Give a sample workspace a fixed id and salt, so that its outputs are the same bytes."""
    values = {"workspace_id": workspace_id, "customer_salt": salt.hex()}
    connection.execute(sa.update(workspace).values(values))


def add_brand(connection: sa.Connection, record: BrandRecord, now: dt.datetime) -> None:
    """Add a brand; TrueliftError when the name is taken."""
    taken = connection.execute(sa.select(brand.c.brand).where(brand.c.brand == record.brand))
    if taken.first() is not None:
        msg = f"The brand {record.brand!r} exists already; choose another name."
        raise TrueliftError(msg)
    connection.execute(sa.insert(brand).values(**asdict(record), created_at=now))
    keep_periods(connection, record.brand, record.calendar)


def brands(connection: sa.Connection) -> list[BrandRecord]:
    """Give all brands in order of their making."""
    rows = connection.execute(sa.select(brand).order_by(brand.c.created_at, brand.c.brand))
    return [
        BrandRecord(row.brand, row.name, row.currency, row.timezone, row.entity, row.calendar)
        for row in rows
    ]


def brand_named(
    connection: sa.Connection, name: str | None, sees: Callable[[str], bool] = lambda _name: True
) -> BrandRecord:
    """Give one brand; the only one when no name is given; else UsageError with the list.

    sees: whether a brand exists for who asks; one that does not is not told from one unheard of.
    """
    known = [record for record in brands(connection) if sees(record.brand)]
    if name is None and len(known) == 1:
        return known[0]
    for record in known:
        if record.brand == name:
            return record
    if not known:
        msg = "You have no role at such a brand; ask whoever manages people for one."
        raise Refused(msg)
    listed = ", ".join(record.brand for record in known)
    msg = f"Name one of this workspace's brands with --brand: {listed}."
    raise UsageError(msg)


def record_import(
    connection: sa.Connection, brand_name: str, record: ImportRecord, at: dt.datetime
) -> None:
    """Keep what became of a file."""
    values = asdict(record) | {"brand": brand_name, "recorded_at": at}
    connection.execute(sa.insert(imported_file).values(values))


def record_faults(
    connection: sa.Connection,
    brand_name: str,
    faults: Sequence[Fault],
    *,
    sha256: str,
    kind: str,
    at: dt.datetime,
) -> None:
    """Keep refused rows; a row that is in quarantine already stays as it is."""
    rows = [
        {
            "brand": brand_name, "sha256": sha256, "source_file": fault.source_file,
            "line": fault.line, "column": fault.column, "kind": kind,
            "reason": fault.reason.value, "message": fault.message, "raw": fault.raw,
            "recorded_at": at,
        }
        for fault in faults
    ]  # fmt: skip
    if rows:
        connection.execute(insert_new(connection, quarantine), rows)


def resolve_fault(connection: sa.Connection, row: Mapping[str, Any], at: dt.datetime) -> None:
    """Mark a refused row as decided; it stays as it was sent."""
    here = [column == row[column.name] for column in quarantine.primary_key]
    connection.execute(sa.update(quarantine).where(*here).values(resolved_at=at))


UNBOOKED = "ledger"
"""The kind under which facts that could not be booked stand in quarantine."""


@dataclass(frozen=True, slots=True)
class Unbooked:
    """A fact that is in no entry of the journal, why, and from whose cost it is missing.

    on: the day from which it is missing; None when it is missing from no cost.
    """

    event: str
    rule: str
    reason: str
    sentence: str
    on: dt.date | None = None
    campaign: str | None = None
    creator: str | None = None


def replace_unbooked(
    connection: sa.Connection, brand_name: str, unbooked: Sequence[Unbooked], at: dt.datetime
) -> None:
    """Keep which facts cannot be booked now; those that could not before are resolved from now on.

    What was known of them at an earlier time can still be asked.
    """
    columns = quarantine.c
    ours = (columns.brand == brand_name, columns.kind == UNBOOKED)
    kept = {(row.source_file, row.column): row for row in connection.execute(
        sa.select(quarantine).where(*ours)
    )}  # fmt: skip
    now = {(item.event, item.rule): item for item in unbooked}
    for (event, rule), row in kept.items():
        here = (*ours, columns.source_file == event, columns.column == rule)
        item = now.get((event, rule))
        if item is None and row.resolved_at is None:
            connection.execute(sa.update(quarantine).where(*here).values(resolved_at=at))
        elif item is not None and (row.resolved_at is not None or not _says(row, item)):
            connection.execute(sa.delete(quarantine).where(*here))
            connection.execute(sa.insert(quarantine), [_unbooked_row(brand_name, item, at)])
    fresh = [_unbooked_row(brand_name, item, at) for key, item in now.items() if key not in kept]
    if fresh:
        connection.execute(sa.insert(quarantine), fresh)


def _says(row: sa.Row[Any], item: Unbooked) -> bool:
    return (row.reason, row.message, row.raw) == (item.reason, item.sentence, _whose(item))


def _whose(item: Unbooked) -> str:
    if item.on is None:
        return ""
    told = {"campaign": item.campaign, "creator": item.creator, "on": item.on.isoformat()}
    return json.dumps(told, ensure_ascii=False)


def _unbooked_row(brand_name: str, item: Unbooked, at: dt.datetime) -> dict[str, object]:
    return {
        "brand": brand_name, "sha256": "", "source_file": item.event, "line": 0,
        "column": item.rule, "kind": UNBOOKED, "reason": item.reason, "message": item.sentence,
        "raw": _whose(item), "recorded_at": at,
    }  # fmt: skip


def unbooked(
    connection: sa.Connection, brand_name: str, known_at: dt.datetime | None = None
) -> list[Unbooked]:
    """Give the facts of a brand that are in no entry of the journal, as known at a time (now)."""
    columns = quarantine.c
    where = [columns.brand == brand_name, columns.kind == UNBOOKED]
    if known_at is None:
        where.append(columns.resolved_at.is_(None))
    else:
        later = sa.or_(columns.resolved_at.is_(None), columns.resolved_at > known_at)
        where += [columns.recorded_at <= known_at, later]
    order = (columns.source_file, columns.column)
    found = []
    for row in connection.execute(sa.select(quarantine).where(*where).order_by(*order)):
        whose = json.loads(row.raw) if row.raw else {}
        day = dt.date.fromisoformat(whose["on"]) if whose else None
        told = (row.source_file, row.column, row.reason, row.message, day)
        found.append(Unbooked(*told, whose.get("campaign"), whose.get("creator")))
    return found


def quarantined(connection: sa.Connection, brand_name: str) -> list[dict[str, object]]:
    """Give the refused rows of a brand, by file and line."""
    columns = quarantine.c
    where = (columns.brand == brand_name, columns.resolved_at.is_(None))
    statement = sa.select(quarantine).where(*where).order_by(*QUARANTINE_ORDER)
    return [dict(row) for row in connection.execute(statement).mappings()]


def imports(connection: sa.Connection, brand_name: str) -> list[dict[str, object]]:
    """Give what became of every imported file of a brand, oldest first."""
    statement = (
        sa.select(imported_file)
        .where(imported_file.c.brand == brand_name)
        .order_by(imported_file.c.number)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def keep_seals(connection: sa.Connection, brand_name: str, seals: Sequence[SealRecord]) -> None:
    """Keep sealed baselines for ever, all of them in one statement."""
    rows = [
        {
            "brand": brand_name, "sha256": seal.sha256, "campaign": seal.campaign,
            "creator": seal.creator, "metric": seal.metric, "platform": seal.platform,
            "sealed_at": seal.sealed_at,
            "sealed_by": seal.sealed_by, "recorded_at": seal.recorded_at,
            "record": json.dumps(seal.record, sort_keys=True, ensure_ascii=False),
        }
        for seal in seals
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(baseline_seal), rows)


def newest_seal(connection: sa.Connection, brand_name: str) -> dt.datetime | None:
    """Give when a brand's newest baseline was recorded, naive UTC."""
    columns = baseline_seal.c
    statement = sa.select(sa.func.max(columns.recorded_at)).where(columns.brand == brand_name)
    found: dt.datetime | None = connection.execute(statement).scalar()
    return found


def seals(
    connection: sa.Connection, brand_name: str, known_at: dt.datetime | None = None
) -> list[SealRecord]:
    """Give a brand's sealed baselines as known at a time, oldest first."""
    columns = baseline_seal.c
    where = [columns.brand == brand_name]
    if known_at is not None:
        where.append(columns.recorded_at <= known_at)
    order = (
        columns.sealed_at, columns.campaign, columns.creator, columns.metric, columns.platform,
        columns.sha256,
    )  # fmt: skip
    statement = sa.select(baseline_seal).where(*where).order_by(*order)
    return [
        SealRecord(
            row.sha256, row.campaign, row.creator, row.metric, row.platform, row.sealed_at,
            row.sealed_by, row.recorded_at, json.loads(row.record),
        )
        for row in connection.execute(statement)
    ]  # fmt: skip
