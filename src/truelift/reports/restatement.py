"""Restatements: what a period looked like when it was closed, what it looks like now, and why.

In:   sums by period and account, the entries that came late or after a close.
Out:  Statements: per closed period and account with the entries behind each difference; and the
      late adjustments on their own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from truelift.ledger.chart import CHART
from truelift.ledger.movement import Span
from truelift.reports.statement import Row, Statement, columns, totals
from truelift.reports.table import Cell, TableColumn

MONEY = ("as_closed", "as_known", "difference", "explained", "residual")
_COLUMNS = columns(
    "period", "account", "name", "entry", "event", "posted_in", money=MONEY, last=("memo",)
)
SENTENCE = (
    "as_known: late facts in the period they belong to; an entry's row says what it changes in the "
    "period; difference less what the entries explain is the residual, 0."
)
_LATE_COLUMNS = (
    *columns("posted_in", "late_for", "entry", "event", "rule", "kind", "campaign", "creator"),
    *columns(money=("cost", "moved")),
    TableColumn("recorded_at", Cell.INSTANT),
    TableColumn("memo"),
)
LATE_SENTENCE = (
    "facts that came after their period was closed; cost: on accounts 6100 to 6180; moved: all "
    "debits of the entry."
)
MARK = "@"


class AccountSums(NamedTuple):
    """Postings of one account by the period they stand in and the one they are late for."""

    period: str
    late_for: str | None
    account: str
    in_close: bool
    base_minor: int


class Restating(NamedTuple):
    """One account of an entry that came late, or after its period was closed (not in_close)."""

    entry_id: str
    period: str
    late_for: str | None
    in_close: bool
    source_event: str
    memo: str
    account: str
    base_minor: int


class LateEntry(NamedTuple):
    """An entry that is late for a closed period, by campaign and creator."""

    period: str
    late_for: str
    entry_id: str
    source_event: str
    rule: str
    kind: str
    campaign: str | None
    creator: str | None
    cost_minor: int
    moved_minor: int
    recorded_at: dt.datetime
    memo: str


def restatements(
    sums: Iterable[AccountSums],
    entries: Iterable[Restating],
    closed: Collection[str],
    span: Span,
    currency: str,
) -> Statement:
    """Write the report of the closed periods in the span; accounts that did not change too."""
    shown = {period for period in closed if period in span}
    as_closed = defaultdict[tuple[str, str], int](int)
    as_known = defaultdict[tuple[str, str], int](int)
    for line in sums:
        if line.period in shown and line.in_close:
            as_closed[line.period, line.account] += line.base_minor
        belongs = line.late_for or line.period
        if belongs in shown:
            as_known[belongs, line.account] += line.base_minor
    behind = defaultdict[tuple[str, str], list[tuple[Restating, int]]](list)
    for entry in entries:
        for period, effect in _effects(entry):
            if period in shown:
                behind[period, entry.account].append((entry, effect))
    rows: list[Row] = []
    whole: list[Row] = []
    for period, account in sorted({*as_closed, *as_known, *behind}):
        key = period, account
        found = behind[key]
        difference = as_known[key] - as_closed[key]
        explained = sum(effect for _, effect in found)
        head: dict[str, object] = {
            "period": period,
            "account": account,
            "currency": currency,
        }
        row = head | {
            "name": CHART[account].name,
            "as_closed": as_closed[key],
            "as_known": as_known[key],
            "difference": difference,
            "explained": explained,
            "residual": difference - explained,
        }
        whole.append(row)
        rows += [row, *(head | _behind(entry, effect) for entry, effect in found)]
    return Statement(
        "restatements", f"Restatements of closed periods, {span}", _COLUMNS, tuple(rows),
        totals(whole, MONEY, "account"), (SENTENCE,),
    )  # fmt: skip


def _effects(entry: Restating) -> list[tuple[str, int]]:
    """Say what an entry changes between as closed and as known: here more, there less."""
    belongs = entry.late_for or entry.period
    effects = [(belongs, entry.base_minor)]
    if entry.in_close:
        effects.append((entry.period, -entry.base_minor))
    return effects


def _behind(entry: Restating, effect: int) -> dict[str, object]:
    return {
        "entry": entry.entry_id,
        "event": event_of(entry.source_event),
        "posted_in": entry.period,
        "explained": effect,
        "memo": entry.memo,
    }


def late_adjustments(entries: Iterable[LateEntry], span: Span, currency: str) -> Statement:
    """Write the late adjustments posted in a span, in the order they were recorded."""
    rows = tuple(
        {
            "posted_in": entry.period,
            "late_for": entry.late_for,
            "entry": entry.entry_id,
            "event": event_of(entry.source_event),
            "rule": entry.rule,
            "kind": entry.kind,
            "campaign": entry.campaign,
            "creator": entry.creator,
            "currency": currency,
            "cost": entry.cost_minor,
            "moved": entry.moved_minor,
            "recorded_at": entry.recorded_at,
            "memo": entry.memo,
        }
        for entry in entries
    )
    return Statement(
        "late", f"Late adjustments, {span}", _LATE_COLUMNS, rows,
        totals(rows, ("cost", "moved"), "posted_in"), (LATE_SENTENCE,),
    )  # fmt: skip


def event_of(source_event: str) -> str:
    """Give the fact behind an entry, without the digest of what it means for the books."""
    event, mark, _ = source_event.rpartition(MARK)
    return event if mark else source_event
