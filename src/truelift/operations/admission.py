"""Admission: whether a request over HTTP may be answered, and as whom.

In:   the value of its Authorization header (bearer token, or name and password), or `Session` and
      the text of its cookie; the page, and what that takes.
Out:  a Visitor; NotAdmitted (401), Refused (403), NotHere (404) or TooManyTries (429) else.

Without any the local owner is meant, until anybody has a password: then everybody says who they
are. Hashing a password is slow by design, so wrong ones are few a minute before more is asked.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from truelift.base.errors import NotAdmitted, NotFound, TooManyTries
from truelift.base.secret import Secret, same
from truelift.catalog.permission import OWNER_RIGHTS, Rights
from truelift.operations.people import PERSONAL_KINDS, Action, note, require
from truelift.store import audit_log, people_store, session_store
from truelift.store import workspace_database as records
from truelift.store.credentials import LONGEST_PASSWORD, password_hash, password_matches
from truelift.store.ground import Ground
from truelift.store.people_store import Actor

TRIES, SECONDS = 10, 60.0
"""Wrong passwords, of all names together, before the next ones wait."""

REMEMBERED_SECONDS = 300.0
"""How long a right password is not hashed again."""

SESSION = "Session"
"""The word before the text of a session's cookie, where an Authorization header has its own."""

NOWHERE = "Nothing matches the given URI."
"""What is said of a page that is not there, and so of one at a brand that is not there for one."""

__all__ = ["Actor", "Admission", "NotHere", "Visitor", "WallClock", "wall_time"]

_WORDS = "say who you are: a bearer token of `truelift user token`, or a name and password."


class NotHere(NotFound):
    """Who asks has no role at this brand, so it is not there for them. brands: where they have."""

    def __init__(self, brands: Sequence[str]) -> None:
        """Say the same as of a page that is not there."""
        super().__init__(NOWHERE)
        self.brands = tuple(brands)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom a request is by. brands: where they have a role. session: its id, if it is by one.

    owner: the local owner, who has not said who they are and has no account.
    """

    name: str
    rights: Rights
    brands: tuple[str, ...]
    session: str | None = None
    owner: bool = False


def wall_time() -> dt.datetime:
    """Give the machine's time, naive UTC: a sample's clock stands still, and sessions must not."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class WallClock:
    """The machine's clock, whatever a sample's clock tells."""

    tell: Callable[[], dt.datetime] = wall_time

    def now(self) -> dt.datetime:
        """Give the present as naive UTC."""
        return self.tell()


