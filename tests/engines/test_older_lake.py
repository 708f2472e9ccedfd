"""A lake that another version made: columns that it lacks are null, those that it has more refuse.

Read by the embedded engine, from files and from an object store, and by Sail and Spark.
"""

import runpy
from pathlib import Path

import pytest
from benchmarks.chance import Chance, fill
from benchmarks.clusters import object_store

from truelift.facts.kinds import KINDS
from truelift.store import lake as lakes
from truelift.store.cluster_engine import ClusterEngine
from truelift.store.delta_table import LakeRefused, LakeTable
from truelift.store.facts_engine import FactsEngine
from truelift.store.lake import Lake
from truelift.store.lake_reader import facts_of
from truelift.store.segments import SegmentLog

CLUSTERS = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["CLUSTERS"]
ORDERS, LACKS = KINDS["orders"], ("discount", "ship_country", "cancelled_at")


def lacking(kind):
    """Give a kind's columns as a version had them that knew some of the orders' not yet."""
    schema = whole(kind)
    if kind is not ORDERS:
        return schema
    for name in LACKS:
        schema = schema.remove(schema.get_field_index(name))
    return schema


whole = lakes.lake_schema


@pytest.fixture
def log(tmp_path):
    return SegmentLog(tmp_path / "segments")


@pytest.fixture
def facts(tmp_path, log):
    made = FactsEngine(tmp_path / "facts.duckdb", log)
    yield made
    made.close()


@pytest.fixture(params=["files", pytest.param("store", marks=pytest.mark.soak)])
def uri(request, tmp_path, monkeypatch):
    if request.param == "files":
        yield str(tmp_path / "lake")
        return
    with object_store("lake") as settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield "s3://lake/acme"


def sealed_by_another_version(uri, log):
    with pytest.MonkeyPatch.context() as older:
        older.setattr(lakes, "lake_schema", lacking)
        lake = Lake(uri, "main")
        lake.make()
        lake.seal(log)


def orders(rows):
    """Give the columns that were lacking, by order and version."""
    names = ("order_id", "row_hash", *LACKS, "subtotal")
    return sorted(tuple(map(str, (row[name] for name in names))) for row in rows)


def accepted(log, held):
    """Give what the log has, without the columns that were lacking up to a number."""
    found = []
    for segment in log:
        if segment.kind == "orders":
            rows = lakes.numbered(ORDERS, segment).to_pylist()
            blank = dict.fromkeys(LACKS)
            found += [row | blank if row["log_number"] <= held else row for row in rows]
    return orders(found)


def read(uri, engine):
    """Ask an engine for the orders of a lake."""
    lake = Lake(uri, "main")
    if engine is not None:
        cluster = ClusterEngine(engine, lake)
        cluster._show(cluster.session(), ORDERS)
        rows = cluster.session().table("fact_orders").toArrow().to_pylist()
        cluster.close()
        return orders(rows)
    reader = facts_of(lake)
    rows = reader._connection.sql("from fact_orders").to_arrow_table().to_pylist()
    reader.close()
    return orders(rows)


@pytest.mark.parametrize("engine", [None, *CLUSTERS])
def test_columns_that_an_older_lake_lacks_are_null_and_come_with_the_next_rows(
    facts, log, uri, engine, request
):
    if engine is not None and "://" in uri:
        pytest.skip("the servers of this run hold no key of an object store; DuckDB reads it")
    engine = request.getfixturevalue(engine) if engine is not None else None
    chance = Chance(5)
    fill(facts, chance, (0,), (ORDERS,))
    sealed_by_another_version(uri, log)
    lake = Lake(uri, "main")
    lake.make()
    held = lake.table(ORDERS).held("main")
    assert held
    assert lake.table(ORDERS).lacking()
    assert read(uri, engine) == accepted(log, held)
    fill(facts, chance, (1,), (ORDERS,))
    assert lake.seal(log).rows
    assert not lake.table(ORDERS).lacking()
    both = accepted(log, held)
    assert any(row[2] != "None" for row in both)
    assert read(uri, engine) == both
    lake.table(ORDERS).compact()
    assert read(uri, engine) == both
    assert lake.seal(log).rows == 0


def test_columns_that_a_newer_lake_has_more_refuse_it(facts, log, tmp_path):
    uri = str(tmp_path / "lake")
    fill(facts, Chance(6), (0,), (ORDERS,))
    lake = Lake(uri, "main")
    lake.make()
    lake.seal(log)
    with pytest.MonkeyPatch.context() as older:
        older.setattr(lakes, "lake_schema", lacking)
        said = r"newer Truelift: it has cancelled_at, discount, ship_country, which this version"
        for ask in (Lake.make, lambda each: each.seal(log), lambda each: each.snapshot(ORDERS)):
            with pytest.raises(LakeRefused, match=said):
                ask(Lake(uri, "main"))
    other = LakeTable(f"{uri}/facts/orders", lakes.lake_schema(KINDS["costs"]))
    with pytest.raises(LakeRefused, match="newer"):
        other.table()
    assert lake.snapshot(ORDERS).version == 1
