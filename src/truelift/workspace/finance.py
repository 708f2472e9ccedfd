"""The finance reports in the Python door.

In:   a report's name and what of the books it is asked for.
Out:  Result: rows in minor units, and the same rows as a flat table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from truelift.operations.reporting import ReportRequest, report
from truelift.reports.roi import instant_text
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result

if TYPE_CHECKING:
    import datetime as dt

    from truelift.base.time import Instant


class FinanceReports(Opened):
    """What a workspace tells a controller."""

    def report(
        self,
        name: str,
        period: str | None = None,
        *,
        first: str | None = None,
        last: str | None = None,
        campaign: str | None = None,
        creator: str | None = None,
        as_closed: bool = False,
        known_at: str | dt.date | Instant | None = None,
    ) -> Result:
        """Give a finance report: pnl, accruals, prepaid, commitments, budget, commission and more.

        period: one month; first and last: from one month to another. as_closed: as the books were
        when the last of them was closed. known_at: as they were at a time.
        """
        request = ReportRequest(
            name=name,
            period=period,
            first=first,
            last=last,
            campaign=campaign,
            creator=creator,
            as_closed=as_closed,
            known_at=self._time(known_at),
        )
        found = report(self._ground, request)
        statement = found.statement
        head = self._head() | {
            "report": name,
            "title": statement.title,
            "known_at": instant_text(found.known_at),
        }
        return Result(head | {"rows": statement.json_rows()}, statement.table(found.heading))
