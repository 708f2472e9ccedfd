"""The journal's tables and the triggers that guard them.

In:   the workspace's metadata.
Out:  `journal_entry`, `journal_posting`, `period_movement`, `period_status`, `fx_rate`, and the
      guards in SQLite and PostgreSQL.

Amounts are whole minor units. Days are text YYYY-MM-DD and instants text in naive UTC with
microseconds: they sort, and their bytes are what the chain hashes. Postings are keyed by the
entry's number in the chain and not by its id, so that a long journal is written in order. Text
sorts by its bytes in both databases.

`period_movement` is what the postings of a period sum to. It is written in the transaction that
appends them, read for trial balances of whole periods, and compared with the postings by
`journal_balances.wrong_movements`; it is no source of anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

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
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, Engine, Select

Asked = TypeVar("Asked", bound="Select[Any]")

_Whole = BigInteger().with_variant(Integer(), "sqlite")
_Text = Text().with_variant(Text(collation="C"), "postgresql")

journal_entry = Table(
    "journal_entry",
    metadata,
    Column("brand", _Text, primary_key=True),
    Column("seq", _Whole, primary_key=True, autoincrement=False),
    Column("entry_id", _Text, nullable=False),
    Column("book", _Text, nullable=False),
    Column("effective_date", _Text, nullable=False),
    Column("period", _Text, nullable=False),
    Column("kind", _Text, nullable=False),
    Column("source_event", _Text, nullable=False),
    Column("rule", _Text, nullable=False),
    Column("rule_version", _Whole, nullable=False),
    Column("reverses", _Text),
    Column("late_for_period", _Text),
    Column("memo", _Text, nullable=False),
    Column("recorded_at", _Text, nullable=False),
    Column("previous_hash", _Text, nullable=False),
    Column("hash", _Text, nullable=False),
    UniqueConstraint("brand", "entry_id"),
    UniqueConstraint("brand", "reverses"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

journal_posting = Table(
    "journal_posting",
    metadata,
    Column("brand", _Text, primary_key=True),
    Column("seq", _Whole, primary_key=True, autoincrement=False),
    Column("line_no", _Whole, primary_key=True, autoincrement=False),
    Column("account", _Text, nullable=False),
    Column("currency", _Text, nullable=False),
    Column("amount_minor", _Whole, nullable=False),
    Column("base_minor", _Whole, nullable=False),
    Column("campaign", _Text),
    Column("creator", _Text),
    Column("deliverable", _Text),
    Column("agreement", _Text),
    Column("cost_centre", _Text),
    Column("counterparty", _Text),
    Column("tax_code", _Text),
    Column("rate_set", _Text),
    ForeignKeyConstraint(
        ["brand", "seq"],
        ["journal_entry.brand", "journal_entry.seq"],
        deferrable=True,
        initially="DEFERRED",
    ),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

period_movement = Table(
    "period_movement",
    metadata,
    Column("brand", _Text, primary_key=True),
    Column("period", _Text, primary_key=True),
    Column("account", _Text, primary_key=True),
    Column("currency", _Text, primary_key=True),
    Column("amount_minor", _Whole, nullable=False),
    Column("base_minor", _Whole, nullable=False),
    Column("postings", _Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

period_status = Table(
    "period_status",
    metadata,
    Column("brand", _Text, primary_key=True),
    Column("period", _Text, primary_key=True),
    Column("status", _Text, nullable=False),
    Column("changed_at", _Text, nullable=False),
    Column("changed_by", _Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

fx_rate = Table(
    "fx_rate",
    metadata,
    Column("brand", _Text, primary_key=True),
    Column("kind", _Text, primary_key=True),
    Column("base", _Text, primary_key=True),
    Column("quote", _Text, primary_key=True),
    Column("date", _Text, primary_key=True),
    Column("rate_set", _Text, primary_key=True),
    Column("rate", _Text, nullable=False),
    Column("source", _Text, nullable=False),
    Column("recorded_at", _Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

TABLES = (
    journal_entry,
    journal_posting,
    period_movement,
    period_status,
    fx_rate,
    accounting_period,
)

STATEMENT = "-- next\n"
JOURNAL_TRIGGERS: dict[str, tuple[str, ...]] = {
    dialect: tuple(queries.text(f"ledger.journal_triggers.{dialect}").split(STATEMENT))
    for dialect in ("sqlite", "postgresql")
}
"""The statements that create the journal's guards, by dialect; the migrations execute them."""


def grouped(query: Asked, keys: Sequence[ColumnElement[Any]]) -> Asked:
    """Sum by keys, in the order of the keys, nothing before something: the same in both."""
    return query.group_by(*keys).order_by(*(key.asc().nulls_first() for key in keys))


def create_triggers(connection: Connection) -> None:
    """Create the journal's guards; KeyError for a dialect that has none."""
    for statement in JOURNAL_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def make_triggers_again(connection: Connection) -> None:
    """Put the guards of today in the place of older ones, where a dialect ever had older ones."""
    if connection.dialect.name == "sqlite":
        for statement in queries.text("ledger.journal_triggers_dropped.sqlite").split(STATEMENT):
            connection.exec_driver_sql(statement)
        create_triggers(connection)


def drop_triggers(connection: Connection, names: Iterable[str]) -> None:
    """Drop guards of an earlier version, before those of today are created (SQLite).

    PostgreSQL never had other guards than today's: a revision of its own changes them there.
    """
    for name in names:
        connection.exec_driver_sql(queries.text("ledger.drop_guard").replace("guard_name", name))


def create_all(engine: Engine) -> None:
    """Create the journal's tables and guards in an empty database, as the migrations do."""
    with engine.begin() as connection:
        metadata.create_all(connection, tables=(brand, *TABLES))
        create_triggers(connection)
