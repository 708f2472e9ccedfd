"""A column is described once: tables, segments and accepted rows all follow from the kind."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from truelift.base.columns import ColumnType
from truelift.store.ddl import (
    CATALOG_KINDS,
    FACT_KINDS,
    ROW_COLUMNS,
    STAMP_COLUMNS,
    accepted_schema,
    arrow_type,
    create_fact_table,
    quoted,
    stored_schema,
)


@pytest.mark.parametrize("kind", FACT_KINDS, ids=lambda kind: kind.name)
def test_a_fact_table_takes_the_rows_that_its_segments_hold_and_gives_them_back(kind):
    schema = stored_schema(kind)
    rows = pa.table([pa.nulls(2, field.type) for field in schema], schema)
    connection = duckdb.connect()
    connection.execute(create_fact_table(kind))
    connection.execute(create_fact_table(kind))  # a table that is there stays
    names = quoted(schema.names)
    connection.register("segment_rows", rows)
    connection.execute(f"insert into fact_{kind.name} ({names}) select {names} from segment_rows")
    found = connection.sql(f"select {names} from fact_{kind.name}").to_arrow_table()
    assert found.cast(schema).equals(rows)
    connection.close()


def test_only_clicks_carry_a_label():
    labelled = [kind.name for kind in FACT_KINDS if "class" in stored_schema(kind).names]
    assert labelled == ["clicks"]


@pytest.mark.parametrize("kind", [*FACT_KINDS, *CATALOG_KINDS], ids=lambda kind: kind.name)
def test_what_the_store_adds_never_hides_a_column_of_the_kind(kind):
    added = {name for name, _ in (*ROW_COLUMNS, *STAMP_COLUMNS)} | {"superseded_at", "class"}
    assert not added & set(kind.names)
    assert accepted_schema(kind).names == [*kind.names, *(name for name, _ in ROW_COLUMNS)]


@pytest.mark.parametrize("column_type", ColumnType)
def test_every_type_of_column_has_one_form_inside(column_type):
    assert arrow_type(column_type) in {
        pa.string(), pa.int64(), pa.bool_(), pa.date32(), pa.timestamp("us"),
    }  # fmt: skip


def test_names_that_are_words_of_sql_are_quoted():
    assert quoted(["from", "to"]) == '"from", "to"'
