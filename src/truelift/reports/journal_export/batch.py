"""Batches: the entries that leave the books together, their control totals and their name.

In:   entries of book `fin` in the order of the chain, the brand's currency, an account mapping.
Out:  ExportBatch, ControlTotal rows, ExportFile.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from truelift.base.ids import content_hash
from truelift.base.money import format_minor
from truelift.ledger.chart import CHART
from truelift.ledger.journal import Entry, Posting, set_digest
from truelift.reports.journal_export.account_mapping import DIMENSIONS, AccountMapping

SHORT_NAME = 12
UNMAPPED = AccountMapping()


class ControlTotal(NamedTuple):
    """What a batch moves on an account in one currency, debits and credits apart (minor units)."""

    account: str
    currency: str
    debit_minor: int
    credit_minor: int
    base_debit_minor: int
    base_credit_minor: int


class ExportFile(NamedTuple):
    """One file of a batch: which of several it is (from 1), and its bytes."""

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class ExportBatch:
    """Entries that leave the books together.

    name: the same for the same entries, format and mapping. entries: in the order of the chain.
    whole: whether they are all entries of the books so far, so that balances can be asserted.
    recorded_at: when the newest of them was recorded (naive UTC); no file holds another time.
    titles: the header row of the user's own template, for the format that fills one.
    """

    name: str
    brand: str
    currency: str
    period: str | None
    entries: tuple[Entry, ...]
    recorded_at: dt.datetime
    whole: bool = False
    mapping: AccountMapping = UNMAPPED
    titles: tuple[str, ...] = ()

    @property
    def dated(self) -> list[Entry]:
        """Give the entries by effective date; those of one day stay in the order of the chain."""
        return sorted(self.entries, key=lambda entry: entry.effective_date)

    @property
    def accounts(self) -> list[str]:
        """Give the accounts that the batch moves, in order."""
        return sorted({each.account for entry in self.entries for each in entry.postings})

    @property
    def currencies(self) -> list[str]:
        """Give the currencies of the batch, the brand's own included, in order."""
        found = {each.currency for entry in self.entries for each in entry.postings}
        return sorted(found | {self.currency})

    def base_text(self, posting: Posting) -> str:
        """Write what a posting is in the brand's currency, without its sign."""
        return format_minor(abs(posting.base_minor), self.currency)

    def moving(self, entry: Entry) -> list[Posting]:
        """Give the postings that move anything in the brand's currency."""
        return [each for each in entry.postings if each.base_minor]


def batch_name(
    program: str, brand: str, period: str | None, entries: Iterable[Entry], settings: object
) -> str:
    """Name a batch by what is in it.

    settings: plain values that change the bytes of its files.
    """
    meaning = [program, brand, period, set_digest(entries), settings]
    return f"{program}-{period or 'all'}-{content_hash(meaning)[:SHORT_NAME]}"


def control_totals(entries: Iterable[Entry]) -> list[ControlTotal]:
    """Sum debits and credits by account and currency, in that order."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for entry in entries:
        for posting in entry.postings:
            found = sums[posting.account, posting.currency]
            found[posting.amount_minor < 0] += abs(posting.amount_minor)
            found[2 + (posting.base_minor < 0)] += abs(posting.base_minor)
    return [ControlTotal(*key, *sums[key]) for key in sorted(sums)]


def described(batch: ExportBatch, entry: Entry, posting: Posting) -> str:
    """Say what a posting is about, with its amount where that is in another currency."""
    if posting.currency == batch.currency:
        return entry.memo
    amount = format_minor(posting.amount_minor, posting.currency)
    return f"{entry.memo} ({amount} {posting.currency})"


def belongings(batch: ExportBatch, posting: Posting) -> Iterator[tuple[str, str]]:
    """Give what a posting belongs to, in the words of the mapping, what is missing left out."""
    for dimension in DIMENSIONS:
        word = getattr(posting, dimension)
        if word is not None:
            yield dimension, batch.mapping.named(dimension, word)


def account_name(batch: ExportBatch, account: str) -> str:
    """Give the name (or number) of an account in the user's own books, else ours."""
    target = batch.mapping.accounts.get(account)
    return CHART[account].name if target is None else target.name or target.account
