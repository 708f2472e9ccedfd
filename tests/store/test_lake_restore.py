import json
import shutil

import pyarrow as pa
import pytest
from benchmarks.chance import Chance, fill
from benchmarks.clusters import object_store

from truelift.base.errors import TrueliftError
from truelift.facts.kinds import KINDS
from truelift.store import lake_restore
from truelift.store.ddl import FACT_KINDS
from truelift.store.delta_table import LakeRefused
from truelift.store.facts_engine import FactsEngine
from truelift.store.lake import Lake, parted
from truelift.store.lake_restore import forget, lost, restore
from truelift.store.segments import LOST, SegmentLog

FEW = (KINDS["clicks"], KINDS["orders"], KINDS["order_lines"], KINDS["costs"])
TABLE = "select * from fact_{kind}"


class Shop:
    """A folder with facts and a lake."""

    def __init__(self, folder, uri):
        self.folder, self.uri = folder, uri
        self.open()

    def open(self):
        self.log = SegmentLog(self.folder / "segments")
        self.facts = FactsEngine(self.folder / "facts.duckdb", self.log)
        self.lake = Lake(self.uri, "main")

    def lose(self):
        self.facts.close()
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def rows(self):
        found = {}
        for kind in FACT_KINDS:
            table = self.facts._connection.execute(TABLE.format(kind=kind.name)).fetchall()
            found[kind.name] = sorted(table, key=repr)
        return found

    def numbers(self):
        return sorted(number for each in self.log for number in each.numbers)


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop").mkdir()
    made = Shop(tmp_path / "shop", str(tmp_path / "lake"))
    made.lake.make()
    yield made
    made.facts.close()


def test_a_lost_folder_has_the_same_facts_again_and_goes_on(shop, monkeypatch):
    """With versions that others superseded, sealed in turns, and many files of a kind."""
    monkeypatch.setattr(lake_restore, "ROWS_AT_ONCE", 100)
    chance = Chance(1)
    for number in range(3):
        fill(shop.facts, chance, (number,), FEW)
        shop.lake.seal(shop.log)
    before, numbers = shop.rows(), shop.numbers()
    shop.lake.table(FEW[0]).compact()
    shop.lose()
    found = restore(Lake(shop.uri, "main"), shop.folder)
    assert found.rows["orders"] == len(before["orders"]) > 100
    assert (found.last, found.lost, lost(shop.folder)) == (max(numbers), (), "")
    shop.open()
    assert shop.rows() == before
    assert any(row[-1] is not None for row in before["orders"])
    assert shop.numbers() == numbers
    assert len([each for each in shop.log if each.kind == "orders"]) > 1
    assert shop.lake.seal(shop.log).rows == 0
    fill(shop.facts, chance, (3,), FEW)
    assert shop.lake.seal(shop.log).segments == len(FEW)
    held = {kind.name: shop.lake.table(kind).rows() for kind in FEW}
    assert held == {kind.name: len(shop.rows()[kind.name]) for kind in FEW}
    assert min(set(shop.numbers()) - set(numbers)) == max(numbers) + 1


def test_what_was_not_sealed_is_named_and_work_goes_on(shop):
    """The disk was lost between the sealing of two kinds."""
    chance = Chance(2)
    fill(shop.facts, chance, (0,), FEW)
    shop.lake.seal(shop.log)
    fill(shop.facts, chance, (1,), FEW)
    costs = [each for each in shop.log if each.kind == "costs"]
    shop.lake.seal(Listed(costs, shop.log))
    whole = shop.rows()
    shop.lose()
    found = restore(Lake(shop.uri, "main"), shop.folder)
    assert (found.last, found.lost) == (16, tuple(range(9, 15)))
    told = lost(shop.folder)
    assert told.startswith("Figures are partial: 6 segments of facts were not sealed")
    shop.open()
    assert shop.rows()["costs"] == whole["costs"]
    assert len(shop.rows()["orders"]) < len(whole["orders"])
    assert [each.numbers for each in shop.log if each.kind == LOST] == [found.lost]
    assert shop.numbers() == list(range(1, found.last + 1))
    shop.facts.close()
    shop.open()
    fill(shop.facts, chance, (2,), FEW)
    shop.lake.seal(shop.log)
    for kind in FEW:
        assert shop.lake.table(kind).rows() == len(shop.rows()[kind.name])
    assert (forget(shop.folder), forget(shop.folder), lost(shop.folder)) == (True, False, "")


