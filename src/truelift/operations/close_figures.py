"""Close figures: what a close pack shows, read from the books as they are at the close.

In:   what is known, a period.
Out:  sections as plain JSON: a title, columns with what they hold, rows of text and whole numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from truelift.base.money import format_minor
from truelift.base.time import Period
from truelift.ledger.chart import CHART, COST_ACCOUNTS
from truelift.ledger.journal import Entry
from truelift.ledger.trial_balance import Balance
from truelift.operations.bridge import bridge_rows
from truelift.operations.knowledge import Knowledge
from truelift.reports.bridge import BridgeRow
from truelift.reports.table import Cell
from truelift.store import journal, journal_balances

Row = dict[str, Any]
Section = dict[str, Any]

ROLLED = ("1400", "1410", "2000", "2010", "2100", "2110", "2111", "2120", "2130", "2140", "2210")
"""Balance-sheet accounts that a controller follows from opening to closing."""


def accruals_by_rule(entries: Iterable[Entry]) -> list[Row]:
    """Count entries by rule and kind, with the cost they booked in the brand's minor units."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    cost: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        key = (entry.rule, entry.kind)
        count[key] += 1
        cost[key] += sum(p.base_minor for p in entry.postings if p.account in COST_ACCOUNTS)
    return [
        {"rule": rule, "kind": kind, "entries": count[rule, kind], "cost_minor": cost[rule, kind]}
        for rule, kind in sorted(count)
    ]


def sections(known: Knowledge, period: Period, days: tuple[dt.date, dt.date]) -> list[Section]:
    """Give the sections of the close pack of a period, amounts as decimal text.

    days: the first and the last of the period.
    """
    ground = known.ground
    brand, currency = ground.brand.brand, ground.brand.currency
    first_day, last_day = days
    before = first_day - dt.timedelta(days=1)
    with ground.workspace.transaction() as connection:
        opening = journal_balances.trial_balance(connection, brand, as_of=before)
        closing = journal_balances.trial_balance(connection, brand, as_of=last_day)
        movement = journal_balances.trial_balance(connection, brand, period=period)
        costs = journal_balances.cost_by_campaign_creator(connection, brand, period=period)
        entries = journal.entries(connection, brand, period)
    cost_rows = [
        [cost.campaign or "unallocated", cost.creator or "", cost.account,
         CHART[cost.account].name, format_minor(cost.base_minor, currency)]
        for cost in costs
    ]  # fmt: skip
    total = sum(cost.base_minor for cost in costs)
    cost_rows.append(["total", "", "", "", format_minor(total, currency)])
    return [
        _section(
            "Trial balance", f"Balances on {last_day}, debit positive",
            ["account", "name", "currency", "amount", f"in {currency}"],
            _balance_rows(closing, currency), money=2,
        ),
        _section(
            "Movements", f"What {period} moved, debit positive",
            ["account", "name", "currency", "amount", f"in {currency}"],
            _balance_rows(movement, currency), money=2,
        ),
        _section(
            "Cost by campaign and creator", f"Accounts 6100 to 6180 in {period}, {currency}",
            ["campaign", "creator", "account", "name", "cost"], cost_rows, money=1,
        ),
        _section(
            "Roll-forward", f"Prepaid, accrued and payable in {currency}, debit positive",
            ["account", "name", "opening", "debits", "credits", "closing"],
            _rolled(opening, closing, entries, currency), money=4,
        ),
        _section(
            "Bridge", f"From reported to return by campaign, {period}, {currency}",
            ["campaign", "step", "kind", "account", "amount"],
            _bridge_rows(known, period), money=1,
        ),
        _section(
            "Booked by rule", f"Entries of {period}; cost in {currency}",
            ["rule", "kind", "entries", "cost"],
            _by_rule(entries, currency), money=1,
        ),
        _section(
            "Late adjustments", "Facts of closed periods, booked here",
            ["late for", "event", "rule", "memo", "cost"],
            [
                [entry.late_for_period, entry.source_event.partition("#")[0], entry.rule,
                 entry.memo, format_minor(_cost(entry), currency)]
                for entry in entries if entry.late_for_period
            ],
            money=1,
        ),
    ]  # fmt: skip


def _by_rule(entries: Sequence[Entry], currency: str) -> list[list[Any]]:
    return [
        [row["rule"], row["kind"], row["entries"], format_minor(row["cost_minor"], currency)]
        for row in accruals_by_rule(entries)
    ]


def _section(
    title: str, note: str, columns: Sequence[str], rows: list[list[Any]], *, money: int
) -> Section:
    """Write a section; its last `money` columns hold amounts."""
    cells = [Cell.TEXT.value] * (len(columns) - money) + [Cell.MONEY.value] * money
    return {
        "title": title,
        "note": note,
        "columns": [[name, cell] for name, cell in zip(columns, cells, strict=True)],
        "rows": rows,
    }


def _balance_rows(balances: Sequence[Balance], currency: str) -> list[list[Any]]:
    rows = [
        [item.account, CHART[item.account].name, item.currency,
         format_minor(item.amount_minor, item.currency), format_minor(item.base_minor, currency)]
        for item in balances if item.amount_minor or item.base_minor
    ]  # fmt: skip
    total = sum(item.base_minor for item in balances)
    return [*rows, ["total", "", "", "", format_minor(total, currency)]]


def _rolled(
    opening: Sequence[Balance], closing: Sequence[Balance], entries: Sequence[Entry], currency: str
) -> list[list[Any]]:
    begin, end = _by_account(opening), _by_account(closing)
    debits: dict[str, int] = defaultdict(int)
    credits_: dict[str, int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            side = debits if posting.base_minor > 0 else credits_
            side[posting.account] += posting.base_minor
    return [
        [account, CHART[account].name, *(
            format_minor(side.get(account, 0), currency)
            for side in (begin, debits, credits_, end)
        )]
        for account in ROLLED
        if begin.get(account) or end.get(account) or debits.get(account)
    ]  # fmt: skip


def _by_account(balances: Sequence[Balance]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for item in balances:
        found[item.account] += item.base_minor
    return found


def _bridge_rows(known: Knowledge, period: Period) -> list[list[Any]]:
    currency = known.ground.brand.currency
    return [
        [row.campaign or "unallocated", row.step, row.kind, row.account or "",
         _amount(row, currency)]
        for row in bridge_rows(known, period=period)
    ]  # fmt: skip


def _amount(row: BridgeRow, currency: str) -> str:
    """Write a step's amount; one that is not known is empty, or says in words why."""
    if row.amount is not None:
        return format_minor(row.amount, currency)
    if row.withheld is None:
        return ""
    reason = row.withheld.reason.value.lower().replace("_", " ")
    return f"withheld: {reason}"


def _cost(entry: Entry) -> int:
    return sum(p.base_minor for p in entry.postings if p.account in COST_ACCOUNTS)
