"""Leaked codes and alerts over HTTP, as the command line gives them.

In:   a Workspace, and runners for what reads and what writes.
Out:  handlers for paths under /api/v1.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from truelift.api.door import Workspace
from truelift.api.requesting import PREFIX, Asking, Runner, Text, bearer, plain

ORDER, OPEN = "order", "open"


def alert_routes(
    writer: Workspace, reader: Workspace, *, writing: Runner[Any], reading: Runner[Any]
) -> list[Any]:
    """Make the handlers."""

    @get(f"{PREFIX}/leaks", summary="Leaked codes, the ROI without them beside; by=order each.")
    async def leaks(  # noqa: PLR0917 - the query's fields
        request: Asking, campaign: Text = None, creator: Text = None, code: Text = None,
        by: FromQuery[str] = "code", rules: Text = None, as_of: Text = None,
        known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    reader.acting(token)
                    .leaks(
                        campaign, creator, code, orders=by == ORDER, rules=rules, as_of=as_of,
                        known_at=known_at,
                    )
                    .data
                )
            )
        )  # fmt: skip

    @get(f"{PREFIX}/alerts", summary="Alerts as they stand, each with why and what to do.")
    async def alerts(
        request: Asking, which: FromQuery[str] = "all", as_of: Text = None, known_at: Text = None
    ) -> Response[Any]:
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    reader.acting(token)
                    .alerts(open_only=which == OPEN, as_of=as_of, known_at=known_at)
                    .data
                )
            )
        )

    @post(
        f"{PREFIX}/alerts/{{name:str}}/snooze",
        status_code=200,
        summary="Let nobody be told of an alert for some days; it stays open.",
    )
    async def snooze(
        request: Asking, name: FromPath[str], days: FromQuery[float] = 1.0
    ) -> Response[Any]:
        token = bearer(request)
        return plain(await writing(lambda: writer.acting(token).snooze_alert(name, days=days).data))

    return [leaks, alerts, snooze]
