"""How heavy questions grow: embedded up to 100 M facts, Sail and Apache Spark beside it.

    python -m benchmarks.outgrown embedded 10 30 100
    TRUELIFT_SPARK_HOME=... python -m benchmarks.outgrown beside 10 30

In:   millions of facts of 900 days, in the order of their time but for one in a hundred that is up
      to two days late: nine clicks to one order, 500 of 5,000 creators at a time, some eight clicks
      of a visitor within a month.
Out:  a row per engine, size and question: seconds, rows, the largest memory of the process.

The questions are those of the product: the full attribution of every order (code first, clicks of
30 days) in spans of half a million orders, as a recompute asks it; and the roll-up of clicks to
creator, campaign and day, at once.
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
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import write_deltalake

from benchmarks.clusters import connect_server, sail_server
from truelift.facts.kinds import KINDS
from truelift.store.cluster_engine import ClusterEngine
from truelift.store.delta_table import PARTITION
from truelift.store.facts_engine import FactsEngine, Span
from truelift.store.lake import Lake, lake_schema
from truelift.store.lake_reader import facts_of

Tables = Mapping[str, pa.Table]

CREATORS, DAYS, CLICKS_OF_TEN = 5_000, 900, 9
TRIES = int(os.environ.get("TRUELIFT_BENCH_TRIES", "2"))
BEGAN = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - instants are naive UTC
NOW = BEGAN + dt.timedelta(days=DAYS)
PARAMETERS = {
    "brand": "acme", "known_at": NOW, "as_of": NOW, "lookback_days": 30,
}  # fmt: skip
SPAN_ORDERS = 500_000
"""As many conversions are attributed at once as in operations.recompute."""

_CLICKS = """
select
    'x' || i as click_id,
    timestamp '2024-01-01' + to_seconds(i * {seconds} // {n} - late) as clicked_at,
    cast(timestamp '2024-01-01' + to_seconds(i * {seconds} // {n} - late) as date) as day,
    's' || (i * 10 // {n} * 500 + hash(i) % 500) as slug,
    'v' || (i * 30 // {n} * ({n} // 240) + hash(i + 1) % ({n} // 240)) as visitor,
    true as consent, 'human' as class
from (
    select i, case when hash(i + 5) % 100 = 0 then cast(hash(i + 6) % 172800 as bigint) else 0 end
        as late
    from range({n}) as numbers(i)
)
"""
_ORDERS = """
select
    'shop' as source, 'o' || i as order_id,
    timestamp '2024-01-01' + to_seconds(i * {seconds} // {n}) as ordered_at,
    cast(timestamp '2024-01-01' + to_seconds(i * {seconds} // {n}) as date) as day,
    'USD' as currency, cast(1000 + hash(i) % 9000 as bigint) as subtotal,
    case when hash(i) % 3 = 0 then 'C' || (i * 10 // {n} * 500 + hash(i + 2) % 500) end as code,
    case when hash(i) % 3 = 1
        then 'x' || greatest(
            0, i * {clicks} // {n} - cast(hash(i + 3) % ({clicks} // 100) as bigint)
        )
    end as click_id,
    'v' || (i * 30 // {n} * ({clicks} // 240) + hash(i + 1) % ({clicks} // 240)) as visitor
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
    words = {"seconds": DAYS * 86_400, "clicks": clicks}
    stamp = "'acme' as brand, timestamp '2024-01-01' as recorded_at, 0 as source_line"
    for kind, sql, n in (("clicks", _CLICKS, clicks), ("orders", _ORDERS, total - clicks)):
        connection.execute(
            f"insert into fact_{kind} by name select *, {stamp} from ({sql.format(n=n, **words)})"  # noqa: S608 - our own words
        )
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
        # The first question opens what has to be opened; its time is told apart.
        millions = int(folder.name)
        began = _timed(lambda: next(_clicks_by_day(facts, millions, embedded=embedded)))[0]
        found = []
        for question, ask in (("clicks by day", _clicks_by_day), ("attribution", _attribution)):
            tries = [
                _timed(lambda a=ask: _told(a(facts, millions, embedded=embedded)))
                for _ in range(TRIES)
            ]
            seconds, told = min(tries, key=lambda each: each[0])
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            found.append({
                "engine": name, "question": question, "seconds": round(seconds, 2),
                "first": round(began, 2), "peak_mib": peak,
            } | told)  # fmt: skip
        return found


def _clicks_by_day(facts: Any, _millions: int, *, embedded: bool) -> Iterator[pa.Table]:  # noqa: ANN401 - any engine
    given = _catalog() | {"given_launches": _launches()}
    yield _asked(facts, "measurement.click_days", given, {}, embedded=embedded)


def _attribution(facts: Any, millions: int, *, embedded: bool) -> Iterator[pa.Table]:  # noqa: ANN401 - any engine
    """Give the touchpoints of every order, in the spans of a recompute."""
    for since, until in _spans(millions):
        clicks = (since - dt.timedelta(days=PARAMETERS["lookback_days"]), until)
        spans = {"orders": (since, until), "leads": (since, until), "clicks": clicks}
        yield _asked(facts, "attribution.touchpoints", _catalog(), spans, embedded=embedded)


def _spans(millions: int) -> list[Span]:
    """Cut the days into even spans: orders are spread evenly over them."""
    parts = max(1, millions * 1_000_000 // 10 // SPAN_ORDERS)
    return list(
        pairwise(BEGAN + dt.timedelta(days=DAYS * part // parts) for part in range(parts + 1))
    )


def _asked(
    facts: Any,  # noqa: ANN401 - any engine
    question: str,
    relations: Tables,
    spans: Mapping[str, Span],
    *,
    embedded: bool,
) -> pa.Table:
    if embedded:
        return facts.read(question, PARAMETERS, relations, spans=spans)
    between = {kind: str(KINDS[kind].occurred) for kind in spans}
    bounds = {
        f"{kind}_{word}": at
        for kind, span in spans.items()
        for word, at in zip(("since", "until"), span, strict=True)
    }
    return facts.read(question, PARAMETERS | bounds, relations, between)


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(column.type):
        return pc.binary_length(column)
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us")).cast(pa.int64())
    return column.cast(pa.int32() if pa.types.is_date32(column.type) else pa.int64())


def _told(parts: Iterator[pa.Table]) -> dict[str, Any]:
    """Count rows, and sum what their columns hold, however they are ordered or cut."""
    rows, sums = 0, Counter[str]()
    for part in parts:
        rows += part.num_rows
        for name, column in zip(part.column_names, part.columns, strict=True):
            sums[name] += column.null_count + (pc.sum(_whole(column)).as_py() or 0)
    told = "|".join(f"{name}{total}" for name, total in sorted(sums.items()))
    digest = hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()[:8]
    return {"rows": rows, "sums": digest}


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
