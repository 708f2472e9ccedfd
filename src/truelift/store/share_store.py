"""Share links in the workspace database: a page that who has the link may see, and its policy.

In:   a policy, or the text of a link.
Out:  a Share that still holds; only the hash of its text is kept, so a stolen copy opens nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from truelift.base.secret import Secret, same
from truelift.store.credentials import SHARE, NewToken, token_parts
from truelift.store.people_store import NOBODY
from truelift.store.people_tables import share_link


@dataclass(frozen=True, slots=True)
class SharePolicy:
    """What a share link shows: a page under fixed parameters, and what may be asked besides."""

    page: str
    fixed: Mapping[str, str]
    may_change_dates: bool = False
    may_export: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A share link as it is kept. guarded: a passphrase is asked for, whose hash is `kept`."""

    share_id: str
    brand: str
    policy: SharePolicy
    passphrase: str | None
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    revoked_by: str | None
    visits: int
    visited_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        """Say whether it is neither revoked nor over."""
        return self.revoked_at is None and now < self.expires_at


def keep(
    connection: sa.Connection,
    brand: str,
    token: NewToken,
    policy: SharePolicy,
    *,
    passphrase: str | None,
    at: dt.datetime,
    by: str,
    expires_at: dt.datetime,
) -> None:
    """Keep a new link. passphrase: its hash."""
    values = {
        "share_id": token.token_id, "brand": brand, "sha256": token.sha256, "page": policy.page,
        "fixed": json.dumps(dict(policy.fixed), sort_keys=True, ensure_ascii=False),
        "may_change_dates": policy.may_change_dates, "may_export": policy.may_export,
        "passphrase_hash": passphrase, "created_at": at, "created_by": by,
        "expires_at": expires_at, "revoked_at": None, "revoked_by": None, "visits": 0,
        "visited_at": None,
    }  # fmt: skip
    connection.execute(sa.insert(share_link).values(values))


def found(connection: sa.Connection, brand: str, given: Secret, now: dt.datetime) -> Share | None:
    """Give the share of a link while it holds, and only at its own brand."""
    share_id, sha256 = token_parts(given, SHARE)
    where = share_link.c.share_id == share_id
    row = connection.execute(sa.select(share_link).where(where)).first()
    if not same(sha256, row.sha256 if row else NOBODY) or row is None:
        return None
    share = _share(row)
    return share if share.brand == brand and share.holds(now) else None


def visited(connection: sa.Connection, share_id: str, now: dt.datetime) -> None:
    """Count a visit."""
    columns = share_link.c
    values = {"visits": columns.visits + 1, "visited_at": now}
    connection.execute(sa.update(share_link).where(columns.share_id == share_id).values(values))


def revoke(connection: sa.Connection, share_id: str, *, at: dt.datetime, by: str) -> None:
    """End a link; one that ended before keeps its first time."""
    columns = share_link.c
    where = (columns.share_id == share_id, columns.revoked_at.is_(None))
    values = {"revoked_at": at, "revoked_by": by}
    connection.execute(sa.update(share_link).where(*where).values(values))


def shares(connection: sa.Connection, brand: str) -> list[Share]:
    """Give a brand's links, newest first."""
    columns = share_link.c
    order = (columns.created_at.desc(), columns.share_id)
    rows = connection.execute(sa.select(share_link).where(columns.brand == brand).order_by(*order))
    return [_share(row) for row in rows]


def _share(row: sa.Row[Any]) -> Share:
    policy = SharePolicy(row.page, json.loads(row.fixed), row.may_change_dates, row.may_export)
    return Share(
        row.share_id, row.brand, policy, row.passphrase_hash, row.created_at, row.created_by,
        row.expires_at, row.revoked_at, row.revoked_by, row.visits, row.visited_at,
    )  # fmt: skip