@dataclass(slots=True)
class Admission:
    """Judges requests for one ground; keeps which passwords were right a moment ago."""

    ground: Ground
    tick: Callable[[], float] = time.monotonic
    wall: Callable[[], dt.datetime] = wall_time
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _right: dict[str, float] = field(default_factory=dict, repr=False)
    _wrong: deque[float] = field(default_factory=lambda: deque(maxlen=TRIES))
    _nobody: str = field(default="", repr=False)

    def admit(self, authorization: str | None, page: str) -> str:
        """Give the name of whom a request is by; the page's name says what is read."""
        return self.visit(authorization, page).name

    def visit(
        self,
        authorization: str | None,
        page: str,
        actions: Sequence[Action] = (Action.READ,),
        *,
        local: bool = True,
    ) -> Visitor:
        """Say whom a request is by; they have to be allowed one of the actions that a page takes.

        local: whether a request that does not say who it is by can be the local owner's.
        """
        if authorization is None and not local:
            msg = "This request comes from elsewhere; sign in by token or password."
            raise NotAdmitted(msg)
        actor, session = self._found(authorization)
        brand = self.ground.brand.brand
        with self.ground.workspace.transaction() as connection:
            known = [record.brand for record in records.brands(connection)]
        brands = [each for each in known if actor.sees(each)]
        if brand not in brands:
            raise NotHere(brands)
        rights = actor.at(brand)
        them = replace(self.ground, person=actor.name, rights=rights)
        if not any(rights.allows(action) for action in actions):
            require(them, actions[0], page)
        if page in PERSONAL_KINDS:
            note(them, Action.READ.value, page)
        return Visitor(actor.name, rights, tuple(brands), session, authorization is None)

    def who(self, authorization: str | None) -> tuple[str, Rights]:
        """Give the name and rights of whom a request is by, for an operation to judge."""
        if authorization is None:
            return self._without(), self.ground.rights
        actor = self.actor(authorization)
        return actor.name, actor.at(self.ground.brand.brand)

    def actor(self, authorization: str | None) -> Actor:
        """Give who acts in a request, at every brand."""
        return self._found(authorization)[0]

    def acts_here(self, authorization: str | None) -> Actor:
        """Give who acts in a request; NotHere when they have no role at this brand."""
        actor = self.actor(authorization)
        if not actor.sees(self.ground.brand.brand):
            raise NotHere(())
        return actor

    def guarded(self) -> bool:
        """Say whether anybody has a password, so that everybody says who they are."""
        with self.ground.workspace.transaction() as connection:
            return bool(people_store.passwords(connection))

    def proven(self, name: str, password: Secret) -> str:
        """Give the name of who said their password, as it is kept; NotAdmitted, TooManyTries."""
        with self.ground.workspace.transaction() as connection:
            person = people_store.found(connection, name)
            known = person.name if person else name
            kept = people_store.passwords(connection).get(known)
        if not 0 < len(password.reveal()) <= LONGEST_PASSWORD or not self._known(
            known, password, kept
        ):
            msg = "This name and password do not fit."
            raise NotAdmitted(msg)
        return known

    def join(self, other: Admission) -> None:
        """Count wrong passwords together with another brand of the workspace."""
        self._wrong, self._right, self._key = other._wrong, other._right, other._key

    def slowed(self) -> None:
        """Refuse one more try when there were many wrong ones a moment ago."""
        now = self.tick()
        if len(self._wrong) == TRIES and now - self._wrong[0] < SECONDS:
            msg = f"There were {TRIES} wrong passwords within a minute; try again in one."
            raise TooManyTries(msg)

    def wrong(self) -> None:
        """Count a wrong password or code."""
        self._wrong.append(self.tick())

    def _found(self, authorization: str | None) -> tuple[Actor, str | None]:
        if authorization is None:
            return self._local(self._without()), None
        scheme, _, value = authorization.partition(" ")
        match scheme.lower():
            case "bearer":
                return self._by_token(Secret(value.strip())), None
            case "basic":
                return self._by_password(value.strip()), None
            case "session":
                return self._by_session(Secret(value.strip()))
        msg = f"This way of signing in is not known here; {_WORDS}"
        raise NotAdmitted(msg)

    def _local(self, name: str) -> Actor:
        """Give who serves the workspace: its owner, or the person of the token it is served by."""
        rights, brand = self.ground.rights, self.ground.brand.brand
        if rights == OWNER_RIGHTS:
            return people_store.owner(name)
        roles = frozenset((brand, role) for role in rights.roles)
        return Actor(name, roles, rights.scopes, rights.creator)

    def _without(self) -> str:
        if self.guarded():
            msg = f"This workspace has people with passwords; {_WORDS}"
            raise NotAdmitted(msg)
        return self.ground.person

    def _by_session(self, text: Secret) -> tuple[Actor, str]:
        with self.ground.workspace.transaction() as connection:
            session = session_store.found(connection, text, self.wall())
            active = session is not None and people_store.named(connection, session.name).active
            if session is None or not active:
                msg = "Your session is over; sign in again."
                raise NotAdmitted(msg)
            return people_store.signed_in(connection, session.name), session.session_id

    def _by_token(self, token: Secret) -> people_store.Actor:
        with self.ground.workspace.transaction() as connection:
            return people_store.actor(connection, "", token, self.ground.clock.now())

    def _by_password(self, value: str) -> people_store.Actor:
        name, password = _name_and_password(value)
        with self.ground.workspace.transaction() as connection:
            kept = people_store.passwords(connection).get(name)
        if not self._known(name, password, kept):
            msg = f"This name and password do not fit; {_WORDS}"
            raise NotAdmitted(msg)
        with self.ground.workspace.transaction() as connection:
            return people_store.signed_in(connection, name)

    def _known(self, name: str, password: Secret, kept: str | None) -> bool:
        """Say whether a password is right; a name that nobody has takes as long as a wrong one."""
        now = self.tick()
        for each, since in list(self._right.items()):
            if now - since >= REMEMBERED_SECONDS:
                self._right.pop(each, None)
        remembered = self._mark(name, password, kept or "")
        if kept is not None and any(same(remembered, each) for each in self._right):
            return True
        self.slowed()
        fits = password_matches(password, kept or self._of_nobody())
        if fits and kept is not None:
            self._right[remembered] = now
            return True
        self.wrong()
        note(self.ground, "sign in", name, f"{audit_log.REFUSED}: name and password do not fit")
        return False

    def _mark(self, name: str, password: Secret, kept: str) -> str:
        text = f"{name}\0{kept}\0{password.reveal()}"
        return hashlib.blake2b(text.encode(), key=self._key).hexdigest()

    def _of_nobody(self) -> str:
        self._nobody = self._nobody or password_hash(Secret(secrets.token_urlsafe()))
        return self._nobody


def _name_and_password(value: str) -> tuple[str, Secret]:
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, password = "", ""
    if not name or not 0 < len(password) <= LONGEST_PASSWORD:
        msg = f"This name and password cannot be read; {_WORDS}"
        raise NotAdmitted(msg)
    return name, Secret(password)
