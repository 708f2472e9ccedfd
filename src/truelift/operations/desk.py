"""The desk: people, their roles, tokens and passwords, and brands. Every change is logged with it.

In:   a Desk (the workspace's own database and who acts).
Out:  people, roles and tokens kept; a new token's text, once.

Who manages people at one brand sees and changes only people of that brand: somebody who has a role
elsewhere too is managed by who manages both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.base.secret import Secret
from truelift.catalog.permission import EVERY_SCOPE, Action, Role, Scope
from truelift.store import audit_log, people_store, session_store
from truelift.store import workspace_database as records
from truelift.store.credentials import new_token, password_hash
from truelift.store.ground import Desk
from truelift.store.people_store import Person, Token
from truelift.store.people_tables import EVERY_BRAND
from truelift.store.workspace_database import BrandRecord

Row = dict[str, Any]

LONGEST_NAME = 100
LONGEST_DAYS = 366
"""A token ends after a year at most."""


def add_person(
    desk: Desk,
    name: str,
    role: Role,
    *,
    brand: str | None = None,
    email: str | None = None,
    creator: str | None = None,
) -> Row:
    """Add a person with a role at a brand (at every brand when none is named), or give one more."""
    where, who, now = brand or EVERY_BRAND, desk.actor.name, desk.clock.now()
    named_well(name)
    if (role is Role.CREATOR) != (creator is not None):
        msg = "--role creator goes with --creator ID (whose rows they read), and only with it."
        raise UsageError(msg)
    _require(desk, Action.MANAGE_USERS, (where,), f"user {name}, role {role}")
    with desk.workspace.transaction() as connection:
        if where != EVERY_BRAND:
            records.brand_named(connection, where, desk.actor.sees)
        known = people_store.found(connection, name)
        if known is None:
            people_store.add(connection, name, email=email, creator=creator, at=now, by=who)
        elif creator is not None and known.creator not in {None, creator}:
            msg = f"{known.name} reads the rows of another creator; choose another name."
            raise UsageError(msg)
        kept = known.name if known else name
        people_store.grant(connection, kept, where, role, at=now, by=who)
        _log(connection, desk, where, f"user {kept} is {role}")
    return {"name": kept, "role": role.value, "brand": brand or "every brand"}


def withdraw_role(desk: Desk, name: str, role: Role, *, brand: str | None = None) -> None:
    """Take a role from a person."""
    where = brand or EVERY_BRAND
    _require(desk, Action.MANAGE_USERS, (where,), f"user {name}, role {role}")
    with desk.workspace.transaction() as connection:
        if not people_store.withdraw(connection, name, where, role):
            msg = f"{name} is not {role} at {brand or 'every brand'}; `truelift user list` tells."
            raise NotFound(msg)
        _log(connection, desk, where, f"user {name} is {role} no longer")


def people(desk: Desk) -> list[Row]:
    """List the people whom who acts manages, a row per role."""
    if not any(desk.actor.at(brand).allows(Action.MANAGE_USERS) for brand in _brands(desk)):
        _refuse(desk, Action.MANAGE_USERS, EVERY_BRAND, "the list of users")
    with desk.workspace.transaction() as connection:
        known = people_store.people(connection)
    return [
        {
            "name": item.name, "email": item.email, "active": item.active,
            "password": item.has_password, "creator": item.creator,
            "brand": (brand or "every brand") if role else None, "role": role or None,
        }
        for item in known
        if _manages(desk, item)
        for brand, role in item.roles or (("", ""),)
    ]  # fmt: skip


def tokens(desk: Desk, name: str | None = None) -> list[Row]:
    """List the tokens of the people whom who acts manages; no token's text is kept anywhere."""
    names = {row["name"] for row in people(desk)}
    with desk.workspace.transaction() as connection:
        known = people_store.tokens(connection)
    return [token_row(item) for item in known if item.name in names and name in {None, item.name}]


def token_row(item: Token) -> Row:
    """Give a token as it is listed."""
    return {
        "token": item.token_id, "name": item.name, "scopes": ";".join(item.scopes),
        "created_at": item.created_at, "created_by": item.created_by,
        "expires_at": item.expires_at, "revoked_at": item.revoked_at,
    }  # fmt: skip


def set_active(desk: Desk, name: str, *, active: bool) -> None:
    """Disable a person (their tokens and password open nothing from now on), or enable them."""
    item = _managed(desk, name)
    with desk.workspace.transaction() as connection:
        people_store.set_active(connection, item.name, active=active)
        if not active:
            session_store.end_all(connection, item.name, desk.clock.now())
        words = "enabled" if active else "disabled"
        _log(connection, desk, EVERY_BRAND, f"user {item.name} {words}")


