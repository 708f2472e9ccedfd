import runpy
from pathlib import Path

import pytest
from deltalake import DeltaTable

from truelift.store import hit_sealing
from truelift.store.delta_table import LakeAway, LakeRefused
from truelift.store.hit_lake import HitLake
from truelift.store.node_folder import Mark, NodeFolder

_nodes = runpy.run_path(str(Path(__file__).with_name("nodes.py")))
click, keep, made, sealed = (_nodes[name] for name in ("click", "keep", "made", "sealed"))


def test_hits_go_into_the_lake_once_and_their_segments_leave_the_disk(tmp_path):
    node, lake, work = made(tmp_path)
    keep(node, click(1), click(2))
    assert work.seal() == 2
    assert work.seal() == 0
    files = keep(node, click(3))
    assert len(files) == 2, "the youngest segment may still be written to"
    assert work.waiting_bytes() > 0
    assert work.seal() == 1
    assert work.waiting_bytes() == 0
    assert keep(node, click(4))[0] == files[1]
    assert work.seal() == 1
    assert sealed(lake, node) == [1, 2, 3, 4]
    assert node.progress.gone == Mark(files[1].name, node.progress.gone.byte)
    assert sealed(lake, node, node.progress.gone) == [4]


def test_a_segment_stays_for_who_follows_though_the_lake_has_it(tmp_path):
    node, _, work = made(tmp_path, linger=60.0)
    keep(node, click(1))
    keep(node, click(2))
    assert work.seal() == 2
    assert len(keep(node, click(3))) == 3
    assert node.progress.gone == Mark()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_around_an_append_loses_and_doubles_nothing(tmp_path, monkeypatch, when):
    node, lake, work = made(tmp_path)
    keep(node, click(1), click(2))
    work.seal()
    keep(node, click(3))
    append = lake.hits.append

    def cut(*given):
        if when == "after":
            append(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(lake.hits, "append", cut)
    with pytest.raises(KeyboardInterrupt):
        work.seal()
    keep(node, click(4))  # collected after the start, before the lake was asked
    again, lake, work = made(tmp_path)
    assert again.progress.next is not None
    assert work.seal() == (1 if when == "after" else 2)
    assert sealed(lake, again) == [1, 2, 3, 4]


def test_a_lake_that_was_away_gets_everything_once_it_is_back(tmp_path):
    node, lake, work = made(tmp_path)
    keep(node, click(1))
    work.seal()
    (tmp_path / "lake").rename(tmp_path / "away")
    (tmp_path / "lake").write_text("no folder")
    keep(node, click(2))
    with pytest.raises(LakeAway, match="does not answer"):
        work.seal()
    keep(node, click(3))
    (tmp_path / "lake").unlink()
    (tmp_path / "away").rename(tmp_path / "lake")
    assert work.seal() == 2
    assert sealed(lake, node) == [1, 2, 3]


def test_an_old_copy_of_a_folder_seals_nothing(tmp_path):
    node, lake, work = made(tmp_path)
    keep(node, click(1))
    work.seal()
    (tmp_path / "copy").mkdir()
    for name in ("node.json", "sealing.json"):
        (tmp_path / "copy" / name).write_bytes((tmp_path / "eu-1" / name).read_bytes())
    copy = hit_sealing.Sealing(NodeFolder(tmp_path / "copy"), lake, 0.0)
    keep(node, click(2))
    work.seal()
    with pytest.raises(LakeRefused, match="another node has its name, the folder is an old copy"):
        copy.seal()
    assert sealed(lake, node) == [1, 2]


def test_a_copy_that_was_started_beside_it_does_not_take_its_append_for_its_own(tmp_path):
    node, lake, work = made(tmp_path)
    keep(node, click(1))
    work.seal()
    twin = hit_sealing.Sealing(NodeFolder(tmp_path / "eu-1"), lake, 0.0)
    assert twin.seal() == 0
    twin._node.folder = tmp_path / "twin"  # a clone on another machine, with a spool of its own
    twin._node.folder.mkdir()
    keep(twin._node, click(9))
    keep(node, click(2))
    work.seal()
    for _ in range(2):
        with pytest.raises(LakeRefused, match="another node has its name"):
            twin.seal()
    assert sealed(lake, node) == [1, 2]


def vectors(table):
    table.alter.set_table_properties({"delta.enableDeletionVectors": "true"})


def newer(table):
    table.alter.set_table_name("truelift-lake-99")


@pytest.mark.parametrize(
    ("changed", "sentence"), [(vectors, "deletion vectors"), (newer, "written by a newer Truelift")]
)
def test_a_lake_that_cannot_be_used_is_refused_and_the_spool_keeps(tmp_path, changed, sentence):
    node, lake, work = made(tmp_path)
    keep(node, click(1))
    work.seal()
    changed(DeltaTable(lake.hits.uri))
    keep(node, click(2))
    for each in (work, hit_sealing.Sealing(node, HitLake(lake.uri), 0.0)):
        with pytest.raises(LakeRefused, match=sentence):
            each.seal()
        assert each.waiting_bytes() > 0


def test_a_torn_end_goes_nowhere_and_damage_becomes_a_row_without_a_payload(tmp_path):
    node, lake, work = made(tmp_path)
    path = keep(node, click(1), click(2), click(3))[0]
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third + 12] ^= 1
    path.write_bytes(bytes(content) + content[:20])
    keep(node, click(4))
    assert work.seal() == 4
    assert sealed(lake, node) == [1, None, 3, 4]
    assert node.progress.gone == Mark(path.name, 3 * third)


def test_much_is_appended_in_several_pieces(tmp_path, monkeypatch):
    node, lake, work = made(tmp_path)
    monkeypatch.setattr(hit_sealing, "MOST_ROWS", 2)
    monkeypatch.setattr(hit_sealing.spool_reader, "STRETCH", 5 * 2**20)
    keep(node, *(click(number) for number in range(3)))
    keep(node, *(click(number) for number in range(3, 5)))
    keep(node, click(5, 4_000_000), click(6, 4_000_000), click(7))
    assert work.seal() == 8
    assert node.progress.number >= 3
    assert sealed(lake, node) == list(range(8))
