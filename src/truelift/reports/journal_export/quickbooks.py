"""QuickBooks Online: journal entries by its CSV import, in the currency of the company.

In:   an ExportBatch whose accounts are mapped to names as QuickBooks has them (`Parent:Sub`).
Out:  one CSV; rows of one JournalNo belong together. Documented by Intuit, not machine verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from truelift.base.errors import CheckFailed
from truelift.ledger.journal import Entry, Posting
from truelift.reports.journal_export.batch import (
    ExportBatch,
    ExportFile,
    account_name,
    described,
)
from truelift.reports.journal_export.delimited import NOTHING, Exact, csv_bytes, date_text

PROGRAM = "quickbooks"
COLUMNS = (
    "JournalNo", "JournalDate", "AccountName", "Debits", "Credits", "Description", "Name",
)  # fmt: skip
NUMBER_LENGTH = 21
"""How long a journal's number may be."""

PAYABLES = ("2000", "2010")
"""Accounts that QuickBooks keeps by supplier: a line without a name is refused there."""


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch as one CSV."""
    extra = [
        (title, str(dimension))
        for title, key in (("Class", "class"), ("Location", "location"))
        if (dimension := batch.mapping.setting(PROGRAM, key))
    ]
    rows = [[*COLUMNS, *(title for title, _ in extra)]]
    for entry in batch.dated:
        rows += [
            [*row, *(_dimension(batch, posting, each) for _, each in extra)]
            for posting, row in _rows(batch, entry)
        ]
    return [ExportFile(1, csv_bytes(rows))]


def _rows(batch: ExportBatch, entry: Entry) -> Iterator[tuple[Posting, list[str]]]:
    pattern = batch.mapping.setting(PROGRAM, "date", "%m/%d/%Y")
    for posting in batch.moving(entry):
        amount = Exact(batch.base_text(posting))
        yield (
            posting,
            [
                journal_number(entry),
                date_text(entry.effective_date, pattern, f"{PROGRAM}.date"),
                account_name(batch, posting.account),
                amount if posting.base_minor > 0 else NOTHING,
                amount if posting.base_minor < 0 else NOTHING,
                described(batch, entry, posting),
                _name(batch, entry, posting),
            ],
        )


def journal_number(entry: Entry) -> str:
    """Give an entry's number: 19 of the 32 digits of its id, behind two letters."""
    return ("TL" + entry.entry_id.replace("-", ""))[:NUMBER_LENGTH]


def _dimension(batch: ExportBatch, posting: Posting, dimension: str) -> str:
    return batch.mapping.named(dimension, getattr(posting, dimension))


def _name(batch: ExportBatch, entry: Entry, posting: Posting) -> str:
    if posting.counterparty is not None:
        return batch.mapping.named("counterparty", posting.counterparty)
    if posting.account not in PAYABLES:
        return NOTHING
    if posting.creator is None:
        msg = (
            f"Entry {entry.entry_id} moves account {posting.account} and names neither "
            "counterparty nor creator, and QuickBooks takes no payable without a name; complete "
            "the cost document. Nothing was exported."
        )
        raise CheckFailed(msg)
    return batch.mapping.named("creator", posting.creator)
