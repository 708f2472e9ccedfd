"""Close: a period is prepared by one person and locked by another; what was signed is kept.

In:   the ground, a period.
Out:  control records of kind CLOSE (prepared, closed, reopened), each with checks, the chain's end
      and what was on the books then; the period's lock in the journal's own database.

Everything a close pack shows is written into the record of the close, so that it is the same for
ever, whatever is imported, corrected or programmed later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection

from truelift.base.errors import NotFound
from truelift.base.ids import content_hash
from truelift.base.time import Instant, Period, brand_day
from truelift.ledger import close as rules
from truelift.ledger.close import Check, CloseState, Severity, Standing
from truelift.ledger.period import PeriodStatus
from truelift.ledger.remeasurement import remeasure
from truelift.operations import approvals
from truelift.operations.account_mapping import mapped_accounts
from truelift.operations.approvals import Standing as Approvals
from truelift.operations.book import book
from truelift.operations.close_figures import accruals_by_rule, sections
from truelift.operations.exchange_rates import closing_rates
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.ledger import unsound
from truelift.operations.people import Action, needs
from truelift.store import control_records, journal, journal_balances
from truelift.store import workspace_database as records
from truelift.store.control_records import CLOSE
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord

Row = dict[str, Any]

WAITING = ("2100", "2110", "2111", "2120", "2130", "2140")
"""Accounts of what is accrued and waits for an invoice."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A step of a close as it was kept.

    approvals: given so far and needed, where the brand's threshold asks for more than one.
    """

    period: Period
    state: CloseState
    by: str
    at: Instant
    record: Row
    sha256: str
    approvals: Approvals | None = None


@needs(Action.PREPARE_CLOSE, "period")
def prepare(ground: Ground, period: Period) -> Closed:
    """Book what is known, look for what stands against a close, and sign it as prepared.

    Can be done again as long as the period is not closed; the newest preparation counts. Raises
    JournalRefused for a closed period.
    """
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        rules.may_prepare(period, standing(connection, brand, period))
    last_day = days_of(ground, period)[1]
    due = _is_due(knowledge(ground), period)
    book(ground, through=last_day if due else None)
    known = knowledge(ground)
    if due:
        _remeasure(known, period)
    checks = _checks(known, period)
    with ground.workspace.transaction() as connection:
        control_records.lock(connection, brand)
        rules.may_prepare(period, standing(connection, brand, period))
        end = journal.head(connection, brand)
        earlier = _newest(connection, brand, period)
        accruals = accruals_by_rule(journal.entries(connection, brand, period))
        record = {
            "state": CloseState.PREPARED.value,
            "period": str(period),
            "seq": end.seq,
            "hash": end.hash,
            "known_at": known.known_at.isoformat(),
            "as_of": known.as_of.isoformat(),
            "checks": [asdict(check) for check in checks],
            "accruals": accruals,
            "accruals_before": earlier.record.get("accruals", []) if earlier else [],
        }
        return _keep(ground, connection, period, record)


@needs(Action.APPROVE_CLOSE, "period")
def approve(ground: Ground, period: Period) -> Closed:
    """Lock a prepared period; the person who prepared it is refused.

    The checks are looked at again. Of two who approve at once exactly one wins: the database gives
    the lock to one, and the other finds the period closed. Where the period's cost is above the
    brand's threshold the first approval is kept, and only that of a second person locks. Raises
    JournalRefused.
    """
    brand = ground.brand.brand
    known = knowledge(ground)
    checks = _checks(known, period)
    with ground.workspace.transaction() as connection:
        prepared = standing(connection, brand, period)
        _may_approve(connection, ground, period, prepared, checks)
        shown = _newest(connection, brand, period)
    given = _approved(ground, period, shown)
    if shown and given and not given.complete:
        return replace(_closed(shown), approvals=given)
    figures = sections(known, period, days_of(ground, period))
    with ground.workspace.transaction() as connection:
        control_records.lock(connection, brand)
        stood = standing(connection, brand, period)
        _may_approve(connection, ground, period, stood, checks)
        now = ground.clock.now()
        known_at = shown.record["known_at"] if shown else ""
        record = {
            "state": CloseState.CLOSED.value,
            "period": str(period),
            "seq": stood.seq,
            "hash": stood.hash,
            "known_at": known_at,
            "as_of": shown.record["as_of"] if shown else "",
            "prepared_by": stood.by,
            "prepared_at": shown.recorded_at.isoformat() if shown else "",
            "approvals": list(given.given) if given else [],
            "checks": [asdict(check) for check in checks],
            "sections": figures,
            "checkpoint": content_hash([stood.hash, figures]),
        }
        kept = _keep(ground, connection, period, record)
        journal.set_period_status(
            connection, brand, period, PeriodStatus.CLOSED, changed_by=ground.person, changed_at=now
        )
    return kept


def _approved(ground: Ground, period: Period, shown: KeptRecord | None) -> Approvals | None:
    """Give one approval of exactly what was prepared, where more than one is needed.

    The amount in question is the cost that the period booked, in the brand's currency.
    """
    if shown is None:
        return None
    subject = f"close/{period}"
    amount = sum(row["cost_minor"] for row in shown.record["accruals"])
    found = approvals.standing(ground, subject, content=shown.sha256, amount_minor=amount)
    if found.needed == 1 or found.complete:
        return None if found.needed == 1 else found
    return approvals.approve(
        ground,
        Action.APPROVE_CLOSE,
        subject,
        content=shown.sha256,
        prepared_by=shown.recorded_by,
        amount_minor=amount,
    )


@needs(Action.REOPEN_CLOSE, "period", "reason")
def reopen(ground: Ground, period: Period, reason: str) -> Closed:
    """Open the last closed period again, and keep why. Raises JournalRefused.

    The pack of the earlier close stays as it was.
    """
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        control_records.lock(connection, brand)
        last = journal.calendar(connection, brand).closed_through
        rules.may_reopen(period, standing(connection, brand, period), last, reason)
        end = journal.head(connection, brand)
        record = {
            "state": CloseState.REOPENED.value,
            "period": str(period),
            "seq": end.seq,
            "hash": end.hash,
            "reason": reason.strip(),
        }
        kept = _keep(ground, connection, period, record)
        journal.set_period_status(
            connection,
            brand,
            period,
            PeriodStatus.OPEN,
            changed_by=ground.person,
            changed_at=ground.clock.now(),
        )
    return kept


@needs(Action.READ)
def history(ground: Ground) -> list[Closed]:
    """Give every step of every close of the brand, oldest first."""
    with ground.workspace.transaction() as connection:
        kept = control_records.records(connection, ground.brand.brand, CLOSE)
    return [_closed(item) for item in kept]


@needs(Action.READ)
def periods(ground: Ground) -> list[tuple[Period, Closed | None]]:
    """Give every period with entries, newest first, each with the last step of its close."""
    with ground.workspace.transaction() as connection:
        calendar = journal.calendar(connection, ground.brand.brand).accounting
        days = journal.effective_days(connection, ground.brand.brand)
        newest = control_records.newest(connection, ground.brand.brand, CLOSE)
    steps = {name: _closed(item) for name, item in newest.items()}
    used = {calendar.period_of(day) for day in days} | {each.period for each in steps.values()}
    return [(period, steps.get(str(period))) for period in sorted(used, reverse=True)]


def closed(ground: Ground, period: Period) -> Closed:
    """Give the newest close of a period, also when it was reopened since; NotFound without one."""
    found = [
        item
        for item in history(ground)
        if item.period == period and item.state is CloseState.CLOSED
    ]
    if not found:
        msg = f"{period} was never closed; see `truelift close status`."
        raise NotFound(msg)
    return found[-1]


def standing(connection: Connection, brand: str, period: Period) -> Standing:
    """Say where the close of a period stands now."""
    item = _newest(connection, brand, period)
    if item is None:
        return Standing()
    record = item.record
    return Standing(CloseState(record["state"]), item.recorded_by, record["seq"], record["hash"])


def days_of(ground: Ground, period: Period) -> tuple[dt.date, dt.date]:
    """Give the first and the last day of a period in the legal entity's calendar."""
    with ground.workspace.transaction() as connection:
        calendar = journal.calendar(connection, ground.brand.brand).accounting
    return calendar.first_day(period), calendar.last_day(period)


