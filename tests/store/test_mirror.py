from array import array

import google_crc32c
import pytest

from truelift.facts.hit import Click, encode
from truelift.store import mirror as mirrors
from truelift.store import spool_reader
from truelift.store.hit_lake import Frames
from truelift.store.mirror import Mirror
from truelift.store.node_folder import Mark
from truelift.store.spool import HEADER
from truelift.store.spool_reader import Offset

A, B = "1796048310659-000000.log", "1796048310659-000001.log"


def payload(number):
    return encode(Click(brand="acme", click_id=f"{number:022d}", slug="ana", received_us=1))


def frame(number):
    content = payload(number)
    return HEADER.pack(len(content), google_crc32c.value(content)) + content


SIZE = len(frame(1))


def ids(folder, after=None):
    offset = None if after is None else Offset("eu-1", after.segment, after.byte)
    reading = spool_reader.read(folder, "eu-1", offset, 100)
    return [int(hit.click_id) for hit in reading.hits], reading.places, len(reading.damaged)


def test_what_a_node_told_is_read_at_its_own_place(tmp_path):
    begin = Mark(A, SIZE)
    mirror = Mirror(tmp_path, "eu-1", begin)
    mirror.write(A, SIZE, frame(2) + frame(3)[:9])
    assert ids(tmp_path, begin) == ([2], [(A, SIZE)], 0)
    mirror.write(A, 2 * SIZE + 9, frame(3)[9:])
    mirror.write(B, 0, frame(4))
    assert ids(tmp_path, begin) == ([2, 3, 4], [(A, SIZE), (A, 2 * SIZE), (B, 0)], 0)
    assert mirror.ahead(begin) == 3 * SIZE
    mirror.prune(Mark(B, 0))
    assert spool_reader.segments(tmp_path, "eu-1") == [B]


def test_frames_out_of_the_lake_go_on_where_the_node_stopped_in_the_middle_of_one(tmp_path):
    mirror = Mirror(tmp_path, "eu-1", Mark())
    mirror.write(A, 0, frame(1) + frame(2)[:5])
    rows = [(A, SIZE, 2 * SIZE, payload(2)), (A, 2 * SIZE, 3 * SIZE, None)]
    rows += [(A, 3 * SIZE, 4 * SIZE, payload(4)), (B, 0, SIZE, payload(5))]
    assert mirror.write_frames(rows) == 4
    assert ids(tmp_path) == ([1, 2, 4, 5], [(A, 0), (A, SIZE), (A, 3 * SIZE), (B, 0)], 1)
    mirror.write(A, 0, frame(9))  # comes late, and is here
    assert mirror.end == Mark(B, SIZE)


def test_a_mirror_begins_anew_and_a_spool_of_our_own_is_none(tmp_path):
    Mirror(tmp_path, "eu-1", Mark()).write(A, 0, frame(1))
    (tmp_path / "serve").mkdir()
    (tmp_path / "serve" / A).write_bytes(frame(2))
    assert [each.name for each in mirrors.mirrors(tmp_path)] == ["eu-1"]
    Mirror(tmp_path, "eu-1", Mark(A, SIZE))
    assert spool_reader.segments(tmp_path, "eu-1") == []
    assert spool_reader.segments(tmp_path, "serve") == [A]


def test_a_name_that_leads_elsewhere_is_refused(tmp_path):
    mirror = Mirror(tmp_path, "eu-1", Mark())
    for name in ("../../facts.duckdb", "x", ""):
        with pytest.raises(ValueError, match="no name of a segment"):
            mirror.write(name, 0, b"x")


def test_frames_are_cut_at_a_byte():
    frames = Frames(array("q", [0, 10]), array("q", [10, 20]), [b"a", None])
    assert [len(frames.before(byte)) for byte in (None, 9, 10, 19, 20)] == [2, 0, 1, 1, 2]
