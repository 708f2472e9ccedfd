"""Every kind of the workspace has its table, and every table says where a row came from."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from truelift.store.catalog_tables import CATALOG
from truelift.store.ddl import CATALOG_KINDS, FACT_KINDS
from truelift.store.tables import metadata

KEPT = {
    "row_number", "brand", "notes", "origin", "source_file", "source_line", "source_sha256",
    "row_hash", "recorded_at", "superseded_at",
}  # fmt: skip


@pytest.mark.parametrize("kind", CATALOG_KINDS, ids=lambda kind: kind.name)
def test_a_kind_has_a_table_with_its_columns_and_what_the_store_adds(kind):
    table = CATALOG[kind.name]
    assert set(table.c.keys()) == {*kind.names, *KEPT}
    assert not KEPT & set(kind.names)


@pytest.mark.parametrize("kind", CATALOG_KINDS, ids=lambda kind: kind.name)
def test_rows_are_found_by_brand_and_the_first_part_of_their_key(kind):
    (index,) = CATALOG[kind.name].indexes
    assert [column.name for column in index.columns] == ["brand", kind.key[0]]


def test_money_is_a_whole_number_and_an_instant_has_no_zone():
    agreements = CATALOG["agreements"].c
    assert isinstance(agreements.fee.type, sa.BigInteger)
    assert isinstance(CATALOG["codes"].c.valid_from.type, sa.DateTime)
    assert not CATALOG["codes"].c.valid_from.type.timezone
    floats = [
        column
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, sa.Float | sa.Numeric)
    ]
    assert floats == []


def test_a_kind_lives_in_one_store():
    assert not {kind.name for kind in CATALOG_KINDS} & {kind.name for kind in FACT_KINDS}
