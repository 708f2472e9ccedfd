"""From an order to the open page, and a campaign's page, with many facts behind and more coming in.

In:   a served workspace (benchmarks.live_world), 1,000 events a second sent as a shop's server
      does, one open page of today's figures, one viewer of a campaign's page.
Out:  the `live` part of RESULTS.md: how long after its answer an order is in the line that open
      pages are told, how long the server takes for the page, how old its figures are.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import truelift
from benchmarks import closure, live_world
from benchmarks.results import circumstances, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (1_000_000, 10_000_000)
SECONDS = 60
EVENTS_A_SECOND, REQUESTS_A_SECOND = 1_000, 20
ORDERS = 3
"""Orders in each request of 50 events; the others are clicks."""
VIEWS_A_SECOND = 5
CAMPAIGN = "/campaign/campaign-7"
WAIT_SECONDS, TOLD_SECONDS = 900, 60

_COUNT = re.compile(r"<b>([\d,]+)</b> orders")
_VERSION = re.compile(rb'data-version="[^".]*\.(\d+)"')


@dataclass(slots=True)
class Run:
    """What was seen. Times are of one monotonic clock.

    answered: of each order, in the order they were sent. told: when the line said how many orders.
    page: seconds of each view. versions: of each view, when, and the version its figures are of.
    """

    answered: list[float] = field(default_factory=list)
    told: list[tuple[float, int]] = field(default_factory=list)
    told_versions: list[tuple[float, int]] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    versions: list[tuple[float, int]] = field(default_factory=list)
    first: float = 0.0
    refused: int = 0
    behind: float = 0.0
    memory: float = 0.0


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve a workspace; give port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "truelift", "serve", "-w", str(folder), "--port", str(port)]
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(words, stderr=log, stdout=log)  # noqa: S603 - our own words
    try:
        ends = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < ends and process.poll() is None:
            with contextlib.suppress(OSError):
                if get(port, "/readyz")[0] == http.HTTPStatus.OK:
                    break
            time.sleep(0.2)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def get(port: int, path: str, seconds: float = WAIT_SECONDS) -> tuple[int, bytes]:
    """Ask for a page on a connection of its own."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    with contextlib.closing(link):
        link.request("GET", path)
        answer = link.getresponse()
        return answer.status, answer.read()


def send(port: int, key: str, run: Run, stop: threading.Event) -> None:
    """Send events at their own pace, whether answers are quick or not."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    began, number = time.monotonic(), 0
    mark = f"live-{int(time.time())}"
    random = np.random.default_rng(int(time.time()))
    while not stop.is_set():
        due = began + number / REQUESTS_A_SECOND
        time.sleep(max(due - time.monotonic(), 0))
        run.behind = max(run.behind, time.monotonic() - due)
        link.request("POST", "/collect", json.dumps(_events(random, mark, number)), headers)
        answer = link.getresponse()
        answer.read()
        at = time.monotonic()
        if answer.status < http.HTTPStatus.BAD_REQUEST:
            run.answered += [at] * ORDERS
        else:
            run.refused += 1
        number += 1
    link.close()


def _events(random: np.random.Generator, mark: str, number: int) -> list[dict[str, object]]:
    now = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
    clicks = EVENTS_A_SECOND // REQUESTS_A_SECOND - ORDERS
    visitors = random.integers(0, 10_000_000, clicks + ORDERS).tolist()
    links = random.integers(0, closure.LINKS, clicks).tolist()
    rows: list[dict[str, object]] = [
        {"kind": "clicks", "click_id": f"{mark}-{number}-{place}", "clicked_at": now,
         "slug": f"s{slug}", "visitor": f"v{visitor}", "consent": True}
        for place, (slug, visitor) in enumerate(zip(links, visitors, strict=False))
    ]  # fmt: skip
    codes = random.integers(0, closure.CODES, ORDERS).tolist()
    rows += [
        {"kind": "orders", "source": "shop", "order_id": f"{mark}-{number}-{place}",
         "ordered_at": now, "currency": "USD", "subtotal": "40.00", "code": f"CODE{code}",
         "visitor": f"v{visitors[clicks + place]}"}
        for place, code in enumerate(codes)
    ]  # fmt: skip
    return rows


def listen(port: int, run: Run) -> None:
    """Be an open page: note when its line says how many orders today has brought."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    link.request("GET", "/live")
    answer = link.getresponse()
    while line := answer.readline():
        if not line.startswith(b"data: "):
            continue
        told = json.loads(line[6:])
        found = _COUNT.search(told["line"])
        at = time.monotonic()
        run.told.append((at, int(found[1].replace(",", "")) if found else 0))
        run.told_versions.append((at, int(told["version"].rpartition(".")[2])))


