"""Sessions of people who signed in, and links that are shared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "person_session",
        sa.Column("session_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("way", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("session_id"),
        sa.ForeignKeyConstraint(["name"], ["person.name"]),
    )
    op.create_table(
        "share_link",
        sa.Column("share_id", sa.String, nullable=False),
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
        sa.PrimaryKeyConstraint("share_id"),
    )
