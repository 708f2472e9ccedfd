"""Control records: policies, account mappings, closes and exports, kept for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from truelift.store.control_records import create_control_guards

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of control records and its guards."""
    op.create_table(
        "control_record",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.Column("record", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("brand", "sha256"),
    )
    op.create_index("control_record_name", "control_record", ["brand", "kind", "name"])
    create_control_guards(op.get_bind())
