"""Tables of people: who they are, their roles per brand, and their tokens.

In:   the workspace's metadata.
Out:  `person`, `person_role`, `person_token`. No secret is in any of them, only hashes.
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
