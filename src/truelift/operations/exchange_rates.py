"""Exchange rates of a brand as known: its own over the central bank's.

In:   what is known now.
Out:  rates kept for `Knowledge.rate_set`; the rates that a period closes at.
"""

from __future__ import annotations

from truelift.ledger.fx import RateRow, RateSet
from truelift.operations.knowledge import Knowledge
from truelift.store import rates

CLOSING = "closing"


def closing_rates(known: Knowledge) -> RateSet:
    """Give the rates that a period closes at: those imported as `closing`, else the day's own."""
    rate_set = f"closing-{known.known_at.isoformat()}"
    rows = [
        RateRow(row["date"].isoformat(), row["base"], row["quote"], row["rate"], rate_set)
        for row in known.rows("rates")
        if row["kind"] == CLOSING
    ]
    brand = known.ground.brand.brand
    with known.ground.workspace.transaction() as connection:
        return rates.load(connection, brand, known_at=known.known_at, over=rows)


def seed_rates(known: Knowledge) -> None:
    """Keep the central bank's history of every currency that facts and plans are in."""
    brand = known.ground.brand
    given = {row["currency"] for row in known.read("facts.currencies").to_pylist()}
    for kind in ("agreements", "campaigns", "values"):
        given |= {row["currency"] for row in known.rows(kind)}
    foreign = given - {brand.currency, None}
    if foreign:
        with known.ground.workspace.transaction() as connection:
            rates.seed(connection, known.known_at, foreign | {brand.currency})
        _read_again(known)


def keep_own_rates(known: Knowledge) -> int:
    """Copy imported rates that differ from what is kept into a rate set of their own."""
    rows = [row for row in known.rows("rates") if (row["kind"] or "spot") == rates.SPOT]
    if not rows:
        return 0
    brand = known.ground.brand.brand
    with known.ground.workspace.transaction() as connection:
        kept = rates.own_rates(connection, brand)
        rate_set = f"own-{known.known_at.isoformat()}"
        fresh = [
            RateRow(row["date"].isoformat(), row["base"], row["quote"], row["rate"], rate_set)
            for row in rows
            if kept.get((row["date"].isoformat(), row["base"], row["quote"])) != row["rate"]
        ]
        written = rates.append_rates(
            connection, brand, fresh, source="imported", recorded_at=known.known_at
        )
    _read_again(known)
    return written


def _read_again(known: Knowledge) -> None:
    """Have the rates read anew when they are next asked for."""
    known.__dict__.pop("rate_set", None)
