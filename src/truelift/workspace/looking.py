"""Looking closer in the Python door: content, attribution models beside each other, date bases.

In:   an opened workspace.
Out:  rows of plain values, money in decimal text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from truelift.attribution.models import Model
from truelift.base.errors import NotFound
from truelift.base.money import format_minor
from truelift.operations import attribute as attributing
from truelift.operations import content as contents
from truelift.operations.campaign_report import campaign_report
from truelift.reports.both_dates import months_by_both_dates
from truelift.reports.charts.expected import expected
from truelift.reports.charts.forest import forest
from truelift.reports.charts.funnel import funnel
from truelift.reports.charts.waterfall import waterfall
from truelift.reports.table import Table, plain_table
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Json, Result

SIMPLE = (Model.CODE_FIRST, Model.LAST, Model.FIRST, Model.LINEAR)
"""Models that the facts engine shares out by itself; the others take longer."""


class Looking(Opened):
    """The part of a workspace that shows what a report's figures are made of, side by side."""

    def content(
        self,
        campaign: str | None = None,
        creator: str | None = None,
        *,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give our sponsored posts, newest first, each with its newest reading."""
        rows = contents.content(
            self._ground, campaign, creator,
            as_of=self._time(as_of), known_at=self._time(known_at),
        )  # fmt: skip
        return self._shown("Content", rows, "no reading of a metric leaves its cell empty")

    def models(self, *, every: bool = False, as_of: Time = None, known_at: Time = None) -> Result:
        """Give net value per campaign and creator under four models, or under every one."""
        models = tuple(Model) if every else SIMPLE
        names = {model.value.replace("-", "_") for model in models}
        rows = attributing.beside_each_other(
            self._ground, models, as_of=self._time(as_of), known_at=self._time(known_at)
        )
        currency = self._ground.brand.currency
        shown = [row | {name: format_minor(row[name], currency) for name in names} for row in rows]
        table = plain_table("Attribution models", shown, f"net value in {currency}", names, names)
        return Result(self._head() | {"rows": rows}, table)

    def conflicts(self, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give conversions on which a code and a click name different creators."""
        rows = attributing.conflicts(
            self._ground, as_of=self._time(as_of), known_at=self._time(known_at)
        )
        return self._shown("Conflicts", rows, "the first code wins")

    def counted_later(self, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give refunds and won leads that the two date bases put into different months."""
        rows = contents.counted_later(
            self._ground, as_of=self._time(as_of), known_at=self._time(known_at)
        )
        told = [row | {"amount": format_minor(row["amount"], row["currency"])} for row in rows]
        table = plain_table("Counted in another month", told, "", {"amount"}, {"amount"})
        return Result(self._head() | {"rows": rows}, table)

    def both_dates(
        self, campaign: str | None = None, *, as_of: Time = None, known_at: Time = None
    ) -> Result:
        """Give net revenue by month on event dates and on order dates, and the difference."""
        asked = {"by": "day", "campaign": campaign}
        found = [
            self.roi(**asked, basis=basis, as_of=as_of, known_at=known_at)
            for basis in ("event", "order")
        ]
        rows = months_by_both_dates(found[0].rows, found[1].rows)
        currency = self._ground.brand.currency
        names = ("event_date", "order_date", "difference")
        shown = [row | {name: format_minor(row[name], currency) for name in names} for row in rows]
        table = plain_table("Net revenue by month", shown, f"in {currency}", set(names))
        return Result(self._head() | {"rows": rows}, table)

    def campaign_report(self, campaign: str, *, as_of: Time = None, known_at: Time = None) -> bytes:
        """Give one campaign as a PDF: its creators, its charts, reasons to doubt its lift.

        NotFound for a campaign that nothing names. The same facts give the same bytes.
        """
        asked = {"campaign": campaign}
        found = self.roi(by="creator", as_of=as_of, known_at=known_at, **asked)
        if not found.rows:
            msg = f"There is no campaign {campaign!r} with anything to report."
            raise NotFound(msg)
        totals = self.roi(by="campaign", as_of=as_of, known_at=known_at, **asked).rows
        whole = totals[0] if totals else None
        currency = self._ground.brand.currency
        drawings = {
            "Incremental ROI with 95% limits": forest(found.rows, name=_creator),
            "Expected and observed": expected(found.rows),
            "From reach to orders": funnel(whole["outputs"] if whole else {}),
            "From reported to return": waterfall(self.bridge(campaign).rows, currency),
        }
        doubts = self.doubt(campaign, as_of=as_of, known_at=known_at).rows
        at = dt.datetime.fromisoformat(found.data["known_at"].removesuffix("Z"))
        return campaign_report(
            self._ground, found.data, found.rows, whole, doubts=doubts, drawings=drawings, at=at
        )

    def bridge(self, campaign: str | None = None, period: str | None = None) -> Result:
        """Give the signed steps; a workspace has it."""
        raise NotImplementedError

    def doubt(self, campaign: str, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give reasons to doubt the lift of a campaign; a workspace has it."""
        raise NotImplementedError

    def _shown(self, title: str, rows: list[Json], note: str) -> Result:
        table: Table = plain_table(title, rows, note)
        return Result(self._head() | {"rows": rows}, table)

    def roi(self, *, as_of: Time = None, known_at: Time = None, **asked: str | None) -> Result:
        """Give the ROI report; a workspace has it."""
        raise NotImplementedError


def _creator(row: Mapping[str, Any]) -> str:
    return str(row["creator"] or "(no creator)")
