"""Questions of the API that look ahead: `GET /api/v1/pacing`, `GET /api/v1/forecast`.

In:   a Workspace, the runner for what reads, how a token and an answer are written.
Out:  handlers for the application.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from truelift.api.door import Workspace
from truelift.api.requesting import PREFIX, Runner, bearer, plain

Text = FromQuery[str | None]
Ratio = FromQuery[float]


def ahead(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    """Make the handlers."""

    @get(f"{PREFIX}/pacing", summary="Targets and budgets beside what was reached, with limits.")
    async def pacing(
        request: Request[None, None, Any],
        campaign: Text = None,
        as_of: Text = None,
        known_at: Text = None,
    ) -> Response[Any]:
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    workspace.acting(token).pacing(campaign, as_of=as_of, known_at=known_at).data
                )
            )
        )

    @get(f"{PREFIX}/forecast", summary="Units, value and ROI at the end of the flight, P10 to P90.")
    async def forecast(  # noqa: PLR0917 - the query's fields
        request: Request[None, None, Any],
        campaign: Text = None,
        metric: Text = None,
        target: Ratio = 0.0,
        as_of: Text = None,
        known_at: Text = None,
    ) -> Response[Any]:
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    workspace.acting(token)
                    .forecast(campaign, metric, target=target, as_of=as_of, known_at=known_at)
                    .data
                )
            )
        )

    return [pacing, forecast]
