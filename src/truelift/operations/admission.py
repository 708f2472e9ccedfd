"""Admission: whether a request over HTTP may be answered, and as whom.

In:   the value of its Authorization header (bearer token, or name and password), and the page.
Out:  a name; NotAdmitted (401), Refused (403) or TooManyTries (429) else.

Without a header the local owner is meant, until anybody has a password: then everybody says who
they are. Hashing a password is slow by design, so wrong ones are few a minute before more is asked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from truelift.base.errors import NotAdmitted, TooManyTries
from truelift.base.secret import Secret, same
from truelift.catalog.permission import Rights
from truelift.operations.people import PERSONAL_KINDS, Action, note, require
from truelift.store import audit_log, people_store
from truelift.store.credentials import LONGEST_PASSWORD, password_hash, password_matches
from truelift.store.ground import Ground

TRIES, SECONDS = 10, 60.0
"""Wrong passwords, of all names together, before the next ones wait."""

REMEMBERED_SECONDS = 300.0
"""How long a right password is not hashed again."""

_WORDS = "say who you are: a bearer token of `truelift user token`, or a name and password."


@dataclass(slots=True)
class Admission:
    """Judges requests for one ground; keeps which passwords were right a moment ago."""

    ground: Ground
    tick: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _right: dict[str, float] = field(default_factory=dict, repr=False)
    _wrong: deque[float] = field(default_factory=lambda: deque(maxlen=TRIES))
    _nobody: str = field(default="", repr=False)

    def admit(self, authorization: str | None, page: str) -> str:
        """Give the name of whom a request is by; the page's name says what is read."""
        if authorization is None:
            return self._without()
        actor = self._actor(authorization)
        brand = self.ground.brand.brand
        them = replace(self.ground, person=actor.name, rights=actor.at(brand))
        require(them, Action.READ, page)
        if page in PERSONAL_KINDS:
            note(them, Action.READ.value, page)
        return actor.name

    def who(self, authorization: str | None) -> tuple[str, Rights]:
        """Give the name and rights of whom a request is by, for an operation to judge."""
        if authorization is None:
            return self._without(), self.ground.rights
        actor = self._actor(authorization)
        return actor.name, actor.at(self.ground.brand.brand)

    def _actor(self, authorization: str) -> people_store.Actor:
        scheme, _, value = authorization.partition(" ")
        match scheme.lower():
            case "bearer":
                return self._by_token(Secret(value.strip()))
            case "basic":
                return self._by_password(value.strip())
        msg = f"This way of signing in is not known here; {_WORDS}"
        raise NotAdmitted(msg)

    def _without(self) -> str:
        with self.ground.workspace.transaction() as connection:
            guarded = bool(people_store.passwords(connection))
        if guarded:
            msg = f"This workspace has people with passwords; {_WORDS}"
            raise NotAdmitted(msg)
        return self.ground.person

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
        self._right = {each: since for each, since in self._right.items()
                       if now - since < REMEMBERED_SECONDS}  # fmt: skip
        remembered = self._mark(name, password, kept or "")
        if kept is not None and any(same(remembered, each) for each in self._right):
            return True
        if len(self._wrong) == TRIES and now - self._wrong[0] < SECONDS:
            msg = f"There were {TRIES} wrong passwords within a minute; try again in one."
            raise TooManyTries(msg)
        fits = password_matches(password, kept or self._of_nobody())
        if fits and kept is not None:
            self._right[remembered] = now
            return True
        self._wrong.append(now)
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
