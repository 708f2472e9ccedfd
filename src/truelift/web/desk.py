"""Desk: what every screen of one workspace stands on: its reading, its forms, its frame.

In:   a Workspace, and what makes old answers again beside the requests.
Out:  pages in the house's frame, flat tables as grids, what became of the form that was sent last.

A screen is a function of a desk, of what was asked for, and of the ending that was asked for.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from htpy import Node, h2, p, section
from litestar import Response

from truelift.reports.provisional import provisional
from truelift.reports.table import Table
from truelift.web.acts import DONE, Act, Forms, Outcome
from truelift.web.answers import html_answer
from truelift.web.asked import Asked, BadParameter
from truelift.web.door import Result, Workspace
from truelift.web.empty import nothing
from truelift.web.grid import chooser, grid, is_total
from truelift.web.layout import page, pager
from truelift.web.reading import Reading, Renew
from truelift.web.tables import listing
from truelift.web.visiting import CALLER
from truelift.web.wording import worded

Json = Mapping[str, Any]
Answer = Response[bytes]
Row = TypeVar("Row")

PANEL_ROWS = 12
"""Rows of an answer that stands beside others."""

LIST_ROWS = 60
"""Rows of a flat table that a page shows at a time, so that no page is over 60 KB."""


class Desk:
    """One workspace as its pages have it."""

    def __init__(
        self, workspace: Workspace, acts: Mapping[str, Act], renew: Renew | None = None
    ) -> None:
        """Read a workspace; acts: what can be done from its pages; renew: makes answers again."""
        self._workspace = workspace
        self.reading = Reading(workspace, renew=renew)
        self.forms = Forms(acts)
        self.told: str | None = None

    @property
    def workspace(self) -> Workspace:
        """Give the workspace as the person has it whom the request is by."""
        caller = CALLER.get()
        return self._workspace.acting(None if caller is None else caller.said)

    def last(self, asked: Asked) -> Outcome | None:
        """Say what became of the form that was sent last."""
        return self.forms.known(asked.get(DONE, "") or "")

    def grid(
        self,
        whole: Table,
        table: Table,
        asked: Asked,
        title: str,
        link: Callable[[Json], str] | None = None,
    ) -> list[Node]:
        """Show the part of an arranged table that was asked for; whole: with all its columns.

        link: the address of a row's own page.
        """
        if not table.rows:
            return [nothing(asked, whole.instead)]
        rows, parts = part(table.rows, asked, LIST_ROWS)
        zone = self.head()["timezone"]
        return [
            grid(
                "list",
                table,
                rows,
                asked,
                title=title,
                note=worded(table.note),
                zone=zone,
                link=link,
            ),
            pager(asked, parts, len(table.rows), "rows") if parts > 1 else None,
            chooser(whole, table, asked),
        ]

    def panel(
        self,
        title: str,
        result: Result,
        columns: Sequence[str],
        *,
        where: Mapping[str, str] | None = None,
        keep: Callable[[Json], bool] = lambda _row: True,
        note: Node = None,
        more: Node = None,
    ) -> Node:
        """Show the first rows of an answer beside other things: some columns, rows that match.

        where: what columns of a row have to hold. keep: says of a row whether it is shown. more:
        leads to all of it; where there is nothing to show that is said in a sentence.
        """
        table = result.table
        rows = [
            row
            for row in table.rows
            if not is_total(row, table)
            and all(row.get(k) == v for k, v in (where or {}).items())
            and keep(row)
        ]
        if not rows:
            return section(".panel")[h2[title], p(".key")["There are none.", " ", more]]
        shown = replace(table, columns=tuple(c for c in table.columns if c.name in columns))
        told = f"{len(rows):,} rows"
        if len(rows) > PANEL_ROWS:
            told = f"the first {PANEL_ROWS} of {told}"
        name = "-".join(title.lower().split())
        zone = self.head()["timezone"]
        return section(".panel")[
            listing(name, shown, rows[:PANEL_ROWS], title, note, zone=zone),
            p(".key")[told, "; " if more else None, more],
        ]

    def provisional(self, head: Json) -> dict[str, str]:
        """Give the campaigns whose figures refunds still move on the day of a report."""
        day = dt.datetime.fromisoformat(head["as_of"]).astimezone(ZoneInfo(head["timezone"])).date()
        rates = self.reading.ask("development_rates").rows
        return provisional(self.reading.list("campaigns").rows, rates, day)

    def head(self) -> Json:
        """Give what every page says of its brand."""
        return self.reading.list("baselines").data

    def page(
        self,
        head: Json,
        title: str,
        here: str,
        body: Sequence[Node],
        *,
        live: bool = True,
        again: int | None = None,
    ) -> Answer:
        """Answer with a page in the frame; here: the link of the frame that leads to it.

        live: off for a page on which somebody writes: nothing of it moves meanwhile. again: seconds
        after which the page is asked for again.
        """
        version = self.told = self.reading.told
        return html_answer(
            page(
                head,
                self.reading.simulated,
                title=title,
                here=here,
                body=body,
                version=version if live else None,
                again=again,
            )
        )


Screen = Callable[[Desk, Asked, str], Answer]

Screens = Mapping[str, tuple[Sequence[str], Screen]]
"""Paths, each with the parameters it takes and the screen that answers."""


def part(rows: Sequence[Row], asked: Asked, size: int) -> tuple[Sequence[Row], int]:
    """Give the part of the rows that was asked for, and how many parts there are."""
    parts = max(1, math.ceil(len(rows) / size))
    if asked.page > parts:
        field = "page"
        raise BadParameter(field, f"page {asked.page} is beyond the last, which is {parts}.")
    return rows[(asked.page - 1) * size : asked.page * size], parts
