"""The Python door to suppliers' money documents: matching, payables, accruals to chase.

In:   an opened workspace, of which this is a part.
Out:  results as every other method gives them.
"""

from __future__ import annotations

import datetime as dt

from truelift.base.errors import UsageError
from truelift.base.money import format_minor
from truelift.base.time import Instant, Period
from truelift.operations import supplier_queue
from truelift.reports.accrual_letter import letters
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result

Time = str | dt.date | Instant | None


class Suppliers(Opened):
    """What a workspace can do with invoices and bank lines. `Workspace` is one of these."""

    def match(self, *, exceptions: bool = False, known_at: Time = None) -> Result:
        """Give the verdict of every invoice and bank line; or only those that wait for a person."""
        rows = supplier_queue.verdicts(
            self._ground, exceptions=exceptions, known_at=self._time(known_at)
        )
        title = "Exceptions" if exceptions else "Matches"
        return Result(self._head() | {"rows": rows}, plain_table(title, rows, "", {"amount"}))

    def accept_match(self, line: str, *documents: str) -> None:
        """Take a line for these documents and book it; who did is kept."""
        if not documents:
            msg = f"Name the document that {line} settles."
            raise UsageError(msg)
        supplier_queue.accept(self._ground, line, documents)

    def reject_match(self, line: str, document: str | None = None) -> None:
        """Say that a line is not for a document, or for nothing here at all."""
        supplier_queue.reject(self._ground, line, document)

    def payables(self, *, due: Time = None, known_at: Time = None) -> Result:
        """Give the invoices that may be paid, with the end-to-end id to pay each with."""
        rows = supplier_queue.payables(
            self._ground, due=self._day(due), known_at=self._time(known_at)
        )
        table = plain_table("Approved payables", rows, "", {"amount", "held"})
        return Result(self._head() | {"rows": rows}, table)

    def chase(
        self, *, creator: str | None = None, period: str | None = None, known_at: Time = None
    ) -> Result:
        """Give the accrued work for which no invoice has come, per creator, the oldest first."""
        rows = supplier_queue.chase(
            self._ground, creator=creator, period=_month(period), known_at=self._time(known_at)
        )
        table = plain_table("Missing invoices", rows, "", {"amount"})
        return Result(self._head() | {"rows": rows}, table)

    def confirm_accruals(
        self, *, creator: str | None = None, period: str | None = None, known_at: Time = None
    ) -> tuple[Result, str]:
        """Give what stood accrued at the end of a period: as rows, and as letters to creators."""
        found, day = supplier_queue.accruals_at(
            self._ground, creator=creator, period=_month(period), known_at=self._time(known_at)
        )
        rows = [
            {
                "creator": each.creator,
                "as_of": day,
                "agreement": each.agreement,
                "campaign": each.campaign,
                "what": each.what,
                "type": each.cost_type,
                "since": each.since,
                "amount": format_minor(each.amount_minor, each.currency),
                "currency": each.currency,
            }
            for each in found
        ]
        table = plain_table("Accruals to confirm", rows, "", {"amount"})
        letter = letters(found, self._ground.brand.brand, day)
        return Result(self._head() | {"rows": rows}, table), letter


def _month(text: str | None) -> Period | None:
    try:
        return None if text is None else Period.parse(text)
    except ValueError:
        msg = f"{text!r} is not a period; write a month such as 2026-05."
        raise UsageError(msg) from None
