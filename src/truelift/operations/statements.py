"""Statements: each finance report read from the books and handed to its view model.

In:   Books: what is known, the scope, the span of periods, the closes, the newest day.
Out:  Statements of `reports`. The catalogue of their names is `operations.reporting`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from truelift.base.estimate import Reason, Withheld
from truelift.base.money import translate
from truelift.base.time import Period, brand_day
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.movement import (
    ACCRUALS,
    INVOICE_RULE,
    PREPAYMENTS,
    VALIDATED_COMMISSION,
    Span,
)
from truelift.ledger.open_items import open_items
from truelift.operations.book_facts import source_facts
from truelift.operations.budget_versions import BUDGET_RATE, BUDGET_RATE_AGE, accepted_budget
from truelift.operations.knowledge import Knowledge, Row
from truelift.reports import audit, budget, payables, profit_loss, restatement, roll_forward
from truelift.reports import commission as commission_report
from truelift.reports import commitments as commitment_report
from truelift.reports import exceptions as exception_report
from truelift.reports.audit import Deed
from truelift.reports.commission import EARNED, REVERSED, CommissionSums
from truelift.reports.exceptions import Exceptional
from truelift.reports.statement import Statement
from truelift.store import (
    control_records,
    journal_balances,
    journal_exceptions,
    journal_reports,
    science_records,
)
from truelift.store import workspace_database as records
from truelift.store.journal_reports import Closes, Scope


@dataclass
class Books:
    """What a finance report is made from. today: the newest day in the data, or of the span."""

    known: Knowledge
    scope: Scope
    span: Span
    closed: Closes
    today: dt.date

    @property
    def currency(self) -> str:
        """Give the currency of the books."""
        return self.known.ground.brand.currency

    @cached_property
    def budget_rates(self) -> RateSet:
        """Give the imported budget rates."""
        rows = [
            RateRow(row["date"].isoformat(), row["base"], row["quote"], row["rate"], BUDGET_RATE)
            for row in self.known.rows("rates")
            if row["kind"] == BUDGET_RATE
        ]
        return RateSet(rows, max_age=BUDGET_RATE_AGE)

    def budget_rate(self, campaign: str | None, currency: str) -> Decimal | None:
        """Give the rate of a currency in a campaign's budget: as of its first day."""
        row = self.known.campaigns.get(campaign) if campaign is not None else None
        if row is None:
            return None
        found = self.budget_rates.find(row["starts"], currency, self.currency)
        return None if found is None else found.rate


def profit_and_loss(books: Books) -> Statement:
    """Give what creator campaigns cost, by period, campaign, creator and account."""
    with books.known.ground.workspace.transaction() as connection:
        lines = journal_reports.cost_lines(connection, books.scope, books.span, books.closed)
    return profit_loss.profit_and_loss(
        lines, books.span, books.closed, books.budget_rate, books.currency
    )


def accruals(books: Books) -> Statement:
    """Roll the accrued liabilities forward."""
    with books.known.ground.workspace.transaction() as connection:
        moved = journal_reports.movements(connection, books.scope, ACCRUALS, books.span)
        closing = journal_reports.balances(connection, books.scope, ACCRUALS, books.span.last)
    return roll_forward.accruals(moved, closing, books.span, books.currency)


def prepayments(books: Books) -> Statement:
    """Roll the prepayments forward."""
    with books.known.ground.workspace.transaction() as connection:
        moved = journal_reports.movements(connection, books.scope, PREPAYMENTS, books.span)
        closing = journal_reports.balances(connection, books.scope, PREPAYMENTS, books.span.last)
    return roll_forward.prepayments(moved, closing, books.span, books.currency)


def commitments(books: Books) -> Statement:
    """Give what is committed per agreement, and what of it can still be cancelled."""
    with books.known.ground.workspace.transaction() as connection:
        lines = journal_reports.commitment_lines(connection, books.scope, books.span.last)
    terms = {
        row["agreement"]: commitment_report.Terms(
            row["cancellable_until"], row["cancel_fee"], row["cancelled_on"]
        )
        for row in books.known.rows("agreements")
    }
    return commitment_report.commitments(lines, terms, books.today, books.currency)


