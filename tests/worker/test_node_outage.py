"""The object store away for a while, under clicks at an even rate: first it refuses, then it hangs.

A node and the process that serves the workspace go on; what they say meanwhile, what they need, and
how long they take to catch up goes to stderr. `TRUELIFT_OUTAGE_SECONDS=600` is an outage of ten
minutes; a minute is the default.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import runpy
import select
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from deltalake import DeltaTable

_here = Path(__file__)
_kills = runpy.run_path(str(_here.with_name("test_node_kills.py")))
Running, free_port, listens = (_kills[name] for name in ("Running", "free_port", "listens"))
sealed = _kills["sealed"]
until = runpy.run_path(str(_here.with_name("conftest.py")))["until"]

SECONDS = float(os.environ.get("TRUELIFT_OUTAGE_SECONDS", "60"))
RATE = 50
CLICK_ID = re.compile(rb"[?&]tl=([A-Za-z0-9_-]{22})")


class Way:
    """The way to a server: open, or refusing connections, or taking them and answering nothing."""

    def __init__(self, target):
        self.target, self.port, self.ends, self.hangs = target, free_port(), [], False
        self.listening = None
        self.open()

    def open(self):
        self.hangs = False
        if self.listening is None:
            self.listening = socket.create_server(("127.0.0.1", self.port), backlog=64)
            threading.Thread(target=self._accept, args=(self.listening,), daemon=True).start()

    def refuse(self):
        listening, self.listening = self.listening, None
        if listening is not None:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        self.cut()

    def hang(self):
        self.open()
        self.hangs = True

    def cut(self):
        while self.ends:
            each = self.ends.pop()
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, listening):
        with contextlib.suppress(OSError):
            while True:
                near = listening.accept()[0]
                self.ends.append(near)
                if not self.hangs:
                    threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near):
        quiet = contextlib.suppress(OSError, ValueError)
        with quiet, near, socket.create_connection(self.target) as far:
            self.ends.append(far)
            while True:
                for each in select.select([near, far], [], [])[0]:
                    content = each.recv(65_536)
                    if not content or self.hangs:
                        return
                    (far if each is near else near).sendall(content)


class Clicks:
    """Clicks at an even rate until stopped; ids of those that were answered, and how soon."""

    def __init__(self, port):
        self.port, self.acknowledged, self.seconds = port, [], []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            self._click(connection)

    def _click(self, connection):
        due = time.monotonic()
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            due += 1 / RATE
            asked = time.monotonic()
            connection.sendall(b"GET /r/ana HTTP/1.1\r\nhost: a\r\n\r\n")
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65_536)
            self.seconds.append(time.monotonic() - asked)
            self.acknowledged.append(CLICK_ID.search(answer)[1].decode())

    def close(self):
        self.ended.set()
        self.thread.join(20)


def asked(port, path, token=None):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def number(port, name, token=None):
    return float(re.search(rf"^{name} (\S+)$", asked(port, "/metrics", token)[1], re.MULTILINE)[1])


def megabytes(process):
    text = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) // 1024


def said(*words):
    sys.stderr.write(f"{' '.join(map(str, words))}\n")


@pytest.fixture
def store(monkeypatch):
    """An object store with a way to it that can be closed; what it holds stays."""
    port = free_port()
    words = [str(Path(sys.executable).with_name("moto_server")), "-p", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port))
        made = urllib.request.Request(f"http://127.0.0.1:{port}/bucket", method="PUT")
        urllib.request.urlopen(made).close()
        way = Way(("127.0.0.1", port))
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{way.port}", "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret", "TRUELIFT_NODE_TOKEN": "shared",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield way
        way.refuse()
    finally:
        server.kill()
        server.wait()


def told_while_it_is_away(served, port, how):
    """Hold what node, server, doctor and a figure say against what is so."""
    status, node = asked(port, "/readyz")
    assert status == 200
    assert "Nothing is sealed since" in node or "The lake has not answered for" in node
    status, owner = asked(served.port, "/readyz")
    assert status == 200
    assert "Nodes cannot be looked for" in owner
    assert "The lake waits" in owner
    began = time.monotonic()
    code, out, err = served.command("doctor", "-w", served.folder, "--format", "json")
    seconds = time.monotonic() - began
    assert code == 3
    failed = {row["name"]: row["sentence"] for row in json.loads(out)["rows"] if not row["holds"]}
    assert {"lake", "nodes"} <= set(failed)
    _, out, err = served.command("list", "orders", "-w", served.folder, "--format", "json")
    assert json.loads(out)["partial"], err
    said(f"--- it {how}: node:", node, "owner:", owner, f"doctor in {seconds:.0f} s:", failed)


def behind(served, clicks):
    """Give how many clicks are answered and not in the facts yet."""
    return len(clicks.acknowledged) - number(served.port, "truelift_hits_total")


def outage(store, served, clicks, port):
    """Take the store away, first refusing, then hanging; give how far the facts were behind."""
    lags = []
    for begin, how in ((store.refuse, "refuses"), (store.hang, "hangs")):
        begin()
        ends = time.monotonic() + SECONDS / 2
        # The owner seals each half minute, and finds out then.
        until(lambda: "The lake waits" in asked(served.port, "/readyz")[1], 100)
        while time.monotonic() < ends:
            lags.append(behind(served, clicks))
            time.sleep(0.5)
        told_while_it_is_away(served, port, how)
    return lags


def catch_up(store, served, port):
    """Bring the store back; give after how many seconds node and owner are as they were."""
    store.open()
    store.cut()  # who waits for an answer asks again
    back = time.monotonic()
    until(lambda: asked(port, "/readyz")[1] == "ready\n", 600)
    node = time.monotonic() - back
    until(lambda: asked(served.port, "/readyz")[1] == "ready\n", 600)
    return node, time.monotonic() - back


def compare(served, acknowledged):
    """Hold facts, hits in the lake and facts in the lake against what was acknowledged."""
    until(lambda: acknowledged <= set(sealed("s3://bucket/lake")), 120)
    counted = Counter(row["click_id"] for row in served.rows("clicks"))
    assert set(counted) == acknowledged == set(sealed("s3://bucket/lake"))
    assert max(counted.values()) == 1
    facts = "s3://bucket/lake/facts/clicks"
    until(lambda: DeltaTable(facts).count() >= len(acknowledged), 120)
    names = DeltaTable(facts).to_pyarrow_table(columns=["click_id"])["click_id"].to_pylist()
    assert sorted(names) == sorted(acknowledged)


@pytest.mark.soak
def test_an_object_store_that_is_away_costs_no_click_and_no_figure_is_silent(
    shop, serving, store, tmp_path
):
    (shop / "workspace.toml").write_text('lake = "s3://bucket/lake"\n', encoding="utf-8")
    port = free_port()
    node = Running(
        tmp_path, "eu-1",
        ("collect", tmp_path / "eu-1", "-w", shop, "--port", port, "--seal-seconds", "5"),
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        stack.callback(store.cut)
        stack.callback(node.stop, signal.SIGKILL)
        node.start()
        until(lambda: listens(port))
        served = serving(shop).ready()
        clicks = stack.enter_context(contextlib.closing(Clicks(port)))
        until(lambda: number(port, "truelift_sealed_rows_total", "shared") > 5 * RATE)
        until(lambda: asked(served.port, "/readyz")[1] == "ready\n")
        time.sleep(SECONDS / 10)
        needed = [(megabytes(node.process), megabytes(served.process))]
        lags = outage(store, served, clicks, port)
        waiting = number(port, "truelift_unsealed_bytes", "shared")
        needed.append((megabytes(node.process), megabytes(served.process)))
        caught_up = catch_up(store, served, port)
        _, out, _ = served.command("doctor", "-w", shop, "--format", "json")
        holds = {row["name"]: row["holds"] for row in json.loads(out)["rows"]}
        assert holds["lake"]
        assert holds["nodes"]
        clicks.close()
        acknowledged = set(clicks.acknowledged)
        until(lambda: behind(served, clicks) <= 0)
        compare(served, acknowledged)
        needed.append((megabytes(node.process), megabytes(served.process)))
        quick = sorted(clicks.seconds)
        said(
            f"--- {SECONDS:.0f} s away, {RATE} clicks/s, {len(acknowledged)} acknowledged, none "
            f"lost or doubled; answered in {1000 * statistics.median(quick):.1f} ms (median), "
            f"{1000 * quick[int(0.99 * len(quick))]:.1f} (99 of 100), {1000 * quick[-1]:.0f} "
            f"(all); at most {max(lags):.0f} clicks behind in the facts (median "
            f"{statistics.median(lags):.0f}); {waiting:,.0f} bytes waited; MB of node and owner "
            f"before, at its end and after: {needed}; ready {caught_up} s after it was back"
        )
