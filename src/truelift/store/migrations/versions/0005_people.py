"""People: persons, their roles per brand, their tokens, and the audit log of what they do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from truelift.store.audit_log import create_audit_guards

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of people and the audit log with its guards."""
    _people()
    op.create_table(
        "audit_record",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("previous_sha256", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("brand", "sha256"),
    )
    op.create_index("audit_record_brand", "audit_record", ["brand", "number"])
    create_audit_guards(op.get_bind())


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("email", sa.String),
        sa.Column("creator", sa.String),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.String),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "person_role",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("granted_at", sa.DateTime, nullable=False),
        sa.Column("granted_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", "brand", "role"),
        sa.ForeignKeyConstraint(["name"], ["person.name"]),
    )
    op.create_table(
        "person_token",
        sa.Column("token_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime),
        sa.PrimaryKeyConstraint("token_id"),
        sa.ForeignKeyConstraint(["name"], ["person.name"]),
    )
