"""Conversions in the Python door: what campaigns tracked, day by day."""

from __future__ import annotations

from truelift.operations.conversion_days import conversion_days
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Result


class Conversions(Opened):
    """The part of a workspace that counts orders and leads by day."""

    def conversion_days(self, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give tracked orders and leads of each campaign by day of the brand."""
        rows = conversion_days(self._ground, as_of=self._time(as_of), known_at=self._time(known_at))
        rows = [row | {"day": row["day"].isoformat()} for row in rows]
        return Result(self._head() | {"rows": rows}, plain_table("Conversions by day", rows))
