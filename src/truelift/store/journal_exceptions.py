"""What the journal holds that somebody has to look at: payments that no invoice asked for.

In:   a connection inside a transaction, the scope of a report, its last period.
Out:  entries of such payments that still stand, by campaign and creator, the oldest first.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, func, select

from truelift.ledger.chart import PAYABLE
from truelift.ledger.movement import INVOICE_RULE, Span
from truelift.ledger.obligation import NO_INVOICE
from truelift.reports.exceptions import Uninvoiced
from truelift.store.journal import instant_text
from truelift.store.journal_tables import journal_entry, journal_posting

if TYPE_CHECKING:
    from truelift.store.journal_reports import Scope


def uninvoiced(connection: Connection, scope: Scope, last: str | None) -> list[Uninvoiced]:
    """Give what was paid without an invoice and not taken back since."""
    entry, line = journal_entry.c, journal_posting.c
    back = journal_entry.alias()
    known = instant_text(scope.known_at)
    taken_back = select(back.c.reverses).where(
        back.c.brand == entry.brand, back.c.reverses == entry.entry_id, back.c.recorded_at <= known
    )
    keys = (entry.effective_date, entry.source_event, line.agreement, line.campaign, line.creator)
    same = and_(line.brand == entry.brand, line.seq == entry.seq)
    query = (
        select(*keys, -func.sum(line.base_minor))
        .select_from(journal_entry.join(journal_posting, same))
        .where(*scope.conditions(Span(None, last)))
        .where(
            entry.rule == INVOICE_RULE, entry.memo.startswith(NO_INVOICE), line.account == PAYABLE
        )
        .where(~taken_back.exists())
        .group_by(entry.seq, *keys)
        .order_by(entry.effective_date, entry.seq, *(key.nulls_first() for key in keys[2:]))
    )
    return [
        Uninvoiced(dt.date.fromisoformat(row[0]), *row[1:5], int(row[5]))
        for row in connection.execute(query)
    ]
