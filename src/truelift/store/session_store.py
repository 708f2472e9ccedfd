"""Sessions in the workspace database: who signed in, until when, and what of it is over.

In:   the text of a cookie.
Out:  a Session that still holds; only the hash of its text is kept.

They stand in the database and not in the process: a restart signs nobody out, and one can be ended
from elsewhere at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from truelift.base.secret import Secret, same
from truelift.store.credentials import SESSION, NewToken, token_parts
from truelift.store.people_store import NOBODY
from truelift.store.people_tables import person_session

IDLE, WHOLE = dt.timedelta(hours=8), dt.timedelta(days=7)
"""A session ends when nothing was asked in it for so long, and in any case after so long."""

LOOKED = dt.timedelta(minutes=1)
"""How exactly the last request of a session is kept."""

KEPT = dt.timedelta(days=30)
"""How long a session that is over is still listed."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is kept. way: password or provider. All times are naive UTC."""

    session_id: str
    name: str
    way: str
    created_at: dt.datetime
    seen_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        """Say whether it has neither been ended nor run out."""
        return self.ended_at is None and now < self.expires_at and now - self.seen_at < IDLE


def begin(
    connection: sa.Connection, name: str, token: NewToken, way: str, now: dt.datetime
) -> None:
    """Keep a new session; those that were over long ago are forgotten."""
    columns = person_session.c
    connection.execute(sa.delete(person_session).where(columns.expires_at < now - KEPT))
    values = {
        "session_id": token.token_id, "name": name, "sha256": token.sha256, "way": way,
        "created_at": now, "seen_at": now, "expires_at": now + WHOLE, "ended_at": None,
    }  # fmt: skip
    connection.execute(sa.insert(person_session).values(values))


def found(connection: sa.Connection, given: Secret, now: dt.datetime) -> Session | None:
    """Give the session of a cookie while it holds, and keep that something was asked in it."""
    session_id, sha256 = token_parts(given, SESSION)
    columns = person_session.c
    where = columns.session_id == session_id
    row = connection.execute(sa.select(person_session).where(where)).first()
    if not same(sha256, row.sha256 if row else NOBODY) or row is None:
        return None
    session = _session(row)
    if not session.holds(now):
        return None
    if now - session.seen_at >= LOOKED:
        connection.execute(sa.update(person_session).where(where).values(seen_at=now))
    return session


def end(connection: sa.Connection, session_id: str, now: dt.datetime) -> None:
    """End a session; one that ended before keeps its first time."""
    _end(connection, person_session.c.session_id == session_id, now)


def end_all(connection: sa.Connection, name: str, now: dt.datetime) -> None:
    """End every session of a person."""
    _end(connection, person_session.c.name == name, now)


def sessions(connection: sa.Connection) -> list[Session]:
    """Give the sessions of everybody, newest first."""
    columns = person_session.c
    order = (columns.created_at.desc(), columns.session_id)
    return [_session(row) for row in connection.execute(sa.select(person_session).order_by(*order))]


def _end(connection: sa.Connection, which: sa.ColumnElement[bool], now: dt.datetime) -> None:
    open_still = person_session.c.ended_at.is_(None)
    connection.execute(sa.update(person_session).where(which, open_still).values(ended_at=now))


def _session(row: sa.Row[Any]) -> Session:
    return Session(
        row.session_id, row.name, row.way, row.created_at, row.seen_at, row.expires_at,
        row.ended_at,
    )  # fmt: skip
