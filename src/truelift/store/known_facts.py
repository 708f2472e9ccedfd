"""Known facts: the rows of some natural keys as they are now, to be set beside others of theirs.

In:   an engine, a kind, natural keys.
Out:  the known rows of these keys, whole.
"""

from __future__ import annotations

import contextlib

import pyarrow as pa

from truelift.base.columns import Kind
from truelift.store import queries
from truelift.store.facts_engine import FactsEngine


def of_keys(engine: FactsEngine, kind: Kind, brand: str, keys: pa.Table) -> pa.Table:
    """Give the known rows of some natural keys, which a table holds in the kind's own columns."""
    sql = queries.text("facts.of_keys").format(
        kind=kind.name,
        columns=", ".join(f'known."{name}"' for name in kind.names),
        same=" and ".join(f'known."{name}" = given."{name}"' for name in kind.key),
    )
    with contextlib.closing(engine.lent()) as cursor:
        cursor.register("given_rows", keys)
        return cursor.sql(sql, params={"brand": brand}).to_arrow_table()
