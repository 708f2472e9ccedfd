"""Grouped reads of the journal for the finance reports; nothing is read line by line.

In:   a connection, a brand, a span of periods, a recording time, when periods were closed.
Out:  sums of postings, as the pure stages take them (ledger.movement, ledger.open_items, reports).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, and_, case, false, func, or_, select

from truelift.base.time import Instant
from truelift.ledger.chart import (
    CHART,
    COMMITMENT,
    COST_ACCOUNTS,
    OTHER_COST,
    PAYABLE,
    REALISED_FX,
    Book,
)
from truelift.ledger.journal import REVERSAL
from truelift.ledger.movement import (
    ACCRUING_RULES,
    INVOICE_RULE,
    PENDING_COMMISSION,
    REMEASUREMENT_RULE,
    TAKING_BACK_RULES,
    VALIDATED_COMMISSION,
    Holder,
    Movement,
    Span,
)
from truelift.ledger.open_items import DayMoves, Party
from truelift.reports.commission import EARNED, REVERSED, OrderSums
from truelift.reports.commitments import CommitmentLine
from truelift.reports.payables import TAX_ACCOUNTS, TaxLine
from truelift.reports.profit_loss import CostLine
from truelift.reports.restatement import AccountSums, LateEntry, Restating
from truelift.store.catalog_tables import QUARANTINE_ORDER, imported_file, quarantine
from truelift.store.journal import instant_text
from truelift.store.journal_tables import grouped, journal_entry, journal_posting, period_status

_ENTRY, _LINE = journal_entry.c, journal_posting.c
_SAME = and_(_LINE.brand == _ENTRY.brand, _LINE.seq == _ENTRY.seq)
_ROWS = journal_entry.join(journal_posting, _SAME)
_EXCHANGE = (REALISED_FX, "7110")
_COMMISSION = (PENDING_COMMISSION, VALIDATED_COMMISSION)
_FINANCIAL = [number for number, account in CHART.items() if account.book is Book.FIN]

Closes = Mapping[str, Instant]
"""When each closed period was closed: entries recorded later are not in its close."""


class Scope(NamedTuple):
    """Which postings a report is of; None leaves a condition out."""

    brand: str
    known_at: Instant
    campaign: str | None = None
    creator: str | None = None

    def conditions(self, span: Span | None = None) -> list[ColumnElement[bool]]:
        """Give the conditions on entries and postings; span: the periods they stand in."""
        found = [
            _ENTRY.brand == self.brand,
            _ENTRY.recorded_at <= instant_text(self.known_at),
        ]
        if self.campaign is not None:
            found.append(_LINE.campaign == self.campaign)
        if self.creator is not None:
            found.append(_LINE.creator == self.creator)
        if span is not None and span.first is not None:
            found.append(_ENTRY.period >= span.first)
        if span is not None and span.last is not None:
            found.append(_ENTRY.period <= span.last)
        return found


def newest_entry(connection: Connection, brand: str) -> Instant | None:
    """Give when the newest entry was recorded; None for an empty journal."""
    query = select(func.max(_ENTRY.recorded_at)).where(_ENTRY.brand == brand)
    found = connection.execute(query).scalar()
    return None if found is None else dt.datetime.fromisoformat(found)


def newest_import(connection: Connection, brand: str) -> Instant | None:
    """Give when the newest file was imported, whatever became of its rows; None before any."""
    columns = imported_file.c
    found: Instant | None = connection.execute(
        select(func.max(columns.recorded_at)).where(columns.brand == brand)
    ).scalar()
    return found


def named(connection: Connection, brand: str, dimension: str, name: str) -> bool:
    """Say whether any posting names a campaign or creator."""
    query = select(_LINE.seq).where(_LINE.brand == brand, _LINE[dimension] == name).limit(1)
    return connection.execute(query).first() is not None


def cost_lines(connection: Connection, scope: Scope, span: Span, closes: Closes) -> list[CostLine]:
    """Sum the cost accounts of the entries that stand in a span or belong to it."""
    in_close = _in_close(closes)
    keys = (
        _ENTRY.period, _ENTRY.late_for_period, _LINE.campaign, _LINE.creator, _LINE.account,
        _LINE.currency, in_close,
    )  # fmt: skip
    query = grouped(
        select(*keys, func.sum(_LINE.amount_minor), func.sum(_LINE.base_minor))
        .select_from(_ROWS)
        .where(*scope.conditions(), _LINE.account.in_(COST_ACCOUNTS), _touches(span)),
        keys,
    )
    return [
        CostLine._make((*row[:6], bool(row[6]), *map(int, row[7:])))
        for row in connection.execute(query)
    ]


def movements(
    connection: Connection, scope: Scope, accounts: Sequence[str], span: Span
) -> list[Movement]:
    """Sum what moved some accounts up to the end of a span, by holder, rule and kind.

    What only rates moved, and what an invoice released, is read beside each posting by its key.
    """
    before = _ENTRY.period < span.first if span.first is not None else false()
    lines = (
        select(
            _LINE.account, _LINE.agreement, _LINE.creator, before.label("before"), _ENTRY.rule,
            _ENTRY.kind, _LINE.base_minor, _exchange().label("exchange"),
            _released().label("released"),
        )
        .select_from(_ROWS)
        .where(*scope.conditions(Span(None, span.last)), _LINE.account.in_(accounts))
        .subquery()
    )  # fmt: skip
    *keys, base, exchange, released = lines.c
    query = grouped(select(*keys, func.sum(base), func.sum(exchange), func.sum(released)), keys)
    return [
        Movement(*row[:3], bool(row[3]), *row[4:6], *map(int, row[6:]))
        for row in connection.execute(query)
    ]


def balances(
    connection: Connection, scope: Scope, accounts: Sequence[str], last: str | None
) -> dict[Holder, int]:
    """Give what stands on some accounts at the end of a period, in the brand's currency."""
    keys = (_LINE.account, _LINE.agreement, _LINE.creator)
    query = grouped(
        select(*keys, func.sum(_LINE.base_minor))
        .select_from(_ROWS)
        .where(*scope.conditions(Span(None, last)), _LINE.account.in_(accounts)),
        keys,
    )
    return {Holder(*row[:3]): int(row[3]) for row in connection.execute(query)}


