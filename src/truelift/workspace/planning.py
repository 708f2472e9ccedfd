"""Planning in the Python door: pacing against targets, forecast to campaign end, development rates.

In:   an opened workspace, a campaign.
Out:  rows that each say why.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

from truelift.base.errors import UsageError
from truelift.operations import backtest, development_rates
from truelift.operations import forecast as forecasts
from truelift.operations import pacing as paces
from truelift.operations.book import book_by_policy
from truelift.reports.forecast import forecast_json, forecast_table
from truelift.reports.pacing import pace_json, pace_table
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Result


class Planning(Opened):
    """The part of a workspace that looks ahead while a campaign runs."""

    def pacing(
        self, campaign: str | None = None, *, as_of: Time = None, known_at: Time = None
    ) -> Result:
        """Give how far campaigns and creators are against their targets, and budgets."""
        rows = paces.pacing(
            self._ground, campaign, as_of=self._time(as_of), known_at=self._time(known_at)
        )
        currency = self._ground.brand.currency
        told = [pace_json(row, currency) for row in rows]
        return Result(
            self._head() | {"rows": told},
            self._filled(pace_table(rows, currency), "pacing", known_at),
        )

    def forecast(
        self,
        campaign: str | None = None,
        metric: str | None = None,
        *,
        target: float = 0.0,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give what campaigns and creators will have brought by the end, P10, P50 and P90.

        target: the ROI whose chance is told.
        """
        if not math.isfinite(target):
            msg = "The target is an ROI as a number, 0.5 for +50 %."
            raise UsageError(msg)
        request = forecasts.ForecastRequest(
            campaign, metric, target, self._time(as_of), self._time(known_at)
        )
        rows = forecasts.forecast(self._ground, request)
        told = [forecast_json(row) for row in rows]
        table = self._filled(
            forecast_table(rows, self._ground.brand.currency), "forecast", known_at
        )
        return Result(self._head() | {"rows": told}, table)

    def forecast_backtest(self, *, progress: Callable[[str], None] = lambda _words: None) -> Result:
        """Forecast past campaigns again and keep the scale that makes the bands hold."""
        rows = backtest.forecast_backtest(self._ground, progress=progress)
        return Result(self._head() | {"rows": rows}, plain_table("Forecasts of the past", rows))

    def development_rates(self, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give how refunds come in by the age of their orders, and what rate that comes to."""
        rows = development_rates.development_rates(
            self._ground, as_of=self._time(as_of), known_at=self._time(known_at)
        )
        return Result(self._head() | {"rows": rows}, plain_table("Development of refunds", rows))

    def propose_rates(self, *, as_of: Time = None) -> Result:
        """Propose the development's rates as policy of the books; somebody else approves."""
        row = development_rates.propose_rates(self._ground, as_of=self._time(as_of))
        return Result(self._head() | {"rows": [row]}, plain_table("Proposed rates", [row]))

    def approve_rates(
        self, proposal: str, *, sentence: str = "", valid_from: str | dt.date | None = None
    ) -> tuple[Result, int]:
        """Approve rates that somebody else proposed, and book by them; give how many entries."""
        if isinstance(valid_from, str):
            try:
                valid_from = dt.date.fromisoformat(valid_from)
            except ValueError:
                msg = f"{valid_from!r} is not a day; write one such as 2026-06-01."
                raise UsageError(msg) from None
        row = development_rates.approve_rates(
            self._ground, proposal, sentence=sentence, valid_from=valid_from
        )
        written, _ = book_by_policy(self._ground)
        result = Result(self._head() | {"rows": [row]}, plain_table("Approved rates", [row]))
        return result, written
