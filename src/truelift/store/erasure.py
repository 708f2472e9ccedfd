"""Erasure: taking what names a creator out of the workspace database, in every version kept.

In:   a brand and a creator's id.
Out:  how many rows were emptied; the bytes are gone from the file, not only from its tables.

Only tables that may change are touched: the journal, seals and records hold ids, never names.
"""

from __future__ import annotations

import re

import sqlalchemy as sa

from truelift.base.ids import content_hash
from truelift.catalog.permission import Role
from truelift.store.catalog_tables import CATALOG, quarantine
from truelift.store.people_tables import person, person_role

EMPTIED = ("name", "email", "country", "notes")
"""The columns of a creator that name a person; what is kept is their id and what they are about."""

ERASED = "(erased)"
SHORTEST = 3
"""Text of fewer letters is not looked for elsewhere: it would be found in any word."""


def erased_hash(creator: str) -> str:
    """Give the row hash of an erased creator: the same for whatever was erased."""
    return content_hash(["erased", creator])[:32]


def personal_texts(connection: sa.Connection, brand: str, creator: str) -> set[str]:
    """Give the names and addresses that a creator's rows hold, in any version."""
    table = CATALOG["creators"]
    where = (table.c.brand == brand, table.c.creator == creator)
    rows = connection.execute(sa.select(table.c.name, table.c.email).where(*where))
    return {text for row in rows for text in row if text and len(text) >= SHORTEST}


def erase_creator(connection: sa.Connection, brand: str, creator: str) -> int:
    """Empty a creator's personal columns in every version; give how many rows there were."""
    table = CATALOG["creators"]
    where = (table.c.brand == brand, table.c.creator == creator)
    values = dict.fromkeys(EMPTIED) | {"row_hash": erased_hash(creator)}
    return connection.execute(sa.update(table).where(*where).values(values)).rowcount


def erase_aliases(connection: sa.Connection, brand: str, creator: str) -> int:
    """Remove the names by which files called a creator; handles and codes are no names."""
    table = CATALOG["aliases"]
    where = (table.c.brand == brand, table.c.creator == creator, table.c.kind == "name")
    return connection.execute(sa.delete(table).where(*where)).rowcount


def erase_quarantined(connection: sa.Connection, brand: str, creator: str, texts: set[str]) -> int:
    """Empty refused rows that hold one of the texts, or are of the creator's own kinds."""
    columns, count = quarantine.c, 0
    named = re.compile(rf"(?<!\w){re.escape(creator)}(?!\w)")
    rows = connection.execute(sa.select(quarantine).where(columns.brand == brand)).all()
    for row in rows:
        told = f"{row.raw}\n{row.message}"
        own = row.kind in {"creators", "profiles", "aliases"} and named.search(told)
        if not own and not any(text in told for text in texts):
            continue
        keys = [column == row._mapping[column.name] for column in quarantine.primary_key]  # noqa: SLF001 - SQLAlchemy's public name for a row by columns
        emptied = sa.update(quarantine).where(*keys).values(raw=ERASED, message=ERASED)
        count += connection.execute(emptied).rowcount
    return count


def erase_person(connection: sa.Connection, brand: str, creator: str) -> int:
    """Let nobody read as this creator here; who has no other role is disabled and emptied."""
    columns, roles = person.c, person_role.c
    names = connection.execute(sa.select(columns.name).where(columns.creator == creator))
    emptied = 0
    for name in names.scalars().all():
        theirs = (roles.name == name, roles.brand == brand, roles.role == Role.CREATOR.value)
        if not connection.execute(sa.delete(person_role).where(*theirs)).rowcount:
            continue
        if connection.execute(sa.select(roles.role).where(roles.name == name)).first() is None:
            values = {"email": None, "password_hash": None, "active": False}
            connection.execute(sa.update(person).where(columns.name == name).values(values))
        emptied += 1
    return emptied


def scrub(engine: sa.Engine) -> None:
    """Write the file anew, so that no freed page still holds what was erased."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.exec_driver_sql(statement)