def commitment_lines(
    connection: Connection, scope: Scope, last: str | None
) -> list[CommitmentLine]:
    """Sum the commitment account by agreement and kind; what was committed first stands apart.

    A fee and usage rights are signed as one price; what a later recording changes is an amendment.
    """
    conditions = scope.conditions(Span(None, last))
    lines = (
        select(
            _LINE.agreement, _LINE.creator, _LINE.campaign, _LINE.currency, _ENTRY.kind,
            _LINE.amount_minor, _LINE.base_minor, _ENTRY.effective_date,
            func.min(case((_ENTRY.kind == "commitment", _ENTRY.effective_date)))
            .over(partition_by=_LINE.agreement)
            .label("first_day"),
            _ENTRY.recorded_at,
            func.min(case((_ENTRY.kind == "commitment", _ENTRY.recorded_at)))
            .over(partition_by=_LINE.agreement)
            .label("first_recorded"),
        )
        .select_from(_ROWS)
        .where(*conditions, _LINE.account == COMMITMENT)
        .subquery()
    )  # fmt: skip
    found = lines.c
    signed = and_(
        found.kind == "commitment",
        found.effective_date == found.first_day,
        found.recorded_at == found.first_recorded,
    )
    first = case((signed, 1), else_=0)
    keys = (found.agreement, found.creator, found.campaign, found.currency, found.kind, first)
    query = grouped(select(*keys, func.sum(found.amount_minor), func.sum(found.base_minor)), keys)
    return [
        CommitmentLine(*row[:5], bool(row[5]), int(row[6]), int(row[7]))
        for row in connection.execute(query)
    ]