def _is_due(known: Knowledge, period: Period) -> bool:
    """Say whether the period has passed in the data, with every period before it closed.

    Before that a preparation books nothing that only the period's end makes due: it would be taken
    back by the next booking, and rolled forward as if something had changed.
    """
    return not any(check.found for check in _ahead(known, period))


def _ahead(known: Knowledge, period: Period) -> list[Check]:
    """Look at whether the period is the next one to close."""
    brand, zone = known.ground.brand.brand, known.ground.brand.timezone
    with known.ground.workspace.transaction() as connection:
        calendar = journal.calendar(connection, brand)
        days = journal.effective_days(connection, brand)
    return [
        rules.reaches_the_end(
            period, calendar.accounting.last_day(period), brand_day(known.as_of, zone)
        ),
        rules.in_order(
            period,
            [calendar.accounting.period_of(day) for day in days],
            calendar.closed_through,
        ),
    ]


def _remeasure(known: Knowledge, period: Period) -> None:
    """R17: book what is owed in foreign money at the period's closing rates, reversed on day 1.

    Without closing rates of its own a brand closes at the last known rate of the day. A currency
    without any rate is left as it is; `rates` among the checks would have found it before.
    """
    ground, brand = known.ground, known.ground.brand
    rate_set = closing_rates(known)
    with ground.workspace.transaction() as connection:
        calendar = journal.calendar(connection, brand.brand).accounting
        balances = journal_balances.trial_balance(
            connection, brand.brand, as_of=calendar.last_day(period)
        )
        entries, _ = remeasure(
            balances, rate_set, period, currency=brand.currency, calendar=calendar
        )
        journal.append(connection, brand.brand, entries, known.known_at)


