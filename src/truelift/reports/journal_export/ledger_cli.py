"""Ledger-cli: a journal that `ledger --strict --pedantic` accepts without a word.

In:   an ExportBatch.
Out:  one text file: commodities, accounts, tags, dated entries, balances where the batch is whole.
"""

from __future__ import annotations

from truelift.base.money import exponent
from truelift.reports.journal_export.account_mapping import DIMENSIONS
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

_TAGS = ("entry", "rule", "event", "reverses", "late_for", *DIMENSIONS)


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch as one ledger file."""
    lines = [f"; {line}" for line in heading(batch)]
    for currency in batch.currencies:
        places = exponent(currency)
        lines += [
            f"commodity {currency}",
            f"    format 1000{'.' if places else ''}{'0' * places} {currency}",
        ]
    declared = sorted({account_path(batch, account) for account in batch.accounts})
    lines += [f"account {account}" for account in declared]
    lines += [f"tag {name}" for name in _TAGS]
    entries = batch.dated
    for entry in entries:
        lines += ["", f"{entry.effective_date} * ({entry.entry_id[:8]}) {one_line(entry.memo)}"]
        lines += [f"    ; {name}: {one_line(value)}" for name, value in facts_of(entry).items()]
        for leg in legs(batch, entry):
            lines.append(f"    {leg.account}  {written(batch, leg)}")
            lines += [
                f"    ; {name}: {one_line(value)}"
                for name, value in belongs(batch, leg.posting).items()
            ]
    if batch.whole:
        lines += ["", f"{entries[-1].effective_date} * (control) Balances of the batch"]
        lines += [
            f"    {account}  0 {currency} = {amount} {currency}"
            for account, amount, currency in closing_balances(batch)
        ]
    return [ExportFile(1, ("\n".join(lines) + "\n").encode())]
