"""Programs: every format a journal is exported to, and what each needs.

In:   an ExportBatch and the name of a program.
Out:  its files, after everything that must refuse has refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from truelift.base.errors import CheckFailed
from truelift.reports.journal_export import (
    beancount,
    datev,
    hledger,
    intacct,
    ledger_cli,
    mapped_csv,
    netsuite,
    quickbooks,
    xero,
)
from truelift.reports.journal_export.account_mapping import refuse_unmapped
from truelift.reports.journal_export.batch import ExportBatch, ExportFile


class Program(NamedTuple):
    """A program: how its files are written, their suffix, whether it needs the user's accounts.

    render: None where an operation writes the bytes (xlsx, parquet).
    """

    render: Callable[[ExportBatch], list[ExportFile]] | None
    suffix: str
    mapped: bool = False


PROGRAMS: dict[str, Program] = {
    "beancount": Program(beancount.render, ".beancount"),
    "hledger": Program(hledger.render, ".journal"),
    "ledger": Program(ledger_cli.render, ".ledger"),
    "xlsx": Program(None, ".xlsx"),
    "parquet": Program(None, ".parquet"),
    "csv": Program(mapped_csv.render, ".csv"),
    "quickbooks": Program(quickbooks.render, ".csv", mapped=True),
    "xero": Program(xero.render, ".csv", mapped=True),
    "netsuite": Program(netsuite.render, ".csv", mapped=True),
    "intacct": Program(intacct.render, ".csv", mapped=True),
    "datev": Program(datev.render, ".csv", mapped=True),
}


def check_mapped(name: str, batch: ExportBatch) -> None:
    """Refuse accounts that are not mapped; without any mapping, only where a program needs one."""
    if not batch.mapping.accounts and not PROGRAMS[name].mapped:
        return
    if not batch.mapping.accounts:
        msg = (
            f"A {name} file is written in your own accounts, and no account mapping is kept; set "
            "one with `truelift mapping set FILE.yaml` (docs/exports.md). Nothing was exported."
        )
        raise CheckFailed(msg)
    refuse_unmapped(batch.mapping, batch.accounts)
