"""Book: agreements, costs and commissions to journal entries; nothing when nothing changed.

In:   what is known now, and the policy that the controller signed.
Out:  entries appended to the journal (store.journal), and faults of facts that cannot be booked.
"""

from __future__ import annotations

import datetime as dt

from truelift.base.time import brand_day
from truelift.ledger import posting_plan, recognition
from truelift.ledger.source import Fault
from truelift.operations.book_facts import source_facts
from truelift.operations.exchange_rates import keep_own_rates, rate_set_of, seed_rates
from truelift.operations.knowledge import knowledge
from truelift.operations.policy import policies_of
from truelift.store import journal
from truelift.store import workspace_database as records
from truelift.store.ground import Ground


def book(ground: Ground, *, through: dt.date | None = None) -> tuple[int, tuple[Fault, ...]]:
    """Bring the journal to what the facts imply; give how many entries were written, and faults.

    The entries carry the time of the newest recording, so that what was known when can be asked
    of the books as of the facts. through: what time alone makes due (a period of a retainer) is
    booked up to and on this day, if that is later than the newest event and the end of the last
    closed period. The close of a period names the period's last day.
    """
    known = knowledge(ground)
    keep_own_rates(known)
    seed_rates(known)
    rate_set = rate_set_of(known)
    brand = ground.brand
    with ground.workspace.transaction() as connection:
        policies = policies_of(connection, brand)
        periods = journal.calendar(connection, brand.brand)
    closed = periods.closed_through
    closed_on = None if closed is None else periods.accounting.last_day(closed)
    days = (brand_day(known.as_of, brand.timezone), through, closed_on)
    facts = source_facts(known, policies.newest.go_live)
    target, faults = recognition.entries_for(
        facts,
        policies,
        rate_set,
        through=max(day for day in days if day is not None),
        calendar=periods.accounting,
    )
    with ground.workspace.transaction() as connection:
        difference = posting_plan.compare(target, journal.headers(connection, brand.brand))
        outdated = journal.entries_by_id(connection, brand.brand, list(difference.outdated))
        calendar = journal.calendar(connection, brand.brand)
        entries = posting_plan.dated(difference.missing, outdated, calendar)
        appended = journal.append(connection, brand.brand, entries, known.known_at)
        records.replace_unbooked(
            connection, brand.brand, [_told(fault) for fault in faults], known.known_at
        )
    return appended.inserted, faults


def _told(fault: Fault) -> records.Unbooked:
    told = (fault.event, fault.rule, fault.code.value, fault.sentence)
    missing = fault.missing
    if missing is None:
        return records.Unbooked(*told)
    return records.Unbooked(*told, missing.on, missing.campaign, missing.creator)
