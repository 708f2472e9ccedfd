"""Commands that look ahead: pacing, forecast, development rates. `main` registers them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from truelift.cli.options import (
    Brand,
    Campaign,
    Day,
    Form,
    In,
    KnownAt,
    Out,
    opened,
    say,
    show,
)

if TYPE_CHECKING:
    from truelift.workspace.result import Result

PACED = (
    "campaign", "creator", "metric", "target", "reached", "pace", "verdict", "withheld", "why",
)  # fmt: skip
FORESEEN = (
    "campaign", "creator", "tracked_p50", "incremental_p50", "roi_p10", "roi_p50", "roi_p90",
    "chance", "withheld", "why",
)  # fmt: skip
"""Columns that are drawn as a table for people; the other formats have them all."""

forecast_app = App(name="forecast", help="What campaigns will have brought by their end.")


def pacing(
    *,
    workspace: In,
    campaign: Campaign = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show how far campaigns are against their targets and budgets, and whether that is chance."""
    with opened(workspace, brand) as ws:
        result = ws.pacing(campaign, as_of=as_of, known_at=known_at)
    show(_narrow(result, PACED) if format == "table" else result, format, output)


@forecast_app.default
def forecast(
    *,
    workspace: In,
    campaign: Campaign = None,
    metric: Annotated[str | None, Parameter(help="Metric forecast; by goal when empty.")] = None,
    target: Annotated[float, Parameter(help="ROI whose chance is told; 0 breaks even.")] = 0.0,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show units, value and ROI at the end of the flight, P10, P50 and P90, and P(ROI > target)."""
    with opened(workspace, brand) as ws:
        result = ws.forecast(campaign, metric, target=target, as_of=as_of, known_at=known_at)
    show(_narrow(result, FORESEEN) if format == "table" else result, format, output)


@forecast_app.command
def backtest(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Forecast past campaigns again at 25, 50 and 75 %; keep the scale that makes bands hold."""
    with opened(workspace, brand) as ws:
        show(ws.forecast_backtest(progress=say), format, output)


@forecast_app.command
def rates(
    *,
    workspace: In,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show how refunds come in by the age of their orders, and what rate that comes to."""
    with opened(workspace, brand) as ws:
        show(ws.development_rates(as_of=as_of, known_at=known_at), format, output)


@forecast_app.command(name="propose-rates")
def propose_rates(
    *,
    workspace: In,
    as_of: Day = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Propose the rates as policy of the books: the returns reserve and the days it is held."""
    with opened(workspace, brand) as ws:
        show(ws.propose_rates(as_of=as_of), format, output)


@forecast_app.command(name="approve-rates")
def approve_rates(
    proposal: str,
    *,
    workspace: In,
    sentence: Annotated[str, Parameter(help="What was decided and why; has a default.")] = "",
    valid_from: Annotated[
        str | None, Parameter(help="First day in force; the day after the proposal's data.")
    ] = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Approve rates that another person proposed: signs a policy version and books by it."""
    with opened(workspace, brand) as ws:
        result, written = ws.approve_rates(proposal, sentence=sentence, valid_from=valid_from)
    show(result, format, output)
    say(f"Approved; {written} entries were written to follow it.")


def _narrow(result: Result, names: Collection[str]) -> Result:
    """Keep the columns that fit a screen; every row's sentence says the rest."""
    kept = tuple(column for column in result.table.columns if column.name in names)
    return dataclasses.replace(result, table=dataclasses.replace(result.table, columns=kept))
