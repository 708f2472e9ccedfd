"""Balances of the journal by SQL: trial balance, cost by campaign and creator, states of cost.

In:   a connection, a brand, and up to which day and recording time.
Out:  the same rows as `ledger.trial_balance`, for journals too long to read into memory.

A trial balance of whole periods, as known now, is read from `period_movement`; one as of a day
inside a period, or as known earlier, from the postings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, and_, case, func, or_, select

from truelift.base.time import Period
from truelift.ledger import chart
from truelift.ledger.chart import CHART, COST_ACCOUNTS, PREPAID_ACCOUNTS, Book
from truelift.ledger.identities import AgreementSum
from truelift.ledger.trial_balance import Balance, Cost
from truelift.store.accounting_periods import accounting_calendar
from truelift.store.journal import scope
from truelift.store.journal_tables import grouped, journal_entry, journal_posting, period_movement

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import ColumnElement, FromClause

    from truelift.base.time import Instant

_LINE = journal_posting.c
_SAME = and_(_LINE.brand == journal_entry.c.brand, _LINE.seq == journal_entry.c.seq)


class StateSums(NamedTuple):
    """What one campaign and creator cost by state, in minor units of the brand's currency.

    open_commitment: signed and neither accrued nor released. accrued: the cost accounts.
    accrued_commission: the part of it that is commission. invoiced and paid: at the booked amounts,
    without recoverable tax and exchange differences; an advance counts as both.
    """

    campaign: str | None
    creator: str | None
    open_commitment: int
    accrued: int
    accrued_commission: int
    invoiced: int
    paid: int

    @property
    def committed(self) -> int:
        """Give the fixed price signed less what was released; commission is apart.

        What is accrued without ever having been committed counts as committed by that.
        """
        return self.open_commitment + self.accrued - self.accrued_commission


def trial_balance(
    connection: Connection,
    brand: str,
    book: Book | None = Book.FIN,
    *,
    period: Period | None = None,
    as_of: dt.date | None = None,
    known_at: Instant | None = None,
) -> tuple[Balance, ...]:
    """Sum the postings by account and currency.

    book: one book, None for all. period, as_of, known_at: as in `journal.entries`.
    """
    source: FromClause
    calendar = accounting_calendar(connection, brand)
    through = None if as_of is None else calendar.period_of(as_of)
    whole = through is None or calendar.last_day(through) == as_of
    if known_at is None and whole:
        source, columns = period_movement, period_movement.c
        conditions = _whole_periods(brand, period, through)
    else:
        (source, conditions), columns = _rows(brand, period, as_of, known_at), _LINE
    if book is not None:
        accounts = [number for number, account in CHART.items() if account.book is book]
        conditions.append(columns.account.in_(accounts))
    query = (
        select(
            columns.account,
            columns.currency,
            func.sum(columns.amount_minor),
            func.sum(columns.base_minor),
        )
        .select_from(source)
        .where(*conditions)
        .group_by(columns.account, columns.currency)
        .order_by(columns.account, columns.currency)
    )
    return tuple(
        Balance(account, currency, int(amount), int(base))
        for account, currency, amount, base in connection.execute(query)
    )


def cost_by_campaign_creator(
    connection: Connection,
    brand: str,
    *,
    period: Period | None = None,
    as_of: dt.date | None = None,
    known_at: Instant | None = None,
) -> tuple[Cost, ...]:
    """Sum the cost accounts 6100-6180 of book `fin` by account, campaign and creator.

    Cost without campaign or creator has None there: it is unallocated, never left out.
    """
    source, conditions = _rows(brand, period, as_of, known_at)
    keys = (_LINE.account, _LINE.campaign, _LINE.creator)
    query = (
        select(*keys, func.sum(_LINE.base_minor))
        .select_from(source)
        .where(*conditions, _LINE.account.in_(COST_ACCOUNTS))
        .group_by(*keys)
        .order_by(_LINE.account, *(func.coalesce(each, "") for each in keys[1:]))
    )
    return tuple(Cost(*row[:3], int(row[3])) for row in connection.execute(query))


def states_by_campaign_creator(
    connection: Connection,
    brand: str,
    *,
    period: Period | None = None,
    as_of: dt.date | None = None,
    known_at: Instant | None = None,
) -> tuple[StateSums, ...]:
    """Sum the states of cost by campaign and creator, in the brand's currency."""
    conditions = scope(brand, period, as_of, known_at)
    rule = journal_entry.c.rule
    payable = and_(_LINE.account == chart.PAYABLE, _LINE.tax_code.is_(None))
    advance = and_(_LINE.account.in_(PREPAID_ACCOUNTS), rule == "R02")
    keys = (_LINE.campaign, _LINE.creator)
    query = (
        select(
            *keys,
            _sum(_LINE.account == chart.COMMITMENT),
            _sum(_LINE.account.in_(COST_ACCOUNTS)),
            _sum(_LINE.account == chart.COST_TYPES["commission"].expense),
            _sum(advance) - _sum(and_(payable, rule.in_(("R13", "R14")))),
            _sum(or_(advance, and_(payable, rule == "R16"))),
        )
        .select_from(journal_entry.join(journal_posting, _SAME))
        .where(*conditions)
        .group_by(*keys)
        .order_by(*(func.coalesce(each, "") for each in keys))
    )
    return tuple(StateSums(*row[:2], *map(int, row[2:])) for row in connection.execute(query))


def agreement_sums(connection: Connection, brand: str) -> tuple[AgreementSum, ...]:
    """Sum the postings of every agreement by currency, account, rule and kind, without tax."""
    keys = (
        _LINE.agreement, _LINE.currency, _LINE.account, journal_entry.c.rule, journal_entry.c.kind,
    )  # fmt: skip
    query = grouped(
        select(*keys, func.sum(_LINE.amount_minor))
        .select_from(journal_entry.join(journal_posting, _SAME))
        .where(_LINE.brand == brand, _LINE.agreement.is_not(None), _LINE.tax_code.is_(None)),
        keys,
    )
    return tuple(AgreementSum(*row[:5], int(row[5])) for row in connection.execute(query))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, _LINE.base_minor), else_=0))


def _whole_periods(
    brand: str, period: Period | None, through: Period | None
) -> list[ColumnElement[bool]]:
    columns = period_movement.c
    conditions: list[ColumnElement[bool]] = [columns.brand == brand]
    if period is not None:
        conditions.append(columns.period == str(period))
    if through is not None:
        conditions.append(columns.period <= str(through))
    return conditions


def _rows(
    brand: str, period: Period | None, as_of: dt.date | None, known_at: Instant | None
) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """Give where to sum from; the headers are joined only when one of their columns decides."""
    if period is None and as_of is None and known_at is None:
        return journal_posting, [_LINE.brand == brand]
    conditions = scope(brand, period, as_of, known_at)
    return journal_entry.join(journal_posting, _SAME), conditions