def budgets(books: Books) -> Statement:
    """Give the budget of each campaign beside its states of cost up to the end of the span."""
    scope, last = books.scope, books.span.last
    with books.known.ground.workspace.transaction() as connection:
        states = journal_balances.states_by_campaign_creator(
            connection,
            scope.brand,
            as_of=None if last is None else Period.parse(last).last_day,
            known_at=scope.known_at,
        )
    spent: dict[str | None, budget.Spent] = {}
    for row in states:
        before = spent.get(row.campaign, budget.Spent())
        more = (row.committed, row.accrued_commission, row.accrued, row.invoiced, row.paid)
        spent[row.campaign] = budget.Spent(
            *(was + new for was, new in zip(before, more, strict=True))
        )
    given = {name: budget_of(books, row) for name, row in books.known.campaigns.items()}
    if scope.campaign is not None:
        spent = {name: states for name, states in spent.items() if name == scope.campaign}
        given = {name: amount for name, amount in given.items() if name == scope.campaign}
    spent = {name: states for name, states in spent.items() if any(states) or name in given}
    accepted = {name: found for name in given if (found := _accepted(books, name)) is not None}
    return budget.budgets(given, spent, books.span, books.currency, accepted)


def _accepted(books: Books, campaign: str) -> budget.Accepted | None:
    """Give the budget version in force; None where what was imported stands."""
    row = accepted_budget(books.known, campaign)
    if row is None:
        return None
    by = ", ".join(row["approved_by"])
    return budget.Accepted(row["budget"], row["version"], by, row["recorded_at"])


def budget_of(books: Books, campaign: Row) -> int | Withheld | None:
    """Give a campaign's budget in the brand's currency, at its own budget rate."""
    amount, currency = campaign["budget"], campaign["currency"]
    if amount is None or currency == books.currency:
        whole: int | None = amount
        return whole
    rate = books.budget_rate(campaign["campaign"], currency)
    if rate is None:
        sentence = (
            f"The budget of {campaign['campaign']} is in {currency} and no budget rate to "
            f"{books.currency} is known; import one (kind budget)."
        )
        return Withheld(Reason.NO_RATE, sentence)
    return translate(amount, currency, books.currency, rate)


def commission(books: Books) -> Statement:
    """Give the commission of every creator, or of one, order by order."""
    scope, span = books.scope, books.span
    with books.known.ground.workspace.transaction() as connection:
        accounts = journal_reports.commission_accounts(connection, scope, span)
        payments = journal_reports.payments(connection, scope, span)
        lines = journal_reports.commission_orders(connection, scope, span) if scope.creator else []
    sums = _commission_sums(books, accounts, payments)
    orders = [
        order
        for order in source_facts(books.known).commissions
        if str(Period.of(order.ordered_on)) in span and scope.campaign in {None, order.campaign}
    ]
    if scope.creator is None:
        return commission_report.statement(sums, orders)
    return commission_report.order_lines(lines, orders, scope.creator, sums)


