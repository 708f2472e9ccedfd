"""What an export reads of the journal: the entries of book `fin`, with their places in the chain.

In:   a connection inside a transaction, a brand, a period.
Out:  Placed entries in the order of the chain.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import Connection, select

from truelift.base.time import Instant, Period
from truelift.ledger.chart import Book
from truelift.ledger.journal import Entry
from truelift.store import journal
from truelift.store.journal_tables import journal_entry


class Placed(NamedTuple):
    """An entry, its number in the chain, and when it was recorded (naive UTC)."""

    seq: int
    recorded_at: Instant
    entry: Entry


def placed(connection: Connection, brand: str, period: Period | None = None) -> list[Placed]:
    """Read the entries of book `fin`, of one accounting month or all, in the order of the chain."""
    columns = journal_entry.c
    query = select(columns.entry_id, columns.seq, columns.recorded_at).where(
        *journal.scope(brand, period, None, None), columns.book == Book.FIN.value
    )
    found = {
        row.entry_id: (row.seq, dt.datetime.fromisoformat(row.recorded_at))
        for row in connection.execute(query)
    }
    return [
        Placed(*found[entry.entry_id], entry)
        for entry in journal.entries(connection, brand, period)
        if entry.entry_id in found
    ]
