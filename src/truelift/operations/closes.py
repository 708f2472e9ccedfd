"""Closes: when each accounting period was closed, as known at a time.

In:   close records (store.control_records), else the journal's own status of its periods.
Out:  period -> the recording time up to which entries are in its close.
"""

from __future__ import annotations

import datetime as dt

from truelift.base.time import Instant
from truelift.ledger.period import PeriodStatus
from truelift.store import control_records, journal_reports
from truelift.store.ground import Ground

CLOSED = PeriodStatus.CLOSED.value


def closes(ground: Ground, known_at: Instant | None = None) -> dict[str, Instant]:
    """Give when each period that is closed was closed; open and reopened ones are left out.

    A close record says up to which recording its close reaches (`known_at`). A period that was
    closed without such a record is closed as of the change of its status.
    """
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        records = control_records.newest(connection, brand, control_records.CLOSE, known_at)
        found = journal_reports.closed_periods(connection, brand, known_at)
    for name, kept in records.items():
        period = str(kept.record.get("period", name))
        found.pop(period, None)
        if kept.record.get("state") == CLOSED:
            found[period] = _instant(kept.record.get("known_at"), kept.recorded_at)
    return dict(sorted(found.items()))


def _instant(text: object, otherwise: Instant) -> Instant:
    """Read a time as naive UTC."""
    if not isinstance(text, str):
        return otherwise
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo is None else found.astimezone(dt.UTC).replace(tzinfo=None)