def view(port: int, run: Run, stop: threading.Event) -> None:
    """Look at a campaign's page again and again, at a steady pace."""
    began = time.monotonic()
    get(port, CAMPAIGN)
    run.first = time.monotonic() - began
    while not stop.wait(1 / VIEWS_A_SECOND):
        began = time.monotonic()
        _, body = get(port, CAMPAIGN)
        run.page.append(time.monotonic() - began)
        found = _VERSION.search(body)
        run.versions.append((began, int(found[1]) if found else 0))


def measured(folder: Path, seconds: float = SECONDS) -> Run:
    """Serve a workspace and see how quick it is."""
    with truelift.open(folder) as workspace:
        _, key = workspace.add_key(server=True, note="benchmark")
    run, stop = Run(), threading.Event()
    with served(folder) as (port, pid):
        get(port, CAMPAIGN)  # libraries are loaded, and the first answer made
        work = [
            threading.Thread(target=listen, args=(port, run), daemon=True),
            threading.Thread(target=view, args=(port, run, stop), daemon=True),
        ]
        sender = threading.Thread(target=send, args=(port, key.reveal(), run, stop), daemon=True)
        work[0].start()
        time.sleep(2)
        already = run.told[-1][1] if run.told else 0
        sender.start()
        work[1].start()
        time.sleep(seconds)
        stop.set()
        sender.join(60)
        ends = time.monotonic() + TOLD_SECONDS
        while time.monotonic() < ends and run.told[-1][1] < already + len(run.answered):
            time.sleep(0.2)
        run.told = [(at, count - already) for at, count in run.told]
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        run.memory = int(status.partition("VmHWM:")[2].split()[0]) / 1_024
    return run


def delays(run: Run) -> np.ndarray:
    """Give for each order the seconds from its answer to the line that counts it."""
    at, count = (np.array(column) for column in zip(*run.told, strict=True))
    count = np.maximum.accumulate(count)
    place = np.searchsorted(count, np.arange(1, len(run.answered) + 1))
    found = place < len(at)
    return at[place[found]] - np.array(run.answered)[found]


def ages(run: Run) -> np.ndarray:
    """Give for each view how old its figures are: since the next version was told."""
    at, version = (np.array(column) for column in zip(*run.told_versions, strict=True))
    viewed, shown = (np.array(column) for column in zip(*run.versions, strict=True))
    newer = np.searchsorted(version, shown, side="right")
    since = np.where(newer < len(at), at[np.minimum(newer, len(at) - 1)], np.inf)
    return np.maximum(viewed - since, 0.0)


def row(facts: int, run: Run) -> tuple[str, ...]:
    """Write one size as a row."""

    def spread(taken: np.ndarray, factor: float = 1e3) -> str:
        return " / ".join(f"{factor * np.percentile(taken, at):.0f}" for at in (50, 95, 99))

    waited = delays(run)
    return (
        f"{facts:,}", f"{len(run.answered):,}", f"{len(run.answered) - len(waited)}",
        spread(waited), spread(np.array(run.page)), f"{run.first:.1f}", spread(ages(run), 1),
        f"{run.refused}", f"{1e3 * run.behind:.0f}", f"{run.memory:,.0f}",
    )  # fmt: skip


def live_lines(sizes: tuple[int, ...] = SIZES) -> list[str]:
    """Measure and write the part of RESULTS.md."""
    rows = []
    for facts in sizes:
        with tempfile.TemporaryDirectory(prefix="truelift-live-") as place:
            folder = Path(place) / "workspace"
            live_world.fill(folder, facts)
            rows.append(row(facts, measured(folder)))
    return lines(rows)


def lines(rows: list[tuple[str, ...]]) -> list[str]:
    """Write the part of RESULTS.md."""
    return [
        "## Live: from an order to the open page, and a campaign's page",
        "",
        *paragraph(circumstances()),
        *paragraph(
            f"`truelift serve`, books and alerts beside it; {closure.CAMPAIGNS} campaigns, "
            f"{closure.CREATORS:,} creators, {closure.LINKS:,} links behind it. For {SECONDS} s "
            f"{EVENTS_A_SECOND:,} events a second come in as {REQUESTS_A_SECOND} batches, at "
            f"their own pace ({ORDERS} orders in each, the others clicks), one page is open and "
            f"one viewer asks for a campaign's page {VIEWS_A_SECOND} times a second. Order: from "
            "its answer (it is safe then) to the line on the open page that counts it. Page: from "
            "the request to the last byte, on a new connection. Age: how long there have been "
            "newer facts than those the page's figures are of. Sender, viewer and server share "
            f"the machine. Load average at the end: {os.getloadavg()[0]:.1f}."
        ),
        *table(
            (
                "facts", "orders sent", "not told", "order to page, p50 / p95 / p99 ms",
                "campaign page, p50 / p95 / p99 ms", "first view, s", "age, p50 / p95 / p99 s",
                "refused", "sender late, ms", "peak memory, MB",
            ),
            rows,
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:]:  # folders that are there already, each with its number of facts
        named = zip(sys.argv[1::2], sys.argv[2::2], strict=True)
        print("\n".join(lines([row(int(facts), measured(Path(at))) for at, facts in named])))
