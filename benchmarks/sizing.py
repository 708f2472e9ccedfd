"""Sizing: what 10^7 to 10^11 events a year take, drawn minute by minute from figures measured here.

In:   sizing.json, each figure with where it comes from; with `measure`, a real run of many clicks.
Out:  the table of docs/deployment.md: `python -m benchmarks.sizing [measure [clicks]]`.

A year is drawn: hours of the day, weekends, and posts that send a burst. The prices are assumptions
and stand below; change them and run it again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import math
import os
import re
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.results import table
from truelift.facts.hit import Click, encode
from truelift.operations.drain import MOST_HITS, drain
from truelift.store import ground as grounds
from truelift.store.segments import SegmentLog
from truelift.store.spool import Spool
from truelift.store.workspace_database import BrandRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIGURES = Path(__file__).with_name("sizing.json")
PAGE = Path(__file__).parents[1] / "docs" / "deployment.md"
SIZES = (10**7, 10**8, 10**9, 10**10, 10**11)
PLACE = "<!-- sizing -->.*?<!-- end -->"
SEED = 8

MINUTES, MINUTE, YEAR_SECONDS, YEAR_HOURS = 365 * 1_440, 60, 365 * 86_400, 365 * 24
DAY_SWING, WEEKEND = 0.8, 1.2
POSTS, BURSTS_SHARE, HALF_LIFE_MINUTES, POST_SPREAD = 2_000, 0.3, 45, 1.2
"""So many posts a year bring this share of all events, of log-normal size, halved in 45 minutes."""

GB = 10**9
SEAL_SECONDS = 10
PUTS_A_COMMIT = 3
KEPT_DAYS = 7
BUSY = 0.6
"""How busy a processor may be in the busiest minute, as the autoscaler has it."""

CARRIED = 10**8
"""Facts of one owner process once heavy questions go to an engine: not measured as a whole."""

COLLECTOR, OWNER, DATABASE, ENGINE_CORE = (1, 1), (2, 8), (2, 8), (1, 4)
"""Processors and GiB of memory of each."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Assumptions of 2026-11-30, in USD, of no vendor: put your own in."""

    processor_hour: float = 0.04
    memory_gib_hour: float = 0.005
    disk_gb_month: float = 0.10
    object_gb_month: float = 0.025
    million_puts: float = 5.0


@dataclass(frozen=True, slots=True)
class Size:
    """What a number of events a year takes."""

    events: int
    mean: float
    busiest: float
    collectors: int
    owners_live: int
    owners: int
    wait_seconds: float
    spool_gb: float
    disk_gb: float
    lake_gb: float
    cores: float
    engine_hours: float
    facts_used: float
    intake_used: float
    collectors_used: float
    sealing_used: float
    cost: float
    owners_cost: float


