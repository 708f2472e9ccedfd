"""The lake at the Python door: seal what was accepted, see where it stands, make few files of many.

In:   an opened workspace, of which this is a part.
Out:  results as every other method gives them.
"""

from __future__ import annotations

from dataclasses import asdict

from truelift.operations import lake
from truelift.operations.lake import Restored
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result


class LakeMethods(Opened):
    """The part of a workspace that keeps its lake."""

    def seal_lake(self) -> tuple[int, int]:
        """Append to the lake what was accepted since; give commits and rows."""
        sealed = lake.seal_lake(self._ground)
        return sealed.segments, sealed.rows

    def lake_standing(self) -> Result:
        """Say of every kind of fact where its table stands, and what waits to be sealed."""
        rows = [asdict(each) for each in lake.lake_standing(self._ground)]
        note = "rows that wait are read as the tail; nothing is missing"
        table = plain_table("Lake", rows, "" if self._lacking else note)
        return Result(self._head() | {"rows": rows}, table)

    def compact_lake(self) -> tuple[int, int]:
        """Make few files of many; give how many were merged, and how many old ones were removed."""
        return lake.compact_lake(self._ground)

    def restore_lake(self) -> Restored:
        """Make the segments of a folder that was lost, of what the lake holds.

        The facts file is made of them when the workspace is opened next.
        """
        return lake.restore_lake(self._ground)

    def forget_lost(self) -> bool:
        """Say no more that facts were lost; False when none were."""
        return lake.forget_lost(self._ground)
