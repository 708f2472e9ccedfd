import datetime as dt
import http.server
import runpy
import shutil
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from truelift.base.secret import Secret
from truelift.operations import nodes as words
from truelift.store import spool_reader
from truelift.store.delta_table import PARTITION
from truelift.store.hit_lake import NODES, HitLake, Node
from truelift.store.mirror import Mirror
from truelift.store.node_folder import Mark
from truelift.worker import following
from truelift.worker.following import Follower, Following

_here = Path(__file__)
_nodes = runpy.run_path(str(_here.parents[1] / "store" / "nodes.py"))
click, keep, made = (_nodes[name] for name in ("click", "keep", "made"))
_doors = runpy.run_path(str(_here.with_name("nodes.py")))
answered, door, TOKEN = (_doors[name] for name in ("answered", "door", "TOKEN"))
until = runpy.run_path(str(_here.with_name("conftest.py")))["until"]
NOW = dt.datetime(2026, 11, 30)


FOLLOWERS = []


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(following, "LOST_SECONDS", 0.02)
    monkeypatch.setattr(following, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(following, "MISSING_SECONDS", 0.3)
    (tmp_path / "shop" / "spool").mkdir(parents=True)
    yield tmp_path
    while FOLLOWERS:
        FOLLOWERS.pop().hang_up()


def follower(place, node, lake, address, token=TOKEN):
    lake.tell(node.name, node.incarnation, address, NOW)
    mirror = Mirror(place / "shop" / "spool", node.name, Mark())
    FOLLOWERS.append(Follower(lake.nodes()[0], mirror, HitLake(lake.uri), token, Mark))
    return FOLLOWERS[-1]


def numbers(place, after=None, name="eu-1"):
    offset = None if after is None else spool_reader.Offset(name, after.segment, after.byte)
    reading = spool_reader.read(place / "shop" / "spool", name, offset, 1000)
    assert not reading.damaged
    return [int(hit.click_id) for hit in reading.hits]


def test_hits_come_from_the_node_or_out_of_the_lake_each_once(place):
    node, lake, work = made(place)
    keep(node, click(1), click(2))
    with answered(door(node)) as address:
        one = follower(place, node, lake, address)
        assert one.once() == following.POLL_SECONDS
        assert numbers(place) == [1, 2]
        keep(node, click(3))
        work.seal()
        keep(node, click(4))
        one.once()
        one.once()
        assert numbers(place) == [1, 2, 3, 4]
        late = follower(place, node, lake, address)  # what it needs first has left the node's disk
        assert numbers(place) == []
        for _ in range(4):
            late.once()
        assert numbers(place) == [1, 2, 3, 4]
    work.seal()


def test_a_node_that_is_lost_is_named_and_what_it_sealed_comes_all_the_same(place):
    node, lake, work = made(place)
    keep(node, click(1))
    with answered(door(node)) as address:
        one = follower(place, node, lake, address)
        one.once()
    assert one.state(one.heard).missing_since is None
    keep(node, click(2))
    work.seal()
    keep(node, click(3))
    assert one.once() == 0.0
    assert one.once() == following.LOST_SECONDS
    assert numbers(place) == [1, 2]
    state = one.state(one.heard + dt.timedelta(seconds=60))
    assert state.missing_since == one.heard.isoformat(" ", "seconds")
    assert "It does not answer" in state.sentence
    assert "node eu-1 (http://127.0.0.1:" in state.sentence
    port = int(address.rpartition(":")[2])
    with answered(door(node), port):  # it comes back with its disk
        one.once()
        assert numbers(place) == [1, 2, 3]
        assert one.state(one.heard).sentence == ""


def test_a_lake_that_is_away_keeps_nobody_from_the_tail(place):
    node, lake, _ = made(place)
    keep(node, click(1))
    with answered(door(node)) as address:
        one = follower(place, node, lake, address)
        shutil.move(place / "lake", place / "away")
        (place / "lake").write_text("")
        one.once()
        assert numbers(place) == [1]
    one.once()
    assert "It does not answer" in one.fault
    assert "lake table" in one.fault


def test_another_node_or_another_token_at_the_address_is_told(place):
    node, lake, _ = made(place)
    other, _, _ = made(place / "b")
    keep(node, click(1))
    keep(other, click(2))
    with answered(door(other)) as address:
        one = follower(place, node, lake, address)
        one.once()
        assert "another node answers at" in one.fault
    with answered(door(node)) as address:
        one = follower(place, node, lake, address, token=Secret("another"))
        one.once()
        assert "401 The token of nodes and workers is missing" in one.fault
    assert numbers(place) == []


def test_hits_that_are_neither_there_nor_in_the_lake_are_told_and_never_skipped(place):
    node, lake, work = made(place)
    keep(node, click(1))
    keep(node, click(2))
    work.seal()
    shutil.rmtree(place / "lake" / "hits")
    lake = HitLake(lake.uri)
    lake.make()
    with answered(door(node)) as address:
        one = follower(place, node, lake, address)
        one.once()
        assert "neither there nor in the lake" in one.fault
    assert numbers(place) == []


def test_an_answer_that_was_damaged_on_the_way_is_asked_for_again(place):
    node, lake, _ = made(place)
    keep(node, click(1))
    spoiled = [True]
    whole = door(node)

    async def spoiling(scope, receive, send):
        async def sent(message):
            if message["type"] == "http.response.body" and spoiled and spoiled.pop():
                message = {**message, "body": message["body"][:-1] + b"?"}
            await send(message)

        await whole(scope, receive, sent)

    with answered(spoiling) as address:
        one = follower(place, node, lake, address)
        one.once()
        assert "damaged on the way" in one.fault
        assert numbers(place) == []
        one.once()
        assert numbers(place) == [1]


def test_much_that_is_not_taken_in_is_waited_for(place, monkeypatch):
    node, lake, _ = made(place)
    keep(node, click(1))
    with answered(door(node)) as address:
        one = follower(place, node, lake, address)
        monkeypatch.setattr(following, "MOST_AHEAD", 1)
        one.once()
        keep(node, click(2))
        one.once()
    assert numbers(place) == [1]


def test_a_silent_address_is_given_up_after_a_while(place, monkeypatch):
    node, lake, _ = made(place)
    monkeypatch.setattr(following, "ANSWER_SECONDS", 0.1)
    released = threading.Event()

    class Silent(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            released.wait(10)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    one = follower(place, node, lake, f"http://127.0.0.1:{server.server_address[1]}")
    assert one.once() == following.LOST_SECONDS
    assert "timed out" in one.fault
    released.set()
    server.shutdown()
    server.server_close()


def test_every_node_of_the_lake_is_followed_and_word_of_them_is_left(place):
    shop = place / "shop"
    node, lake, _ = made(place)
    keep(node, click(1), click(2))
    old = shop / "spool" / "eu-1"
    Mirror(shop / "spool", "eu-1", Mark()).write("0000000000001-000000.log", 0, b"of a power cut")
    taken = {}
    with answered(door(node)) as address:
        lake.tell(node.name, node.incarnation, address, NOW)
        every = Following(shop, HitLake(lake.uri), TOKEN)
        every.look(taken)
        until(lambda: numbers(place) == [1, 2])
        assert not (old / "0000000000001-000000.log").exists()
        assert every.sentences == []
        until(lambda: every.look(taken) or any(each.heard_at for each in words.states(shop)))
    until(lambda: every.sentences)
    until(lambda: every.look(taken) or words.partial(shop))
    words_of = words.partial(shop)
    assert "node eu-1" in words_of[0]
    lake.tell(node.name, node.incarnation, address, NOW, gone=True)
    until(lambda: every.look(taken) or not words.partial(shop))
    every.stop()


@pytest.fixture
def following_of(place):
    """Follow the nodes of a lake in a shop's folder; nobody follows any more at the end."""
    begun = []

    def begin(lake):
        begun.append(Following(place / "shop", HitLake(lake.uri), TOKEN))
        begun[-1].look({})
        return begun[-1]

    yield begin
    for each in begun:
        each.stop()


def test_a_node_that_cannot_be_followed_is_told_and_keeps_no_other_from_it(place, following_of):
    node, lake, _ = made(place)
    keep(node, click(1))
    lake.tell("../../x", "a", "http://127.0.0.1:9", NOW)  # the first of them by name
    row = dict.fromkeys(NODES.names) | {"incarnation": "b", PARTITION: "2026-11-30"}
    schema = NODES.append(pa.field(PARTITION, pa.string()))
    lake._nodes.append("somebody", 1, pa.Table.from_pylist([row], schema))
    with answered(door(node)) as address:
        lake.tell(node.name, node.incarnation, address, NOW)
        every = following_of(lake)
        until(lambda: numbers(place) == [1])
        until(lambda: len(every.sentences) == 2)
        until(lambda: every.look({}) or len(words.partial(place / "shop")) == 2)
        name, row = words.partial(place / "shop")
        assert "node ../../x (http://127.0.0.1:9) is missing" in name
        assert "which none can be called" in name
        assert "Nodes cannot be looked for: A row of" in row
        assert not (place / "x").exists()


def test_a_node_of_a_bad_name_is_told_until_it_is_given_up(place, following_of):
    _, lake, _ = made(place)
    lake.tell("../../x", "a", "http://127.0.0.1:9", NOW)
    every = following_of(lake)
    until(lambda: every.sentences)
    lake.tell("../../x", "a", "http://127.0.0.1:9", NOW, gone=True)
    until(lambda: not every.sentences)


@pytest.mark.parametrize("address", ["", "no address", "http://[::1", "http://127.0.0.1:x"])
def test_an_address_that_is_none_leaves_the_way_through_the_lake(place, address):
    node, lake, work = made(place)
    keep(node, click(1))
    work.seal()
    one = follower(place, node, lake, address)
    one.once()
    assert "It does not answer" in one.fault
    assert numbers(place) == [1]


def test_what_was_known_before_a_restart_is_known_though_the_lake_be_away(place, following_of):
    node, lake, _ = made(place)
    lost, _, _ = made(place, "us-1")
    keep(node, click(1))
    with answered(door(node)) as address:
        for each, at in ((node, address), (lost, "http://127.0.0.1:9")):
            lake.tell(each.name, each.incarnation, at, NOW)
        shop = place / "shop"
        before = following_of(lake)
        until(lambda: before.look({}) or any(each.missing_since for each in words.states(shop)))
        until(lambda: before.look({}) or any(each.heard_at for each in words.states(shop)))
        before.stop()
        missing = {each.node: each.missing_since for each in words.states(shop)}
        shutil.move(place / "lake", place / "away")
        (place / "lake").write_text("")
        keep(node, click(2))
        after = following_of(lake)
        lost_since = f"node us-1 (http://127.0.0.1:9) is missing since {missing['us-1']} UTC"
        assert any(lost_since in each for each in after.sentences)
        assert any(lost_since in each for each in words.partial(shop))
        until(lambda: numbers(place) == [1, 2])  # by the address that was known
        until(lambda: len(after.sentences) == 2)
        assert "Nodes cannot be looked for: " in after.sentences[-1]
        (place / "lake").unlink()
        shutil.move(place / "away", place / "lake")
        until(lambda: len(after.sentences) == 1)
        assert lost_since in after.sentences[0]


@pytest.mark.parametrize("text", ["{", None])
def test_where_nothing_is_known_any_more_every_node_is_missing_until_it_is_heard_of(
    place, following_of, text
):
    node, lake, _ = made(place)
    lake.tell(node.name, node.incarnation, "http://127.0.0.1:9", NOW)
    Mirror(place / "shop" / "spool", node.name, Mark())
    if text is not None:
        (place / "shop" / words.FILE).write_text(text)
    every = following_of(lake)
    assert every.sentences
    until(every.states)
    assert every.sentences[0].startswith("Figures are partial: node eu-1 (http://127.0.0.1:9)")
    assert f"since {NOW} UTC" in every.sentences[0]
    until(lambda: every.look({}) or not words.word(place / "shop").damage)


def test_what_was_known_of_another_lake_is_not_taken_for_this_ones(place, following_of):
    node, lake, _ = made(place)
    gone = Node("us-1", 1, "a", "http://127.0.0.1:9", gone=False, told_at=NOW)
    words.keep_states(place / "shop", [], "", [gone], "/other")
    lake.tell(node.name, node.incarnation, "http://127.0.0.1:9", NOW)
    every = following_of(lake)
    until(every.states)
    assert [each.node for each in every.states()] == ["eu-1"]
    words.keep_states(place / "shop", [], "", [gone], lake.uri)
    every.stop()
    again = following_of(lake)  # the lake was made anew under its old name
    until(lambda: [each.node for each in again.states()] == ["eu-1"])


def test_another_workspaces_lake_is_not_followed(place):
    HitLake(str(place / "lake"), "another").make()
    every = Following(place / "shop", HitLake(str(place / "lake"), "ours"), TOKEN)
    every.look({})
    until(lambda: every.sentences)
    assert "holds what is another workspace's (another)" in every.sentences[0]
    every.stop()


def test_a_lake_that_cannot_be_used_is_told_by_who_looks_for_nodes(place):
    (place / "lake").write_text("no folder")
    every = Following(place / "shop", HitLake(str(place / "lake")), TOKEN)
    every.look({})
    until(lambda: every.sentences)
    assert "Nodes cannot be looked for: The lake table" in every.sentences[0]
    every.stop()


def test_a_lake_that_hangs_is_told_though_nothing_is_raised(place, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(following, "HANGS_SECONDS", 0.1)
    monkeypatch.setattr(HitLake, "make", lambda _: released.wait(10))
    every = Following(place / "shop", HitLake(str(place / "lake")), TOKEN)
    every.look({})
    until(lambda: every.look({}) or words.partial(place / "shop"))
    assert "The lake has not answered for" in words.partial(place / "shop")[0]
    released.set()
    every.stop()
