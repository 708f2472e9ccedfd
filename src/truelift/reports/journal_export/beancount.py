"""Beancount: a journal that `bean-check` accepts and `bean-query` sums to our trial balance.

In:   an ExportBatch.
Out:  one text file: options, accounts, dated entries, and balances where the batch is whole.
"""

from __future__ import annotations

import datetime as dt

from truelift.reports.journal_export.batch import ExportBatch, ExportFile
from truelift.reports.journal_export.plain_text import (
    account_path,
    belongs,
    closing_balances,
    facts_of,
    heading,
    legs,
    one_line,
    written,
)

TOLERANCE = "*:0.00001"
"""Below half a minor unit of every currency, above what a division at 28 digits leaves."""


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch as one beancount file."""
    entries = batch.dated
    first, last = entries[0].effective_date, entries[-1].effective_date
    lines = [f"; {line}" for line in heading(batch)]
    lines += [
        f"option {_text('title')} {_text(f'{batch.brand} {batch.name}')}",
        f"option {_text('operating_currency')} {_text(batch.currency)}",
        f"option {_text('inferred_tolerance_default')} {_text(TOLERANCE)}",
        "",
    ]
    opened = sorted({account_path(batch, account) for account in batch.accounts})
    lines += [f"{first} open {account}" for account in opened]
    for entry in entries:
        lines += ["", f"{entry.effective_date} * {_text(entry.memo)}"]
        lines += [f"  {name}: {_text(value)}" for name, value in facts_of(entry).items()]
        for leg in legs(batch, entry):
            lines.append(f"  {leg.account}  {written(batch, leg)}")
            lines += [
                f"    {name}: {_text(value)}" for name, value in belongs(batch, leg.posting).items()
            ]
    if batch.whole:
        day = last + dt.timedelta(days=1)
        lines.append("")
        lines += [
            f"{day} balance {account}  {amount} ~ 0 {currency}"
            for account, amount, currency in closing_balances(batch)
        ]
    return [ExportFile(1, ("\n".join(lines) + "\n").encode())]


def _text(text: str) -> str:
    quoted = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