@cache
def shape() -> np.ndarray:
    """Draw the share of a year's events that each of its minutes has."""
    random = np.random.default_rng(SEED)
    at = np.arange(MINUTES)
    usual = 1 + DAY_SWING * np.sin(2 * np.pi * (at / 1_440 - 0.375))
    usual *= np.where(at // 1_440 % 7 >= 5, WEEKEND, 1.0)  # noqa: PLR2004 - Saturday and Sunday
    posts = np.zeros(MINUTES)
    np.add.at(posts, random.integers(0, MINUTES, POSTS), random.lognormal(0, POST_SPREAD, POSTS))
    fades = 0.5 ** (np.arange(10 * HALF_LIFE_MINUTES) / HALF_LIFE_MINUTES)
    bursts = np.convolve(posts, fades)[:MINUTES]
    return (1 - BURSTS_SHARE) * usual / usual.sum() + BURSTS_SHARE * bursts / bursts.sum()


def year(events: int) -> np.ndarray:
    """Give events a second for every minute of a year."""
    return events * shape() / MINUTE


def longest_wait(rates: np.ndarray, capacity: float) -> float:
    """Give the longest time that an event waits for who takes in `capacity` a second."""
    if rates.mean() >= capacity:
        return math.inf
    over = np.cumsum((rates - capacity) * MINUTE)
    return float((over - np.minimum.accumulate(np.minimum(over, 0))).max() / capacity)


def sized(events: int, known: dict[str, float], prices: Prices) -> Size:
    """Size one number of events a year."""
    rates = year(events)
    busiest, mean = float(rates.max()), events / YEAR_SECONDS
    redirects, takes_in = known["redirects_a_core"], known["owner_live_a_second"]
    collectors = 0 if events <= SIZES[1] else max(2, math.ceil(busiest / (BUSY * redirects)))
    owners = max(1, math.ceil(events / CARRIED), math.ceil(busiest / takes_in))
    spool = 86_400 * mean * known["spool_bytes"] / max(collectors, 1) / GB
    disk = events * (known["facts_file_bytes"] + known["segment_bytes"]) / GB
    lake = events * known["lake_facts_bytes"] / GB
    hits = events * known["lake_hits_bytes"] * KEPT_DAYS / 365 / GB if collectors else 0.0
    engine_hours = events / 1e6 * known["spark_core_seconds_a_million"] / 3_600
    found = {
        "events": events, "mean": mean, "busiest": busiest, "collectors": collectors,
        "owners_live": max(1, math.ceil(events / known["owner_facts_live"])), "owners": owners,
        "wait_seconds": longest_wait(rates, takes_in), "spool_gb": spool,
        "disk_gb": disk, "lake_gb": lake + hits,
        "cores": mean / known["owner_takes_in_a_core_second"], "engine_hours": engine_hours,
        "facts_used": events / CARRIED, "intake_used": busiest / takes_in,
        "collectors_used": busiest / (2 * redirects),
        "sealing_used": busiest / (2 * known["node_seals_a_core_second"]),
    }  # fmt: skip
    owners_cost, whole = cost(found, prices)
    return Size(**found, cost=whole, owners_cost=owners_cost)


def cost(found: dict[str, Any], prices: Prices) -> tuple[float, float]:
    """Give USD for 10^9 events in the first year: of owner processes, and of everything.

    Disks and lake are half full on average; every night there is one full recompute.
    """

    def machines(each: tuple[int, int], hours: float) -> float:
        return hours * (each[0] * prices.processor_hour + each[1] * prices.memory_gib_hour)

    owners = machines(OWNER, YEAR_HOURS * found["owners"])
    others = machines(COLLECTOR, YEAR_HOURS * found["collectors"])
    others += machines(DATABASE, YEAR_HOURS)
    others += machines(ENGINE_CORE, 365 * found["engine_hours"] / 2)
    disks = found["disk_gb"] / 2 + found["spool_gb"] * found["collectors"]
    storage = 12 * (prices.disk_gb_month * disks + prices.object_gb_month * found["lake_gb"] / 2)
    commits = found["collectors"] * YEAR_SECONDS / SEAL_SECONDS
    puts = commits * PUTS_A_COMMIT / 1e6 * prices.million_puts
    billions = found["events"] / 1e9
    return owners / billions, (owners + others + storage + puts) / billions


def lines(sizes: Sequence[Size], told: dict[str, dict[str, Any]], prices: Prices) -> list[str]:
    """Write the table, what it stands on, and the prices."""

    def row(name: str, form: str, field: str) -> tuple[str, ...]:
        cells = (form.format(getattr(each, field)) for each in sizes)
        return (name, *(cell.replace("inf", "no end") for cell in cells))

    power = [f"10^{round(math.log10(each.events))}" for each in sizes]
    sources = [
        f"| {name.replace('_', ' ')} | {told[name]['value']:,} | {told[name]['from']} |"
        for name in told
    ]
    return [
        *table(
            ("events a year", *power),
            [
                row("events a second, mean", "{:,.1f}", "mean"),
                row("events a second, busiest minute", "{:,.0f}", "busiest"),
                row("collector nodes (0: the owner collects)", "{:,}", "collectors"),
                row("owner processes, 10^8 facts each", "{:,}", "owners"),
                row("the same at the 10^7 each that are measured live", "{:,}", "owners_live"),
                row("longest wait of a hit, were there one owner, s", "{:,.0f}", "wait_seconds"),
                row("spool of a node, a day without lake, GB", "{:,.1f}", "spool_gb"),
                row("facts files and segments, GB a year", "{:,.0f}", "disk_gb"),
                row("lake, GB a year", "{:,.0f}", "lake_gb"),
                row("owners' processors for taking in, mean", "{:,.2f}", "cores"),
                row("full recompute on Spark, core hours", "{:,.2f}", "engine_hours"),
                row("USD for 10^9 events", "{:,.0f}", "cost"),
                row("of that, owner processes", "{:,.0f}", "owners_cost"),
                row("used: facts of one owner (of 10^8)", "{:,.1%}", "facts_used"),
                row("used: intake of one owner", "{:,.1%}", "intake_used"),
                row("used: two collectors, one core each", "{:,.1%}", "collectors_used"),
                row("used: sealing of two nodes, one core each", "{:,.1%}", "sealing_used"),
            ],
        ),
        "",
        "| figure | value | from |",
        "|---|---|---|",
        *sources,
        "",
        "Prices are assumptions of 2026-11-30, of no vendor, in USD: "
        + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in asdict(prices).items())
        + ".",
    ]


