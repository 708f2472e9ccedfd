"""Reporting: which finance reports there are, and what of the books each of them is asked for.

In:   a report's name, periods, a campaign or creator, and up to when the books count as known.
Out:  a Statement of `reports`, and the sentence that says what it is of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Instant, Period, brand_day
from truelift.facts.words import hashed_party
from truelift.ledger.movement import Span
from truelift.operations import statements
from truelift.operations.closes import closes
from truelift.operations.knowledge import Knowledge, knowledge, newest_recording
from truelift.operations.people import Action, needs
from truelift.operations.statements import Books
from truelift.reports.roi import instant_text
from truelift.reports.statement import CAMPAIGN, CREATOR, PERIOD, STATEMENTS, Statement
from truelift.store import control_records, journal_reports
from truelift.store.ground import Ground

MAKERS: dict[str, Callable[[Books], Statement]] = {
    "pnl": statements.profit_and_loss,
    "accruals": statements.accruals,
    "prepaid": statements.prepayments,
    "commitments": statements.commitments,
    "budget": statements.budgets,
    "commission": statements.commission,
    "exceptions": statements.exceptions,
    "late": statements.late_adjustments,
    "restatements": statements.restatements,
    "ageing": statements.ageing,
    "tax": statements.taxes,
    "journal-audit": statements.audit_log,
}
"""How each report of STATEMENTS is made."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What was asked of a report; a period is a month such as 2026-05.

    as_closed: as the books were when the last period of the span was closed; no known_at then.
    """

    name: str
    period: str | None = None
    first: str | None = None
    last: str | None = None
    campaign: str | None = None
    creator: str | None = None
    as_closed: bool = False
    known_at: Instant | None = None


COUNTERPARTY = "counterparty"


@dataclass(frozen=True, slots=True)
class Reported:
    """A finance report, up to when the books it shows were known, and whose they are in words."""

    statement: Statement
    known_at: Instant
    heading: str


@needs(Action.READ)
def report(ground: Ground, request: ReportRequest) -> Reported:
    """Give a finance report.

    UsageError for a report, a period or a narrowing that it does not know; NotFound for a campaign
    or creator that nothing names.
    """
    _check(request)
    span = _span(request)
    closed = closes(ground, request.known_at)
    known_at = request.known_at or newest_known(ground)
    if request.as_closed:
        span, known_at = _as_closed(span, closed)
        closed = {period: at for period, at in closed.items() if at <= known_at}
    known = knowledge(ground, known_at=known_at)
    scope = journal_reports.Scope(ground.brand.brand, known_at, request.campaign, request.creator)
    books = Books(known, scope, span, closed, _today(known.as_of, ground, span))
    for dimension in (CAMPAIGN, CREATOR):
        _refuse_unknown(books, dimension, getattr(request, dimension))
    brand = ground.brand
    heading = f"{brand.brand}, {brand.currency}, as known at {instant_text(known_at)};"
    made = _with_names(MAKERS[request.name](books), known)
    return Reported(made, known_at, heading)


def _with_names(statement: Statement, known: Knowledge) -> Statement:
    """Put the names of parties where the books hold pseudonyms: the cost documents still say them.

    A name that was erased since stays a pseudonym.
    """
    salt = known.ground.customer_salt
    named = {row["counterparty"] for row in known.read("ledger.costs").to_pylist()} - {None}
    names = {hashed_party(name, salt): name for name in named}
    rows = tuple(
        {**row, COUNTERPARTY: names.get(row[COUNTERPARTY], row[COUNTERPARTY])}
        if row.get(COUNTERPARTY)
        else row
        for row in statement.rows
    )
    return replace(statement, rows=rows)


def newest_known(ground: Ground) -> Instant:
    """Give the newest recording of a file, an entry or a decision; never the clock."""
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        times = (
            journal_reports.newest_entry(connection, brand),
            journal_reports.newest_import(connection, brand),
            control_records.newest_recording(connection, brand),
        )
    return max([newest_recording(ground), *(time for time in times if time is not None)])


def _check(request: ReportRequest) -> None:
    """Refuse what the report cannot be asked, or what contradicts itself."""
    if request.name not in STATEMENTS:
        msg = f"There is no report {request.name!r}; ask for one of {', '.join(STATEMENTS)}."
        raise UsageError(msg)
    _, takes = STATEMENTS[request.name]
    spans = request.period or request.first or request.last or request.as_closed
    given = {
        CAMPAIGN: request.campaign is not None,
        CREATOR: request.creator is not None,
        PERIOD: bool(spans),
    }
    for name, there in given.items():
        if there and name not in takes:
            msg = f"The report {request.name} is not by {name}; leave --{name} out."
            raise UsageError(msg)
    if request.period is not None and (request.first or request.last):
        msg = "Give either --period or --from and --to, not both."
        raise UsageError(msg)
    if request.as_closed and request.known_at is not None:
        msg = "Give either --as-closed or --known-at; a close has a time of its own."
        raise UsageError(msg)


def _span(request: ReportRequest) -> Span:
    first, last = (_month(text) for text in (request.first, request.last))
    if request.period is not None:
        first = last = _month(request.period)
    if first and last and last < first:
        msg = f"--from {first} is after --to {last}; turn them round."
        raise UsageError(msg)
    return Span(first, last)


def _month(text: str | None) -> str | None:
    try:
        return None if text is None else str(Period.parse(text))
    except ValueError:
        msg = f"{text!r} is not a period; write a month such as 2026-05."
        raise UsageError(msg) from None


def _as_closed(span: Span, closed: dict[str, Instant]) -> tuple[Span, Instant]:
    """Give the span up to its last period and when that was closed."""
    last = span.last or max(closed, default=None)
    if last is None or last not in closed:
        what = f"The period {last} is not closed" if last else "No period is closed yet"
        msg = f"{what}; leave --as-closed out, or ask for a period that is closed."
        raise UsageError(msg)
    return Span(span.first, last), closed[last]


def _today(as_of: Instant, ground: Ground, span: Span) -> dt.date:
    """Give the newest day in the data, or the last day of the span when that is earlier."""
    newest = brand_day(as_of, ground.brand.timezone)
    return newest if span.last is None else min(newest, Period.parse(span.last).last_day)


def _refuse_unknown(books: Books, dimension: str, name: str | None) -> None:
    if name is None:
        return
    known = books.known
    for kind in (f"{dimension}s", "agreements"):
        if any(row[dimension] == name for row in known.rows(kind)):
            return
    ground = known.ground
    with ground.workspace.transaction() as connection:
        if journal_reports.named(connection, ground.brand.brand, dimension, name):
            return
    msg = f"There is no {dimension} {name!r} in this brand; see `truelift roi --by {dimension}`."
    raise NotFound(msg)