def _newest(connection: Connection, brand: str, period: Period) -> KeptRecord | None:
    return control_records.newest(connection, brand, CLOSE).get(str(period))


def _may_approve(
    connection: Connection,
    ground: Ground,
    period: Period,
    stood: Standing,
    checks: Sequence[Check],
) -> None:
    end = journal.head(connection, ground.brand.brand)
    rules.may_approve(period, stood, ground.person, seq=end.seq, head=end.hash, checks=checks)


def _keep(ground: Ground, connection: Connection, period: Period, record: Row) -> Closed:
    item = control_records.keep(
        connection,
        ground.brand.brand,
        CLOSE,
        str(period),
        record,
        at=ground.clock.now(),
        by=ground.person,
    )
    return _closed(item)


def _closed(item: KeptRecord) -> Closed:
    state, period = CloseState(item.record["state"]), Period.parse(item.record["period"])
    return Closed(period, state, item.recorded_by, item.recorded_at, item.record, item.sha256)


def _checks(known: Knowledge, period: Period) -> list[Check]:
    """Look at everything that may stand against the close of a period."""
    ground, brand = known.ground, known.ground.brand.brand
    with ground.workspace.transaction() as connection:
        unbooked = records.unbooked(connection, brand)
        calendar = journal.calendar(connection, brand)
        last_day = calendar.accounting.last_day(period)
        balances = journal_balances.trial_balance(connection, brand, as_of=last_day)
        refused = records.quarantined(connection, brand)
    until = [item for item in unbooked if item.on is None or item.on <= last_day]
    rates = [item for item in until if item.reason == "NO_RATE"]
    others = [item for item in until if item.reason != "NO_RATE"]
    waiting = [
        f"{item.account} {item.currency}" for item in balances
        if item.account in WAITING and item.amount_minor
    ]  # fmt: skip
    return [
        *_ahead(known, period),
        rules.told(
            "cut_off", Severity.BLOCKS, [f"{i.event}: {i.sentence}" for i in others],
            "{found} facts up to the period's end are in no entry; mend them and import again.",
            "Every fact up to the period's end is booked.",
        ),
        rules.told(
            "rates", Severity.BLOCKS, [f"{i.event}: {i.sentence}" for i in rates],
            "{found} facts wait for an exchange rate; import it as kind `rates`.",
            "No exchange rate is missing.",
        ),
        rules.told(
            "books", Severity.BLOCKS, unsound(known),
            "{found} checks of the books do not hold; see `truelift ledger verify`.",
            "The chain verifies and every bridge ends in the cost accounts.",
        ),
        rules.unmapped(sorted({item.account for item in balances}), mapped_accounts(ground)),
        rules.told(
            "waiting_for_invoice", Severity.WARNS, waiting,
            "{found} accounts of accrued cost wait for invoices; they stay open into the next "
            "period.",
            "Nothing accrued waits for an invoice.",
        ),
        rules.told(
            "quarantine", Severity.WARNS,
            [f"{row['source_file']} line {row['line']}" for row in refused if row["line"]],
            "{found} refused cells are unresolved; see `truelift quarantine`.",
            "No imported row is refused.",
        ),
    ]  # fmt: skip


def changes(record: Row) -> list[Row]:
    """Set what the rules booked in a period beside its last preparation, rule by rule."""
    before = {(row["rule"], row["kind"]): row for row in record["accruals_before"]}
    now = {(row["rule"], row["kind"]): row for row in record["accruals"]}
    nothing = {"entries": 0, "cost_minor": 0}
    return [
        {
            "rule": key[0],
            "kind": key[1],
            "entries": now.get(key, nothing)["entries"],
            "cost_minor": now.get(key, nothing)["cost_minor"],
            "entries_before": before.get(key, nothing)["entries"],
            "change_minor": (
                now.get(key, nothing)["cost_minor"] - before.get(key, nothing)["cost_minor"]
            ),
        }
        for key in sorted({*before, *now})
    ]
