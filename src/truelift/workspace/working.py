"""Working at the Python door: rows that a person writes, one at a time, and what follows from them.

In:   an opened workspace, of which this is a part; the cells of a form.
Out:  results as every other method gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from truelift.operations import ageing, form_rows, uploads, value_changes
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

    def begin_upload(self, name: str) -> Result:
        """Make place for a file; `path` of the row is where it is to be written."""
        return self._files("Begun", [uploads.begin_upload(self._ground, name)])

    def waiting_uploads(self) -> Result:
        """Give the files that who acts has sent and not imported yet."""
        return self._files("Waiting files", uploads.waiting_uploads(self._ground))

    def drop_upload(self, upload: str) -> Result:
        """Remove a file that was sent."""
        return self._files("Removed", [uploads.drop_upload(self._ground, upload)])

    def look_at_upload(self, upload: str, how: str = "") -> Result:
        """Say what a file is and how its first rows are read. how: JSON of HowRead."""
        found = uploads.look(self._ground, upload, uploads.how_read(how))
        rows = list(found.rows)
        body = {
            "file": _file(found.upload), "shapes": [asdict(each) for each in found.shapes],
            "kind": found.kind, "columns": dict(found.columns), "rows": rows,
            "how": asdict(found.how),
            "faults": [_fault(each) for each in found.faults],
        }  # fmt: skip
        return Result(self._head() | body, plain_table("First rows", []))

    def try_upload(self, upload: str, how: str = "") -> Result:
        """Say what the import of a file would do; nothing is kept."""
        found = uploads.try_upload(self._ground, upload, uploads.how_read(how))
        rows = [{"kind": kind} | dict(counts) for kind, counts in found.counts.items()]
        body = {
            "rows": rows, "reasons": dict(found.reasons), "added": dict(found.added),
            "changes": list(found.changes), "faults": [_fault(each) for each in found.faults],
        }  # fmt: skip
        return Result(self._head() | body, plain_table("What an import would do", rows))

    def take_upload(self, upload: str, how: str = "") -> Result:
        """Import a file that was sent, then book what changed."""
        report = uploads.take_upload(self._ground, upload, uploads.how_read(how))
        self._after(report)
        rows = [asdict(record) for record in report.records]
        return Result(self._head() | {"rows": rows}, plain_table("Imported", rows))

    def _files(self, title: str, found: Sequence[uploads.Upload]) -> Result:
        rows = [_file(each) for each in found]
        return Result(self._head() | {"rows": rows}, plain_table(title, rows))

    def _after(self, report: ImportReport) -> None:
        """Bring what follows from the facts up to them: the books, and ageing curves when due."""
        if report.changed:
            book(self._ground)
        if report.changed and {"posts", "observations"} & {row.kind for row in report.records}:
            ageing.refit_if_due(self._ground)


def _file(found: uploads.Upload) -> dict[str, Any]:
    return {
        "upload": found.upload, "name": found.name, "size": found.size, "path": str(found.path),
    }  # fmt: skip


def _fault(found: Any) -> dict[str, Any]:  # noqa: ANN401 - a Fault of the facts
    return {
        "line": found.line, "column": found.column, "reason": found.reason.value,
        "message": found.message,
    }  # fmt: skip
