import datetime as dt
import os
import runpy
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from truelift.store.delta_table import PARTITION, LakeAway, LakeRefused
from truelift.store.hit_lake import HitLake, NameTaken
from truelift.store.hit_sealing import Sealing
from truelift.store.node_folder import Mark, NodeFolder

_nodes = runpy.run_path(str(Path(__file__).with_name("nodes.py")))
click, keep, made, sealed = (_nodes[name] for name in ("click", "keep", "made", "sealed"))
NOW = dt.datetime(2026, 11, 30, 12)


def test_a_node_tells_where_it_is_and_another_of_its_name_is_refused(tmp_path):
    lake = HitLake(str(tmp_path))
    lake.make()
    lake.tell("eu-1", "a", "http://one:1", NOW)
    lake.tell("eu-1", "a", "http://one:1", NOW)
    lake.tell("us-1", "b", "http://two:1", NOW)
    lake.tell("eu-1", "a", "http://one:2", NOW)
    told = [(each.node, each.number, each.address, each.gone) for each in lake.nodes()]
    assert told == [("eu-1", 2, "http://one:2", False), ("us-1", 1, "http://two:1", False)]
    with pytest.raises(NameTaken, match=r"Another node is called eu-1 .* from http://one:2"):
        HitLake(str(tmp_path)).tell("eu-1", "c", "http://three:1", NOW)
    lake.tell("eu-1", "a", "http://one:2", NOW, gone=True)
    assert [each.gone for each in lake.nodes()] == [True, False]


def test_rows_are_read_from_a_place_on_by_whole_segments(tmp_path):
    node, lake, work = made(tmp_path)
    for first in (0, 10, 20):
        keep(node, *(click(first + each) for each in range(3)))
    work.seal()
    rows = list(lake.after("eu-1", Mark(), 4))
    assert len(rows) == 3, "the second segment would be more than 4"
    assert len(list(lake.after("eu-1", Mark(), 6))) == 6
    inside = Mark(rows[1][0], rows[1][1] + 3)
    assert [row[1] for row in lake.after("eu-1", inside, 1)] == [row[1] for row in rows[1:]]
    assert lake.end("eu-1") > Mark(rows[-1][0], rows[-1][2])
    assert list(lake.after("us-1", Mark(), 10)) == []
    assert lake.end("us-1") == Mark()


def test_days_go_when_all_their_hits_are_taken_in_and_not_before(tmp_path):
    node, lake, work = made(tmp_path)
    keep(node, click(1), click(2))
    work.seal()
    end, after = lake.end("eu-1"), dt.date.today() + dt.timedelta(days=2)
    assert not lake.drop(after, {})
    assert not lake.drop(after, {"eu-1": Mark(end.segment, end.byte - 1)})
    assert not lake.drop(dt.date(2020, 1, 1), {"eu-1": end})
    assert sealed(lake, node) == [1, 2]
    assert lake.drop(after, {"eu-1": end})
    assert not lake.drop(after, {"eu-1": end})
    assert sealed(lake, node) == []
    keep(node, click(3))
    assert work.seal() == 1, "numbers go on"


def test_many_small_files_become_few_and_hold_the_same(tmp_path):
    node, lake, work = made(tmp_path)
    for number in range(4):
        keep(node, click(number))
        work.seal()
    assert len(lake.hits.snapshot().files) == 4
    lake.hits.compact()
    assert len(lake.hits.snapshot().files) == 1
    assert sealed(lake, node) == [0, 1, 2, 3]
    assert lake.hits.held("eu-1") == 4


def test_a_half_written_file_of_the_lake_is_told(tmp_path):
    node, lake, work = made(tmp_path)
    keep(node, click(1))
    work.seal()
    path = next((tmp_path / "lake" / "hits").glob("partition_day=*/*.parquet"))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(LakeAway, match="cannot be read"):
        sealed(lake, node)


@pytest.fixture
def store(monkeypatch):
    """An object store as S3 is, in a process of its own; give its bucket's address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    words = [str(Path(sys.executable).with_name("moto_server")), "-p", str(port)]
    address = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": address, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 60
        while True:
            try:
                made = urllib.request.Request(f"{address}/bucket", method="PUT")
                urllib.request.urlopen(made).close()
                break
            except OSError:
                assert time.monotonic() < ends
                time.sleep(0.1)
        yield "s3://bucket/lake"
    finally:
        server.kill()
        server.wait()


def test_hits_are_sealed_to_an_object_store_and_read_back(store, tmp_path):
    node, lake = NodeFolder(tmp_path / "eu-1"), HitLake(store)
    lake.make()
    lake.tell("eu-1", node.incarnation, "http://one:1", NOW)
    with pytest.raises(NameTaken):
        HitLake(store).tell("eu-1", "another", "http://two:1", NOW)
    work = Sealing(node, lake, 0.0)
    keep(node, click(1), click(2))
    assert work.seal() == 2
    keep(node, click(3))
    assert Sealing(NodeFolder(tmp_path / "eu-1"), HitLake(store), 0.0).seal() == 1
    assert sealed(HitLake(store), node) == [1, 2, 3]
    assert os.environ["AWS_ENDPOINT_URL"]


def test_a_lake_of_another_workspace_takes_no_hits_and_gives_none(tmp_path):
    lake = HitLake(str(tmp_path / "lake"), "mine")
    lake.make()
    lake.tell("eu-1", "a", "http://one:1", NOW)
    other = HitLake(lake.uri, "yours")
    for ask in (
        other.make, other.nodes, other.beside().nodes, lambda: other.hits.held("eu-1"),
        lambda: other.tell("us-1", "b", "http://two:1", NOW), lambda: other.end("eu-1"),
    ):  # fmt: skip
        with pytest.raises(LakeRefused, match=r"another workspace's \(mine\)"):
            ask()
    assert [each.node for each in lake.beside().nodes()] == ["eu-1"]


def test_nodes_are_told_of_what_can_be_read_and_what_cannot_is_named(tmp_path):
    lake = HitLake(str(tmp_path))
    lake.make()
    for name in ("eu-1", "us-1"):
        lake.tell(name, "a", "http://one:1", NOW)
    for file in (tmp_path / "nodes").glob(f"{PARTITION}=*/*.parquet"):
        if b"us-1" in file.read_bytes():
            file.write_bytes(file.read_bytes()[:40])
    again = HitLake(str(tmp_path))
    found, (amiss,) = again.readable_nodes()
    assert [each.node for each in found] == ["eu-1"]
    assert "cannot be read" in amiss
    again.tell("eu-1", "a", "http://one:2", NOW)
    again.tell("ap-1", "a", "http://two:1", NOW)
    assert [each.address for each in again.readable_nodes()[0]] == ["http://two:1", "http://one:2"]
    for ask in (again.nodes, lambda: again.tell("us-1", "b", "http://three:1", NOW)):
        with pytest.raises(LakeRefused, match="cannot be read"):
            ask()  # whose that name is stands in what cannot be read
