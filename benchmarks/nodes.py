"""Collector nodes and a worker: how fast a node seals, and how soon a hit is in the figures.

In:   two nodes and a worker on loopback, clicks sent at an even rate; a spool of many clicks.
Out:  lines on stdout: `python -m benchmarks.nodes [clicks a second and node] [seconds]`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from truelift import app
from truelift.cli.main import run
from truelift.facts.hit import Click, encode
from truelift.store import ground
from truelift.store.hit_lake import HitLake
from truelift.store.hit_sealing import Sealing
from truelift.store.node_folder import NodeFolder
from truelift.store.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable

CLICK_ID = re.compile(rb"[?&]tl=([A-Za-z0-9_-]{22})")
FILES = {
    "campaigns.csv": "campaign,goal,starts,ends,currency\nspring,sales,2026-03-01,2026-03-31,USD\n",
    "creators.csv": "creator,name\nana,Ana\n",
    "links.csv": "slug,destination,creator,campaign\nana,https://shop.example/,ana,spring\n",
}
ROWS, ROUNDS = 600_000, 3
WRITTEN_AT_ONCE = 5_000
CONNECTIONS = 8
NODES = ("eu-1", "us-1")
SEEN = "select rowid, click_id from fact_clicks where rowid > $last"


async def _fill(node: NodeFolder, rows: int) -> None:
    spool = Spool(node.spool, node.name)
    spool.start()
    for number in range(rows):
        hit = Click(
            brand="acme", click_id=f"{number:022d}", slug="ana", link="0123456789ab",
            received_us=time.time_ns() // 1_000, visitor="v" * 32,
            user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0",
        )  # fmt: skip
        batch = spool.append(encode(hit))
        due = (number + 1) % WRITTEN_AT_ONCE == 0 or number + 1 == rows
        if due and (batch is None or not await batch.committed):
            sys.exit("the disk takes no hits")
    await spool.close()


def sealing(folder: Path) -> None:
    """Seal a full spool into a lake on the local disk, every file synced."""
    node = NodeFolder(folder / "sealing")
    for number in range(ROUNDS):
        asyncio.run(_fill(node, ROWS))
        lake = HitLake(str(folder / "sealed"))
        lake.make()
        work = Sealing(node, lake, 0.0)
        size = work.waiting_bytes()
        began, busy = time.perf_counter(), time.process_time()
        rows = work.seal()
        wall, cpu = time.perf_counter() - began, time.process_time() - busy
        print(
            f"sealing, round {number + 1}: {rows:,} hits, {size / 2**20:.0f} MiB: {wall:.2f} s "
            f"({rows / wall:,.0f} a second), {cpu:.2f} s of processor ({rows / cpu:,.0f} a second)"
        )


async def _click(port: int, every: float, ends: float, acked: list[tuple[str, float]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.monotonic()
    while due < ends:
        await asyncio.sleep(max(due - time.monotonic(), 0))
        writer.write(b"GET /r/ana HTTP/1.1\r\nhost: a\r\nuser-agent: Mozilla/5.0\r\n\r\n")
        found = CLICK_ID.search(await reader.readuntil(b"\r\n\r\n"))
        acked.append((found[1].decode() if found else "", time.monotonic()))
        due += every
    writer.close()


def visitors(ports: list[int], rate: float, seconds: float, told: Path) -> None:
    """Click, in a process of their own; write down when each click was answered."""
    acked: list[tuple[str, float]] = []

    async def all_of_them() -> None:
        ends = time.monotonic() + seconds
        every = CONNECTIONS / rate
        await asyncio.gather(
            *(_click(port, every, ends, acked) for port in ports for _ in range(CONNECTIONS))
        )

    asyncio.run(all_of_them())
    told.write_text(json.dumps(acked), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _up(port: int) -> None:
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)


def _made(folder: Path) -> Path:
    shop = folder / "shop"
    (folder / "files").mkdir()
    for name, text in FILES.items():
        (folder / "files" / name).write_text(text, encoding="utf-8")
    with (folder / "made.txt").open("w") as out, contextlib.redirect_stdout(out):
        run(["init", str(shop), "--brand", "acme", "--timezone", "America/New_York"])
        run(["import", str(folder / "files"), "-w", str(shop)])
    lake = json.dumps(str(folder / "lake"))
    (shop / "workspace.toml").write_text(f"lake = {lake}\n", encoding="utf-8")
    return shop


def _nodes(stack: contextlib.ExitStack, folder: Path, shop: Path) -> list[int]:
    ports = [_free_port() for _ in NODES]
    for name, port in zip(NODES, ports, strict=True):
        words = ["collect", str(folder / name), "-w", str(shop), "--port", str(port)]
        log = stack.enter_context((folder / f"{name}.log").open("wb"))
        node = subprocess.Popen([sys.executable, "-m", "truelift", *words], stdout=log, stderr=log)  # noqa: S603 - our own words
        stack.callback(node.wait)
        stack.callback(node.send_signal, signal.SIGTERM)
    for port in ports:
        _up(port)
    return ports


def freshness(folder: Path, rate: float, seconds: float) -> None:
    """Send clicks to two nodes; look every 10 ms which of them the worker has committed."""
    shop = _made(folder)
    with contextlib.ExitStack() as stack:
        ports = _nodes(stack, folder, shop)
        held = stack.enter_context(ground.held(shop, app.SystemClock()))
        loop, _minds = app._due(stack, held)  # noqa: SLF001 - as `truelift worker` does it
        loop.start()
        stack.callback(loop.stop, 5)
        time.sleep(3)  # the worker has met the nodes
        told = folder / "acked.json"
        sender = multiprocessing.get_context("spawn").Process(
            target=visitors, args=(ports, rate, seconds, told)
        )
        sender.start()
        seen = _watched(held, lambda: not told.exists())
        sender.join()
        pulse = loop.pulse
        acked = json.loads(told.read_text(encoding="utf-8"))
    late = np.array([seen.get(name, np.inf) - at for name, at in acked])
    p50, p99 = np.quantile(late, [0.5, 0.99])
    print(
        f"freshness, two nodes, {rate:,.0f} clicks a second each for {seconds:.0f} s: "
        f"{len(late):,} clicks, {int(np.isinf(late).sum())} not seen; from the answer to the facts "
        f"p50 {p50:.3f} s, p99 {p99:.3f} s, most {late.max():.3f} s; "
        f"{pulse.rounds} rounds of the worker, the last one took {pulse.round_seconds:.3f} s"
    )


def _watched(held: ground.Held, going: Callable[[], bool]) -> dict[str, float]:
    """Look which clicks are committed until a few seconds after the last was sent."""
    cursor, last = held.facts.lent(), -1
    seen: dict[str, float] = {}
    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        if going():
            ends = time.monotonic() + 5
        rows = cursor.execute(SEEN, {"last": last}).fetchall()
        at = time.monotonic()
        for number, name in rows:
            seen.setdefault(name, at)
            last = max(last, number)
        time.sleep(0.01)
    return seen


def main() -> None:
    """Measure both."""
    rate, seconds = (float(each) for each in (*sys.argv[1:], "200", "30")[:2])
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as place:
        sealing(Path(place))
    with tempfile.TemporaryDirectory() as place:
        freshness(Path(place), rate, seconds)
    print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
