"""Tables of people: who they are, their roles per brand, tokens, sessions, and links they share.

In:   the workspace's metadata.
Out:  `person`, `person_role`, `person_token`, `person_session`, `share_link`. No secret is in
      any of them, only hashes.
"""

from __future__ import annotations

import sqlalchemy as sa

from truelift.store.tables import metadata

EVERY_BRAND = ""
"""Stands for a brand in a role that holds at every brand, also at those still to come."""

person = sa.Table(
    "person",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("email", sa.String),
    sa.Column("creator", sa.String),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.String),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
)

person_role = sa.Table(
    "person_role",
    metadata,
    sa.Column("name", sa.String, sa.ForeignKey("person.name"), primary_key=True),
    sa.Column("brand", sa.String, primary_key=True),
    sa.Column("role", sa.String, primary_key=True),
    sa.Column("granted_at", sa.DateTime, nullable=False),
    sa.Column("granted_by", sa.String, nullable=False),
)

person_token = sa.Table(
    "person_token",
    metadata,
    sa.Column("token_id", sa.String, primary_key=True),
    sa.Column("name", sa.String, sa.ForeignKey("person.name"), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("scopes", sa.String, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
)

person_session = sa.Table(
    "person_session",
    metadata,
    sa.Column("session_id", sa.String, primary_key=True),
    sa.Column("name", sa.String, sa.ForeignKey("person.name"), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("way", sa.String, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("seen_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("ended_at", sa.DateTime),
)

share_link = sa.Table(
    "share_link",
    metadata,
    sa.Column("share_id", sa.String, primary_key=True),
    sa.Column("brand", sa.String, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("page", sa.String, nullable=False),
    sa.Column("fixed", sa.String, nullable=False),
    sa.Column("may_change_dates", sa.Boolean, nullable=False),
    sa.Column("may_export", sa.Boolean, nullable=False),
    sa.Column("passphrase_hash", sa.String),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
    sa.Column("revoked_by", sa.String),
    sa.Column("visits", sa.Integer, nullable=False),
    sa.Column("visited_at", sa.DateTime),
)
