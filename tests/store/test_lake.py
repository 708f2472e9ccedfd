import datetime as dt
import threading

import pyarrow as pa
import pytest
from benchmarks.chance import BEGAN, BRAND, Chance, fill

from truelift.facts.kinds import KINDS
from truelift.store.ddl import FACT_KINDS
from truelift.store.delta_table import LakeAway, LakeTable
from truelift.store.facts_engine import FactsEngine
from truelift.store.lake import Lake, lake_schema, numbered, parted
from truelift.store.lake_reader import facts_of
from truelift.store.segments import SUPERSEDES_COLUMN, SegmentLog, read_segment
from truelift.store.stamp import Stamp

CLICKS, ORDERS = KINDS["clicks"], KINDS["orders"]
FEW = (CLICKS, ORDERS, KINDS["order_lines"], KINDS["costs"])


@pytest.fixture
def log(tmp_path):
    return SegmentLog(tmp_path / "segments")


@pytest.fixture
def facts(tmp_path, log):
    made = FactsEngine(tmp_path / "facts.duckdb", log)
    yield made
    made.close()


@pytest.fixture
def lake(tmp_path):
    made = Lake(str(tmp_path / "lake"), "main")
    made.make()
    return made


def everything(lake):
    return {
        kind.name: sorted(
            lake.table(kind).table().to_pyarrow_table()["row_hash"].to_pylist()
        )
        for kind in FACT_KINDS
    }  # fmt: skip


def accepted(log):
    found = {kind.name: [] for kind in FACT_KINDS}
    for segment in log:
        found[segment.kind] += numbered(KINDS[segment.kind], segment)["row_hash"].to_pylist()
    return {name: sorted(hashes) for name, hashes in found.items()}


def known(facts, times):
    """Give the orders as they were known at each of some times."""
    extra = ("recorded_at", "row_hash")
    return [
        facts.listing(ORDERS, extra, {"brand": BRAND, "known_at": at, "limit": 10_000}).to_pylist()
        for at in times
    ]


def known_in(lake, times):
    reader = facts_of(lake)
    found = known(reader, times)
    reader.close()
    return found


def test_which_rows_supersede_is_written_down_and_old_segments_that_do_not_say_are_looked_at(
    facts, log, lake, tmp_path
):
    chance = Chance(1)
    for number in (0, 1):
        fill(facts, chance, (number,), FEW)
    lake.seal(log)
    rows = facts.lent().sql("select recorded_at, superseded_at, order_id from fact_orders")
    rows = rows.to_arrow_table().to_pylist()
    times = sorted({row["recorded_at"] for row in rows})
    expected = known(facts, times)
    told = lake.table(ORDERS).table().to_pyarrow_table()
    newer = told.filter(told[SUPERSEDES_COLUMN])
    replaced = [row["order_id"] for row in rows if row["superseded_at"] is not None]
    assert 0 < len(replaced) < told.num_rows
    assert sorted(newer["order_id"].to_pylist()) == sorted(replaced)
    assert known_in(lake, times) == expected

    older = SegmentLog(tmp_path / "older")
    older.take()
    for segment in log:
        older.write(segment.kind, read_segment(segment).drop_columns([SUPERSEDES_COLUMN]))
    silent = Lake(str(tmp_path / "silent"), "main")
    silent.make()
    silent.seal(older)
    assert known_in(silent, times) == expected


def test_every_accepted_row_is_sealed_once_however_often_it_is_tried(facts, log, lake, tmp_path):
    chance = Chance(1)
    for number in (0, 1):
        fill(facts, chance, (number,), FEW)
        lake.seal(log)
        assert lake.seal(log).rows == 0
        assert Lake(str(tmp_path / "lake"), "main").seal(log).rows == 0
    assert everything(lake) == accepted(log)


