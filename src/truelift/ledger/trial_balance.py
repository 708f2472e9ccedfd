"""The trial balance: what stands on each account, and what each campaign and creator cost.

In:   entries.
Out:  balances by account and currency, totals that are zero, cost by campaign and creator.

This is the reference; `store.journal` gives the same figures by SQL for journals that are large.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from truelift.ledger.chart import COST_ACCOUNTS, Book

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from truelift.ledger.journal import Entry


class Balance(NamedTuple):
    """What stands on an account in one currency, debit positive, in minor units."""

    account: str
    currency: str
    amount_minor: int
    base_minor: int


class Cost(NamedTuple):
    """What one campaign and creator cost on one account, in minor units of the brand's currency.

    campaign or creator is None for cost that is not allocated.
    """

    account: str
    campaign: str | None
    creator: str | None
    base_minor: int


def trial_balance(
    entries: Iterable[Entry], book: Book | None = Book.FIN, as_of: dt.date | None = None
) -> tuple[Balance, ...]:
    """Sum the postings by account and currency, in that order.

    book: one book, None for all. as_of: entries effective up to and on this day.
    """
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        if book not in (None, entry.book) or (as_of and entry.effective_date > as_of):
            continue
        for posting in entry.postings:
            balance = sums[posting.account, posting.currency]
            balance[0] += posting.amount_minor
            balance[1] += posting.base_minor
    return tuple(Balance(*key, *sums[key]) for key in sorted(sums))


def total(balances: Iterable[Balance]) -> int:
    """Sum the balances in the brand's currency: zero, or the books are broken."""
    return sum(balance.base_minor for balance in balances)


def cost_by_campaign_creator(
    entries: Iterable[Entry], as_of: dt.date | None = None
) -> tuple[Cost, ...]:
    """Sum the cost accounts of book `fin` by account, campaign and creator."""
    sums: dict[tuple[str, str | None, str | None], int] = defaultdict(int)
    for entry in entries:
        if entry.book is not Book.FIN or (as_of and entry.effective_date > as_of):
            continue
        for posting in entry.postings:
            if posting.account in COST_ACCOUNTS:
                sums[posting.account, posting.campaign, posting.creator] += posting.base_minor
    order = sorted(sums, key=lambda key: (key[0], key[1] or "", key[2] or ""))
    return tuple(Cost(*key, sums[key]) for key in order)
