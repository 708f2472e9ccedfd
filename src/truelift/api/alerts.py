"""Alerts over HTTP, as the command line gives them, and what a person does with one.

In:   a Workspace, and runners for what reads, what writes and what takes long.
Out:  handlers under /api/v1/alerts.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from truelift.api.door import Workspace
from truelift.api.requesting import PREFIX, Apart, Asking, Runner, Text, answered

OPEN = "open"
SNOOZE_DAYS = 1.0
Which = FromQuery[Literal["all", "open"]]
Name = FromPath[str]


class Looked(msgspec.Struct, forbid_unknown_fields=True):
    """Who looks after an alert."""

    owner: str


def alert_routes(
    writer: Workspace,
    reader: Workspace,
    *,
    writing: Runner[Any],
    reading: Runner[Any],
    apart: Apart,
) -> list[Any]:
    """Make the handlers."""
    return [
        *_reading(reader, reading),
        *_handling(writer, writing),
        *_asking(*apart),
    ]


def _reading(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    @get(f"{PREFIX}/alerts", summary="Alerts as they stand, each with why and what to do.")
    async def alerts(
        request: Asking, which: Which = "all", as_of: Text = None, known_at: Text = None
    ) -> Response[Any]:
        return await answered(
            request, workspace, reading,
            lambda ws: ws.alerts(open_only=which == OPEN, as_of=as_of, known_at=known_at),
        )  # fmt: skip

    @get(f"{PREFIX}/alerts/channels", summary="Where alerts are told beside the feed; no secrets.")
    async def channels(request: Asking) -> Response[Any]:
        return await answered(request, workspace, reading, lambda ws: ws.alert_channels())

    return [alerts, channels]


def _handling(workspace: Workspace, writing: Runner[Any]) -> list[Any]:
    @post(
        f"{PREFIX}/alerts/{{name:str}}/snooze",
        status_code=200,
        summary="Let nobody be told of an alert for some days, or until a time; it stays open.",
    )
    async def snooze(
        request: Asking, name: Name, days: FromQuery[float | None] = None, until: Text = None
    ) -> Response[Any]:
        length = SNOOZE_DAYS if days is None and until is None else days
        return await answered(
            request, workspace, writing,
            lambda ws: ws.snooze_alert(name, days=length, until=until),
        )  # fmt: skip

    @post(f"{PREFIX}/alerts/{{name:str}}/own", status_code=200, summary="Say who looks after one.")
    async def own(request: Asking, name: Name, data: JSONBody[Looked]) -> Response[Any]:
        return await answered(
            request, workspace, writing, lambda ws: ws.own_alert(name, data.owner)
        )

    @post(
        f"{PREFIX}/alerts/{{name:str}}/close",
        status_code=200,
        summary="Close an alert; it comes back only after what it tells of was over.",
    )
    async def close(request: Asking, name: Name) -> Response[Any]:
        return await answered(request, workspace, writing, lambda ws: ws.close_alert(name))

    return [snooze, own, close]


def _asking(workspace: Workspace, slowly: Runner[Any]) -> list[Any]:

    @post(
        f"{PREFIX}/alerts/check",
        status_code=200,
        summary="Ask the rules, keep what changed and tell the channels; a repeat tells nothing.",
    )
    async def check(request: Asking) -> Response[Any]:
        return await answered(request, workspace, slowly, lambda ws: ws.check_alerts())

    @post(
        f"{PREFIX}/alerts/check-links",
        status_code=200,
        summary="Ask the destinations of all links in force, public ones, whether they answer.",
    )
    async def check_links(request: Asking) -> Response[Any]:
        return await answered(request, workspace, slowly, lambda ws: ws.check_links())

    return [check, check_links]
