"""The profit and loss of creator campaigns: what they cost, by period, campaign and account.

In:   sums of the cost accounts, which periods are closed, the campaigns' budget rates.
Out:  a Statement that ties to the ledger's cost accounts in every period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from typing import NamedTuple

from truelift.base.money import translate
from truelift.ledger.chart import CHART
from truelift.ledger.movement import Span
from truelift.reports.statement import Row, Statement, columns, totals

BudgetRate = Callable[[str | None, str], Decimal | None]
"""Give how many units of the brand's currency one of another is in a campaign's budget."""

MONEY = ("as_closed", "booked", "as_known", "constant_currency")
_COLUMNS = columns("period", "campaign", "creator", "account", "name", money=MONEY)

SENTENCES = (
    "booked: by the period it stands in, as the trial balance has it;",
    "as_closed: the same when the period was closed, empty while it is open;",
    "as_known: late facts in the period they belong to;",
    "constant_currency: booked, at the campaign's budget rate, empty without one.",
)


class CostLine(NamedTuple):
    """Postings of one cost account, summed.

    late_for: the closed period they belong to, where they came too late for it. in_close: their
    period was closed with them in it. amount_minor: in `currency`; base_minor: in the brand's.
    """

    period: str
    late_for: str | None
    campaign: str | None
    creator: str | None
    account: str
    currency: str
    in_close: bool
    amount_minor: int
    base_minor: int


_Key = tuple[str, str | None, str | None, str]


class _Sums:
    """The amounts of one row while they are added up."""

    def __init__(self) -> None:
        self.closed = self.booked = self.known = 0
        self.by_currency: dict[str, list[int]] = defaultdict(lambda: [0, 0])


def profit_and_loss(
    lines: Iterable[CostLine],
    span: Span,
    closed: Collection[str],
    budget_rate: BudgetRate,
    currency: str,
) -> Statement:
    """Write the report; rows by period, campaign, creator and account, unallocated cost last."""
    found: dict[_Key, _Sums] = defaultdict(_Sums)
    for line in lines:
        who = line.campaign, line.creator, line.account
        if line.period in span:
            sums = found[line.period, *who]
            sums.booked += line.base_minor
            sums.closed += line.base_minor if line.in_close else 0
            spent = sums.by_currency[line.currency]
            spent[0] += line.amount_minor
            spent[1] += line.base_minor
        belongs = line.late_for or line.period
        if belongs in span:
            found[belongs, *who].known += line.base_minor
    rows: list[Row] = []
    for key in sorted(found, key=_order):
        period, campaign, creator, account = key
        sums = found[key]
        row = {
            "period": period,
            "campaign": campaign,
            "creator": creator,
            "account": account,
            "name": CHART[account].name,
            "currency": currency,
            "as_closed": sums.closed if period in closed else None,
            "booked": sums.booked,
            "as_known": sums.known,
            "constant_currency": _constant(sums, campaign, budget_rate, currency),
        }
        if any(row[name] for name in MONEY):
            rows.append(row)
    total = totals(rows, MONEY, "account")
    return Statement(
        "pnl", f"Creator-marketing cost, {span}", _COLUMNS, tuple(rows), total, SENTENCES
    )


def _constant(
    sums: _Sums, campaign: str | None, budget_rate: BudgetRate, currency: str
) -> int | None:
    """Give what was booked at the campaign's budget rates; None where one is missing."""
    whole = 0
    for code, (amount, base) in sorted(sums.by_currency.items()):
        if code == currency:
            whole += base
            continue
        rate = budget_rate(campaign, code)
        if rate is None:
            return None
        whole += translate(amount, code, currency, rate)
    return whole


def _order(key: _Key) -> tuple[object, ...]:
    period, campaign, creator, account = key
    return period, campaign is None, campaign or "", creator is None, creator or "", account
