"""Commands that look ahead: pacing, forecast, development rates. `main` registers them."""

from __future__ import annotations

from typing import Annotated

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
        show(ws.pacing(campaign, as_of=as_of, known_at=known_at), format, output)


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
    show(result, format, output)


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