def body() -> str:
    """Give the part of the page, between its marks."""
    told = json.loads(FIGURES.read_text(encoding="utf-8"))
    known = {name: float(each["value"]) for name, each in told.items()}
    sizes = [sized(events, known, Prices()) for events in SIZES]
    return "\n".join(["<!-- sizing -->", *lines(sizes, told, Prices()), "<!-- end -->"])


def write() -> None:
    """Write the table into its place in the page."""
    made = body()
    page = PAGE.read_text(encoding="utf-8")
    new, count = re.subn(PLACE, lambda _: made, page, flags=re.DOTALL)
    if count != 1:
        sys.exit(f"{PAGE} has no place for the table")
    PAGE.write_text(new, encoding="utf-8")


AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{} like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; Pixel {}) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:14{}.0) Gecko/20100101 Firefox/142.0",
)
LINKS, VISITORS_SHARE, SPREAD_DAYS = 5_000, 4, 90
WRITTEN_AT_ONCE = 5_000


def clicks(count: int) -> Iterator[Click]:
    """Draw clicks as browsers send them; names are as random as real ones."""
    random = np.random.default_rng(SEED)
    begin = int(dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp() * 1e6)
    step = SPREAD_DAYS * 86_400 * 10**6 // count
    for number in range(count):
        visitor = int(random.integers(0, max(count // VISITORS_SHARE, 1)))
        yield Click(
            brand="acme", click_id=random.bytes(11).hex(), slug=f"s{random.integers(0, LINKS)}",
            received_us=begin + number * step, link="0123456789ab",
            visitor=f"{visitor * 0x9E3779B97F4A7C15 % 2**128:032x}", country="US",
            user_agent=AGENTS[number % 3].format(visitor % 10), referrer="https://l.instagram.com/",
        )  # fmt: skip


async def fill(folder: Path, worker: str, count: int) -> None:
    """Keep clicks in a spool as a collector does, synced."""
    spool = Spool(folder, worker)
    spool.start()
    for number, hit in enumerate(clicks(count), start=1):
        batch = spool.append(encode(hit))
        due = number % WRITTEN_AT_ONCE == 0 or number == count
        if due and (batch is None or not await batch.committed):
            sys.exit("the disk takes no hits")
    await spool.close()


def size_of(place: Path, *endings: str) -> int:
    """Add up the files under a folder, those of some endings if any are named."""
    return sum(
        each.stat().st_size
        for each in place.rglob("*")
        if each.is_file() and (not endings or each.name.endswith(endings))
    )


def measure(count: int) -> None:
    """Run clicks through spool, node, worker and lake; keep what a click takes in each."""
    with tempfile.TemporaryDirectory(prefix="truelift-sizing-") as place:
        folder = Path(place) / "shop"
        grounds.create(
            folder,
            BrandRecord("acme", "acme", "USD", "UTC", "acme", "months"),
            dt.datetime.now(),  # noqa: DTZ005 - naive UTC
        )
        asyncio.run(fill(folder / "spool", "serve", count))
        found = {"spool_bytes": size_of(folder / "spool") / count}
        print(f"{count:,} clicks are in the spool")
        found |= taken_in(folder, count)
        found |= sealed(Path(place), folder, count)
    told = json.loads(FIGURES.read_text(encoding="utf-8"))
    load = os.getloadavg()[0]
    for name, value in found.items():
        told[name]["value"] = round(value) if value >= 10 else round(value, 2)  # noqa: PLR2004
        told[name]["from"] = (
            f"{count:,} clicks, {dt.datetime.now(dt.UTC):%Y-%m-%d}, load {load:.1f}; `measure`"
        )
        print(f"{name}: {told[name]['value']:,}")
    FIGURES.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def taken_in(folder: Path, count: int) -> dict[str, float]:
    """Take a spool in as the worker does."""
    now = grounds.StoppedClock(dt.datetime(2026, 5, 1))  # noqa: DTZ001 - naive UTC
    with grounds.opened(folder, None, now, "bench") as ground:
        busy, rows = time.process_time(), 0
        while done := drain(ground, {"acme": ground}, limit=MOST_HITS).hits:
            rows += done
        busy = time.process_time() - busy
    if rows != count:
        sys.exit(f"{rows:,} of {count:,} clicks were taken in")
    return {
        "owner_takes_in_a_core_second": rows / busy,
        "segment_bytes": size_of(folder / "segments") / count,
        "facts_file_bytes": size_of(folder, ".duckdb", ".wal") / count,
    }


def sealed(place: Path, folder: Path, count: int) -> dict[str, float]:
    """Seal a node's hits and the worker's facts into a lake on the local disk."""
    from truelift.store.hit_lake import HitLake  # noqa: PLC0415 - what this part alone needs
    from truelift.store.hit_sealing import Sealing  # noqa: PLC0415 - as above
    from truelift.store.lake import Lake  # noqa: PLC0415 - as above
    from truelift.store.node_folder import NodeFolder  # noqa: PLC0415 - as above

    node = NodeFolder(place / "node-1")
    (folder / "spool" / "serve").rename(_made(node.spool) / node.name)
    hits = HitLake(str(place / "hits"))
    hits.make()
    busy = time.process_time()
    rows = Sealing(node, hits, 0.0).seal()
    busy = time.process_time() - busy
    if rows != count:
        sys.exit(f"{rows:,} of {count:,} clicks were sealed")
    now = grounds.StoppedClock(dt.datetime(2026, 5, 1))  # noqa: DTZ001 - naive UTC
    with grounds.opened(folder, None, now, "bench") as ground:
        while ground.facts.compact(time.time()):
            pass  # one run of segments after the other
    lake = Lake(str(place / "lake"), "main")
    lake.make()
    lake.seal(SegmentLog(folder / "segments"))
    return {
        "node_seals_a_core_second": rows / busy,
        "lake_hits_bytes": size_of(place / "hits", ".parquet") / count,
        "lake_facts_bytes": size_of(place / "lake", ".parquet") / count,
        "segment_bytes": size_of(folder / "segments") / count,
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(int((*sys.argv[2:], "1000000")[0]))
    write()
