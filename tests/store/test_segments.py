"""The log of segments: numbered without gaps, whole or not there, read in order of number."""

from __future__ import annotations

import pyarrow as pa
import pytest

from truelift.base.errors import TrueliftError
from truelift.store.segments import SegmentLog, missing_number, read_segment

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
