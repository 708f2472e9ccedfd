"""Link methods of the Python door: made in bulk, their settings, QR codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from truelift.catalog.link_making import LinkPlan
from truelift.operations.links import add_links, qr_code, set_links
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result


class Links(Opened):
    """What a workspace can do with its tracked links."""

    def add_links(self, plan: LinkPlan, creators: Sequence[str]) -> tuple[int, list[str]]:
        """Make a link per creator; give how many rows were taken, and why others were not."""
        reports = add_links(self._ground, plan, creators)
        taken = sum(each.accepted + each.updated for report in reports for each in report.records)
        return taken, [fault.message for report in reports for fault in report.faults]

    def set_links(
        self,
        slug: str | None = None,
        *,
        others: Sequence[str] | None = None,
        fallback: str | None = None,
        parameter: str | None = None,
    ) -> Result:
        """Change the settings of a link, or of every link when none is named."""
        row = set_links(self._ground, slug, others=others, fallback=fallback, parameter=parameter)
        names = ("link", "others", "fallback", "parameter", "recorded_at", "recorded_by")
        shown = {name: row.get(name) for name in names}
        shown["others"] = " ".join(row.get("others") or ())
        return Result(self._head() | {"rows": [shown]}, plain_table("Link settings", [shown]))

    def qr_code(self, slug: str, base: str, path: Path) -> str:
        """Write a link's QR code as SVG or PNG; give the address it holds."""
        return qr_code(self._ground, slug, base, path)
