import pyarrow as pa
import pytest
from benchmarks.chance import BEGAN, BRAND, Chance, fill
from benchmarks.clusters import object_store

from truelift.base.errors import NotOwner
from truelift.facts.kinds import KINDS
from truelift.store.delta_table import LakeAway
from truelift.store.facts_engine import FactsEngine
from truelift.store.lake import Lake
from truelift.store.lake_reader import facts_of
from truelift.store.segments import SegmentLog
from truelift.store.stamp import Stamp

FEW = (KINDS["orders"], KINDS["costs"])
NOW = {"brand": BRAND, "known_at": BEGAN.replace(year=2027), "as_of": BEGAN.replace(year=2027)}


@pytest.fixture
def store(monkeypatch):
    """An object store of this machine's own, with a bucket."""
    with object_store("lake") as settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield "s3://lake/acme"


def told(tmp_path, uri):
    """Fill a lake; give its reader and the engine that filled it."""
    log = SegmentLog(tmp_path / "segments")
    facts = FactsEngine(tmp_path / "facts.duckdb", log)
    fill(facts, Chance(1), (0, 1), FEW)
    lake = Lake(uri, "main")
    lake.make()
    lake.seal(log)
    return facts, facts_of(lake)


def rows(facts, name):
    return sorted(map(str, facts.read(name, NOW).to_pylist()))


@pytest.mark.parametrize("name", ["valuation.imported", "ledger.costs"])
def test_a_lake_is_read_without_its_workspace(tmp_path, name):
    facts, reader = told(tmp_path, str(tmp_path / "it's a lake"))
    given = NOW | {"as_of_day": NOW["as_of"].date()}
    relations = {"catalog_profiles": Chance(2).catalog("profiles")}
    found = reader.read(name, given, relations).to_pylist()
    assert found
    assert sorted(map(str, found)) == sorted(
        map(str, facts.read(name, given, relations).to_pylist())
    )
    reader.close()
    facts.close()


def test_a_lake_in_an_object_store_is_read_too(tmp_path, store):
    facts, reader = told(tmp_path, store)
    assert rows(reader, "ledger.order_reversals") == rows(facts, "ledger.order_reversals")
    assert rows(reader, "facts.currencies") == rows(facts, "facts.currencies")
    reader.close()
    facts.close()


def test_it_says_up_to_when_the_lake_holds(tmp_path):
    facts, reader = told(tmp_path, str(tmp_path / "lake"))
    assert reader.newest_recording(BRAND) == facts.recordings(BRAND)[2] is not None
    assert reader.newest_recording("nobody") is None
    reader.close()
    facts.close()


def test_a_lake_that_goes_away_meanwhile_is_told_in_a_sentence(tmp_path):
    facts, reader = told(tmp_path, str(tmp_path / "lake"))
    (tmp_path / "lake").rename(tmp_path / "gone")
    for ask in (
        lambda: rows(reader, "facts.currencies"),
        lambda: reader.recordings(BRAND),
        lambda: reader.newest_recording(BRAND),
    ):
        with pytest.raises(LakeAway, match="does not answer any more"):
            ask()
    (tmp_path / "gone").rename(tmp_path / "lake")
    assert rows(reader, "facts.currencies") == rows(facts, "facts.currencies")
    reader.close()
    facts.close()


def test_an_object_store_that_goes_away_is_told_too(tmp_path, monkeypatch):
    with object_store("lake") as settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        facts, reader = told(tmp_path, "s3://lake/acme")
    with pytest.raises(LakeAway, match="does not answer any more"):
        rows(reader, "facts.currencies")
    reader.close()
    facts.close()


def test_nothing_is_taken_in_through_a_lake(tmp_path):
    facts, reader = told(tmp_path, str(tmp_path / "lake"))
    more = Chance(3).accepted(KINDS["orders"], 3)
    with pytest.raises(NotOwner, match="read over its lake"):
        reader.append(KINDS["orders"], more, Stamp(BRAND, "file", "x", "x", BEGAN))
    assert isinstance(more, pa.Table)
    reader.close()
    facts.close()
