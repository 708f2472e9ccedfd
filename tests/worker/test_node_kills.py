"""Two collector nodes and a worker, killed at random under load: every acked hit once, in place.

Clicks, rows of a server's key and signed webhooks that come twice, to nodes that seal into a lake
twice a second. `make soak` kills two hundred times.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict

import pytest

from truelift.facts.hit import decode
from truelift.store.hit_lake import HitLake

kills_of_one = runpy.run_path(__file__.replace("test_node_kills.py", "test_kills.py"))
Ledger, told, cents = (kills_of_one[name] for name in ("Ledger", "told", "cents"))
trade, until = (kills_of_one[name] for name in ("trade", "until"))

NODES = ("eu-1", "us-1")


class Running:
    """A process that is started again after each kill; what it says goes to one file."""

    def __init__(self, place, name, words):
        self.name, self.words, self.log = name, words, place / f"{name}.log"
        self.process = None

    def start(self):
        self.begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "truelift", *map(str, self.words)],
                stdout=log, stderr=log, env=os.environ, start_new_session=True,
            )  # fmt: skip

    @property
    def is_up(self):
        with self.log.open("rb") as log:
            log.seek(self.begun)
            return b"stop with Ctrl-C" in log.read()

    def stop(self, number=signal.SIGKILL):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


async def trade_on(port, keys, ledger, chance, ended):
    """Trade with a node, whichever process it is just now."""
    while not ended.is_set():
        with contextlib.suppress(OSError):
            await trade(port, keys, ledger, chance)
        await asyncio.sleep(0.02)


async def loaded(trades, work, end):
    """Trade while work is done, and until the nodes are ended."""
    ended = asyncio.Event()
    trades = [asyncio.create_task(trade_on(*each, ended)) for each in trades]
    try:
        await asyncio.to_thread(work)
    finally:
        ended.set()
        await asyncio.to_thread(end)
        await asyncio.wait_for(asyncio.gather(*trades, return_exceptions=True), 20)


def killed(processes, chance, kills):
    """Kill one of them after the other, each started again at once."""
    counts = Counter(dict.fromkeys((each.name for each in processes), 0))
    for _ in range(kills):
        victim = chance.choice(processes)
        if chance.random() < 0.8:  # one in five is killed as it stands, perhaps while it starts
            until(lambda victim=victim: victim.is_up)
        time.sleep(chance.uniform(0.0, 1.5))
        victim.stop()
        counts[victim.name] += 1
        victim.start()
    return counts


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def sealed(lake):
    """Give (file, byte) of every frame in the lake by click id; frames follow each other."""
    table = HitLake(str(lake)).hits.table().to_pyarrow_table()
    order = [(name, "ascending") for name in ("node", "segment", "first_byte")]
    rows = table.sort_by(order).to_pylist()
    ends = defaultdict(int)
    places = {}
    for row in rows:
        segment = (row["node"], row["segment"])
        assert row["first_byte"] == ends[segment], "frames of a segment follow each other, once"
        ends[segment] = row["byte_after"]
        hit = decode(row["payload"])
        if hasattr(hit, "click_id"):
            assert hit.click_id not in places
            places[hit.click_id] = (f"spool/{row['node']}/{row['segment']}", row["first_byte"])
    return places


@pytest.mark.soak
@pytest.mark.parametrize("kills", [5, 200])
def test_kills_of_nodes_and_worker_lose_no_acked_hit_and_double_none(shop, tmp_path, kills):
    lake = tmp_path / "lake"
    (shop / "workspace.toml").write_text(f"lake = {json.dumps(str(lake))}\n", encoding="utf-8")
    key = told("key", "add", "--server", "-w", str(shop))
    secret = told("hook", "add", "standard", "--id", "shop-hook", "-w", str(shop))
    keys, ledger, chance = (key, "/hook/standard/shop-hook", secret), Ledger(), random.Random(kills)
    ports = [free_port() for _ in NODES]
    nodes = [
        Running(
            tmp_path, name,
            ("collect", tmp_path / name, "-w", shop, "--port", port, "--seal-seconds", "0.5",
             "--keep-seconds", "0"),
        )
        for name, port in zip(NODES, ports, strict=True)
    ]  # fmt: skip
    worker = Running(tmp_path, "worker", ("worker", "-w", shop))
    processes = [*nodes, worker]
    try:
        for each in processes:
            each.start()
        until(lambda: all(map(listens, ports)))
        asyncio.run(
            loaded(
                [(port, keys, ledger, chance) for port in ports for _ in range(2)],
                lambda: killed(processes, chance, kills),
                lambda: [each.stop() for each in nodes],
            )
        )
        for each in nodes:
            each.start()
        until(lambda: all(map(listens, ports)))
        acked = ledger.acknowledged["clicks"]
        until(lambda: acked <= {row["click_id"] for row in rows(shop, "clicks")}, 120)
        until(lambda: acked <= set(sealed(lake)), 30)
        compare(shop, ledger, sealed(lake))
    finally:
        for each in processes:
            each.stop()


def rows(shop, kind):
    asked = [sys.executable, "-m", "truelift", "list", kind, "-w", str(shop), "--format", "json"]
    done = subprocess.run(asked, capture_output=True, check=False, timeout=60)
    return json.loads(done.stdout)["rows"] if done.returncode == 0 else []


def compare(shop, ledger, places):
    """Hold the facts against what was acknowledged, and against the lake."""
    clicks = rows(shop, "clicks")
    counted = Counter(row["click_id"] for row in clicks)
    assert ledger.acknowledged["clicks"] <= set(counted)
    assert max(counted.values()) == 1
    taken = {row["click_id"]: (row["source_file"], row["source_line"]) for row in clicks}
    assert taken.items() <= places.items(), "from the tail or the lake, a hit has one place"
    for kind, key_name, amount in (
        ("orders", "order_id", "subtotal"), ("refunds", "refund_id", "amount"),
    ):  # fmt: skip
        sent, acknowledged = getattr(ledger, kind), ledger.acknowledged[kind]
        found = [row for row in rows(shop, kind) if row[key_name].startswith("k")]
        by_name = {row[key_name]: cents(row[amount]) for row in found}
        assert len(by_name) == len(found)
        assert acknowledged <= set(by_name) <= set(sent)
        assert by_name == {name: sent[name] for name in by_name}
    assert ledger.acknowledged["orders"]
    sys.stderr.write(f"{ {kind: len(found) for kind, found in ledger.acknowledged.items()} }\n")
