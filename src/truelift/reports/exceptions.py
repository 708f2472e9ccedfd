"""Exceptions: what stands between the facts and clean books, the oldest first.

In:   facts that are not booked, refused rows that hold money, accruals that wait too long.
Out:  a Statement; each row says what, where and what to do, and how old it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from truelift.base.money import format_minor
from truelift.ledger.open_items import OpenItem
from truelift.reports.statement import Row, Statement, columns, totals
from truelift.reports.table import Cell, TableColumn

OVERDUE_DAYS = 30
"""An accrual that has waited longer than this for its invoice is an exception."""

MONEY_KINDS = (
    "agreements", "allocations", "balances", "campaigns", "costs", "deliverables", "margins",
    "order_lines", "orders", "rates", "refunds",
)  # fmt: skip
"""Kinds of rows that move money or say how it is booked."""

_COLUMNS = (
    *columns("exception", "what", "reason", "since"),
    TableColumn("age_days", Cell.COUNT),
    *columns("campaign", "creator", money=("amount",), last=("sentence",)),
)


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Something a controller has to look at. since: the day it is about, None when it has none."""

    exception: str
    what: str
    reason: str
    sentence: str
    since: dt.date | None = None
    campaign: str | None = None
    creator: str | None = None
    amount_minor: int | None = None


def overdue(items: Iterable[OpenItem], today: dt.date) -> list[Exceptional]:
    """Give the accruals with a part that has waited for its invoice longer than OVERDUE_DAYS."""
    found = []
    for item in items:
        since, party = item.since, item.party
        if since is None or (today - since).days <= OVERDUE_DAYS:
            continue
        whose = party.agreement or party.counterparty or "no agreement"
        amount = f"{format_minor(item.owed_minor, party.currency)} {party.currency}"
        sentence = (
            f"{amount} of {whose} stands on account {party.account} without an invoice, the oldest "
            f"since {since}; ask {party.counterparty or party.creator or 'the supplier'} for it, "
            f"or release the accrual."
        )
        found.append(
            Exceptional(
                "overdue accrual", whose, f"over {OVERDUE_DAYS} days", sentence, since,
                party.campaign, party.creator, item.base_minor,
            )
        )  # fmt: skip
    return found


class Uninvoiced(NamedTuple):
    """A payment, or its part, that no invoice asked for. owed_minor: in base, positive."""

    day: dt.date
    source_event: str
    agreement: str | None
    campaign: str | None
    creator: str | None
    owed_minor: int


def without_invoice(items: Iterable[Uninvoiced], currency: str) -> list[Exceptional]:
    """Describe payments that no invoice asked for. currency: the base, which they are in."""
    found = []
    for item in items:
        amount = f"{format_minor(item.owed_minor, currency)} {currency}"
        whose = item.agreement or "no agreement"
        sentence = (
            f"{amount} of {whose} was paid on {item.day} without an invoice ({item.source_event}); "
            f"ask {item.creator or 'the supplier'} for it and import it, or take the payment back."
        )
        found.append(
            Exceptional(
                "paid without invoice", whose, "no invoice", sentence, item.day, item.campaign,
                item.creator, item.owed_minor,
            )
        )  # fmt: skip
    return found


def exceptions(found: Iterable[Exceptional], today: dt.date, currency: str) -> Statement:
    """Write the exceptions, the oldest first, those without a day last."""
    rows: list[Row] = [
        {
            "exception": item.exception,
            "what": item.what,
            "reason": item.reason,
            "since": item.since,
            "age_days": None if item.since is None else (today - item.since).days,
            "campaign": item.campaign,
            "creator": item.creator,
            "currency": currency,
            "amount": item.amount_minor,
            "sentence": item.sentence,
        }
        for item in sorted(found, key=_oldest)
    ]
    known = [row for row in rows if row["amount"] is not None]
    sentence = f"Ages on {today}, the newest day in the data; the total is of known amounts."
    return Statement(
        "exceptions", f"Exceptions on {today}", _COLUMNS, tuple(rows),
        totals(known, ("amount",), "exception"), (sentence,),
    )  # fmt: skip


def _oldest(item: Exceptional) -> tuple[object, ...]:
    return (
        item.since is None, item.since or dt.date.min, item.exception, item.what, item.reason,
        item.sentence,
    )  # fmt: skip
