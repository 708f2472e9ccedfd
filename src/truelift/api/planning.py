"""Looking ahead over HTTP: pacing, forecast, and the rates that refunds develop by.

In:   a Workspace, and runners for what reads, what writes and what takes long.
Out:  handlers for the application.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, JSONBody

from truelift.api.door import Workspace
from truelift.api.requesting import (
    PREFIX,
    Apart,
    Asking,
    Runner,
    Text,
    answered,
    bearer,
    plain,
)

Ratio = FromQuery[float]


class Approved(msgspec.Struct, forbid_unknown_fields=True):
    """A proposal of rates: its id as proposing gave it, what was decided, its first day."""

    proposal: str
    sentence: str = ""
    valid_from: str | None = None


def planning_routes(
    writer: Workspace,
    reader: Workspace,
    *,
    writing: Runner[Any],
    reading: Runner[Any],
    apart: Apart,
) -> list[Any]:
    """Make the handlers."""
    return [*_reading(reader, reading), *_deciding(writer, writing), _again(*apart)]


def _reading(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    @get(f"{PREFIX}/pacing", summary="Targets and budgets beside what was reached, with limits.")
    async def pacing(
        request: Asking, campaign: Text = None, as_of: Text = None, known_at: Text = None
    ) -> Response[Any]:
        return await answered(
            request, workspace, reading,
            lambda ws: ws.pacing(campaign, as_of=as_of, known_at=known_at),
        )  # fmt: skip

    @get(f"{PREFIX}/forecast", summary="Units, value and ROI at the end of the flight, P10 to P90.")
    async def forecast(  # noqa: PLR0917 - the query's fields
        request: Asking, campaign: Text = None, metric: Text = None, target: Ratio = 0.0,
        as_of: Text = None, known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        return await answered(
            request, workspace, reading,
            lambda ws: ws.forecast(
                campaign, metric, target=target, as_of=as_of, known_at=known_at
            ),
        )  # fmt: skip

    @get(f"{PREFIX}/forecast/rates", summary="How refunds come in by the age of their orders.")
    async def rates(request: Asking, as_of: Text = None, known_at: Text = None) -> Response[Any]:
        return await answered(
            request, workspace, reading,
            lambda ws: ws.development_rates(as_of=as_of, known_at=known_at),
        )  # fmt: skip

    return [pacing, forecast, rates]


def _deciding(workspace: Workspace, writing: Runner[Any]) -> list[Any]:
    @post(
        f"{PREFIX}/forecast/rates/propose",
        status_code=200,
        summary="Propose those rates as policy of the books; a repeat gives the same proposal.",
    )
    async def propose(request: Asking, as_of: Text = None) -> Response[Any]:
        return await answered(request, workspace, writing, lambda ws: ws.propose_rates(as_of=as_of))

    @post(
        f"{PREFIX}/forecast/rates/approve",
        status_code=200,
        summary="Approve rates that somebody else proposed, and book by them; once.",
    )
    async def approve(request: Asking, data: JSONBody[Approved]) -> Response[Any]:
        token = bearer(request)
        result, written = await writing(
            lambda: workspace.acting(token).approve_rates(
                data.proposal, sentence=data.sentence, valid_from=data.valid_from
            )
        )
        return plain(result.data | {"entries": written})

    return [propose, approve]


def _again(workspace: Workspace, slowly: Runner[Any]) -> Any:  # noqa: ANN401 - Litestar's handler
    @post(
        f"{PREFIX}/forecast/backtest",
        status_code=200,
        summary="Forecast past campaigns again and keep the scale that makes the bands hold.",
    )
    async def backtest(request: Asking) -> Response[Any]:
        return await answered(request, workspace, slowly, lambda ws: ws.forecast_backtest())

    return backtest
