"""Durability: a collector that is killed in the middle of its work loses nothing acknowledged.

A real process on a real socket. The long form (`make soak`) kills a thousand times.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from truelift.catalog.served import LinkWords, Served, Tracking, serve_links
from truelift.collector.application import Collector
from truelift.collector.machinery import Machinery
from truelift.facts.hit import Click, Collected
from truelift.store.spool import Spool, SpoolLimits
from truelift.store.spool_reader import read, workers

SERVING = Path(__file__).parent / "serving.py"
CLICK_ID = re.compile(rb"[?&]tl=([A-Za-z0-9_-]{22})")
CONNECTIONS = 16
KEY = "server_key_of_the_test"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A collector in a process of its own, killed without warning."""

    def __init__(self, folder):
        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, SERVING, folder, str(self.port), KEY])

    def ready(self):
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return self
            assert self.process.poll() is None
            time.sleep(0.05)
        pytest.fail("the collector did not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def requests_until_it_dies(port, name, acknowledged):
    """Send clicks and rows in turn on one connection; note what was acknowledged."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, IndexError):
        while True:
            number += 1
            row_id = f"{name}-{number}"
            if number % 2:
                writer.write(b"GET /r/ana1 HTTP/1.1\r\nhost: a\r\nuser-agent: Firefox\r\n\r\n")
            else:
                body = json.dumps({"kind": "leads", "lead_id": row_id}).encode()
                head = (
                    f"POST /collect HTTP/1.1\r\nhost: a\r\nx-truelift-key: {KEY}\r\n"
                    f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
                )
                writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"content-length: (\d+)", answer)[1])
            await reader.readexactly(length)
            if answer.startswith(b"HTTP/1.1 302"):
                acknowledged.append(CLICK_ID.search(answer)[1].decode())
            elif answer.startswith(b"HTTP/1.1 202"):
                acknowledged.append(row_id)
    writer.close()


def kept_ids(folder):
    found = Counter()
    for worker in workers(folder / "spool"):
        reading = read(folder / "spool", worker, None, 10**9)
        assert reading.damaged == ()
        for hit in reading.hits:
            if isinstance(hit, Click):
                found[hit.click_id] += 1
            elif isinstance(hit, Collected):
                found.update(row.cells["lead_id"] for row in hit.rows)
    return found


def killed_under_load(folder, kills, seed):
    """Kill a collector several times while it works; give what it acknowledged."""
    acknowledged = []
    chance = random.Random(seed)

    async def load(process, seconds, turn):
        work = [
            requests_until_it_dies(process.port, f"{turn}-{each}", acknowledged)
            for each in range(CONNECTIONS)
        ]
        tasks = [asyncio.create_task(each) for each in work]
        await asyncio.sleep(seconds)
        process.kill()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)

    for turn in range(kills):
        process = Process(folder).ready()
        asyncio.run(load(process, chance.uniform(0.1, 0.6), turn))
    return acknowledged


def test_what_was_acknowledged_before_a_kill_is_there_once(tmp_path):
    acknowledged = killed_under_load(tmp_path, kills=3, seed=1)
    found = kept_ids(tmp_path)
    assert len(acknowledged) > 100
    assert [each for each in acknowledged if found[each] != 1] == []
    assert max(found.values()) == 1
    assert sum(found.values()) - len(acknowledged) <= 3 * CONNECTIONS


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_what_was_acknowledged_before_a_thousand_kills_is_there_once(tmp_path, seed):
    acknowledged = killed_under_load(tmp_path, kills=100, seed=seed)
    found = kept_ids(tmp_path)
    assert [each for each in acknowledged if found[each] != 1] == []


def scope_of(path):
    return {
        "type": "http", "method": "GET", "path": path, "query_string": b"",
        "client": ("203.0.113.9", 1), "headers": [(b"user-agent", b"Firefox")],
    }  # fmt: skip


async def overload(tmp_path, synchronise, seconds, limits):
    """Ask for a link as fast as the loop can, many times more than the disk takes."""
    links, _ = serve_links("acme", [LinkWords("ana1", "https://shop.example/")], Tracking())
    served = Served(links, {}, {})
    spool = Spool(tmp_path, "w1", limits, synchronise=synchronise)
    spool.start()
    app = Collector(Machinery(lambda: served, spool.append, lambda _day: b"x" * 32))
    statuses, waits, most = Counter(), [], 0

    async def send(message):
        if message["type"] == "http.response.start":
            statuses[message["status"]] += 1

    async def client():
        nonlocal most
        while time.monotonic() < until:
            began = time.monotonic()
            await app(scope_of("/r/ana1"), None, send)
            waits.append(time.monotonic() - began)
            most = max(most, spool.waiting_hits)
            await asyncio.sleep(0)

    until = time.monotonic() + seconds
    await asyncio.gather(*(client() for _ in range(200)))
    lost = app.counters.lost + spool.counters.lost
    await spool.close()
    return statuses, sorted(waits), most, lost, spool.counters


@pytest.mark.parametrize("seconds", [1, pytest.param(60, marks=pytest.mark.soak)])
def test_a_disk_far_too_slow_bounds_what_waits_and_every_visitor_is_redirected(tmp_path, seconds):
    limits = SpoolLimits(waiting_hits=500, patience=0.02)

    def synchronise(_descriptor):
        time.sleep(0.2)

    statuses, waits, most, lost, counters = asyncio.run(
        overload(tmp_path, synchronise, seconds, limits)
    )
    assert set(statuses) == {302}
    assert most <= 500
    assert counters.refused == lost > 0
    assert waits[len(waits) * 99 // 100] < 0.2


def test_a_full_disk_loses_no_visitor_and_counts_every_click_it_could_not_keep(tmp_path):
    def synchronise(_descriptor):
        raise OSError(28, "No space left on device")

    statuses, _, _, lost, counters = asyncio.run(
        overload(tmp_path, synchronise, 0.3, SpoolLimits())
    )
    assert set(statuses) == {302}
    assert lost == statuses[302]
    assert "No space left" in counters.fault
    assert list((tmp_path / "w1").glob("*.log")) == []


def test_a_disk_that_takes_5_ms_longer_keeps_everything(tmp_path):
    def synchronise(_descriptor):
        time.sleep(0.005)

    statuses, _, _, lost, counters = asyncio.run(
        overload(tmp_path, synchronise, 0.5, SpoolLimits())
    )
    assert (lost, counters.unsynced) == (0, 0)
    assert counters.hits == statuses[302]
