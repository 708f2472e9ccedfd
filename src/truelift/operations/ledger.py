"""The ledger's readings: trial balance, journal, verification.

In:   the ground, a period or a day.
Out:  rows for reports; a sentence for each check that does not hold.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from truelift.base.errors import TrueliftError
from truelift.base.money import format_minor
from truelift.base.time import Instant, Period, brand_day
from truelift.ledger import identities
from truelift.ledger.chart import CHART, Book
from truelift.operations.bridge import bridge_rows
from truelift.operations.chain import check_chain, read_head
from truelift.operations.closed_books import changed_since
from truelift.operations.knowledge import Knowledge, end_of, knowledge
from truelift.operations.people import Action, needs
from truelift.store import journal, journal_balances
from truelift.store import workspace_database as records
from truelift.store.ground import Ground

Row = dict[str, Any]

FIRST_COST, LAST_COST = "6100", "6180"
"""The accounts of creator cost."""

BY_TIME = ("R04", "R05", "R08")
"""Rules that the end of a period or a number of days make due, and no event."""


@needs(Action.READ)
def trial_balance(
    ground: Ground,
    *,
    period: Period | None = None,
    as_of: dt.date | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give balances by account and currency (debit positive), with a total row per currency.

    amount: minor units of the row's currency; base: of the brand's. Every total is zero.
    """
    with ground.workspace.transaction() as connection:
        balances = journal_balances.trial_balance(
            connection,
            ground.brand.brand,
            Book.FIN,
            period=period,
            as_of=as_of,
            known_at=known_at,
        )
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    rows = []
    for item in balances:
        name = CHART[item.account].name if item.account in CHART else "not in the chart"
        rows.append(_balance_row(ground, item.account, name, item.currency, item[-2:]))
        totals[item.currency][0] += item[-2]
        totals[item.currency][1] += item[-1]
    for currency, sums in sorted(totals.items()):
        rows.append(_balance_row(ground, "total", "Total", currency, (sums[0], sums[1])))
    return rows


@needs(Action.READ)
def journal_rows(
    ground: Ground,
    *,
    period: Period | None = None,
    as_of: dt.date | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give every posting with its entry, in the order of the chain."""
    brand = ground.brand
    with ground.workspace.transaction() as connection:
        entries = journal.entries(connection, brand.brand, period, as_of, known_at)
    return [
        {
            "entry_id": entry.entry_id,
            "book": entry.book.value,
            "effective_date": entry.effective_date,
            "rule": entry.rule,
            "kind": entry.kind,
            "event": entry.source_event,
            "account": posting.account,
            "currency": posting.currency,
            "amount": format_minor(posting.amount_minor, posting.currency),
            "base": format_minor(posting.base_minor, brand.currency),
            "campaign": posting.campaign,
            "creator": posting.creator,
            "deliverable": posting.deliverable,
            "agreement": posting.agreement,
            "reverses": entry.reverses,
            "memo": entry.memo,
        }
        for entry in entries
        for posting in entry.postings
    ]


@needs(Action.READ)
def unbooked(ground: Ground) -> list[str]:
    """Say which accepted facts are in no entry of the journal, and why."""
    with ground.workspace.transaction() as connection:
        found = records.unbooked(connection, ground.brand.brand)
    return [f"{item.event}: {item.sentence}" for item in found]


@needs(Action.READ)
def verify(ground: Ground, head: str | None = None) -> list[str]:
    """Check the books; give one sentence for each check that does not hold, none when all do.

    head: one that was kept, as `truelift ledger head` printed it.
    """
    broken = [f"Not booked: {sentence}" for sentence in unbooked(ground)]
    return broken + unsound(knowledge(ground), head)


def unsound(known: Knowledge, head: str | None = None) -> list[str]:
    """Check the books against what is known: chain, closes, identities, balances, bridges.

    A check that cannot even be made says why and hides none of the others.
    """
    ground = known.ground
    if head is not None:
        read_head(head)  # a head that is none is no fault of the books
    broken: list[str] = []
    checks: tuple[Callable[[], list[str]], ...] = (
        partial(check_chain, ground, head),
        partial(changed_since, ground),
        partial(_identities, ground),
        partial(_balances, ground),
        partial(_bridged, known),
    )
    for check in checks:
        try:
            broken += check()
        except TrueliftError as error:
            broken.append(str(error))
    return broken


def _identities(ground: Ground) -> list[str]:
    with ground.workspace.transaction() as connection:
        sums = journal_balances.agreement_sums(connection, ground.brand.brand)
    return list(identities.violations(sums))


def _balances(ground: Ground) -> list[str]:
    return [
        f"The trial balance in {row['currency']} is off by {row['base']}."
        for row in trial_balance(ground)
        if row["account"] == "total" and row["base_minor"]
    ]


def _bridged(known: Knowledge) -> list[str]:
    """Check that every bridge adds up, and that all end in the ledger's accounts of cost."""
    ground, brand = known.ground, known.ground.brand.brand
    rows = bridge_rows(_reached(known))
    broken = [
        f"The bridge of {line.campaign} has a residual of {line.amount}."
        for line in rows
        if line.step == "residual" and line.amount
    ]
    booked = sum(
        row["base_minor"]
        for row in trial_balance(ground)
        if FIRST_COST <= row["account"] <= LAST_COST
    )
    bridged = -sum(line.amount or 0 for line in rows if line.step == "creator_cost")
    if booked != bridged:
        with ground.workspace.transaction() as connection:
            newest = max(entry.effective_date for entry in journal.entries(connection, brand))
        shown = [format_minor(amount, ground.brand.currency) for amount in (bridged, booked)]
        broken.append(
            f"The bridges show {shown[0]} of creator cost, the ledger {shown[1]} in accounts "
            f"{FIRST_COST} to {LAST_COST}; its newest entry takes effect on {newest}."
        )
    return broken


def _reached(known: Knowledge) -> Knowledge:
    """Give what is known as of the day that time alone has brought the books to, if later."""
    brand = known.ground.brand
    with known.ground.workspace.transaction() as connection:
        day = journal.newest_day(connection, brand.brand, BY_TIME)
    if day is None or day <= brand_day(known.as_of, brand.timezone):
        return known
    return knowledge(known.ground, as_of=end_of(day, brand.timezone), known_at=known.known_at)


def _balance_row(
    ground: Ground, account: str, name: str, currency: str, sums: tuple[int, ...]
) -> Row:
    return {
        "account": account,
        "name": name,
        "currency": currency,
        "amount": format_minor(sums[0], currency),
        "base": format_minor(sums[1], ground.brand.currency),
        "amount_minor": sums[0],
        "base_minor": sums[1],
    }
