"""The lake read by the embedded engine: the same Delta tables, from their lists of files.

In:   a lake.
Out:  a facts engine in memory that answers every question and takes nothing in.

What is read is one version of every table, the one that was newest when it was opened.
"""

from __future__ import annotations

import duckdb
import pyarrow.dataset as ds

from truelift.base.columns import Kind
from truelift.store import queries
from truelift.store.ddl import FACT_KINDS
from truelift.store.delta_table import local_folder
from truelift.store.facts_engine import FactsEngine
from truelift.store.facts_file import open_facts
from truelift.store.lake import Lake, lake_schema, versions


def facts_of(lake: Lake) -> FactsEngine:
    """Open a lake for reading; LakeAway, LakeRefused."""
    connection = open_facts(":memory:")
    try:
        for kind in FACT_KINDS:
            _show(connection, lake, kind)
        for name in ("facts.schema", "live.schema", "kept.schema"):
            connection.execute(queries.text(name))
    except BaseException:
        connection.close()
        raise
    return FactsEngine.over(connection, None)


def _show(connection: duckdb.DuckDBPyConnection, lake: Lake, kind: Kind) -> None:
    """Name the rows of a kind: files on a disk are read by DuckDB, others by the lake's library."""
    snapshot, schema, name = lake.snapshot(kind), lake_schema(kind), f"lake_{kind.name}"
    if not snapshot.files:
        connection.register(name, schema.empty_table())
    elif local_folder(lake.uri) is None:
        found: ds.Dataset = lake.table(kind).table().to_pyarrow_dataset()
        connection.register(name, found)
    else:
        files = ", ".join("'" + file.replace("'", "''") + "'" for file in snapshot.files)
        connection.execute(queries.text("lake.files").format(name=name, files=files))
    made = queries.text("lake.named").format(kind=kind.name, versions=versions(kind, '"'))
    connection.execute(made)
