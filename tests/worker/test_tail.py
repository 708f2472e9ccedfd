import runpy
from pathlib import Path

import google_crc32c
import pytest

from truelift.store.node_folder import Mark
from truelift.worker import tail as tails
from truelift.worker.tail import tail

_here = Path(__file__)
_nodes = runpy.run_path(str(_here.parents[1] / "store" / "nodes.py"))
click, keep, made = (_nodes[name] for name in ("click", "keep", "made"))
_doors = runpy.run_path(str(_here.with_name("nodes.py")))
asked, door, BEARER = (_doors[name] for name in ("asked", "door", "BEARER"))


def test_the_tail_is_what_stands_in_the_spool_after_a_place(tmp_path):
    node, _, work = made(tmp_path)
    assert tail(node, Mark()).content == b""
    first = keep(node, click(1), click(2))[0]
    second = keep(node, click(3))[1]
    one, two = first.read_bytes(), second.read_bytes()
    found = tail(node, Mark())
    assert (found.mark, found.content, found.behind) == (Mark(first.name, 0), one, len(two))
    found = tail(node, Mark(first.name, 10), 5)
    assert (found.mark, found.content) == (Mark(first.name, 10), one[10:15])
    assert found.behind == len(one) - 15 + len(two)
    found = tail(node, Mark(first.name, len(one)))
    assert (found.mark, found.content, found.behind) == (Mark(second.name, 0), two, 0)
    end = Mark(second.name, len(two))
    assert (tail(node, end).mark, tail(node, end).content) == (end, b"")
    work.seal()  # the first segment leaves the disk
    assert tail(node, Mark()) is None
    assert tail(node, Mark(first.name, len(one) - 1)) is None
    assert tail(node, Mark(first.name, len(one))).content == two
    lost = Mark(second.name, len(two) + 50)  # told before the power went, and never safe here
    assert tail(node, lost).content == b""


def test_the_tail_is_for_who_has_the_token(tmp_path):
    node, _, work = made(tmp_path)
    path = keep(node, click(1))[0]
    at = f"/tail?segment={path.name}&byte=0"
    for headers in ({}, {"authorization": "Bearer other"}):
        for place in (at, "/metrics"):
            assert asked(door(node), place, headers)[0] == 401
    status, told, body = asked(door(node), at, BEARER)
    assert (status, body) == (200, path.read_bytes())
    assert int(told["x-truelift-crc32c"]) == google_crc32c.value(body)
    assert (told["x-truelift-segment"], told["x-truelift-byte"]) == (path.name, "0")
    assert told["x-truelift-incarnation"] == node.incarnation
    keep(node, click(2))
    work.seal()
    assert asked(door(node), "/tail", BEARER)[0] == 410


@pytest.mark.parametrize(
    "query", ["segment=../../node.json", "segment=x", "byte=-1", "byte=x", "segment=%00&byte=0"]
)
def test_a_place_that_is_none_is_refused(tmp_path, query):
    node, _, _ = made(tmp_path)
    assert asked(door(node), f"/tail?{query}", BEARER)[0] == 400


def test_a_number_beyond_measure_is_read_as_the_end(tmp_path):
    node, _, _ = made(tmp_path)
    path = keep(node, click(1))[0]
    at = f"/tail?segment={path.name}&byte={'9' * 4000}"
    assert asked(door(node), at, BEARER)[2] == b""


def test_a_node_says_how_it_is(tmp_path):
    node, _, _ = made(tmp_path)
    assert asked(door(node), "/healthz")[0] == 200
    assert asked(door(node), "/elsewhere")[0] == 404
    assert asked(door(node), "/metrics", BEARER)[2] == b"metrics\n"
    states = [([], []), ([], ["The lake is away."]), (["The disk is full."], ["And more."])]
    answers = [asked(door(node, lambda each=each: each), "/readyz") for each in states]
    assert [(status, body.decode()) for status, _, body in answers] == [
        (200, "ready\n"), (200, "ready\nThe lake is away.\n"),
        (503, "The disk is full.\nAnd more.\n"),
    ]  # fmt: skip
    assert tails.MOST_BYTES >= 2**20
