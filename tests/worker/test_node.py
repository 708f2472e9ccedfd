import runpy
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from truelift.collector.counters import CollectorCounters
from truelift.store.hit_lake import HitLake, NameTaken
from truelift.store.node_folder import NodeFolder
from truelift.store.spool import SpoolCounters
from truelift.worker import node as node_module
from truelift.worker.node import CollectorNode, Sealer

_here = Path(__file__)
_nodes = runpy.run_path(str(_here.parents[1] / "store" / "nodes.py"))
click, keep, made, sealed = (_nodes[name] for name in ("click", "keep", "made", "sealed"))
until = runpy.run_path(str(_here.with_name("conftest.py")))["until"]


def sealer(folder, lake, **more):
    return Sealer(folder, HitLake(lake.uri), 0.02, 0.0, **more)


def test_it_seals_by_itself_and_tells_where_the_node_is(tmp_path):
    node, lake, _ = made(tmp_path)
    one = sealer(node, lake, address="http://one:1")
    one.admitted()
    keep(node, click(1))
    one.start()
    until(lambda: one.rows == 1)
    keep(node, click(2))
    until(lambda: one.rows == 2)
    one.stop()
    assert sealed(lake, node) == [1, 2]
    assert [each.address for each in lake.nodes()] == ["http://one:1"]
    assert one.sentences == []


def test_a_lake_that_is_away_or_unfit_is_told_and_sealing_goes_on_once_it_is_back(tmp_path):
    node, lake, _ = made(tmp_path)
    one = sealer(node, lake, address="http://one:1")
    shutil.move(tmp_path / "lake", tmp_path / "away")
    (tmp_path / "lake").write_text("")
    one.admitted()  # keeps nobody from collecting
    assert "Nothing is sealed since" in one.sentences[0]
    keep(node, click(1))
    one.once()
    since = one.since
    one.once()
    assert one.since == since
    (tmp_path / "lake").unlink()
    shutil.move(tmp_path / "away", tmp_path / "lake")
    one.once()
    assert (one.sentences, one.rows) == ([], 1)


def test_a_lake_that_hangs_keeps_nobody_from_collecting(tmp_path, monkeypatch):
    node, lake, _ = made(tmp_path)
    monkeypatch.setattr(node_module, "LOOK_MOST_SECONDS", 0.05)
    monkeypatch.setattr(HitLake, "make", lambda _: __import__("time").sleep(0.5))
    sealer(node, lake).admitted()


def test_a_lake_that_hangs_while_it_seals_is_told(tmp_path, monkeypatch):
    node, lake, _ = made(tmp_path)
    released = threading.Event()
    monkeypatch.setattr(node_module, "HANGS_SECONDS", 0.1)
    one = sealer(node, lake)
    monkeypatch.setattr(one._sealing, "seal", lambda: released.wait(10) and 0)
    one.start()
    until(lambda: one.sentences)
    assert "The lake has not answered for" in one.sentences[0]
    released.set()
    until(lambda: not one.sentences)
    one.stop()


def test_a_second_node_of_one_name_is_refused_at_its_start(tmp_path):
    node, lake, _ = made(tmp_path)
    first = sealer(node, lake, address="http://one:1")
    first.once()
    with pytest.raises(NameTaken, match="Another node is called eu-1"):
        sealer(NodeFolder(tmp_path / "b", "eu-1"), lake).admitted()
    late = sealer(NodeFolder(tmp_path / "c", "eu-1"), lake, address="http://two:1")
    late.once()  # it started while the lake was away, and learns it now
    assert "Another node is called eu-1" in late.sentences[0]
    assert [each.address for each in lake.nodes()] == ["http://one:1"]


def test_a_fault_that_nobody_foresaw_is_told_too(tmp_path, monkeypatch):
    node, lake, _ = made(tmp_path)
    one = sealer(node, lake)
    monkeypatch.setattr(one, "_sealing", SimpleNamespace(seal=lambda: 1 / 0))
    one.once()
    assert "division by zero" in one.sentences[0]


def test_its_numbers_are_there_for_prometheus(tmp_path):
    node, lake, _ = made(tmp_path)
    one = sealer(node, lake)
    collector = SimpleNamespace(
        collected=CollectorCounters(), spooled=SpoolCounters(), faults=["The disk is full."]
    )
    whole = CollectorNode(collector, node, one, None)
    text = whole._metrics().decode()
    assert "truelift_sealed_rows_total 0.0" in text
    assert "truelift_sealing_fails 0.0" in text
    assert "truelift_spool_hits_total 0.0" in text
    assert whole._states() == (["The disk is full."], [])


def test_a_node_whose_lake_is_another_workspaces_collects_and_says_so(tmp_path):
    node, lake = NodeFolder(tmp_path / "eu-1"), HitLake(str(tmp_path / "lake"), "another")
    lake.make()
    one = Sealer(node, HitLake(lake.uri, "ours"), 0.02, 0.0, address="http://one:1")
    one.admitted()
    keep(node, click(1))
    one.once()
    assert "holds what is another workspace's (another)" in one.sentences[0]
    assert one.waiting_bytes >= 0
    assert (lake.nodes(), sealed(lake, node)) == ([], [])
