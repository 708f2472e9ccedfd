"""Plain text: what the files of beancount, hledger and ledger-cli have in common.

In:   an ExportBatch.
Out:  names of accounts, legs as amount and price, words that no such program reads as syntax.

A leg in another currency carries what it is in the brand's as its total price (`@@`), so that these
programs balance every entry as the books do. What moves only the brand's currency (an exchange
difference on an account in euro) is a leg in the brand's currency.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from truelift.base.money import format_minor
from truelift.ledger.chart import CHART, AccountKind
from truelift.ledger.journal import Entry, Posting
from truelift.reports.journal_export.batch import ExportBatch, belongings, control_totals

ROOTS = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.EXPENSE: "Expenses",
}
_SYNTAX = str.maketrans(";|[]", ",/()")


class PlainLeg(NamedTuple):
    """One leg: its account, its amount in whole minor units, and its total price (0: none)."""

    account: str
    minor: int
    currency: str
    price_minor: int | None
    posting: Posting


def account_path(batch: ExportBatch, account: str) -> str:
    """Give an account's name in plain text: the mapping's, else made of number and name."""
    target = batch.mapping.accounts.get(account)
    if target is not None and target.plain_text:
        return target.plain_text
    ours = CHART[account]
    slug = re.sub("[^A-Za-z0-9]+", "-", ours.name).strip("-")
    return f"{ROOTS[ours.kind]}:{account}-{slug}"


def legs(batch: ExportBatch, entry: Entry) -> Iterator[PlainLeg]:
    """Give an entry's legs; together they are its amounts by currency and its base, exactly."""
    for posting in entry.postings:
        path, base, amount = account_path(batch, posting.account), posting.base_minor, 0
        if posting.currency != batch.currency:
            amount = posting.amount_minor
        priced = amount * base > 0
        if amount:
            price = abs(base) if priced else 0
            yield PlainLeg(path, amount, posting.currency, price, posting)
        if base and not priced:
            yield PlainLeg(path, base, batch.currency, None, posting)


def written(batch: ExportBatch, leg: PlainLeg) -> str:
    """Write a leg's amount with its price: `-100.00 EUR @@ 110.00 USD`."""
    amount = f"{format_minor(leg.minor, leg.currency)} {leg.currency}"
    if leg.price_minor is None:
        return amount
    return f"{amount} @@ {format_minor(leg.price_minor, batch.currency)} {batch.currency}"


def closing_balances(batch: ExportBatch) -> list[tuple[str, str, str]]:
    """Give what stands on each account in each currency at the end: account, amount, currency."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for entry in batch.entries:
        for leg in legs(batch, entry):
            sums[leg.account, leg.currency] += leg.minor
    return [
        (account, format_minor(minor, currency), currency)
        for (account, currency), minor in sorted(sums.items())
    ]


def one_line(text: str) -> str:
    """Make text that is one line and holds no syntax of these programs."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(seen.translate(_SYNTAX).split()) or "-"


def facts_of(entry: Entry) -> dict[str, str]:
    """Give what a program keeps beside an entry, by name."""
    told = {
        "entry": entry.entry_id,
        "rule": f"{entry.rule}.{entry.rule_version}",
        "event": entry.source_event,
        "reverses": entry.reverses,
        "late_for": entry.late_for_period,
    }
    return {name: value for name, value in told.items() if value}


def belongs(batch: ExportBatch, posting: Posting) -> dict[str, str]:
    """Give what a program keeps beside a posting, by name."""
    return dict(belongings(batch, posting))


def heading(batch: ExportBatch) -> list[str]:
    """Give the words that begin a file: which batch it is, and its control totals."""
    scope = f"{batch.period or 'all periods'}, {len(batch.entries)} entries"
    lines = [
        f"Truelift batch {one_line(batch.name)}: {one_line(batch.brand)}, {scope}",
        f"Control totals: account, currency, debit, credit, the same in {batch.currency}",
    ]
    for each in control_totals(batch.entries):
        own = [format_minor(minor, each.currency) for minor in each[2:4]]
        base = [format_minor(minor, batch.currency) for minor in each[4:]]
        lines.append("  ".join([each.account, each.currency, *own, *base]))
    return lines
