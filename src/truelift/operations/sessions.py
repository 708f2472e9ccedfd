"""Sessions: signing in and out, the first admin, and what people see and end of their own.

In:   an Admission, which judges passwords, or a Desk with who acts.
Out:  the text of a new session's cookie, once; sessions and tokens as rows.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from truelift.base.errors import NotAdmitted, NotFound, UsageError
from truelift.base.secret import Secret, same
from truelift.catalog.permission import Role
from truelift.operations import desk as desks
from truelift.operations.admission import Admission
from truelift.operations.people import Action, note
from truelift.store import audit_log, people_store, session_store
from truelift.store.credentials import (
    SESSION,
    new_token,
    password_hash,
    token_hash,
    token_parts,
)
from truelift.store.ground import Desk
from truelift.store.people_tables import EVERY_BRAND

Row = dict[str, Any]

PASSWORD, PROVIDER = "password", "provider"
CODE_BYTES = 10
"""Random bytes of the code for the first admin, which is typed in: 80 bits."""


def sign_in(admission: Admission, name: str, password: Secret) -> Secret:
    """Begin a session for who says their password; its text is given once."""
    return _begin(admission, admission.proven(name, password), PASSWORD)


def sign_in_by_address(admission: Admission, address: str) -> Secret:
    """Begin a session for the person with a verified e-mail address; nobody is made by it."""
    with admission.ground.workspace.transaction() as connection:
        fitting = [
            item.name
            for item in people_store.people(connection)
            if item.active and item.email and item.email.casefold() == address.strip().casefold()
        ]
    if len(fitting) != 1:
        told = f"{audit_log.REFUSED}: {len(fitting)} people have this address"
        note(admission.ground, "sign in", "by provider", told)
        msg = "Nobody here has this address alone; ask whoever manages people to add it to yours."
        raise NotAdmitted(msg)
    return _begin(admission, fitting[0], PROVIDER)


def sign_out(admission: Admission, text: Secret) -> None:
    """End a session by the text of its cookie; one that is none ends nothing."""
    now = admission.wall()
    with admission.ground.workspace.transaction() as connection:
        session = session_store.found(connection, text, now)
        if session is not None:
            session_store.end(connection, session.session_id, now)
    if session is not None:
        note(replace(admission.ground, person=session.name), "sign out")


def _begin(admission: Admission, name: str, way: str) -> Secret:
    token = new_token(SESSION)
    with admission.ground.workspace.transaction() as connection:
        session_store.begin(connection, name, token, way, admission.wall())
    note(replace(admission.ground, person=name), "sign in", f"by {way}")
    return token.text


class FirstRun:
    """Makes the first admin of a workspace in which nobody has a password, by a code.

    The code is told where the server was started and nowhere else, so who knows it may do that.
    """

    def __init__(self) -> None:
        """Make no code yet."""
        self._kept = ""

    def code(self) -> Secret:
        """Make the code; an older one is good for nothing from now on."""
        text = secrets.token_hex(CODE_BYTES)
        self._kept = token_hash(text)
        return Secret("-".join(text[at : at + 5] for at in range(0, len(text), 5)))

    def open_to(self, admission: Admission) -> bool:
        """Say whether a first admin can be made: a code was told, and nobody has a password."""
        return bool(self._kept) and not admission.guarded()

    def make(self, admission: Admission, code: Secret, name: str, password: Secret) -> Secret:
        """Make the first admin, and begin their session; NotFound when there can be none."""
        if not self.open_to(admission):
            msg = "Somebody has a password here already; sign in."
            raise NotFound(msg)
        admission.slowed()
        given = code.reveal().strip().lower().replace("-", "").replace(" ", "")
        if not same(token_hash(given), self._kept):
            admission.wrong()
            note(admission.ground, "first run", name, f"{audit_log.REFUSED}: the code is wrong")
            msg = "This is not the code that the server printed when it was started."
            raise NotAdmitted(msg)
        desks.named_well(name)
        kept, now, owner = password_hash(password), admission.wall(), admission.ground.person
        with admission.ground.workspace.transaction() as connection:
            known = people_store.found(connection, name)
            if known is not None:
                msg = f"There is a user {known.name} already; choose another name."
                raise UsageError(msg)
            if people_store.passwords(connection):
                msg = "Somebody has a password here already; sign in."
                raise NotFound(msg)
            people_store.add(connection, name, email=None, creator=None, at=now, by=owner)
            people_store.grant(connection, name, EVERY_BRAND, Role.ADMIN, at=now, by=owner)
            people_store.set_password(connection, name, kept)
            audit_log.append(
                connection, EVERY_BRAND, at=now, person=owner, action=Action.MANAGE_USERS.value,
                subject=f"user {name} is admin, by the code of the first run",
            )  # fmt: skip
        self._kept = ""
        return _begin(admission, name, PASSWORD)


def change_password(admission: Admission, desk: Desk, current: Secret, new: Secret) -> None:
    """Change one's own password by saying the old one; every session of theirs ends."""
    name = desk.actor.name
    with desk.workspace.transaction() as connection:
        has_one = name in people_store.passwords(connection)
    if not has_one:
        msg = f"{name} has no password to change; whoever manages people can set one."
        raise UsageError(msg)
    admission.proven(name, current)
    desks.set_password(desk, name, new)


