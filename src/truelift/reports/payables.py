"""Payables by age, and the tax lines of the books.

In:   open items of the payables, sums of the tax accounts.
Out:  Statements; the base of every age adds up to the ledger's balance of the payables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from truelift.ledger.chart import INPUT_TAX, WITHHOLDING_TAX
from truelift.ledger.movement import Span
from truelift.ledger.open_items import AGES, OpenItem
from truelift.reports.statement import Row, Statement, columns, totals

PAYABLES = ("2000", "2010")
BY_AGE = ("days_0_30", "days_31_60", "days_61_90", "days_over_90")
_BASE = ("open_base", *BY_AGE)
_COLUMNS = columns(
    "account", "counterparty", "creator", "campaign", "agreement", "since",
    money=("open", *_BASE), last=("base_currency",),
)  # fmt: skip
SENTENCE = (
    f"days since the invoice, groups up to {', '.join(map(str, AGES))} and more; payments settle "
    "the oldest invoice of the same agreement first; open is in the invoice's currency, the rest "
    "as the books have it."
)

IRRECOVERABLE = "irrecoverable"
_TAXES = {
    INPUT_TAX: "recoverable",
    "1155": IRRECOVERABLE,
    "2200": "reverse charge",
    WITHHOLDING_TAX: "withheld",
}
TAX_ACCOUNTS = tuple(_TAXES)
_TAX_COLUMNS = columns(
    "period", "tax", "account", "counterparty", money=("amount", "base"), last=("base_currency",)
)
TAX_SENTENCE = (
    "withheld and reverse charge: owed to the authority; recoverable: comes back from it; "
    "irrecoverable: part of the cost (6180)."
)


class TaxLine(NamedTuple):
    """Postings of one tax account, or of irrecoverable tax on 6180, summed; debit positive."""

    period: str
    account: str
    counterparty: str | None
    currency: str
    amount_minor: int
    base_minor: int


def ageing(items: Iterable[OpenItem], today: dt.date, currency: str) -> Statement:
    """Write who is owed what since when, the oldest first."""
    rows: list[Row] = []
    for item in sorted(items, key=_oldest):
        ages = dict(zip(BY_AGE, item.base_by_age(today), strict=True))
        rows.append(
            {
                **item.party._asdict(),
                "since": item.since,
                "open": item.owed_minor,
                "open_base": item.base_minor,
                **ages,
                "base_currency": currency,
            }
        )
    return Statement(
        "ageing", f"Payables by age on {today}", _COLUMNS, tuple(rows),
        totals(rows, _BASE, "account", "base_currency"), (SENTENCE,),
        dict.fromkeys(_BASE, "base_currency"),
    )  # fmt: skip


def taxes(lines: Iterable[TaxLine], span: Span, currency: str) -> Statement:
    """Write the tax lines by period and account; what is owed to the authority is positive."""
    rows: list[Row] = []
    for line in lines:
        sign = -1 if line.account.startswith("2") else 1
        rows.append(
            {
                **line._asdict(),
                "tax": _TAXES.get(line.account, IRRECOVERABLE),
                "amount": sign * line.amount_minor,
                "base": sign * line.base_minor,
                "base_currency": currency,
            }
        )
    by_tax = [
        {**total, "tax": tax}
        for tax in sorted({str(row["tax"]) for row in rows})
        for total in totals(
            [row for row in rows if row["tax"] == tax], ("base",), "account", "base_currency"
        )
    ]
    return Statement(
        "tax", f"Tax lines, {span}", _TAX_COLUMNS, tuple(rows), tuple(by_tax), (TAX_SENTENCE,),
        {"base": "base_currency"},
    )  # fmt: skip


def _oldest(item: OpenItem) -> tuple[object, ...]:
    party = [(part is None, part or "") for part in item.party]
    return item.since is None, item.since or dt.date.min, party