def day_moves(
    connection: Connection, scope: Scope, accounts: Sequence[str], last: str | None
) -> list[DayMoves]:
    """Give what each day did to the liabilities that have a balance, by party, oldest day first."""
    parties = (
        _LINE.account, _LINE.counterparty, _LINE.creator, _LINE.campaign, _LINE.agreement,
        _LINE.currency,
    )  # fmt: skip
    amount = _LINE.amount_minor
    days = (
        select(
            *parties,
            _ENTRY.effective_date.label("day"),
            -func.sum(case((amount < 0, amount), else_=0)).label("added"),
            func.sum(case((amount > 0, amount), else_=0)).label("taken"),
            -func.sum(_LINE.base_minor).label("base"),
        )
        .select_from(_ROWS)
        .where(*scope.conditions(Span(None, last)), _LINE.account.in_(accounts))
        .group_by(*parties, _ENTRY.effective_date)
        .subquery()
    )  # fmt: skip
    *keys, _day, added, taken, base = days.c
    windowed = select(
        *days.c,
        func.sum(added - taken).over(partition_by=keys).label("open_amount"),
        func.sum(base).over(partition_by=keys).label("open_base"),
    ).subquery()
    query = (
        select(*list(windowed.c)[:-2])
        .where(or_(windowed.c.open_amount != 0, windowed.c.open_base != 0))
        .order_by(*(func.coalesce(windowed.c[key.name], "") for key in keys), windowed.c.day)
    )
    return [
        DayMoves(Party(*row[:6]), dt.date.fromisoformat(row[6]), *map(int, row[7:]))
        for row in connection.execute(query)
    ]


def commission_accounts(
    connection: Connection, scope: Scope, span: Span
) -> list[tuple[str | None, str | None, str, str, str, str, int, int]]:
    """Sum the commission accounts by agreement, currency, account, rule and kind.

    The last two are the amount and the part that an invoice released, debit positive.
    """
    keys = (_LINE.agreement, _LINE.creator, _LINE.currency, _LINE.account, _ENTRY.rule, _ENTRY.kind)
    lines = (
        select(*keys, _LINE.amount_minor, _released("amount_minor").label("released"))
        .select_from(_ROWS)
        .where(*scope.conditions(span), _LINE.account.in_(_COMMISSION))
        .subquery()
    )
    *named_keys, amount, released = lines.c
    query = (
        select(*named_keys, func.sum(amount), func.sum(released))
        .group_by(*named_keys)
        .order_by(*(func.coalesce(each, "") for each in named_keys))
    )
    return [(*row[:6], int(row[6]), int(row[7])) for row in connection.execute(query)]


def payments(
    connection: Connection, scope: Scope, span: Span
) -> list[tuple[str | None, str | None, str, str, int]]:
    """Sum what payments took off the payables under agreements that earn commission.

    Rows: agreement, creator, currency, source event, amount (without recoverable tax).
    """
    earning = (
        select(_LINE.agreement)
        .where(_LINE.brand == scope.brand, _LINE.account.in_(_COMMISSION))
        .where(_LINE.agreement.is_not(None))
        .distinct()
    )
    keys = (_LINE.agreement, _LINE.creator, _LINE.currency, _ENTRY.source_event)
    query = grouped(
        select(*keys, func.sum(_LINE.amount_minor))
        .select_from(_ROWS)
        .where(*scope.conditions(span), _ENTRY.rule.in_(("R16", "R18")))
        .where(_LINE.account == PAYABLE, _LINE.tax_code.is_(None), _LINE.agreement.in_(earning)),
        keys,
    )
    return [(*row[:4], int(row[4])) for row in connection.execute(query)]


def commission_orders(connection: Connection, scope: Scope, span: Span) -> list[OrderSums]:
    """Sum what each order earned and its refunds took back, in the agreement's currency."""
    expense = "6110"
    event = _ENTRY.source_event
    keys = (event, _LINE.agreement, _LINE.campaign, _LINE.currency, _ENTRY.rule)
    query = grouped(
        select(*keys, func.sum(_LINE.amount_minor))
        .select_from(_ROWS)
        .where(*scope.conditions(span), _LINE.account == expense)
        .where(_ENTRY.rule.in_((EARNED, REVERSED))),
        keys,
    )
    found: dict[tuple[Any, ...], list[int]] = {}
    for source, agreement, campaign, currency, rule, amount in connection.execute(query):
        key = (_order_of(source, rule), agreement, campaign, currency)
        sums = found.setdefault(key, [0, 0])
        sums[rule == REVERSED] += int(amount) if rule == EARNED else -int(amount)
    return [OrderSums(*key, *sums) for key, sums in found.items() if any(sums)]


