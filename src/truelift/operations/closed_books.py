"""Closed books: that what was closed is still locked and as it was signed.

In:   the ground.
Out:  a sentence for each close, lock or decision that is not as it was kept.
"""

from __future__ import annotations

from truelift.base.errors import CheckFailed
from truelift.base.ids import content_hash
from truelift.base.time import Period
from truelift.ledger.chart import CHART
from truelift.ledger.close import CloseState
from truelift.ledger.period import Calendar
from truelift.store import control_records, journal
from truelift.store.control_records import CLOSE
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord

NAMED = 5
"""How many entries a sentence names."""


def changed_since(ground: Ground) -> list[str]:
    """Check every decision against its hash, every lock against its close, every account."""
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        told = [
            f"Entry {seq} posts to account {account}, which is not in the chart of accounts."
            for account, seq in journal.first_uses(connection, brand)
            if account not in CHART
        ]
        try:
            control_records.records(connection, brand)
            closes = control_records.newest(connection, brand, CLOSE)
        except CheckFailed as error:
            return [*told, str(error)]
        calendar = journal.calendar(connection, brand)
        for item in closes.values():
            if item.record["state"] != CloseState.CLOSED.value:
                continue
            told += _unlocked(item, calendar)
            told += _entered(item, journal.entered_after(
                connection, brand, Period.parse(item.name), item.record["seq"]
            ))  # fmt: skip
    return told


def _unlocked(item: KeptRecord, calendar: Calendar) -> list[str]:
    told = []
    record = item.record
    if record["checkpoint"] != content_hash([record["hash"], record["sections"]]):
        told.append(f"The close of {item.name} does not match its checkpoint.")
    if calendar.is_open(Period.parse(item.name)):
        told.append(
            f"{item.name} was closed by {item.recorded_by} and never reopened, but its lock is "
            "gone: it was taken off behind the close."
        )
    return told


def _entered(item: KeptRecord, numbers: list[int]) -> list[str]:
    if not numbers:
        return []
    named = ", ".join(map(str, numbers[:NAMED]))
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    return [f"Entries {named}{more} were put into {item.name} after it was closed."]