def _commission_sums(
    books: Books,
    accounts: list[tuple[str | None, str | None, str, str, str, str, int, int]],
    payments: list[tuple[str | None, str | None, str, str, int]],
) -> list[CommissionSums]:
    """Sum what the books say of each agreement's commission; owed is positive."""
    found: dict[tuple[str | None, str | None, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(commission_report.STEPS, 0)
    )
    for agreement, creator, currency, account, rule, _kind, amount, released in accounts:
        sums = found[agreement, creator, currency]
        if rule == EARNED:
            sums["earned"] -= amount
        elif rule == REVERSED:
            sums["reversed"] += amount
        elif rule == INVOICE_RULE:
            sums["invoiced"] += amount - released
        elif account == VALIDATED_COMMISSION:
            sums["validated"] -= amount
    types = _document_types(books)
    for agreement, creator, currency, event, amount in payments:
        if _type_of(event, types) == "commission":
            found[agreement, creator, currency]["paid"] += amount
    return [
        CommissionSums(*key, *(sums[step] for step in commission_report.STEPS))
        for key, sums in found.items()
        if any(sums.values())
    ]


def _document_types(books: Books) -> dict[str, str]:
    """Give the type of cost of every row of every document, by the key of its event."""
    return {
        f"cost:{row['document']}/{row['line'] or ''}/{row['state']}/{row['date']}": row["type"]
        for row in books.known.read("ledger.costs").to_pylist()
    }


def _type_of(source_event: str, types: Mapping[str, str]) -> str | None:
    """Give the type of cost that a payment settled: its part's own, else its document's."""
    event = source_event.rpartition("@")[0]
    document, part, key = event.partition(">")
    return key.rpartition("/")[2] if part else types.get(document)


def exceptions(books: Books) -> Statement:
    """Give what is not booked, refused rows that hold money, and overdue accruals."""
    scope, ground = books.scope, books.known.ground
    with ground.workspace.transaction() as connection:
        unbooked = records.unbooked(connection, scope.brand, scope.known_at)
        refused = journal_reports.refused_rows(
            connection, scope.brand, exception_report.MONEY_KINDS, scope.known_at
        )
        moves = journal_reports.day_moves(connection, scope, ACCRUALS, books.span.last)
        paid = journal_exceptions.uninvoiced(connection, scope, books.span.last)
    found = [
        Exceptional(
            "fault" if item.on is None else "not booked", item.event, item.reason, item.sentence,
            item.on, item.campaign, item.creator,
        )
        for item in unbooked
    ]  # fmt: skip
    found += [
        Exceptional(
            f"refused {row['kind']}", f"{row['source_file']}:{row['line']}", str(row["reason"]),
            str(row["message"]), _day(books, row["recorded_at"]),
        )
        for row in refused
    ]  # fmt: skip
    found += exception_report.without_invoice(paid, books.currency)
    found += exception_report.overdue(open_items(moves), books.today)
    wanted = [
        item
        for item in found
        if scope.campaign in {None, item.campaign} and scope.creator in {None, item.creator}
    ]
    return exception_report.exceptions(wanted, books.today, books.currency)


def _day(books: Books, at: object) -> dt.date | None:
    if not isinstance(at, dt.datetime):
        return None
    return min(brand_day(at, books.known.ground.brand.timezone), books.today)


def late_adjustments(books: Books) -> Statement:
    """Give the entries that came late for a closed period, by the period they stand in."""
    with books.known.ground.workspace.transaction() as connection:
        entries = journal_reports.late_entries(connection, books.scope, books.span)
    return restatement.late_adjustments(entries, books.span, books.currency)


def restatements(books: Books) -> Statement:
    """Give closed periods as closed and as known now, with the entries behind each difference."""
    with books.known.ground.workspace.transaction() as connection:
        sums = journal_reports.account_sums(connection, books.scope, books.closed)
        entries = journal_reports.restating(connection, books.scope, books.closed)
    return restatement.restatements(sums, entries, books.closed, books.span, books.currency)


def ageing(books: Books) -> Statement:
    """Give the payables by age."""
    with books.known.ground.workspace.transaction() as connection:
        moves = journal_reports.day_moves(
            connection, books.scope, payables.PAYABLES, books.span.last
        )
    return payables.ageing(open_items(moves), books.today, books.currency)


def taxes(books: Books) -> Statement:
    """Give the tax lines of the span."""
    with books.known.ground.workspace.transaction() as connection:
        lines = journal_reports.tax_lines(connection, books.scope, books.span)
    return payables.taxes(lines, books.span, books.currency)


def audit_log(books: Books) -> Statement:
    """Give who did what when, as far as the workspace keeps it."""
    scope = books.scope
    with books.known.ground.workspace.transaction() as connection:
        imports = records.imports(connection, scope.brand)
        seals = records.seals(connection, scope.brand, scope.known_at)
        decided = control_records.records(connection, scope.brand, None, scope.known_at)
        measured = science_records.all(connection, scope.brand, None, scope.known_at)
        booked = journal_reports.bookings(connection, scope.brand, scope.known_at)
        changed = journal_reports.period_changes(connection, scope.brand, scope.known_at)
    deeds = [_import(row) for row in imports]
    deeds += [
        Deed(
            seal.recorded_at, seal.sealed_by, "sealed a baseline",
            f"{seal.campaign}/{seal.creator}", f"{seal.metric} on {seal.platform}", seal.sha256,
        )
        for seal in seals
    ]  # fmt: skip
    deeds += [
        Deed(
            kept.recorded_at, kept.recorded_by, kept.kind.replace("_", " "), kept.name,
            audit.detail_of(kept.record), kept.sha256,
        )
        for kept in (*decided, *measured)
    ]  # fmt: skip
    deeds += [Deed(at, None, "booked", "journal", f"entries={count}") for at, count in booked]
    deeds += [Deed(at, who, f"period {status}", period, "") for at, who, period, status in changed]
    return audit.audit_log(deed for deed in deeds if deed.at <= scope.known_at)


def _import(row: Mapping[str, object]) -> Deed:
    counts = ("accepted", "updated", "duplicate", "quarantined")
    detail = "; ".join(f"{name}={row[name]}" for name in ("kind", "origin", *counts))
    at = row["recorded_at"]
    assert isinstance(at, dt.datetime)
    return Deed(at, None, "import", str(row["source_file"]), detail, str(row["sha256"]))
