"""How heavy questions grow: embedded up to 100 M facts, Sail and Apache Spark beside it.

    python -m benchmarks.outgrown embedded 10 30 100
    TRUELIFT_SPARK_HOME=... python -m benchmarks.outgrown beside 10 30

In:   millions of facts: nine clicks to one order, 5,000 creators, 900 days.
Out:  a row per engine, size and question: seconds, rows, the largest memory of the process.

The questions are those of the product: the full attribution of every order (code first, clicks of
30 days), and the roll-up of clicks to creator, campaign and day.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from benchmarks.clusters import connect_server, sail_server
from truelift.facts.kinds import KINDS
from truelift.store.cluster_engine import ClusterEngine
from truelift.store.delta_table import PARTITION
from truelift.store.facts_engine import FactsEngine
from truelift.store.lake import Lake, lake_schema
from truelift.store.lake_reader import facts_of

CREATORS, DAYS, CLICKS_OF_TEN = 5_000, 900, 9
TRIES = int(os.environ.get("TRUELIFT_BENCH_TRIES", "2"))
BEGAN = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - instants are naive UTC
NOW = BEGAN + dt.timedelta(days=DAYS)
PARAMETERS = {
    "brand": "acme", "known_at": NOW, "as_of": NOW, "lookback_days": 30,
}  # fmt: skip
_CLICKS = """
select
    'x' || i as click_id, timestamp '2024-01-01' + to_seconds((i * 7919) % {seconds}) as clicked_at,
    's' || (hash(i) % {creators}) as slug, 'v' || (hash(i + 1) % {visitors}) as visitor,
    true as consent, 'human' as class
from range({n}) as numbers(i)
"""
_ORDERS = """
select
    'shop' as source, 'o' || i as order_id,
    timestamp '2024-01-01' + to_seconds((i * 104729) % {seconds}) as ordered_at, 'USD' as currency,
    cast(1000 + hash(i) % 9000 as bigint) as subtotal,
    case when hash(i) % 3 = 0 then 'C' || (hash(i + 2) % {creators}) end as code,
    case when hash(i) % 3 = 1 then 'x' || (hash(i + 3) % {clicks}) end as click_id,
    'v' || (hash(i + 1) % {visitors}) as visitor
