"""Tables of the workspace database: brands, imports, quarantine, seals, and the catalog's kinds.

In:   kinds that live in the workspace (facts.kinds).
Out:  SQLAlchemy tables on `store.tables.metadata`.
"""

from __future__ import annotations

import sqlalchemy as sa

from truelift.base.columns import ColumnType, Kind
from truelift.store import queries
from truelift.store.ddl import CATALOG_KINDS
from truelift.store.tables import metadata

_SQL = {
    ColumnType.BOOLEAN: sa.Boolean,
    ColumnType.INSTANT: sa.DateTime,
    ColumnType.DATE: sa.Date,
} | dict.fromkeys(
    (
        ColumnType.COUNT,
        ColumnType.INTEGER,
        ColumnType.MONEY,
        ColumnType.UNIT_MONEY,
        ColumnType.RATE,
    ),
    sa.BigInteger,
)

workspace = sa.Table(
    "workspace",
    metadata,
    sa.Column("workspace_id", sa.String(36), primary_key=True),
    sa.Column("customer_salt", sa.String(64), nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("simulated_now", sa.DateTime),
)

brand = sa.Table(
    "brand",
    metadata,
    sa.Column("brand", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("timezone", sa.String, nullable=False),
    sa.Column("entity", sa.String, nullable=False),
    sa.Column("calendar", sa.String, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
)

imported_file = sa.Table(
    "imported_file",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("brand", sa.String, nullable=False),
    sa.Column("source_file", sa.String, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    sa.Column("accepted", sa.Integer, nullable=False),
    sa.Column("updated", sa.Integer, nullable=False),
    sa.Column("duplicate", sa.Integer, nullable=False),
    sa.Column("quarantined", sa.Integer, nullable=False),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("brand", sa.String, primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("source_file", sa.String, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("column", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("message", sa.String, nullable=False),
    sa.Column("raw", sa.String, nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    sa.Column("resolved_at", sa.DateTime),
)

QUARANTINE_ORDER = tuple(
    quarantine.c[name]
    for name in ("recorded_at", "source_file", "line", "column", "kind", "sha256")
)
"""How refused rows are listed: by file and line."""

baseline_seal = sa.Table(
    "baseline_seal",
    metadata,
    sa.Column("brand", sa.String, primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("campaign", sa.String, nullable=False),
    sa.Column("creator", sa.String, nullable=False),
    sa.Column("metric", sa.String, nullable=False),
    sa.Column("platform", sa.String, nullable=False),
    sa.Column("sealed_at", sa.DateTime, nullable=False),
    sa.Column("sealed_by", sa.String, nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    sa.Column("record", sa.String, nullable=False),
)


def _catalog_table(kind: Kind) -> sa.Table:
    columns = [
        sa.Column(column.name, _SQL.get(column.type, sa.String)(), key=column.name)
        for column in kind.columns
    ]
    first_key = kind.key[0]
    return sa.Table(
        f"catalog_{kind.name}",
        metadata,
        sa.Column("row_number", sa.Integer, primary_key=True),
        sa.Column("brand", sa.String, nullable=False),
        *columns,
        sa.Column("notes", sa.String),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("source_file", sa.String, nullable=False),
        sa.Column("source_line", sa.Integer, nullable=False),
        sa.Column("source_sha256", sa.String(64), nullable=False),
        sa.Column("row_hash", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("superseded_at", sa.DateTime),
        sa.Index(f"catalog_{kind.name}_key", "brand", first_key),
    )


CATALOG = {kind.name: _catalog_table(kind) for kind in CATALOG_KINDS}
"""The table of each kind that lives in the workspace database, all versions kept."""


STATEMENT = "-- next\n"
SEAL_TRIGGERS: dict[str, tuple[str, ...]] = {
    dialect: tuple(queries.text(f"measurement.seal_triggers.{dialect}").split(STATEMENT))
    for dialect in ("sqlite", "postgresql")
}
"""The statements that create the guards of sealed baselines, by dialect."""


def create_seal_triggers(connection: sa.Connection) -> None:
    """Create the guards of sealed baselines; KeyError for a dialect that has none yet."""
    for statement in SEAL_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