def tax_lines(connection: Connection, scope: Scope, span: Span) -> list[TaxLine]:
    """Sum the tax accounts, and irrecoverable tax of invoices, by period and counterparty.

    What a close remeasures is exchange on tax that is still owed, and no tax.
    """
    keys = (_ENTRY.period, _LINE.account, _LINE.counterparty, _LINE.currency)
    irrecoverable = and_(_LINE.account == OTHER_COST, _ENTRY.rule == INVOICE_RULE)
    query = grouped(
        select(*keys, func.sum(_LINE.amount_minor), func.sum(_LINE.base_minor))
        .select_from(_ROWS)
        .where(*scope.conditions(span), or_(_LINE.account.in_(TAX_ACCOUNTS), irrecoverable))
        .where(_ENTRY.rule != REMEASUREMENT_RULE),
        keys,
    )
    lines = [TaxLine(*row[:4], int(row[4]), int(row[5])) for row in connection.execute(query)]
    return [line for line in lines if line.amount_minor or line.base_minor]


def account_sums(connection: Connection, scope: Scope, closes: Closes) -> list[AccountSums]:
    """Sum the financial accounts by period, the period they are late for, and their close."""
    in_close = _in_close(closes)
    keys = (_ENTRY.period, _ENTRY.late_for_period, _LINE.account, in_close)
    query = grouped(
        select(*keys, func.sum(_LINE.base_minor))
        .select_from(_ROWS)
        .where(*scope.conditions(), _LINE.account.in_(_FINANCIAL))
        .where(or_(_ENTRY.period.in_(closes), _ENTRY.late_for_period.in_(closes))),
        keys,
    )
    return [
        AccountSums._make((*row[:3], bool(row[3]), *map(int, row[4:])))
        for row in connection.execute(query)
    ]


def restating(connection: Connection, scope: Scope, closes: Closes) -> list[Restating]:
    """Give the entries that came late for a closed period or after its close, by account."""
    in_close = _in_close(closes)
    keys = (
        _ENTRY.seq, _ENTRY.entry_id, _ENTRY.period, _ENTRY.late_for_period, in_close,
        _ENTRY.source_event, _ENTRY.memo, _LINE.account,
    )  # fmt: skip
    moved = and_(_ENTRY.period.in_(closes), in_close == 0)
    late = and_(
        _ENTRY.late_for_period.is_not(None),
        or_(_ENTRY.period.in_(closes), _ENTRY.late_for_period.in_(closes)),
    )
    query = (
        select(*keys, func.sum(_LINE.base_minor))
        .select_from(_ROWS)
        .where(*scope.conditions(), _LINE.account.in_(_FINANCIAL), or_(moved, late))
        .group_by(*keys)
        .order_by(_ENTRY.seq, _LINE.account)
    )
    return [
        Restating._make((*row[1:4], bool(row[4]), *row[5:8], *map(int, row[8:])))
        for row in connection.execute(query)
    ]


def late_entries(connection: Connection, scope: Scope, span: Span) -> list[LateEntry]:
    """Give the entries of a span that are late for a closed period, in the order of the chain."""
    keys = (
        _ENTRY.seq, _ENTRY.period, _ENTRY.late_for_period, _ENTRY.entry_id, _ENTRY.source_event,
        _ENTRY.rule, _ENTRY.kind, _LINE.campaign, _LINE.creator, _ENTRY.recorded_at, _ENTRY.memo,
    )  # fmt: skip
    base = _LINE.base_minor
    cost = func.sum(case((_LINE.account.in_(COST_ACCOUNTS), base), else_=0))
    query = (
        select(*keys, cost, func.sum(case((base > 0, base), else_=0)))
        .select_from(_ROWS)
        .where(*scope.conditions(span), _ENTRY.late_for_period.is_not(None))
        .where(_LINE.account.in_(_FINANCIAL))
        .group_by(*keys)
        .order_by(_ENTRY.seq, func.coalesce(_LINE.campaign, ""), func.coalesce(_LINE.creator, ""))
    )
    return [
        LateEntry(*row[1:9], int(row[11]), int(row[12]), dt.datetime.fromisoformat(row[9]), row[10])
        for row in connection.execute(query)
    ]


def bookings(connection: Connection, brand: str, known_at: Instant) -> list[tuple[Instant, int]]:
    """Give how many entries were written at each recording time."""
    query = (
        select(_ENTRY.recorded_at, func.count())
        .where(_ENTRY.brand == brand, _ENTRY.recorded_at <= instant_text(known_at))
        .group_by(_ENTRY.recorded_at)
        .order_by(_ENTRY.recorded_at)
    )
    return [(dt.datetime.fromisoformat(at), count) for at, count in connection.execute(query)]


