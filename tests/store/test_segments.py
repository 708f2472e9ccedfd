"""The log of segments: numbered without gaps, whole or not there, read in order of number."""

from __future__ import annotations

import os
import time

import pyarrow as pa
import pytest

from truelift.base.errors import TrueliftError
from truelift.store.segments import (
    FEWEST,
    LARGEST_BYTES,
    NUMBER_COLUMN,
    SegmentLog,
    missing_number,
    read_segment,
)

ROWS = pa.table({"order_id": ["1", "2"], "subtotal": [1000, 2000]})


def taken(folder):
    log = SegmentLog(folder)
    log.take()
    return log


def test_a_segment_gives_back_the_rows_it_was_given(tmp_path):
    segment = taken(tmp_path / "segments").write("orders", ROWS)
    assert (segment.number, segment.path.name) == (1, "00000001.orders.parquet")
    assert read_segment(segment).equals(ROWS)


def test_numbers_go_on_where_the_folder_ends(tmp_path):
    taken(tmp_path).write("orders", ROWS)
    log = taken(tmp_path)
    assert log.write("leads", ROWS).number == 2
    assert [(segment.number, segment.kind) for segment in log] == [(1, "orders"), (2, "leads")]


def test_numbers_are_read_as_numbers_beyond_eight_digits(tmp_path):
    for number in (99_999_999, 100_000_000):
        (tmp_path / f"{number}.orders.parquet").touch()
    assert [segment.number for segment in SegmentLog(tmp_path)] == [99_999_999, 100_000_000]


def test_a_half_written_file_is_removed_by_who_takes_the_log_and_by_nobody_else(tmp_path):
    unfinished = tmp_path / "00000001.orders.writing"
    unfinished.write_bytes(b"PAR1")
    assert list(SegmentLog(tmp_path)) == []
    assert unfinished.exists(), "another process may still be writing it"
    taken(tmp_path)
    assert not unfinished.exists()


def test_a_segment_that_cannot_be_written_leaves_its_number_free(tmp_path, monkeypatch):
    log = taken(tmp_path)

    def full(_path):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("truelift.store.segments._synchronise", full)
        with pytest.raises(OSError, match="No space left"):
            log.write("orders", ROWS)
    assert list(log) == []
    assert log.write("orders", ROWS).number == 1


def test_files_of_other_names_are_not_the_logs(tmp_path):
    for name in ("notes.txt", "backup.parquet", "1.orders.parquet", "00000001.orders.parquet.old"):
        (tmp_path / name).touch()
    log = taken(tmp_path)
    assert list(log) == []
    assert log.write("orders", ROWS).number == 1


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"x" * 1000])
def test_a_damaged_segment_says_which_file_it_is(tmp_path, damage):
    segment = taken(tmp_path).write("orders", ROWS)
    segment.path.write_bytes(damage)
    with pytest.raises(TrueliftError, match=r"00000001\.orders\.parquet cannot be read, it is dam"):
        read_segment(segment)


@pytest.mark.parametrize(
    ("present", "applied", "missing"),
    [
        (set(), set(), None),
        ({1, 2, 3}, {1, 2}, None),
        ({1, 3}, set(), 2),
        ({1, 2}, {1, 2, 3}, 3),
        (set(), {1}, 1),
    ],
)
def test_a_gap_in_the_numbers_is_a_lost_file(present, applied, missing):
    assert missing_number(present, applied) == missing


LATER = 2**40
"""After everything that is written in a test."""


def filled(folder, number=FEWEST, kinds=("orders",)):
    log = taken(folder)
    for at in range(number):
        log.write(kinds[at % len(kinds)], pa.table({"order_id": [str(at), "x"]}))
    return log


def merged(log):
    (run,) = log.to_merge(LATER)
    return log.merge(run)


def test_segments_of_a_kind_are_merged_in_their_order_whatever_lies_between(tmp_path):
    log = filled(tmp_path, 2 * FEWEST, ("orders", "leads"))
    orders, leads = (log.merge(run) for run in list(log.to_merge(LATER)))
    assert orders.numbers == tuple(range(1, 2 * FEWEST, 2))
    assert orders.path.name == f"00000001-{2 * FEWEST - 1:08d}.orders.parquet"
    rows = read_segment(orders)
    assert rows["order_id"].to_pylist()[:4] == ["0", "x", "2", "x"]
    assert rows[NUMBER_COLUMN].to_pylist()[:4] == [1, 1, 3, 3]
    assert [each.path.name for each in log] == [orders.path.name, leads.path.name]
    again = taken(tmp_path)
    assert [each.numbers for each in again] == [orders.numbers, leads.numbers]
    assert again.write("orders", ROWS).number == 2 * FEWEST + 1
    assert len(list(tmp_path.iterdir())) == 3


def test_merged_segments_are_merged_again_when_there_are_many_and_rows_are_rarely_rewritten(
    tmp_path,
):
    log, written = taken(tmp_path), 0
    for at in range(FEWEST * FEWEST):
        log.write("orders", pa.table({"order_id": [str(at)]}))
        for run in list(log.to_merge(LATER)):
            written += len(log.merge(run).numbers)
    written += len(merged(log).numbers)
    (whole,) = log
    assert whole.numbers == tuple(range(1, FEWEST * FEWEST + 1))
    assert read_segment(whole)["order_id"].to_pylist() == [str(n) for n in range(FEWEST * FEWEST)]
    assert written == 2 * FEWEST * FEWEST


def test_few_young_and_large_segments_are_left_alone(tmp_path):
    log = filled(tmp_path, FEWEST - 1)
    assert list(log.to_merge(LATER)) == []
    log.write("orders", ROWS)
    assert list(log.to_merge(time.time() - 60)) == []
    path = next(iter(log)).path
    with path.open("ab") as file:
        file.truncate(LARGEST_BYTES + 1)
    os.utime(path, (1, 1))
    assert list(log.to_merge(LATER)) == []


def test_segments_of_other_columns_are_not_merged_with_these(tmp_path):
    log = filled(tmp_path, FEWEST - 3)
    for _ in range(3):
        log.write("orders", ROWS)
    assert merged(log).numbers == tuple(range(1, FEWEST - 2))
    other = taken(tmp_path / "other")
    for at in range(FEWEST):
        other.write("orders", ROWS if at % 2 else pa.table({"order_id": ["1"]}))
    (run,) = other.to_merge(LATER)
    assert other.merge(run) is None


def test_a_damaged_merged_segment_says_which_file_it_is(tmp_path):
    path = merged(filled(tmp_path)).path
    path.write_bytes(b"PAR1")
    with pytest.raises(TrueliftError, match=r"00000016\.orders\.parquet cannot be read"):
        taken(tmp_path)


def test_columns_of_a_segment_are_read_by_its_number_until_it_is_merged(tmp_path):
    log = taken(tmp_path)
    several = [log.write("orders", ROWS) for _ in range(3)]
    assert log.read(2, "orders", ["order_id"]).to_pylist() == [{"order_id": "1"}, {"order_id": "2"}]
    log.merge(several)
    assert log.read(2, "orders", ["order_id"]) is None
