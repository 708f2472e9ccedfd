"""NetSuite: journal entries by its CSV import assistant.

In:   an ExportBatch whose accounts are mapped to NetSuite's, and the subsidiary.
Out:  one CSV; lines of one External ID are one entry. Documented, not machine verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from truelift.ledger.journal import Entry
from truelift.reports.journal_export.batch import ExportBatch, ExportFile, described
from truelift.reports.journal_export.delimited import NOTHING, Exact, csv_bytes, date_text

PROGRAM = "netsuite"
_LINE = "Journal Entry - Line: "
COLUMNS = (
    "External ID", "Date", "Posting Period", "Subsidiary", "Currency", "Memo",
    *(_LINE + each
      for each in ("Account", "Debit", "Credit", "Memo", "Department", "Class", "Location")),
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch as one CSV, in the brand's currency."""
    rows = [list(COLUMNS)]
    for entry in batch.dated:
        rows += _rows(batch, entry)
    return [ExportFile(1, csv_bytes(rows))]


def _rows(batch: ExportBatch, entry: Entry) -> Iterator[list[str]]:
    mapping = batch.mapping
    subsidiary = mapping.required(PROGRAM, "subsidiary")
    pattern = mapping.setting(PROGRAM, "date", "%m/%d/%Y")
    day = date_text(entry.effective_date, pattern, f"{PROGRAM}.date")
    period = Exact(f"{_MONTHS[entry.effective_date.month - 1]} {entry.effective_date.year:04d}")
    dimensions = [mapping.setting(PROGRAM, key) for key in ("department", "class", "location")]
    for posting in batch.moving(entry):
        amount = Exact(batch.base_text(posting))
        yield [
            f"truelift-{entry.entry_id}", day, period, subsidiary, batch.currency, entry.memo,
            mapping.accounts[posting.account].account,
            amount if posting.base_minor > 0 else NOTHING,
            amount if posting.base_minor < 0 else NOTHING,
            described(batch, entry, posting),
            *(mapping.named(each, getattr(posting, each)) if each else NOTHING
              for each in dimensions),
        ]  # fmt: skip
