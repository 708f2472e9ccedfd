"""Revision 0001: the journal, its periods and rates, and the guards that keep it as it was written.

The guards are read from the SQL file of today: a later revision that changes them drops and makes
them again, so every path ends with the same ones.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from truelift.store.journal_tables import create_triggers

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SORTED_BY_KEY = {"sqlite_strict": True, "sqlite_with_rowid": False}


def create_tables() -> None:
    """Make the journal's tables, the periods and the exchange rates."""
    _entries()
    _postings()
    _periods_and_rates()


def create_guards() -> None:
    """Make the triggers that refuse what would change or unbalance the journal."""
    create_triggers(op.get_bind())


def _entries() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("seq", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("effective_date", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source_event", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("rule_version", _WHOLE, nullable=False),
        sa.Column("reverses", sa.Text),
        sa.Column("late_for_period", sa.Text),
        sa.Column("memo", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("brand", "seq"),
        sa.UniqueConstraint("brand", "entry_id"),
        sa.UniqueConstraint("brand", "reverses"),
        **_SORTED_BY_KEY,
    )


def _postings() -> None:
    op.create_table(
        "journal_posting",
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("seq", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("line_no", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount_minor", _WHOLE, nullable=False),
        sa.Column("base_minor", _WHOLE, nullable=False),
        sa.Column("campaign", sa.Text),
        sa.Column("creator", sa.Text),
        sa.Column("deliverable", sa.Text),
        sa.Column("agreement", sa.Text),
        sa.Column("cost_centre", sa.Text),
        sa.Column("counterparty", sa.Text),
        sa.Column("tax_code", sa.Text),
        sa.Column("rate_set", sa.Text),
        sa.PrimaryKeyConstraint("brand", "seq", "line_no"),
        sa.ForeignKeyConstraint(
            ["brand", "seq"],
            ["journal_entry.brand", "journal_entry.seq"],
            deferrable=True,
            initially="DEFERRED",
        ),
        **_SORTED_BY_KEY,
    )


def _periods_and_rates() -> None:
    op.create_table(
        "period_status",
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("brand", "period"),
        **_SORTED_BY_KEY,
    )
    op.create_table(
        "fx_rate",
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("rate_set", sa.Text, nullable=False),
        sa.Column("rate", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("brand", "kind", "base", "quote", "date", "rate_set"),
        **_SORTED_BY_KEY,
    )
