"""Working at the Python door: rows that a person writes, one at a time, and what follows from them.

In:   an opened workspace, of which this is a part; the cells of a form.
Out:  results as every other method gives them.
"""

from __future__ import annotations

from collections.abc import Mapping

from truelift.operations import ageing, form_rows, value_changes
from truelift.operations.book import book
from truelift.operations.ingest import ImportReport
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result

Cells = Mapping[str, str]


class Working(Opened):
    """The part of a workspace that people change by hand."""

    def save_row(self, kind: str, written: Cells, read: Cells | None = None) -> Result:
        """Keep a row of the catalog: a new one, or another version of the one that was read.

        A kind that has an approver waits for another person instead (decide_row).
        """
        asked = form_rows.Written(kind, written, read)
        if kind in form_rows.APPROVED_KINDS:
            row = value_changes.propose_row(self._ground, asked)
        else:
            report = form_rows.save_row(self._ground, asked)
            self._after(report)
            state = "kept" if report.changed else "unchanged"
            row = {"kind": kind, "row": str(asked), "state": state}
        return Result(self._head() | {"rows": [row]}, plain_table("Saved", [row]))

    def decide_row(self, change: str, *, reject: bool = False) -> Result:
        """Approve or reject a value that another person proposed."""
        row, report = value_changes.decide_row(self._ground, change, reject=reject)
        self._after(report)
        return Result(self._head() | {"rows": [row]}, plain_table("Decided", [row]))

    def waiting_rows(self) -> Result:
        """Give the values that wait for somebody's approval."""
        rows = value_changes.waiting_rows(self._ground)
        return Result(self._head() | {"rows": rows}, plain_table("Waiting", rows))

    def _after(self, report: ImportReport) -> None:
        """Bring what follows from the facts up to them: the books, and ageing curves when due."""
        if report.changed:
            book(self._ground)
        if report.changed and {"posts", "observations"} & {row.kind for row in report.records}:
            ageing.refit_if_due(self._ground)