class Listed:
    """A log that lists some of its segments: as a sealing that was cut off saw it."""

    def __init__(self, segments, log):
        self.segments, self.still = segments, log.still

    def __iter__(self):
        return iter(self.segments)


def test_a_folder_that_holds_segments_is_left_alone(shop):
    fill(shop.facts, Chance(3), (0,), FEW[:2])
    shop.lake.seal(shop.log)
    files = sorted((shop.folder / "segments").iterdir())
    with pytest.raises(TrueliftError, match="holds segments already"):
        restore(shop.lake, shop.folder)
    assert sorted((shop.folder / "segments").iterdir()) == files


def test_an_empty_lake_restores_nothing(shop, tmp_path):
    for uri in (shop.uri, str(tmp_path / "none")):
        with pytest.raises(TrueliftError, match="holds no facts; see whether"):
            restore(Lake(uri, "main"), tmp_path / "new")


def test_a_lake_that_another_name_sealed_is_refused(shop, tmp_path):
    fill(shop.facts, Chance(4), (0,), FEW[:2])
    shop.lake.seal(shop.log)
    with pytest.raises(LakeRefused, match="of node another that it sealed up to 0"):
        restore(Lake(shop.uri, "another"), tmp_path / "new")


def test_tables_of_two_logs_are_refused_and_leave_nothing(shop, tmp_path):
    fill(shop.facts, Chance(5), (0,), FEW[:1])
    shop.lake.seal(shop.log)
    clicks = shop.lake.table(FEW[0]).dataset().to_table()
    number = max(clicks["log_number"].to_pylist())
    costs = pa.table({
        each.name: pa.nulls(1, each.type) for each in shop.lake.table(FEW[3]).schema
    })  # fmt: skip
    place = costs.column_names.index("log_number")
    costs = costs.set_column(place, "log_number", pa.array([number], pa.int64()))
    shop.lake.table(FEW[3]).append("main", number, parted(FEW[3], costs))
    with pytest.raises(LakeRefused, match="of two logs"):
        restore(shop.lake, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_what_was_cut_off_is_done_again(shop, monkeypatch):
    fill(shop.facts, Chance(6), (0,), FEW)
    shop.lake.seal(shop.log)
    before = shop.rows()
    shop.lose()

    def cut(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(lake_restore, "put_in_place", cut)
        with pytest.raises(KeyboardInterrupt):
            restore(Lake(shop.uri, "main"), shop.folder)
    assert [each.name for each in shop.folder.iterdir()] == []
    (shop.folder / "segments.restoring").mkdir()
    (shop.folder / "segments.restoring" / "half").write_text("half", encoding="utf-8")
    restore(Lake(shop.uri, "main"), shop.folder)
    shop.open()
    assert shop.rows() == before


@pytest.mark.soak
def test_a_lake_in_an_object_store_is_a_way_back_too(tmp_path, monkeypatch):
    with object_store("lake") as settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "shop").mkdir()
        shop = Shop(tmp_path / "shop", "s3://lake/shop")
        shop.lake.make()
        fill(shop.facts, Chance(7), (0, 1), FEW)
        shop.lake.seal(shop.log)
        before = shop.rows()
        shop.lose()
        assert restore(Lake(shop.uri, "main"), shop.folder).lost == ()
        shop.open()
        assert shop.rows() == before
        assert shop.lake.seal(shop.log).rows == 0
        shop.facts.close()


def test_a_notice_that_cannot_be_read_is_none(tmp_path):
    assert lost(tmp_path) == ""
    for damaged in ("", '{"numbers"', "{}", "[]", '{"numbers": "abc"}', '{"numbers": [null]}'):
        (tmp_path / "lost.json").write_text(damaged, encoding="utf-8")
        assert lost(tmp_path).startswith("Figures may be partial: ")
    forget(tmp_path)
    (tmp_path / "lost.json").write_text(json.dumps({"numbers": list(range(1, 20))}))
    assert "00000010 and 9 more" in lost(tmp_path)
