"""Rows: every posting with its entry, under the names that a mapping of columns can use.

In:   an ExportBatch.
Out:  a mapping of field to value for each posting: text, Money, a date, a number or None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from truelift.base.money import Money
from truelift.ledger.chart import CHART
from truelift.ledger.journal import Entry, Posting
from truelift.reports.journal_export.account_mapping import DIMENSIONS
from truelift.reports.journal_export.batch import ExportBatch

Value = str | int | Money | dt.date | None

FIELDS = (
    "batch", "entry_id", "line", "date", "period", "late_for_period", "rule", "kind", "event",
    "reverses", "memo", "account", "account_name", "gl_account", "gl_name", "currency", "amount",
    "debit", "credit", "base_currency", "base", "base_debit", "base_credit", *DIMENSIONS,
    "tax_code", "rate_set",
)  # fmt: skip
"""gl_account and gl_name are the mapping's; amount is signed, debit and credit are its sides."""

MONEY_FIELDS = ("amount", "debit", "credit", "base", "base_debit", "base_credit")


def rows(batch: ExportBatch) -> Iterator[Mapping[str, Value]]:
    """Give the rows of a batch by date, entry and line."""
    for entry in batch.dated:
        yield from entry_rows(batch, entry)


def entry_rows(batch: ExportBatch, entry: Entry) -> Iterator[Mapping[str, Value]]:
    """Give the rows of one entry."""
    head: dict[str, Value] = {
        "batch": batch.name,
        "entry_id": entry.entry_id,
        "date": entry.effective_date,
        "period": str(entry.period),
        "late_for_period": entry.late_for_period,
        "rule": f"{entry.rule}.{entry.rule_version}",
        "kind": entry.kind,
        "event": entry.source_event,
        "reverses": entry.reverses,
        "memo": entry.memo,
    }
    for number, posting in enumerate(entry.postings, 1):
        yield head | {"line": number} | _posted(batch, posting)


def _posted(batch: ExportBatch, posting: Posting) -> dict[str, Value]:
    target = batch.mapping.accounts.get(posting.account)
    amount = Money(posting.amount_minor, posting.currency)
    base = Money(posting.base_minor, batch.currency)
    return {
        "account": posting.account,
        "account_name": CHART[posting.account].name,
        "gl_account": target.account if target else None,
        "gl_name": target.name if target else None,
        "currency": posting.currency,
        "amount": amount,
        "debit": amount if amount.minor > 0 else None,
        "credit": -amount if amount.minor < 0 else None,
        "base_currency": batch.currency,
        "base": base,
        "base_debit": base if base.minor > 0 else None,
        "base_credit": -base if base.minor < 0 else None,
        **{each: batch.mapping.named(each, getattr(posting, each)) or None for each in DIMENSIONS},
        "tax_code": posting.tax_code,
        "rate_set": posting.rate_set,
    }