def test_sealing_ends_though_more_comes_all_the_time_and_holds_nobody_up(
    facts, log, lake, monkeypatch
):
    chance, real, appended = Chance(3), LakeTable.append, []
    fill(facts, chance, (0,), (ORDERS,))

    def merge():
        with log.still:
            pass

    def slow(table, *given):
        merging = threading.Thread(target=merge, daemon=True)
        merging.start()
        merging.join(5)
        assert not merging.is_alive(), "the log can be merged while the lake takes its time"
        return real(table, *given)

    def busy(table, *given):
        appended.append(given[1])
        if len(appended) < 20:
            fill(facts, chance, (1,), (ORDERS,))
        return real(table, *given)

    monkeypatch.setattr(LakeTable, "append", busy)
    lake.seal(log)
    assert len(appended) <= 2
    monkeypatch.undo()
    lake.seal(log)
    assert everything(lake) == accepted(log)
    fill(facts, chance, (1,), (ORDERS,))
    monkeypatch.setattr(LakeTable, "append", slow)
    assert lake.seal(log).rows


def test_the_tail_is_what_a_version_does_not_hold(facts, log, lake):
    chance = Chance(2)
    fill(facts, chance, (0,), FEW)
    lake.seal(log)
    held = lake.snapshot(ORDERS)
    assert lake.tail(ORDERS, log, held).num_rows == 0
    fill(facts, chance, (1,), FEW)
    tail = lake.tail(ORDERS, log, held)
    assert tail.schema == lake_schema(ORDERS)
    assert tail.num_rows + held_rows(lake) == len(accepted(log)["orders"])
    lake.seal(log)
    assert lake.tail(ORDERS, log, held).equals(tail), "an older version has the tail it had"


def held_rows(lake):
    return lake.table(ORDERS).rows()


def test_merged_segments_are_sealed_above_the_number_that_is_held(facts, log, lake):
    chance = Chance(3)
    for number in range(20):
        rows = chance.accepted(CLICKS, 5)
        hashes = pa.array([f"{number}-{each}" for each in rows["row_hash"].to_pylist()])
        rows = rows.set_column(rows.column_names.index("row_hash"), "row_hash", hashes)
        facts.append(CLICKS, rows, Stamp(BRAND, "file", "clicks.csv", str(number), BEGAN))
        if number == 7:
            lake.seal(log)
    assert facts.compact(float("inf")) > 7
    lake.seal(log)
    assert everything(lake) == accepted(log)


def test_traffic_is_parted_by_day_and_the_rest_by_month():
    chance = Chance(4)
    for kind, wanted in ((CLICKS, 5), (ORDERS, 1)):
        rows = chance.accepted(kind, 3)
        at = pa.array([dt.datetime(2026, 5, 5, 23, 59)] * rows.num_rows, pa.timestamp("us"))
        rows = rows.set_column(rows.column_names.index(kind.occurred), kind.occurred, at)
        rows = rows.append_column("recorded_at", at)
        assert set(parted(kind, rows)["partition_day"].to_pylist()) == {f"2026-05-0{wanted}"}


def test_a_kind_that_happens_on_no_day_is_parted_by_when_it_came():
    rows = Chance(5).accepted(KINDS["order_lines"], 3)
    at = pa.array([dt.datetime(2026, 6, 7)] * rows.num_rows, pa.timestamp("us"))
    found = parted(KINDS["order_lines"], rows.append_column("recorded_at", at))
    assert set(found["partition_day"].to_pylist()) == {"2026-06-01"}


def test_a_lake_that_goes_away_in_the_middle_is_taken_up_again(facts, log, lake, tmp_path):
    fill(facts, Chance(6), (0,), FEW)
    (tmp_path / "lake" / "facts" / "orders").rename(tmp_path / "orders")
    with pytest.raises(LakeAway):
        lake.seal(log)
    (tmp_path / "orders").rename(tmp_path / "lake" / "facts" / "orders")
    lake.seal(log)
    assert everything(lake) == accepted(log)
