"""People in the workspace database: who acts, with which rights, and how they are kept.

In:   the name the machine gives, or a token.
Out:  an Actor; people, roles and tokens as rows without any secret.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from truelift.base.errors import NotAdmitted
from truelift.base.secret import Secret, same
from truelift.catalog.permission import (
    EVERY_SCOPE,
    OWNER_RIGHTS,
    Rights,
    Role,
    Scope,
    same_person,
)
from truelift.store.bulk_rows import insert_new
from truelift.store.credentials import NewToken, token_parts
from truelift.store.people_tables import EVERY_BRAND, person, person_role, person_token

NOBODY = "0" * 64
"""Compared with when no token has the id, so that an unknown id takes as long as a wrong secret."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a name, roles as (brand, role), and the scopes of the token they came with."""

    name: str
    roles: frozenset[tuple[str, Role]]
    scopes: frozenset[Scope] = EVERY_SCOPE
    creator: str | None = None

    def at(self, brand: str) -> Rights:
        """Give the rights at one brand."""
        roles = frozenset(role for where, role in self.roles if where in {brand, EVERY_BRAND})
        return Rights(roles, self.scopes, self.creator)

    def sees(self, brand: str) -> bool:
        """Say whether a brand exists for this person."""
        return bool(self.at(brand).roles)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as kept. roles: (brand, role), sorted. has_password: never the hash itself."""

    name: str
    email: str | None
    creator: str | None
    active: bool
    has_password: bool
    roles: tuple[tuple[str, Role], ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is listed: everything but what opens the door."""

    token_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime
    revoked_at: dt.datetime | None


def owner(name: str) -> Actor:
    """Give the local owner: whoever may open the folder's files, with every role everywhere."""
    return Actor(name, frozenset((EVERY_BRAND, role) for role in OWNER_RIGHTS.roles))


def actor(connection: sa.Connection, name: str, token: Secret | None, now: dt.datetime) -> Actor:
    """Give who acts: the token's person, or the local owner without one; NotAdmitted else."""
    return owner(name) if token is None else _of_token(connection, token, now)


def signed_in(connection: sa.Connection, name: str) -> Actor:
    """Give a person who said their password."""
    who = named(connection, name)
    return Actor(who.name, frozenset(who.roles), creator=who.creator)


def _of_token(connection: sa.Connection, token: Secret, now: dt.datetime) -> Actor:
    token_id, given = token_parts(token)
    columns = person_token.c
    row = connection.execute(sa.select(person_token).where(columns.token_id == token_id)).first()
    if not same(given, row.sha256 if row else NOBODY) or row is None:
        msg = "This token is none of this workspace; ask whoever manages its people for a new one."
        raise NotAdmitted(msg)
    who = named(connection, row.name)
    said = _ended(row, who, now)
    if said is not None:
        msg = f"This token of {row.name} {said}; ask whoever manages people for a new one."
        raise NotAdmitted(msg)
    scopes = frozenset(Scope(word) for word in row.scopes.split(";"))
    return Actor(row.name, frozenset(who.roles), scopes, who.creator)


def _ended(row: sa.Row[Any], who: Person, now: dt.datetime) -> str | None:
    if not who.active:
        return "is of a person who was disabled"
    if row.revoked_at is not None:
        return f"was revoked on {row.revoked_at:%Y-%m-%d}"
    if row.expires_at <= now:
        return f"expired on {row.expires_at:%Y-%m-%d}"
    return None


def people(connection: sa.Connection) -> list[Person]:
    """Give everybody, by name."""
    roles: dict[str, list[tuple[str, Role]]] = {}
    order = (person_role.c.brand, person_role.c.role)
    for row in connection.execute(sa.select(person_role).order_by(*order)):
        roles.setdefault(row.name, []).append((row.brand, Role(row.role)))
    rows = connection.execute(sa.select(person).order_by(person.c.name))
    return [
        Person(
            row.name, row.email, row.creator, row.active, row.password_hash is not None,
            tuple(roles.get(row.name, ())),
        )
        for row in rows
    ]  # fmt: skip


def found(connection: sa.Connection, name: str) -> Person | None:
    """Give a person by name, capitals left aside; None when there is none."""
    return next((item for item in people(connection) if same_person(item.name, name)), None)


def named(connection: sa.Connection, name: str) -> Person:
    """Give a person who is known to exist."""
    return next(item for item in people(connection) if item.name == name)


def add(
    connection: sa.Connection,
    name: str,
    *,
    email: str | None,
    creator: str | None,
    at: dt.datetime,
    by: str,
) -> None:
    """Keep a new person, who may do nothing yet."""
    values = {
        "name": name, "email": email, "creator": creator, "active": True,
        "password_hash": None, "created_at": at, "created_by": by,
    }  # fmt: skip
    connection.execute(sa.insert(person).values(values))


def grant(
    connection: sa.Connection, name: str, brand: str, role: Role, *, at: dt.datetime, by: str
) -> None:
    """Give a person a role at a brand (EVERY_BRAND: at all); nothing changes when they have it."""
    values = {
        "name": name, "brand": brand, "role": role.value, "granted_at": at, "granted_by": by
    }  # fmt: skip
    connection.execute(insert_new(connection, person_role).values(values))


def withdraw(connection: sa.Connection, name: str, brand: str, role: Role) -> bool:
    """Take a role back; say whether the person had it."""
    columns = person_role.c
    where = (columns.name == name, columns.brand == brand, columns.role == role.value)
    return connection.execute(sa.delete(person_role).where(*where)).rowcount > 0


def set_active(connection: sa.Connection, name: str, *, active: bool) -> None:
    """Disable a person, or enable them again; a disabled one comes in by no token or password."""
    connection.execute(sa.update(person).where(person.c.name == name).values(active=active))


def set_password(connection: sa.Connection, name: str, kept: str) -> None:
    """Keep the hash of a person's password."""
    connection.execute(sa.update(person).where(person.c.name == name).values(password_hash=kept))


def passwords(connection: sa.Connection) -> dict[str, str]:
    """Give the hashes of the passwords of all who are active, by name."""
    columns = person.c
    where = (columns.active.is_(True), columns.password_hash.is_not(None))
    rows = connection.execute(sa.select(columns.name, columns.password_hash).where(*where))
    return {row.name: row.password_hash for row in rows}


def keep_token(
    connection: sa.Connection,
    name: str,
    token: NewToken,
    scopes: Sequence[Scope],
    *,
    at: dt.datetime,
    by: str,
    expires_at: dt.datetime,
) -> None:
    """Keep a new token's hash."""
    values = {
        "token_id": token.token_id, "name": name, "sha256": token.sha256,
        "scopes": ";".join(sorted(scopes)), "created_at": at, "created_by": by,
        "expires_at": expires_at, "revoked_at": None,
    }  # fmt: skip
    connection.execute(sa.insert(person_token).values(values))


def tokens(connection: sa.Connection) -> list[Token]:
    """Give every token that was ever made, newest last."""
    columns = person_token.c
    rows = connection.execute(
        sa.select(person_token).order_by(columns.created_at, columns.token_id)
    )
    return [
        Token(
            row.token_id, row.name, tuple(row.scopes.split(";")), row.created_at, row.created_by,
            row.expires_at, row.revoked_at,
        )
        for row in rows
    ]  # fmt: skip


def revoke(connection: sa.Connection, token_id: str, at: dt.datetime) -> None:
    """End a token; one that ended before keeps its first time."""
    columns = person_token.c
    where = (columns.token_id == token_id, columns.revoked_at.is_(None))
    connection.execute(sa.update(person_token).where(*where).values(revoked_at=at))
