"""Xero: manual journals by its CSV import, at most 300 lines a file.

In:   an ExportBatch whose accounts are mapped to Xero's codes, and the name of a tax rate.
Out:  CSV files; lines of one narration and date are one journal. Documented, not machine verified.
"""

from __future__ import annotations

from itertools import islice

from truelift.base.errors import CheckFailed
from truelift.base.money import format_minor
from truelift.ledger.journal import Entry, Posting
from truelift.reports.journal_export.batch import ExportBatch, ExportFile, described
from truelift.reports.journal_export.delimited import Exact, csv_bytes, date_text

PROGRAM = "xero"
COLUMNS = (
    "*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount",
    "TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2",
)  # fmt: skip
LINES = 300
"""Lines that Xero takes in one file; the header is counted among them, to be safe."""

TRACKED = 2


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch as files that end between journals."""
    files: list[list[list[str]]] = []
    for entry in batch.dated:
        rows = [_row(batch, entry, posting) for posting in batch.moving(entry)]
        if len(rows) >= LINES:
            msg = (
                f"Entry {entry.entry_id} has {len(rows)} lines; a Xero file takes {LINES} with its "
                "header, and a journal cannot be split. Nothing was exported."
            )
            raise CheckFailed(msg)
        if not files or len(files[-1]) + len(rows) > LINES:
            files.append([list(COLUMNS)])
        files[-1] += rows
    return [ExportFile(number, csv_bytes(rows)) for number, rows in enumerate(files, 1)]


def _row(batch: ExportBatch, entry: Entry, posting: Posting) -> list[str]:
    mapping = batch.mapping
    rates = mapping.words(PROGRAM, "tax_rates")
    rate = rates.get(posting.tax_code or "") or mapping.required(PROGRAM, "tax_rate")
    tracking: list[str] = []
    for name, dimension in islice(mapping.words(PROGRAM, "tracking").items(), TRACKED):
        option = mapping.named(dimension, getattr(posting, dimension))
        tracking += [name, option] if option else ["", ""]
    return [
        f"{entry.memo} [{entry.entry_id[:18]}]",
        date_text(entry.effective_date, "%d/%m/%Y", "xero.date"),
        described(batch, entry, posting),
        mapping.accounts[posting.account].account,
        rate,
        Exact(format_minor(posting.base_minor, batch.currency)),
        *tracking,
        *[""] * (2 * TRACKED - len(tracking)),
    ]