def issue_token(desk: Desk, name: str, scopes: Sequence[Scope] = (), *, days: int = 90) -> Secret:
    """Make a token for a person; its text is given once and kept nowhere.

    scopes: what it is good for at most; everything its person may do when none is named.
    """
    if not 1 <= days <= LONGEST_DAYS:
        msg = f"--expires {days} is not between 1 and {LONGEST_DAYS} days."
        raise UsageError(msg)
    item, now = _managed(desk, name), desk.clock.now()
    if not item.active:
        msg = f"{item.name} is disabled; enable them first with `truelift user enable`."
        raise UsageError(msg)
    made, chosen = new_token(), sorted(set(scopes) or EVERY_SCOPE)
    with desk.workspace.transaction() as connection:
        people_store.keep_token(
            connection, item.name, made, chosen, at=now, by=desk.actor.name,
            expires_at=now + dt.timedelta(days=days),
        )  # fmt: skip
        told = f"token {made.token_id} of {item.name}: {' '.join(chosen)}, {days} days"
        _log(connection, desk, EVERY_BRAND, told)
    return made.text


def revoke_token(desk: Desk, token_id: str) -> None:
    """End a token by its public id."""
    if token_id not in {row["token"] for row in tokens(desk)}:
        msg = f"There is no token {token_id!r} to revoke; `truelift user tokens` lists them."
        raise NotFound(msg)
    with desk.workspace.transaction() as connection:
        people_store.revoke(connection, token_id, desk.clock.now())
        _log(connection, desk, EVERY_BRAND, f"token {token_id} revoked")


def set_password(desk: Desk, name: str, password: Secret) -> None:
    """Keep the hash of a person's password; people set their own, or who manages them does.

    Every session of theirs ends with it.
    """
    item = _found(desk, name)
    if item is None or item.name != desk.actor.name:
        item = _managed(desk, name)
    kept = password_hash(password)
    with desk.workspace.transaction() as connection:
        people_store.set_password(connection, item.name, kept)
        session_store.end_all(connection, item.name, desk.clock.now())
        _log(connection, desk, EVERY_BRAND, f"password of {item.name}")


def add_brand(desk: Desk, record: BrandRecord) -> None:
    """Add a brand to the workspace."""
    require_everywhere(desk, Action.MANAGE_BRANDS, f"brand {record.brand}")
    with desk.workspace.transaction() as connection:
        records.add_brand(connection, record, desk.clock.now())
        _log(connection, desk, EVERY_BRAND, f"brand {record.brand} added", Action.MANAGE_BRANDS)


def require_everywhere(desk: Desk, action: Action, subject: str = "") -> None:
    """Refuse what who acts may not do at every brand."""
    _require(desk, action, (EVERY_BRAND,), subject)


def _require(desk: Desk, action: Action, brands: Sequence[str], subject: str) -> None:
    for brand in brands:
        if not desk.actor.at(brand).allows(action):
            _refuse(desk, action, brand, subject)


def _refuse(desk: Desk, action: Action, brand: str, subject: str) -> None:
    why = desk.actor.at(brand).refusal(desk.actor.name, action) or ""
    with desk.workspace.transaction() as connection:
        outcome = f"{audit_log.REFUSED}: {why}"
        _log(connection, desk, EVERY_BRAND, subject, action, outcome=outcome)
    raise Refused(why)


def _brands(desk: Desk) -> list[str]:
    with desk.workspace.transaction() as connection:
        return [EVERY_BRAND, *(record.brand for record in records.brands(connection))]


def _manages(desk: Desk, item: Person) -> bool:
    """Say whether who acts manages people at every brand where this person has a role."""
    brands = {brand for brand, _ in item.roles} or {EVERY_BRAND}
    return all(desk.actor.at(brand).allows(Action.MANAGE_USERS) for brand in brands)


def _found(desk: Desk, name: str) -> Person | None:
    with desk.workspace.transaction() as connection:
        return people_store.found(connection, name)


def _managed(desk: Desk, name: str) -> Person:
    """Give a person whom who acts manages; one of other brands is not told from one unheard of."""
    if not any(desk.actor.at(brand).allows(Action.MANAGE_USERS) for brand in _brands(desk)):
        _refuse(desk, Action.MANAGE_USERS, EVERY_BRAND, f"user {name}")
    item = _found(desk, name)
    if item is None or not _manages(desk, item):
        msg = f"There is no user {name!r} here; add one with `truelift user add`."
        raise NotFound(msg)
    return item


def _log(
    connection: sa.Connection,
    desk: Desk,
    brand: str,
    subject: str,
    action: Action = Action.MANAGE_USERS,
    *,
    outcome: str = audit_log.DONE,
) -> None:
    audit_log.append(
        connection, brand, at=desk.clock.now(), person=desk.actor.name, action=action.value,
        subject=subject, outcome=outcome,
    )  # fmt: skip


def named_well(name: str) -> None:
    """Refuse a name that could not be read or told from another one."""
    if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME:
        msg = f"{name!r} is no name: take 1 to {LONGEST_NAME} characters, none of them around it."
        raise UsageError(msg)
    if not name.isprintable():
        msg = "The name of a user holds characters that cannot be printed; leave them out."
        raise UsageError(msg)
