"""Runs the hot path: nginx and ours in the same run, and whether what was answered was kept.

In:   wrk and nginx of this machine.
Out:  a row per case (median of rounds), sentences about correctness, whether a gate was missed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.hotpath import world
from truelift.store.spool_reader import read, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS, SECONDS, WARM_UP = 3, 6, 2
SERVER_CORE, CLIENT_CORE = "0", "1"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Case:
    """A server, how safe it keeps, and what wrk asks of it."""

    name: str
    safe: str
    script: str
    connections: int = 64
    per_request: int = 1


@dataclass(frozen=True, slots=True)
class Round:
    """One round of wrk: requests a second, latency, CPU of the server per request, its memory."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    busy: float
    memory_mb: float
    requests: int
    faults: int


CASES = (
    Case("nginx: redirect, buffered log", "nginx", world.follow()),
    Case("redirect, safe before the answer", "fsync", world.follow()),
    Case("redirect, written, not synced", "os", world.follow()),
    Case("redirect, kept nowhere", "memory", world.follow()),
    Case("redirect, 1 connection", "fsync", world.follow(), connections=1),
    Case("redirect, 256 connections", "fsync", world.follow(), connections=256),
    Case("redirect, HEAD", "fsync", world.follow(method="HEAD")),
    Case("redirect, no such link", "fsync", world.follow("/r/none%05d")),
    Case("collect, 1 row", "fsync", world.collect(1)),
    Case("collect, 10 rows", "fsync", world.collect(10), per_request=10),
    Case("collect, 500 rows", "fsync", world.collect(500), per_request=500),
    Case("webhook, 8 KB, signed", "fsync", world.hook(8_192)),
)


def missing_programs() -> list[str]:
    """Name the programs that are not here."""
    return [name for name in ("wrk", "taskset", "nginx") if _program(name) is None]


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def measured(case: Case) -> tuple[Round, int]:
    """Measure a case; give its round of median rate, and records kept less answers.

    CPU per request is the least of the rounds: what else the machine does only ever adds.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "ask.lua"
        script.write_text(case.script, encoding="utf-8")
        with _running(case.safe, folder) as (process, port):
            answered = _wrk(process, port, script, case.connections, WARM_UP).requests
            rounds = []
            for _ in range(ROUNDS):
                rounds.append(_wrk(process, port, script, case.connections, SECONDS))
                answered += rounds[-1].requests
        kept = _kept(folder) if case.safe == "fsync" else answered
    median = statistics.median_low([each.rate for each in rounds])
    found = next(each for each in rounds if each.rate == median)
    return replace(found, cpu_us=min(each.cpu_us for each in rounds)), kept - answered


@contextlib.contextmanager
def _running(safe: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if safe == "nginx":
        (folder / "links.map").write_text(world.nginx_links(), encoding="utf-8")
        settings = folder / "nginx.conf"
        settings.write_text(world.NGINX.format(folder=folder, port=port), encoding="utf-8")
        words = [str(_program("nginx")), "-c", str(settings), "-p", str(folder)]
    else:
        words = [sys.executable, "-m", "benchmarks.hotpath.server", str(folder), str(port), safe]
    process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *words])  # noqa: S603, S607 - our own words
    try:
        _wait_for(port, process)
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=1),
        ):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    msg = "the server to be measured did not start"
    raise RuntimeError(msg)


def _wrk(
    process: subprocess.Popen[bytes], port: int, script: Path, connections: int, seconds: int
) -> Round:
    before = _cpu(process.pid)
    words = [
        "taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
        "--latency", "-s", str(script), f"http://127.0.0.1:{port}/",
    ]  # fmt: skip
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own words
    cpu = _cpu(process.pid) - before
    found = next(line for line in said.splitlines() if line.startswith("FOUND"))
    requests, duration, p50, p99, _, broken, late = map(int, found.split()[1:])
    return Round(
        rate=requests / duration * 1e6,
        p50_ms=p50 / 1e3,
        p99_ms=p99 / 1e3,
        cpu_us=cpu / max(requests, 1) * 1e6,
        busy=cpu / duration * 1e6,
        memory_mb=sum(map(_memory, _tree(process.pid))) / 1e3,
        requests=requests,
        faults=broken + late,
    )


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(each for child in children for each in _tree(int(child)))]


def _cpu(pid: int) -> float:
    total = 0
    for each in _tree(pid):
        fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def _memory(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def _kept(folder: Path) -> int:
    """Count the records in the spool, stretch by stretch."""
    total = 0
    for worker in workers(folder / "spool"):
        offset = None
        while True:
            reading = read(folder / "spool", worker, offset, 50_000)
            if reading.damaged:
                return -1
            total += len(reading.hits)
            if not reading.hits:
                break
            offset = reading.offset
    return total


def killed() -> tuple[int, int, int]:
    """Kill a collector under load; give acknowledged, of these lost, of these kept twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _running("fsync", folder) as (process, port):
            acknowledged = _until_dead(port, lambda: process.send_signal(signal.SIGKILL))
        found: Counter[str] = Counter()
        reading = read(folder / "spool", "bench", None, 10**9)
        found.update(hit.click_id for hit in reading.hits)
    lost = sum(1 for each in acknowledged if not found[each])
    return len(acknowledged), lost, sum(1 for count in found.values() if count > 1)


def _until_dead(port: int, kill: Callable[[], None]) -> list[str]:
    """Follow links on several connections at once until the server is killed."""
    ask = b"GET /r/s00001 HTTP/1.1\r\nhost: a\r\nuser-agent: Firefox\r\n\r\n"
    open_connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(32)]
    acknowledged: list[str] = []
    dies_at = time.monotonic() + 2
    killed = False
    while open_connections:
        for each in list(open_connections):
            try:
                each.sendall(ask)
            except OSError:
                open_connections.remove(each)
        if not killed and time.monotonic() > dies_at:
            kill()
            killed = True
        for each in list(open_connections):
            try:
                answer = each.recv(4_096)
            except OSError:
                answer = b""
            if b"tl=" not in answer:
                open_connections.remove(each)
            else:
                acknowledged.append(answer.partition(b"tl=")[2][:22].decode())
    return acknowledged