def closed_periods(
    connection: Connection, brand: str, known_at: Instant | None
) -> dict[str, Instant]:
    """Give when the status of each closed period was last changed, as far as it was known."""
    columns = period_status.c
    query = select(columns.period, columns.changed_at).where(
        columns.brand == brand, columns.status == "closed"
    )
    if known_at is not None:
        query = query.where(columns.changed_at <= instant_text(known_at))
    rows = connection.execute(query.order_by(columns.period))
    return {period: dt.datetime.fromisoformat(at) for period, at in rows}


def period_changes(
    connection: Connection, brand: str, known_at: Instant
) -> list[tuple[Instant, str, str, str]]:
    """Give when, by whom and to what the status of each period was last changed."""
    columns = period_status.c
    query = (
        select(columns.changed_at, columns.changed_by, columns.period, columns.status)
        .where(columns.brand == brand, columns.changed_at <= instant_text(known_at))
        .order_by(columns.period)
    )
    return [(dt.datetime.fromisoformat(at), *more) for at, *more in connection.execute(query)]


def refused_rows(
    connection: Connection, brand: str, kinds: Sequence[str], known_at: Instant
) -> list[Mapping[str, Any]]:
    """Give the rows of some kinds that were in quarantine at a time, by file and line."""
    columns = quarantine.c
    later = or_(columns.resolved_at.is_(None), columns.resolved_at > known_at)
    query = (
        select(quarantine)
        .where(columns.brand == brand, columns.kind.in_(kinds))
        .where(columns.recorded_at <= known_at, later)
        .order_by(*QUARANTINE_ORDER)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _in_close(closes: Closes) -> ColumnElement[int]:
    """Say (1 or 0) whether an entry was in the books of its period when that was closed."""
    whens = [
        (and_(_ENTRY.period == period, _ENTRY.recorded_at <= instant_text(at)), 1)
        for period, at in sorted(closes.items())
    ]
    return case(*(whens or [(_ENTRY.period == "", 1)]), else_=0)


def _touches(span: Span) -> ColumnElement[bool]:
    """Say whether an entry stands in a span or belongs to it."""
    belongs = func.coalesce(_ENTRY.late_for_period, _ENTRY.period)
    parts = [
        and_(*([column >= span.first] if span.first else []),
             *([column <= span.last] if span.last else []))
        for column in (_ENTRY.period, belongs)
        if span.first or span.last
    ]  # fmt: skip
    return or_(*parts) if parts else sa.true()


def _exchange() -> ColumnElement[int]:
    """Give the part of an accrual that is exchange: what its entry booked there, turned round."""
    beside = journal_posting.alias("beside_exchange")
    booked = (
        select(-func.coalesce(func.sum(beside.c.base_minor), 0))
        .where(beside.c.brand == _LINE.brand, beside.c.seq == _LINE.seq)
        .where(beside.c.account.in_(_EXCHANGE))
        .scalar_subquery()
    )
    mixed = _ENTRY.rule.in_(sorted(ACCRUING_RULES | TAKING_BACK_RULES))
    accrued = _LINE.account.startswith("2")
    return case((and_(mixed, accrued), booked), else_=0)


def _released(column: str = "base_minor") -> ColumnElement[int]:
    """Give the part of an invoice's accrual that its entry took off the expense again."""
    beside = journal_posting.alias(f"beside_{column}")
    amount = beside.c[column]
    reversed_ = _ENTRY.kind.startswith(REVERSAL)
    back = or_(and_(reversed_, amount > 0), and_(~reversed_, amount < 0))
    taken = (
        select(-func.coalesce(func.sum(amount), 0))
        .where(beside.c.brand == _LINE.brand, beside.c.seq == _LINE.seq)
        .where(beside.c.account.in_(COST_ACCOUNTS), back)
        .correlate(journal_posting, journal_entry)
        .scalar_subquery()
    )
    return case((and_(_ENTRY.rule == INVOICE_RULE, _LINE.account.startswith("2")), taken), else_=0)


def _order_of(source_event: str, rule: str) -> str:
    """Give the order behind an entry: `order:KEY@..` or `refund:REFUND>KEY@..`."""
    event = source_event.rpartition("@")[0]
    return event.removeprefix("order:") if rule == EARNED else event.rpartition(">")[2]
