"""The journal's tables and the triggers that guard them.

In:   the workspace's metadata.
Out:  `journal_entry`, `journal_posting`, `period_status`, `fx_rate`, and `JOURNAL_TRIGGERS`.

Amounts are whole minor units. Days are text YYYY-MM-DD and instants text in naive UTC with
microseconds: they sort, and their bytes are what the chain hashes. Postings are keyed by the
entry's number in the chain and not by its id, so that a long journal is written in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from truelift.store import queries
from truelift.store.accounting_periods import accounting_period
from truelift.store.catalog_tables import brand
from truelift.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_Whole = BigInteger().with_variant(Integer(), "sqlite")

journal_entry = Table(
    "journal_entry",
    metadata,
    Column("brand", Text, primary_key=True),
    Column("seq", _Whole, primary_key=True, autoincrement=False),
    Column("entry_id", Text, nullable=False),
    Column("book", Text, nullable=False),
    Column("effective_date", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source_event", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", _Whole, nullable=False),
    Column("reverses", Text),
    Column("late_for_period", Text),
    Column("memo", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("brand", "entry_id"),
    UniqueConstraint("brand", "reverses"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

journal_posting = Table(
    "journal_posting",
    metadata,
    Column("brand", Text, primary_key=True),
    Column("seq", _Whole, primary_key=True, autoincrement=False),
    Column("line_no", _Whole, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", _Whole, nullable=False),
    Column("base_minor", _Whole, nullable=False),
    Column("campaign", Text),
    Column("creator", Text),
    Column("deliverable", Text),
    Column("agreement", Text),
    Column("cost_centre", Text),
    Column("counterparty", Text),
    Column("tax_code", Text),
    Column("rate_set", Text),
    ForeignKeyConstraint(
        ["brand", "seq"],
        ["journal_entry.brand", "journal_entry.seq"],
        deferrable=True,
        initially="DEFERRED",
    ),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

period_status = Table(
    "period_status",
    metadata,
    Column("brand", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

fx_rate = Table(
    "fx_rate",
    metadata,
    Column("brand", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("base", Text, primary_key=True),
    Column("quote", Text, primary_key=True),
    Column("date", Text, primary_key=True),
    Column("rate_set", Text, primary_key=True),
    Column("rate", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

TABLES = (journal_entry, journal_posting, period_status, fx_rate, accounting_period)

STATEMENT = "-- next\n"
JOURNAL_TRIGGERS: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(queries.text("ledger.journal_triggers.sqlite").split(STATEMENT)),
}
"""The statements that create the journal's guards, by dialect; the migration executes them."""


def create_triggers(connection: Connection) -> None:
    """Create the journal's guards; KeyError for a dialect that has none yet."""
    for statement in JOURNAL_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def make_triggers_again(connection: Connection) -> None:
    """Put the guards of today in the place of older ones, where a dialect ever had older ones."""
    if connection.dialect.name == "sqlite":
        for statement in queries.text("ledger.journal_triggers_dropped.sqlite").split(STATEMENT):
            connection.exec_driver_sql(statement)
        create_triggers(connection)


def create_all(engine: Engine) -> None:
    """Create the journal's tables and guards in an empty database, as the migration does."""
    with engine.begin() as connection:
        metadata.create_all(connection, tables=(brand, *TABLES))
        create_triggers(connection)
