"""How long after a batch the shares of all conversions are fresh, beside making all of them anew.

In:   drawn clicks and orders of a year, made as Arrow tables and taken in by the facts engine; then
      batches of 1,000 events of the newest days, one in twenty of them weeks late.
Out:  the `closure` part of RESULTS.md: times of a batch, of the full query and of the bare engine
      with the same SQL, memory, and whether what is kept is what the full query gives.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.results import circumstances, paragraph, table
from truelift.facts.kinds import KINDS
from truelift.operations.knowledge import Knowledge
from truelift.operations.recompute import recompute, verify_kept
from truelift.store import catalog_store, kept_shares, queries
from truelift.store import ground as grounds
from truelift.store.ddl import accepted_schema
from truelift.store.stamp import Stamp
from truelift.store.workspace_database import BrandRecord

if TYPE_CHECKING:
    from truelift.store.ground import Ground

SIZES = (1_000_000, 10_000_000)
BATCHES = 50
EVENTS = 1_000
CLICKS_OF_TEN = 9
DAYS = 365
CHUNK = 1_000_000
CONSENTING = 0.8
LATE = 20
"""One batch in so many reaches 40 days back."""
LINKS, CODES, CREATORS, CAMPAIGNS = 5_000, 5_000, 2_000, 200
NAMED = {"lookback_days": 30, "known_at": kept_shares.ALWAYS, "as_of": kept_shares.ALWAYS}
START = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - instants are naive UTC
NOW = dt.datetime(2027, 2, 1)  # noqa: DTZ001 - as above


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds: of taking in, of bringing shares up (both per batch), of the full ways."""

    facts: int
    load: float
    whole: float
    append: np.ndarray
    fresh: np.ndarray
    dirty: int
    full: float
    bare: float
    wrong: int
    conversions: int
    rss: int


@dataclass(slots=True)
class Drawn:
    """Draws events; numbers go on from batch to batch, visitors come back."""

    random: np.random.Generator
    visitors: int
    at: int = 0
    start: dt.datetime = START

    def clicks(self, count: int, since: float, until: float) -> pa.Table:
        """Draw clicks on links between two days of the year."""
        ids = np.arange(self.at, self.at + count)
        self.at += count
        links = self.random.integers(0, LINKS, count)
        return rows(
            "clicks", count,
            click_id=_texts("c", ids),
            clicked_at=self._times(count, since, until),
            slug=_texts("s", links),
            visitor=_texts("v", self.random.integers(0, self.visitors, count)),
            consent=pa.array(self.random.random(count) < CONSENTING),
        )  # fmt: skip

    def orders(self, count: int, since: float, until: float) -> pa.Table:
        """Draw orders, a third with a code, a fifth with a click, most with a visitor."""
        ids = np.arange(self.at, self.at + count)
        self.at += count
        coded, clicked, visited = (self.random.random(count) for _ in range(3))
        return rows(
            "orders", count,
            source=pa.repeat(pa.scalar("shop"), count),
            order_id=_texts("o", ids),
            ordered_at=self._times(count, since, until),
            currency=pa.repeat(pa.scalar("USD"), count),
            subtotal=pa.array(self.random.integers(1_000, 20_000, count)),
            code=_texts("CODE", self.random.integers(0, CODES, count), coded < 1 / 3),
            click_id=_texts("c", self.random.integers(0, self.at, count), clicked < 1 / 5),
            visitor=_texts("v", self.random.integers(0, self.visitors, count), visited < 3 / 4),
        )  # fmt: skip

    def _times(self, count: int, since: float, until: float) -> pa.Array:
        day = np.sort(self.random.uniform(since, until, count))
        return pa.array(
            np.datetime64(self.start, "us") + (day * 86_400e6).astype("timedelta64[us]")
        )


