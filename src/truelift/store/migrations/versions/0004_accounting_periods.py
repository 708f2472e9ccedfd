"""Accounting periods: the days of periods that are no months, and the guard that asks them.

The journal's guards are made again from the SQL file of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from truelift.store.journal_tables import make_triggers_again

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of periods, and the guards again."""
    op.create_table(
        "accounting_period",
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("first_day", sa.Text, nullable=False),
        sa.Column("last_day", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("brand", "period"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    make_triggers_again(op.get_bind())
