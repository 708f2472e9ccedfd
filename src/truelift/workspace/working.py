"""Working at the Python door: rows that a person writes, one at a time, and what follows from them.

In:   an opened workspace, of which this is a part; the cells of a form.
Out:  results as every other method gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from truelift.base.money import format_minor
from truelift.catalog.link_making import LinkPlan
from truelift.operations import (
    ageing,
    form_rows,
    links,
    refused_rows,
    unowned_codes,
    uploads,
    value_changes,
)  # fmt: skip
from truelift.operations.book import book
from truelift.operations.ingest import ImportReport
from truelift.operations.roi import RoiRequest, roi
from truelift.reports.roi import report_json
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
            unknown = form_rows.unknown_names(self._ground, asked)
            row = {"kind": kind, "row": str(asked), "state": state, "unknown": unknown}
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

    def refused_row(self, name: str) -> Result:
        """Give a row of the quarantine with its cells."""
        row = refused_rows.refused_row(self._ground, name)
        return Result(self._head() | {"rows": [row]}, plain_table("Refused row", [row]))

    def correct_row(self, name: str, written: Cells) -> Result:
        """Take a refused row in as it was corrected."""
        report = refused_rows.correct_row(self._ground, name, written)
        self._after(report)
        rows = [asdict(record) for record in report.records]
        return Result(self._head() | {"rows": rows}, plain_table("Corrected", rows))

    def retry_rows(self, reason: str) -> Result:
        """Try the refused rows of a reason again as they are."""
        row, report = refused_rows.retry_rows(self._ground, reason)
        self._after(report)
        return Result(self._head() | {"rows": [row]}, plain_table("Tried again", [row]))

    def dismiss_rows(self, why: str, *, name: str = "", reason: str = "") -> Result:
        """Decide that a refused row, or every one of a reason, needs nothing."""
        row = refused_rows.dismiss_rows(self._ground, why, name=name, reason=reason)
        return Result(self._head() | {"rows": [row]}, plain_table("Dismissed", [row]))

    def decided_rows(self) -> Result:
        """Give what was decided about refused rows, the newest first."""
        rows = refused_rows.decided_rows(self._ground)
        return Result(self._head() | {"rows": rows}, plain_table("Decided", rows))

    def unowned_codes(self) -> Result:
        """Give the codes that orders carry and nobody owns."""
        rows = unowned_codes.unowned_codes(self._ground)
        table = plain_table("Codes of nobody", rows, money={"net"})
        return Result(self._head() | {"rows": rows}, self._filled(table, "unowned codes"))

    def map_code(self, code: str, creator: str, campaign: str, since: str) -> Result:
        """Give a code to a creator and campaign from a day on; say what that changes at once.

        Without a creator it is a code of the whole site.
        """
        before = self._tracked(campaign)
        kind = "creator" if creator else "sitewide"
        cells = {
            "code": code, "creator": creator, "campaign": campaign, "valid_from": since,
            "kind": kind,
        }  # fmt: skip
        (saved,) = self.save_row("codes", cells).rows
        after = self._tracked(campaign)
        row = saved | {"campaign": campaign, "before": before, "after": after,
                       "by": self._ground.person}  # fmt: skip
        return Result(self._head() | {"rows": [row]}, plain_table("Mapped", [saved]))

    def _tracked(self, campaign: str) -> dict[str, Any] | None:
        """Give what a campaign is known to have sold: orders, and their net value."""
        if not campaign:
            return None
        header, rows = roi(self._ground, RoiRequest(campaign=campaign, by="campaign"))
        found = [row for row in report_json(header, rows)["rows"] if row["campaign"] == campaign]
        if not found:
            return None
        net = next(step["amount"] for step in found[0]["ladder"] if step["step"] == "net")
        currency = self._ground.brand.currency
        return {
            "orders": found[0]["outputs"]["orders"],
            "net": None if net is None else f"{format_minor(net, currency)} {currency}",
        }

    def make_links(self, plan: LinkPlan, creators: Sequence[str]) -> Result:
        """Make a link, and a code if the plan has one, for each creator."""
        return self._made(links.add_links(self._ground, plan, creators))

    def make_codes(
        self, template: str, campaign: str, creators: Sequence[str], since: str = ""
    ) -> Result:
        """Make a code for each creator."""
        return self._made([links.add_codes(self._ground, template, campaign, creators, since)])

    def _made(self, reports: Sequence[ImportReport]) -> Result:
        changed = next((report for report in reports if report.changed), None)
        if changed is not None:
            self._after(changed)
        row = {
            "taken": sum(each.accepted + each.updated for it in reports for each in it.records),
            "refused": [fault.message for report in reports for fault in report.faults],
        }
        return Result(self._head() | {"rows": [row]}, plain_table("Made", [row]))

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