def _texts(prefix: str, numbers: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    texts = np.char.add(prefix, numbers.astype("U10"))
    return pa.array(texts, pa.string(), mask=None if where is None else ~where)


def rows(name: str, count: int, **columns: pa.Array) -> pa.Table:
    """Give accepted rows of a kind; columns that are not drawn are empty."""
    kind = KINDS[name]
    moments = columns[str(kind.occurred)]
    drawn = columns | {
        "source_line": pa.array(np.arange(count)),
        "day": moments.cast(pa.date32()),
        "row_hash": columns[kind.key[-1]],
    }
    schema = accepted_schema(kind)
    found = pa.table(
        [drawn[each.name] if each.name in drawn else pa.nulls(count, each.type) for each in schema],
        schema=schema,
    )
    if name != "clicks":
        return found
    human = pa.repeat(pa.scalar("human"), count)
    return found.append_column("class", human).append_column("class_rule", human)


def take(
    ground: Ground, name: str, given: pa.Table, number: int, start: dt.datetime = START
) -> None:
    """Take rows in by the facts engine, as an import does once they are accepted."""
    at = start + dt.timedelta(days=DAYS, milliseconds=number)
    stamp = Stamp(ground.brand.brand, name, f"{name}-{number}", f"{name}-{number}", at)
    ground.facts.append(KINDS[name], given, stamp)


def catalog(ground: Ground) -> None:
    """Name links and codes, with their owners."""
    for name, key, prefix, count in (
        ("links", "slug", "s", LINKS), ("codes", "code", "CODE", CODES),
    ):  # fmt: skip
        kind = KINDS[name]
        owned = [
            dict.fromkeys(accepted_schema(kind).names)
            | {
                key: f"{prefix}{number}", "creator": f"creator-{number % CREATORS}",
                "campaign": f"campaign-{number % CAMPAIGNS}", "source_line": number,
                "row_hash": str(number), "destination": "https://shop.example/",
            }
            for number in range(count)
        ]  # fmt: skip
        given = pa.Table.from_pylist(owned, schema=accepted_schema(kind))
        stamp = Stamp(ground.brand.brand, name, name, name, START)
        with ground.workspace.transaction() as connection:
            catalog_store.append(connection, kind, given, stamp)


def measure(ground: Ground, facts: int) -> Measured:
    """Fill a workspace with facts, bring batches, and compare."""
    drawn = Drawn(np.random.default_rng(5), visitors=max(facts // 4, 1))
    catalog(ground)
    start = time.perf_counter()
    for number in range(0, facts, CHUNK):
        since, until = (DAYS * at / facts for at in (number, number + CHUNK))
        clicks = CHUNK * CLICKS_OF_TEN // 10
        take(ground, "clicks", drawn.clicks(clicks, since, until), number)
        take(ground, "orders", drawn.orders(CHUNK - clicks, since, until), number)
    load = time.perf_counter() - start
    whole = seconds(lambda: recompute(ground))
    append, fresh, dirty = [], [], 0
    for number in range(BATCHES):
        late = number % LATE == 0
        since = DAYS - 40 if late else DAYS - 1
        clicks = drawn.clicks(EVENTS * CLICKS_OF_TEN // 10, since, DAYS)
        orders = drawn.orders(EVENTS - clicks.num_rows, since, DAYS)
        start = time.perf_counter()
        take(ground, "clicks", clicks, facts + number)
        take(ground, "orders", orders, facts + number)
        middle = time.perf_counter()
        dirty += recompute(ground).conversions
        append.append(middle - start)
        fresh.append(time.perf_counter() - middle)
    full = min(seconds(lambda: full_shares(ground)) for _ in range(3))
    verified = verify_kept(ground)
    with ground.workspace.transaction() as connection:
        kept = kept_shares.shares(
            ground.facts, connection, ground.brand.brand,
            as_of=kept_shares.ALWAYS, known_at=kept_shares.ALWAYS,
        )  # fmt: skip
    return Measured(
        facts, load, whole, np.array(append), np.array(fresh), dirty // BATCHES, full, 0.0,
        len(verified.wrong), kept.num_rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )  # fmt: skip


def full_shares(ground: Ground) -> pa.Table:
    """Make all shares as reports did before any were kept."""
    known = Knowledge(ground, kept_shares.ALWAYS, kept_shares.ALWAYS)
    return known.read("attribution.shares_code_first", touchpoints=known.touchpoints)


def bare_seconds(folder: Path) -> float:
    """Time the same SQL in DuckDB alone, into a table of its own: no Arrow, no Python."""
    with grounds.opened(folder, None, grounds.StoppedClock(NOW), "bench") as ground:
        known = Knowledge(ground, kept_shares.ALWAYS, kept_shares.ALWAYS)
        given = {f"catalog_{kind}": known.catalog(kind) for kind in kept_shares.CATALOG}
    touchpoints, shares = (
        queries.render(queries.text(name))
        for name in ("attribution.touchpoints", "attribution.shares_code_first")
    )
    sql = f"create or replace temp table made as with given_touchpoints as ({touchpoints}) {shares}"
    with duckdb.connect(folder / "facts.duckdb", config={"memory_limit": "4GB"}) as connection:
        for name, found in given.items():
            connection.register(name, found)
        return min(
            seconds(lambda: connection.execute(sql, NAMED | {"brand": "acme"}).fetchall())
            for _ in range(3)
        )


def seconds(work: object) -> float:
    """Time one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured(facts: int) -> tuple[Measured, float]:
    """Measure one size in a folder of its own; give also the bare engine's time."""
    with tempfile.TemporaryDirectory(prefix="truelift-closure-") as place:
        folder = Path(place) / "workspace"
        record = BrandRecord("acme", "acme", "USD", "UTC", "acme", "months")
        grounds.create(folder, record, START)
        with grounds.opened(folder, None, grounds.StoppedClock(NOW), "bench") as ground:
            found = measure(ground, facts)
        return found, bare_seconds(folder)


def closure_lines(sizes: tuple[int, ...] = SIZES) -> list[str]:
    """Measure and write the part of RESULTS.md."""
    found = [measured(facts) for facts in sizes]
    return [
        "## Shares after a batch, by closure",
        "",
        *paragraph(circumstances()),
        *paragraph(
            f"Facts of {DAYS} days, nine clicks to an order, {LINKS:,} links and {CODES:,} codes; "
            f"then {BATCHES} batches of {EVENTS:,} events (every twentieth reaches 40 days back). "
            "Taken in: judged, logged as a segment with fsync, committed. Fresh: from there until "
            "the shares of every conversion are those of the full query. Bare engine: the same SQL "
            "in DuckDB alone, into a table of its own; full query: as reports ask it, to Arrow. "
            "Best of three for both; wrong: conversions whose kept shares differ at the end. "
            f"Load average at the end: {os.getloadavg()[0]:.1f}."
        ),
        *table(
            (
                "facts", "conversions", "taken in, p50 / p99 ms", "fresh, p50 / p99 ms",
                "dirty per batch", "full query, s", "bare engine, s", "times faster, p50",
                "first time, s", "peak memory, MB", "wrong",
            ),
            [row(each, bare) for each, bare in found],
        ),
    ]  # fmt: skip


def row(each: Measured, bare: float) -> tuple[str, ...]:
    """Write one size as a row."""

    def spread(taken: np.ndarray) -> str:
        return " / ".join(f"{1e3 * np.percentile(taken, at):.0f}" for at in (50, 99))

    return (
        f"{each.facts:,}", f"{each.conversions:,}", spread(each.append), spread(each.fresh),
        f"{each.dirty:,}", f"{each.full:.2f}", f"{bare:.2f}",
        f"{bare / float(np.median(each.fresh)):.1f}", f"{each.whole:.1f}",
        f"{each.rss / 1024:.0f}", f"{each.wrong}",
    )  # fmt: skip
