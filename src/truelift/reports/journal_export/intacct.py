"""Sage Intacct: journal entries into the columns of the company's own import template.

In:   an ExportBatch with the header row of that template; accounts, journal and location mapped.
Out:  one CSV with the template's own header. Intacct refuses titles it does not know, so none is
      added; columns we do not know stay empty. Documented, not machine verified.
"""

from __future__ import annotations

from truelift.base.errors import CheckFailed
from truelift.ledger.journal import Entry, Posting
from truelift.reports.journal_export.batch import ExportBatch, ExportFile, described
from truelift.reports.journal_export.delimited import NOTHING, Exact, csv_bytes, date_text

PROGRAM = "intacct"
NEEDED = ("JOURNAL", "DATE", "LINE_NO", "ACCT_NO", "DEBIT", "CREDIT")


def render(batch: ExportBatch) -> list[ExportFile]:
    """Fill the user's template; refuse one that lacks a column without which nothing balances."""
    if not batch.titles:
        msg = (
            "Sage Intacct takes the columns of your own template only; download it there and name "
            "it with --template FILE. Nothing was exported."
        )
        raise CheckFailed(msg)
    titles = [title.strip().upper() for title in batch.titles]
    missing = [name for name in NEEDED if name not in titles]
    if missing:
        msg = (
            f"The template has no column {', '.join(missing)}: it does not look like Sage "
            "Intacct's template for journal entries. Nothing was exported."
        )
        raise CheckFailed(msg)
    rows: list[list[str]] = [[Exact(title) for title in batch.titles]]
    for entry in batch.dated:
        for number, posting in enumerate(batch.moving(entry), 1):
            known = _cells(batch, entry, posting, number)
            rows.append([known.get(title, NOTHING) for title in titles])
    return [ExportFile(1, csv_bytes(rows))]


def _cells(batch: ExportBatch, entry: Entry, posting: Posting, number: int) -> dict[str, str]:
    mapping, amount = batch.mapping, Exact(batch.base_text(posting))
    cells: dict[str, str] = {
        "LINE_NO": Exact(number),
        "ACCT_NO": mapping.accounts[posting.account].account,
        "LOCATION_ID": mapping.setting(PROGRAM, "location"),
        "DOCUMENT": entry.entry_id[:8],
        "MEMO": described(batch, entry, posting),
        "DEBIT": amount if posting.base_minor > 0 else NOTHING,
        "CREDIT": amount if posting.base_minor < 0 else NOTHING,
    }
    dimensions = dict(mapping.words(PROGRAM, "columns"))
    if department := mapping.setting(PROGRAM, "department"):
        dimensions["DEPT_ID"] = department
    for title, dimension in dimensions.items():
        cells[title.upper()] = mapping.named(dimension, getattr(posting, dimension))
    if number == 1:
        pattern = mapping.setting(PROGRAM, "date", "%m/%d/%Y")
        cells |= {
            "JOURNAL": mapping.required(PROGRAM, "journal"),
            "DATE": date_text(entry.effective_date, pattern, f"{PROGRAM}.date"),
            "DESCRIPTION": entry.memo,
            "REFERENCE_NO": entry.entry_id[:8],
            "SOURCEENTITY": mapping.setting(PROGRAM, "source_entity"),
        }
    return cells