def sessions(desk: Desk) -> list[Row]:
    """List the sessions of the people whom who acts manages, newest first."""
    names = {row["name"] for row in desks.people(desk)}
    return [row for row in _rows(desk) if row["name"] in names]


def end_session(desk: Desk, session_id: str) -> None:
    """End a session of somebody whom who acts manages."""
    if session_id not in {row["session"] for row in sessions(desk)}:
        msg = f"There is no session {session_id!r} to end."
        raise NotFound(msg)
    _end(desk, session_id)


def own_sessions(desk: Desk) -> list[Row]:
    """List the sessions of who acts, newest first."""
    return [row for row in _rows(desk) if row["name"] == desk.actor.name]


def end_own_session(desk: Desk, session_id: str) -> None:
    """End a session of who acts."""
    if session_id not in {row["session"] for row in own_sessions(desk)}:
        msg = f"There is no session {session_id!r} of yours to end."
        raise NotFound(msg)
    _end(desk, session_id)


def own_tokens(desk: Desk) -> list[Row]:
    """List the tokens of who acts; no token's text is kept anywhere."""
    with desk.workspace.transaction() as connection:
        known = people_store.tokens(connection)
    return [desks.token_row(item) for item in known if item.name == desk.actor.name]


def revoke_own_token(desk: Desk, token_id: str) -> None:
    """End a token of who acts."""
    if token_id not in {row["token"] for row in own_tokens(desk)}:
        msg = f"There is no token {token_id!r} of yours to revoke."
        raise NotFound(msg)
    with desk.workspace.transaction() as connection:
        people_store.revoke(connection, token_id, desk.clock.now())
        _log(connection, desk, f"token {token_id} revoked")


def session_id_of(text: Secret) -> str:
    """Give the public id in the text of a cookie."""
    return token_parts(text, SESSION)[0]


def _rows(desk: Desk) -> list[Row]:
    with desk.workspace.transaction() as connection:
        known = session_store.sessions(connection)
    now = desk.clock.now()
    return [
        {
            "session": item.session_id, "name": item.name, "by": item.way,
            "created_at": item.created_at, "seen_at": item.seen_at,
            "expires_at": item.expires_at, "ended_at": item.ended_at,
            "state": "open" if item.holds(now) else "over",
        }
        for item in known
    ]  # fmt: skip


def _end(desk: Desk, session_id: str) -> None:
    with desk.workspace.transaction() as connection:
        session_store.end(connection, session_id, desk.clock.now())
        _log(connection, desk, f"session {session_id} ended")


def _log(connection: Any, desk: Desk, subject: str) -> None:  # noqa: ANN401 - a connection of the store
    audit_log.append(
        connection, EVERY_BRAND, at=desk.clock.now(), person=desk.actor.name,
        action=Action.MANAGE_USERS.value, subject=subject,
    )  # fmt: skip
