"""Period movements: what the postings of a period sum to; and the journal's guards made again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from truelift.store.journal_movements import restate_movements
from truelift.store.journal_tables import create_triggers, drop_triggers, journal_entry

revision = "0006"
down_revision = "0005"

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_GUARDS = (
    "journal_entry_seal",
    "journal_entry_no_update",
    "journal_entry_no_delete",
    "journal_posting_sealed",
    "journal_posting_no_update",
    "journal_posting_no_delete",
)


def upgrade() -> None:
    """Make the table and fill it from the journal; make the guards of today.

    The guards of revision 0001 let a kind declare an exchange by words in the wrong place.
    """
    op.create_table(
        "period_movement",
        sa.Column("brand", _TEXT, nullable=False),
        sa.Column("period", _TEXT, nullable=False),
        sa.Column("account", _TEXT, nullable=False),
        sa.Column("currency", _TEXT, nullable=False),
        sa.Column("amount_minor", _WHOLE, nullable=False),
        sa.Column("base_minor", _WHOLE, nullable=False),
        sa.Column("postings", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("brand", "period", "account", "currency"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    brands = sa.select(journal_entry.c.brand).distinct()
    for brand in connection.execute(brands).scalars().all():
        restate_movements(connection, brand)
    if connection.dialect.name == "sqlite":  # PostgreSQL never had the guards of before
        drop_triggers(connection, _GUARDS)
        create_triggers(connection)
