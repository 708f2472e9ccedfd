"""Table definitions made from the kinds, so that a column is described once.

In:   kinds (facts.kinds).
Out:  DDL of the DuckDB fact tables, Arrow schemas, and the columns every stored row carries.
"""

from __future__ import annotations

import pyarrow as pa

from truelift.base.columns import ColumnType, Kind, Plane
from truelift.facts.kinds import KINDS

FACT_KINDS = tuple(kind for kind in KINDS.values() if kind.plane is Plane.FACTS)
CATALOG_KINDS = tuple(kind for kind in KINDS.values() if kind.plane is Plane.WORKSPACE)

_WHOLE = {
    ColumnType.COUNT,
    ColumnType.INTEGER,
    ColumnType.MONEY,
    ColumnType.UNIT_MONEY,
    ColumnType.RATE,
}
_DUCKDB = {
    ColumnType.BOOLEAN: "boolean",
    ColumnType.INSTANT: "timestamp",
    ColumnType.DATE: "date",
} | dict.fromkeys(_WHOLE, "bigint")
_ARROW = {
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.INSTANT: pa.timestamp("us"),
    ColumnType.DATE: pa.date32(),
} | dict.fromkeys(_WHOLE, pa.int64())

ROW_COLUMNS = (
    ("notes", pa.string()),
    ("source_line", pa.int64()),
    ("day", pa.date32()),
    ("row_hash", pa.string()),
)
"""What acceptance adds to the columns of a kind."""

STAMP_COLUMNS = (
    ("brand", pa.string()),
    ("origin", pa.string()),
    ("source_file", pa.string()),
    ("source_sha256", pa.string()),
    ("recorded_at", pa.timestamp("us")),
)
"""What the store adds when it keeps a row."""


LABEL_COLUMNS: dict[str, tuple[tuple[str, pa.DataType], ...]] = {
    "clicks": (("class", pa.string()), ("class_rule", pa.string())),
}
"""What is said about the rows of a kind when they are taken in; it is no part of what was sent."""


def arrow_type(column_type: ColumnType) -> pa.DataType:
    """Give the Arrow type that a column type has inside."""
    return _ARROW.get(column_type, pa.string())


def accepted_schema(kind: Kind) -> pa.Schema:
    """Give the schema of accepted rows of a kind."""
    fields = [(column.name, arrow_type(column.type)) for column in kind.columns]
    return pa.schema(fields + list(ROW_COLUMNS))


def stored_schema(kind: Kind) -> pa.Schema:
    """Give the schema of stored rows of a kind, as its segments hold them."""
    added = (*LABEL_COLUMNS.get(kind.name, ()), *STAMP_COLUMNS)
    return pa.schema(list(accepted_schema(kind)) + [pa.field(*item) for item in added])


def quoted(names: list[str] | tuple[str, ...]) -> str:
    """Write column names as a quoted SQL list."""
    return ", ".join(f'"{name}"' for name in names)


def create_fact_table(kind: Kind) -> str:
    """Write the DuckDB table of a fact kind.

    It has no primary key: an insert would slow down with the number of rows.
    """
    columns = [f'"{column.name}" {_DUCKDB.get(column.type, "varchar")}' for column in kind.columns]
    columns += [f"{name} varchar" for name, _ in LABEL_COLUMNS.get(kind.name, ())]
    columns += [
        "notes varchar",
        "source_line bigint",
        "day date",
        "row_hash varchar",
        "brand varchar",
        "origin varchar",
        "source_file varchar",
        "source_sha256 varchar",
        "recorded_at timestamp",
        "superseded_at timestamp",
    ]
    return f"create table if not exists fact_{kind.name} ({', '.join(columns)})"
