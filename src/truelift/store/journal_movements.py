"""Movements: what the postings of each period sum to, kept beside them for speed.

In:   entries that are being appended, inside their transaction.
Out:  rows of `period_movement`; the periods and accounts where they differ from the postings.

A sum that is kept beside its facts can be wrong: `wrong_movements` adds the postings up again, and
`truelift ledger verify` asks it each time. Nothing but whole-period balances is read from here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.dialects import sqlite

from truelift.store import queries
from truelift.store.journal_tables import journal_entry, journal_posting, period_movement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truelift.ledger.journal import Entry

_KEYS = ("period", "account", "currency")
_SUMS = ("amount_minor", "base_minor", "postings")


class Movement(NamedTuple):
    """What the postings of a period sum to on one account in one currency, debit positive."""

    period: str
    account: str
    currency: str
    amount_minor: int
    base_minor: int
    postings: int


def add_movements(connection: Connection, brand: str, entries: Iterable[tuple[Entry, str]]) -> None:
    """Add what entries move to the period beside each; in the transaction that appends them."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for entry, period in entries:
        for posting in entry.postings:
            moved = sums[period, posting.account, posting.currency]
            moved[0] += posting.amount_minor
            moved[1] += posting.base_minor
            moved[2] += 1
    _add(connection, brand, [Movement(*key, *sums[key]) for key in sorted(sums)])


def _add(connection: Connection, brand: str, added: list[Movement]) -> None:
    if not added:
        return
    if connection.dialect.name == "postgresql":
        arrays = dict(zip(Movement._fields, map(list, zip(*added, strict=True)), strict=True))
        statement = queries.text("ledger.add_movements.postgresql")
        connection.exec_driver_sql(statement, arrays | {"brand": brand})
        return
    columns = period_movement.c
    upsert = sqlite.insert(period_movement)
    sums = {name: columns[name] + upsert.excluded[name] for name in _SUMS}
    upsert = upsert.on_conflict_do_update(index_elements=["brand", *_KEYS], set_=sums)
    connection.execute(upsert, [each._asdict() | {"brand": brand} for each in added])


def movements(connection: Connection, brand: str) -> set[Movement]:
    """Give the movements as they are kept."""
    columns = period_movement.c
    query = select(*(columns[name] for name in _KEYS + _SUMS)).where(columns.brand == brand)
    return {Movement(*row) for row in connection.execute(query)}


def added_up(connection: Connection, brand: str) -> set[Movement]:
    """Add the movements up from the postings themselves."""
    line, header = journal_posting.c, journal_entry.c
    query = (
        select(
            header.period,
            line.account,
            line.currency,
            func.sum(line.amount_minor),
            func.sum(line.base_minor),
            func.count(),
        )
        .join_from(
            journal_entry,
            journal_posting,
            and_(line.brand == header.brand, line.seq == header.seq),
        )
        .where(header.brand == brand)
        .group_by(header.period, line.account, line.currency)
    )
    # PostgreSQL gives sums of 64-bit numbers as decimals.
    rows = connection.execute(query)
    return {Movement(row[0], row[1], row[2], int(row[3]), int(row[4]), row[5]) for row in rows}


def wrong_movements(connection: Connection, brand: str) -> list[Movement]:
    """Give what the postings sum to, where the kept movements say otherwise; a sum of 0 is one.

    Kept movements without any posting are given with zeros.
    """
    kept, true = movements(connection, brand), added_up(connection, brand)
    known = {each[:3] for each in true}
    unfounded = {Movement(*each[:3], 0, 0, 0) for each in kept if each[:3] not in known}
    return sorted((true - kept) | unfounded)


def restate_movements(connection: Connection, brand: str) -> None:
    """Write a brand's movements again from its postings."""
    connection.execute(period_movement.delete().where(period_movement.c.brand == brand))
    _add(connection, brand, sorted(added_up(connection, brand)))
