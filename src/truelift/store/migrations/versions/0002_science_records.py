"""Science records: ageing curves, calibrations, counterfactuals and staggers, kept for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from truelift.store.science_records import create_science_triggers

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of science records and its guards."""
    op.create_table(
        "science_record",
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
    op.create_index("science_record_name", "science_record", ["brand", "kind", "name"])
    create_science_triggers(op.get_bind())
