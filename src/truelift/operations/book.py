"""Book: agreements, costs and commissions to journal entries; nothing when nothing changed.

In:   what is known now, and the policy that the controller signed.
Out:  entries appended to the journal (store.journal), and faults of facts that cannot be booked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.time import brand_day
from truelift.ledger import posting_plan, recognition
from truelift.ledger.fx import RateSet
from truelift.ledger.journal import Entry
from truelift.ledger.period import Calendar
from truelift.ledger.policy import Policies
from truelift.ledger.source import Facts, Fault
from truelift.operations.book_facts import source_facts
from truelift.operations.exchange_rates import keep_own_rates, seed_rates
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.matching import with_matched_documents
from truelift.operations.people import Action, needs
from truelift.operations.policy import policies_of
from truelift.store import journal
from truelift.store import workspace_database as records
from truelift.store.ground import Ground

THINKS = 3
"""How often what came in is thought through before everybody else has to wait for it."""


@dataclass(frozen=True, slots=True)
class Booking:
    """What the rules are applied with: policies, rates, periods, and how far time has come.

    through: a day up to which what time alone makes due is booked; see `book`.
    """

    known: Knowledge
    policies: Policies
    rates: RateSet
    periods: Calendar
    through: dt.date | None = None

    @property
    def imported(self) -> Facts:
        """Gather what moves the books as it was imported."""
        return source_facts(self.known, self.policies.newest.go_live)

    @property
    def facts(self) -> Facts:
        """Gather what moves the books, with the invoices and payments that match exactly."""
        return with_matched_documents(self.known, self.imported, self.implied)

    def implied(self, facts: Facts) -> tuple[Entry, ...]:
        """Give the entries that facts imply."""
        return self.entries_for(facts)[0]

    def entries_for(self, facts: Facts) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
        """Give the entries that facts imply, and what cannot be booked."""
        closed, accounting = self.periods.closed_through, self.periods.accounting
        closed_on = None if closed is None else accounting.last_day(closed)
        newest = brand_day(self.known.as_of, self.known.ground.brand.timezone)
        days = (newest, self.through, closed_on)
        return recognition.entries_for(
            facts,
            self.policies,
            self.rates,
            through=max(day for day in days if day is not None),
            calendar=accounting,
        )


def booking_of(known: Knowledge, *, through: dt.date | None = None) -> Booking:
    """Give what the rules are applied with, as known."""
    ground = known.ground
    with ground.workspace.transaction() as connection:
        policies = policies_of(connection, ground.brand)
        periods = journal.calendar(connection, ground.brand.brand)
    return Booking(known, policies, known.rate_set, periods, through)


@needs(Action.SET_POLICY, logged=False)
def book_by_policy(ground: Ground) -> tuple[int, tuple[Fault, ...]]:
    """Bring the journal to a policy that was signed just now; who signs need not book besides."""
    return _booked(ground)


@needs(Action.BOOK)
def book(ground: Ground, *, through: dt.date | None = None) -> tuple[int, tuple[Fault, ...]]:
    """Bring the journal to what the facts imply; give how many entries were written, and faults.

    The entries carry the time of the newest recording, so that what was known when can be asked
    of the books as of the facts. through: what time alone makes due (a period of a retainer) is
    booked up to and on this day, if that is later than the newest event and the end of the last
    closed period. The close of a period names the period's last day.
    """
    return _booked(ground, through)


@needs(Action.BOOK, logged=False, alone=False)
def book_due(ground: Ground) -> int:
    """Book what came in while the workspace is served; give how many entries were written.

    Facts go on coming in while this thinks, so that no order waits for the books; they are booked
    the next time. It thinks again when something was decided meanwhile, at last with the turn held.
    """
    turn = ground.turn
    for _ in range(THINKS):
        before = turn.decisions
        prepared = _prepared(ground)
        with turn:
            if turn.decisions == before:
                return _kept(ground, prepared)
    with turn:
        return _kept(ground, _prepared(ground))


def _kept(ground: Ground, prepared: _Prepared) -> int:
    written = _written(ground, prepared)
    if written:
        ground.turn.changed()
    return written


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What the journal lacks of what it should hold, as known."""

    known: Knowledge
    difference: posting_plan.Difference
    faults: tuple[Fault, ...]


def _booked(ground: Ground, through: dt.date | None = None) -> tuple[int, tuple[Fault, ...]]:
    ground.turn.unbooked()
    prepared = _prepared(ground, through)
    return _written(ground, prepared), prepared.faults


def _prepared(ground: Ground, through: dt.date | None = None) -> _Prepared:
    known = knowledge(ground)
    keep_own_rates(known)
    seed_rates(known)
    booking = booking_of(known, through=through)
    target, faults = booking.entries_for(booking.facts)
    with ground.workspace.transaction() as connection:
        posted = journal.headers(connection, ground.brand.brand)
    return _Prepared(known, posting_plan.compare(target, posted), faults)


def _written(ground: Ground, prepared: _Prepared) -> int:
    """Append what is missing; nobody else has written since it was prepared."""
    brand, known, difference = ground.brand, prepared.known, prepared.difference
    with ground.workspace.transaction() as connection:
        outdated = journal.entries_by_id(connection, brand.brand, list(difference.outdated))
        calendar = journal.calendar(connection, brand.brand)
        entries = posting_plan.dated(difference.missing, outdated, calendar)
        appended = journal.append(connection, brand.brand, entries, known.known_at)
        records.replace_unbooked(
            connection, brand.brand, [_told(fault) for fault in prepared.faults], known.known_at
        )
    return appended.inserted


def _told(fault: Fault) -> records.Unbooked:
    told = (fault.event, fault.rule, fault.code.value, fault.sentence)
    missing = fault.missing
    if missing is None:
        return records.Unbooked(*told)
    return records.Unbooked(*told, missing.on, missing.campaign, missing.creator)
