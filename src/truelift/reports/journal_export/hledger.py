"""Hledger: a journal that `hledger check --strict` accepts.

In:   an ExportBatch.
Out:  one text file: commodities, accounts, dated entries, and balances where the batch is whole.
"""

from __future__ import annotations

from truelift.base.money import exponent
from truelift.ledger.chart import CHART, AccountKind
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

_TYPES = {AccountKind.ASSET: "A", AccountKind.LIABILITY: "L", AccountKind.EXPENSE: "X"}


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch as one hledger file."""
    lines = [f"; {line}" for line in heading(batch)]
    lines += ["decimal-mark .", ""]
    lines += [
        f"commodity 1000.{'0' * exponent(currency)} {currency}" for currency in batch.currencies
    ]
    declared = {
        account_path(batch, account): _TYPES[CHART[account].kind] for account in batch.accounts
    }
    lines += [f"account {account}  ; type:{kind}" for account, kind in sorted(declared.items())]
    entries = batch.dated
    for entry in entries:
        lines += ["", f"{entry.effective_date} * ({entry.entry_id[:8]}) {one_line(entry.memo)}"]
        lines.append(f"    ; {_tags(facts_of(entry))}")
        lines += [
            f"    {leg.account}  {written(batch, leg)}  ; {_tags(belongs(batch, leg.posting))}"
            for leg in legs(batch, entry)
        ]
    if batch.whole:
        lines += ["", f"{entries[-1].effective_date} * (control) Balances of the batch"]
        lines += [
            f"    {account}  0 {currency} = {amount} {currency}"
            for account, amount, currency in closing_balances(batch)
        ]
    return [ExportFile(1, ("\n".join(lines) + "\n").encode())]


def _tags(told: dict[str, str]) -> str:
    """Write tags; a comma would end a value."""
    return ", ".join(f"{name}:{one_line(value).replace(',', ' ')}" for name, value in told.items())