from range({n}) as numbers(i)
"""


def main(words: list[str]) -> None:
    """Run what is asked for, each size in a process of its own."""
    what, *sizes = words
    if what == "one":
        print(json.dumps(_one(sizes[0], Path(sizes[1]))), flush=True)
        return
    for size in sizes:
        folder = Path(os.environ.get("TRUELIFT_BENCH_FOLDER", "bench-outgrown")) / size
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made = _timed(lambda n=int(size), at=folder: _make(n * 1_000_000, at, what == "beside"))
        print(json.dumps({"size": int(size), "made_seconds": round(made[0], 1)}), flush=True)
        with contextlib.ExitStack() as stack:
            for engine in ["native"] if what == "embedded" else _engines(stack):
                words = [sys.executable, "-m", "benchmarks.outgrown", "one", engine, str(folder)]
                done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own words
                for line in done.stdout.splitlines():
                    for row in json.loads(line):
                        print(json.dumps({"size": int(size)} | row), flush=True)
        shutil.rmtree(folder)


def _engines(stack: contextlib.ExitStack) -> list[str]:
    found = ["native", "files", stack.enter_context(sail_server()) + "#sail"]
    if home := os.environ.get("TRUELIFT_SPARK_HOME"):
        found.append(stack.enter_context(connect_server(home, "local[2]", "6g")) + "#spark")
    return found


def _make(total: int, folder: Path, lake: bool) -> None:  # noqa: FBT001 - one caller
    """Fill a facts file, past its judging of rows; and a lake with the same rows."""
    facts = FactsEngine(folder / "facts.duckdb")
    connection = facts.lent()
    clicks = total * CLICKS_OF_TEN // 10
    words = {
        "seconds": DAYS * 86_400, "creators": CREATORS, "visitors": max(total // 8, 1),
        "clicks": clicks,
    }  # fmt: skip
    stamp = "'acme' as brand, timestamp '2026-01-01' as recorded_at, 0 as source_line"
    for kind, sql, n in (("clicks", _CLICKS, clicks), ("orders", _ORDERS, total - clicks)):
        connection.execute(
            f"insert into fact_{kind} by name select *, {stamp} from ({sql.format(n=n, **words)})"  # noqa: S608 - our own words
        )
    connection.execute("update fact_orders set recorded_at = timestamp '2024-01-01'")
    connection.execute("update fact_clicks set recorded_at = timestamp '2024-01-01'")
    connection.execute("checkpoint")
    if lake:
        made = Lake(str(folder / "lake"), "main")
        made.make()
        for kind in ("clicks", "orders"):
            _copy(connection, made, kind)
    connection.close()
    facts.close()


def _copy(connection: Any, lake: Lake, kind: str) -> None:  # noqa: ANN401 - DuckDB's own
    named = KINDS[kind]
    told = {"log_number": "1::bigint as log_number", "supersedes": "false as supersedes"}
    columns = ", ".join(told.get(name, f'"{name}"') for name in lake_schema(named).names)
    sql = (
        f"select {columns}, strftime(date_trunc('month', {named.occurred}), '%Y-%m-%d')"  # noqa: S608 - our own words
        f" as {PARTITION} from fact_{kind}"
    )
    write_deltalake(lake.table(named).table(), connection.sql(sql).to_arrow_reader(), mode="append")


def _one(engine: str, folder: Path) -> list[dict[str, Any]]:
    """Ask every question of one engine."""
    name = engine.partition("#")[2] or engine
    embedded = name in {"native", "files"}
    with contextlib.ExitStack() as stack:
        if engine == "native":
            facts: Any = FactsEngine(folder / "facts.duckdb")
        elif engine == "files":
            facts = facts_of(Lake(str(folder / "lake"), "main"))
        else:
            facts = ClusterEngine(engine.partition("#")[0], Lake(str(folder / "lake"), "main"))
        stack.callback(facts.close)
        found = []
        for question, relations in (
            ("attribution.touchpoints", _catalog()),
            ("measurement.click_days", _catalog() | {"given_launches": _launches()}),
        ):
            asked = (question, PARAMETERS, relations, *([] if embedded else [{}]))
            tries = [_timed(lambda a=asked: facts.read(*a)) for _ in range(TRIES)]
            seconds, rows = min(tries, key=lambda each: each[0])
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            found.append({
                "engine": name, "question": question, "seconds": round(seconds, 2),
                "rows": rows.num_rows, "peak_mib": peak, "md5": _digest(rows),
            })  # fmt: skip
        return found


def _digest(rows: pa.Table) -> str:
    sums = [str(rows.num_rows)]
    for column in rows.columns:
        if pa.types.is_integer(column.type):
            sums.append(str(pa.compute.sum(column).as_py()))
        else:
            sums.append(str(pa.compute.count_distinct(column).as_py()))
    return hashlib.md5("|".join(sums).encode(), usedforsecurity=False).hexdigest()[:8]


def _catalog() -> dict[str, pa.Table]:
    text, moment = pa.string(), pa.timestamp("us")
    creators = [f"c{number}" for number in range(CREATORS)]
    count, places = CREATORS, [f"spring{number % 500}" for number in range(CREATORS)]
    none, never = pa.nulls(count, text), pa.nulls(count, moment)
    return {
        "catalog_codes": pa.table({
            "code": [f"C{number}" for number in range(count)], "creator": creators,
            "campaign": places, "valid_from": never, "valid_to": never, "kind": none,
        }),
        "catalog_links": pa.table({
            "slug": [f"s{number}" for number in range(count)], "creator": creators,
            "campaign": places, "post_id": none, "kind": none, "valid_from": never,
            "valid_to": never,
        }),
        "catalog_aliases": pa.schema([
            ("kind", text), ("alias", text), ("creator", text), ("campaign", text),
            ("valid_from", moment),
        ]).empty_table(),
        "catalog_profiles": pa.schema([
            ("platform", text), ("handle", text), ("creator", text), ("valid_from", moment),
            ("valid_to", moment),
        ]).empty_table(),
    }  # fmt: skip


def _launches() -> pa.Table:
    text, moment = pa.string(), pa.timestamp("us")
    return pa.schema([
        ("campaign", text), ("creator", text), ("launched_at", moment), ("ends_at", moment),
    ]).empty_table()  # fmt: skip


def _timed(work: Any) -> tuple[float, Any]:  # noqa: ANN401 - anything
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


if __name__ == "__main__":
    main(sys.argv[1:])
