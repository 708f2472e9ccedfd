"""Shares: links by which somebody without an account sees one page, as their policy says.

In:   the ground of who shares, a policy; or the text of a link that somebody opens.
Out:  a link's text, once; the policy that holds for who has it; NotFound when it holds no more.

Every request asks the database, so a link that is revoked is dead at the next one.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from truelift.base.errors import NotAdmitted, NotFound, TooManyTries, UsageError
from truelift.base.secret import Secret
from truelift.operations.admission import NOWHERE, SECONDS, TRIES, wall_time
from truelift.operations.people import Action, needs, require
from truelift.store import share_store
from truelift.store.credentials import (
    LONGEST_PASSWORD,
    SHARE,
    new_token,
    password_hash,
    password_matches,
    token_hash,
)
from truelift.store.ground import Ground
from truelift.store.share_store import Share, SharePolicy

Row = dict[str, Any]

__all__ = ["SharePolicy", "Visits", "revoke_share", "share_page", "shares"]

DEFAULT_DAYS, MOST_DAYS = 30, 366
OPENED_SECONDS = 8 * 3600.0
"""How long a link stays open for a browser that knew its passphrase."""

MOST_OPENED = 10_000


@needs(Action.SHARE, "page", "fixed", "days", alone=False)
def share_page(
    ground: Ground,
    page: str,
    fixed: Mapping[str, str],
    *,
    may_change_dates: bool = False,
    may_export: bool = False,
    days: int = DEFAULT_DAYS,
    passphrase: Secret | None = None,
) -> Secret:
    """Make a link to a page under fixed parameters; its text is given once and kept nowhere."""
    if not 1 <= days <= MOST_DAYS:
        msg = f"{days} is not between 1 and {MOST_DAYS} days."
        raise UsageError(msg)
    kept = None if passphrase is None else password_hash(passphrase)
    token, now = new_token(SHARE), wall_time()
    policy = SharePolicy(page, fixed, may_change_dates, may_export)
    with ground.workspace.transaction() as connection:
        share_store.keep(
            connection, ground.brand.brand, token, policy, passphrase=kept, at=now,
            by=ground.person, expires_at=now + dt.timedelta(days=days),
        )  # fmt: skip
    return token.text


@needs(Action.READ)
def shares(ground: Ground) -> list[Row]:
    """List the links of the brand, newest first; no link's text is kept anywhere."""
    require(ground, Action.SHARE, "the list of links")
    now = wall_time()
    with ground.workspace.transaction() as connection:
        known = share_store.shares(connection, ground.brand.brand)
    return [
        {
            "share": item.share_id, "page": item.policy.page,
            "fixed": "&".join(f"{name}={value}" for name, value in item.policy.fixed.items()),
            "state": "open" if item.holds(now) else "revoked" if item.revoked_at else "over",
            "may_change_dates": item.policy.may_change_dates,
            "may_export": item.policy.may_export,
            "passphrase": item.passphrase is not None, "created_by": item.created_by,
            "created_at": item.created_at, "expires_at": item.expires_at,
            "revoked_at": item.revoked_at, "revoked_by": item.revoked_by,
            "visits": item.visits, "visited_at": item.visited_at,
        }
        for item in known
    ]  # fmt: skip


@needs(Action.SHARE, "share_id", alone=False)
def revoke_share(ground: Ground, share_id: str) -> None:
    """End a link; the next request by it finds nothing."""
    with ground.workspace.transaction() as connection:
        known = share_store.shares(connection, ground.brand.brand)
        if share_id not in {item.share_id for item in known}:
            msg = f"There is no link {share_id!r} to revoke."
            raise NotFound(msg)
        share_store.revoke(connection, share_id, at=wall_time(), by=ground.person)


@dataclass(slots=True)
class Visits:
    """Lets in who opens a link, and remembers which browsers knew a passphrase."""

    ground: Ground
    tick: Callable[[], float] = time.monotonic
    wall: Callable[[], dt.datetime] = wall_time
    _opened: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)
    _wrong: deque[float] = field(default_factory=lambda: deque(maxlen=TRIES))

    def visit(self, text: Secret, key: str | None) -> SharePolicy:
        """Give what a link shows; NotAdmitted when its passphrase was not said by this browser.

        key: what `unlock` gave.
        """
        share = self._share(text)
        if share.passphrase is not None:
            share_id, until = self._opened.get(token_hash(key or ""), ("", 0.0))
            if share_id != share.share_id or until <= self.tick():
                msg = "This link is guarded by a passphrase."
                raise NotAdmitted(msg)
        with self.ground.workspace.transaction() as connection:
            share_store.visited(connection, share.share_id, self.wall())
        return share.policy

    def unlock(self, text: Secret, passphrase: Secret) -> Secret:
        """Give a key for a browser that knows a link's passphrase; NotAdmitted, TooManyTries."""
        share, now = self._share(text), self.tick()
        if len(self._wrong) == TRIES and now - self._wrong[0] < SECONDS:
            msg = f"There were {TRIES} wrong passphrases within a minute; try again in one."
            raise TooManyTries(msg)
        said = passphrase.reveal()
        fits = 0 < len(said) <= LONGEST_PASSWORD and password_matches(
            passphrase, share.passphrase or ""
        )
        if not fits:
            self._wrong.append(now)
            msg = "This is not the passphrase."
            raise NotAdmitted(msg)
        key = secrets.token_urlsafe(32)
        self._opened = {each: kept for each, kept in self._opened.items() if kept[1] > now}
        while len(self._opened) >= MOST_OPENED:
            self._opened.pop(next(iter(self._opened)))
        self._opened[token_hash(key)] = (share.share_id, now + OPENED_SECONDS)
        return Secret(key)

    def _share(self, text: Secret) -> Share:
        brand = self.ground.brand.brand
        with self.ground.workspace.transaction() as connection:
            share = share_store.found(connection, brand, text, self.wall())
        if share is None:
            raise NotFound(NOWHERE)
        return share
