"""Reading the spool: every whole frame once, whatever stands between and behind them."""

from __future__ import annotations

import google_crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.hit import Beacon, encode
from truelift.store import spool_reader
from truelift.store.spool import HEADER
from truelift.store.spool_reader import Offset, frames, prune, read, waiting_bytes, workers


def frame(payload):
    return HEADER.pack(len(payload), google_crc32c.value(payload)) + payload


def hits(*numbers):
    return b"".join(frame(encode(Beacon(click_id=f"c{each}", received_us=1))) for each in numbers)


def ids(reading):
    return [hit.click_id for hit in reading.hits]


@pytest.fixture
def spooled(tmp_path):
    """Write segments by name: spooled(name=bytes) -> the spool's folder."""

    def write(**segments):
        (tmp_path / "w1").mkdir(exist_ok=True)
        for name, content in segments.items():
            (tmp_path / "w1" / f"{int(name[1:]):013d}-000000.log").write_bytes(content)
        return tmp_path

    return write


def test_reading_goes_on_where_it_stopped_across_segments(spooled):
    folder = spooled(s1=hits(1, 2, 3), s2=hits(4), s3=hits(5, 6))
    offset, seen = None, []
    for _ in range(4):
        reading = read(folder, "w1", offset, 2)
        offset, seen = reading.offset, seen + ids(reading)
    assert seen == ["c1", "c2", "c3", "c4", "c5", "c6"]
    assert read(folder, "w1", offset, 2) == spool_reader.Reading([], [], offset)
    spooled(s3=hits(5, 6, 7))
    assert ids(read(folder, "w1", offset, 2)) == ["c7"]


def test_nothing_written_is_nothing_read(tmp_path):
    assert workers(tmp_path / "none") == []
    assert read(tmp_path, "w1", None, 5) == spool_reader.Reading([], [], None)


def test_each_hit_has_its_segment_and_first_byte(spooled):
    folder = spooled(s1=hits(1, 2))
    (first, second) = read(folder, "w1", None, 5).places
    assert (first[1], second[1]) == (0, len(hits(1)))
    assert workers(folder) == ["w1"]


@pytest.mark.parametrize("cut", [1, 7, 8, 9, len(hits(1)) - 1])
def test_a_torn_end_is_no_damage_and_the_next_segment_follows(spooled, cut):
    folder = spooled(s1=hits(1) + hits(2)[:cut], s2=hits(3))
    reading = read(folder, "w1", None, 5)
    assert (ids(reading), reading.damaged) == (["c1", "c3"], ())


def test_the_frame_that_is_being_written_is_waited_for(spooled):
    whole = hits(1, 2)
    folder = spooled(s1=whole[:-3])
    reading = read(folder, "w1", None, 5)
    assert ids(reading) == ["c1"]
    spooled(s1=whole)
    assert ids(read(folder, "w1", reading.offset, 5)) == ["c2"]


def test_damage_between_frames_is_reported_and_what_follows_is_read(spooled):
    content = bytearray(hits(1, 2, 3))
    content[len(hits(1)) + 12] ^= 1
    folder = spooled(s1=bytes(content))
    reading = read(folder, "w1", None, 5)
    assert ids(reading) == ["c1", "c3"]
    (damage,) = reading.damaged
    assert (damage.first_byte, damage.last_byte) == (len(hits(1)), len(hits(1, 2)))
    assert "check the disk" in damage.sentence


def test_a_whole_frame_that_is_no_hit_is_damage(spooled):
    reading = read(spooled(s1=frame(b"\xc0") + hits(1)), "w1", None, 5)
    assert (ids(reading), len(reading.damaged)) == (["c1"], 1)


@given(st.lists(st.integers(0, 99), min_size=1, max_size=8), st.data())
def test_a_flipped_bit_never_gives_another_hit(numbers, data):
    content = bytearray(hits(*numbers))
    at = data.draw(st.integers(0, len(content) * 8 - 1))
    content[at // 8] ^= 1 << at % 8
    payloads = [bytes(payload) for _, payload, _ in frames(bytes(content)) if payload]
    whole = [bytes(payload) for _, payload, _ in frames(hits(*numbers))]
    position = 0
    for payload in payloads:
        position = whole.index(payload, position) + 1
    assert len(payloads) == len(whole) - 1


def test_long_segments_are_read_stretch_by_stretch(spooled, monkeypatch):
    monkeypatch.setattr(spool_reader, "MOST_PAYLOAD", 100)
    monkeypatch.setattr(spool_reader, "STRETCH", 400)
    content = hits(*range(50))
    reading = read(spooled(s1=content), "w1", None, 10**6)
    assert ids(reading) == [f"c{each}" for each in range(50)]
    assert reading.offset.byte == len(content)
    broken = hits(1) + b"\0" * 1_000 + hits(2)
    reading = read(spooled(s1=broken), "w1", None, 10**6)
    assert ids(reading) == ["c1", "c2"]
    assert reading.damaged


def test_only_segments_that_are_read_and_old_are_deleted(spooled):
    folder = spooled(s10=hits(1), s20=hits(2), s30=hits(3))
    assert prune(folder, "w1", None, 99) == []
    at_third = Offset("w1", f"{30:013d}-000000.log", 4)
    assert waiting_bytes(folder, "w1", at_third) == len(hits(3)) - 4
    assert prune(folder, "w1", at_third, 15) == [f"{10:013d}-000000.log"]
    assert prune(folder, "w1", at_third, 99) == [f"{20:013d}-000000.log"]
    assert ids(read(folder, "w1", None, 9)) == ["c3"]
    assert waiting_bytes(folder, "w1", None) == len(hits(3))
