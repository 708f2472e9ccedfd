"""Leaked codes over HTTP: what is questioned and held, and what a person decided on it.

In:   a Workspace, and runners for what reads and what writes.
Out:  handlers under /api/v1/leaks that answer as the command line does with --format json.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, JSONBody

from truelift.api.door import Workspace
from truelift.api.requesting import PREFIX, Asking, Runner, Text, answered

ORDER = "order"
Rows = FromQuery[Literal["code", "order"]]


class Disputed(msgspec.Struct, forbid_unknown_fields=True):
    """A code, or an order as `by=order` has it, and why it is held or released."""

    subject: str
    reason: str


class Appealed(msgspec.Struct, forbid_unknown_fields=True):
    """A code or an order that is held, and what its creator says."""

    subject: str
    says: str


def leak_routes(
    writer: Workspace, reader: Workspace, *, writing: Runner[Any], reading: Runner[Any]
) -> list[Any]:
    """Make the handlers."""
    return [*_reading(reader, reading), *_deciding(writer, writing)]


def _reading(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    @get(f"{PREFIX}/leaks", summary="Leaked codes, the ROI without them beside; by=order each.")
    async def leaks(  # noqa: PLR0917 - the query's fields
        request: Asking, campaign: Text = None, creator: Text = None, code: Text = None,
        by: Rows = "code", rules: Text = None, as_of: Text = None, known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        return await answered(
            request, workspace, reading,
            lambda ws: ws.leaks(
                campaign, creator, code, orders=by == ORDER, rules=rules, as_of=as_of,
                known_at=known_at,
            ),
        )  # fmt: skip

    @get(f"{PREFIX}/leaks/clicks", summary="Links and days whose clicks are questioned, and why.")
    async def clicks(
        request: Asking, campaign: Text = None, creator: Text = None, as_of: Text = None,
        known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        return await answered(
            request, workspace, reading,
            lambda ws: ws.odd_clicks(campaign, creator, as_of=as_of, known_at=known_at),
        )  # fmt: skip

    @get(f"{PREFIX}/leaks/held", summary="Commission that is held, with its reason and appeal.")
    async def held(request: Asking, known_at: Text = None) -> Response[Any]:
        return await answered(request, workspace, reading, lambda ws: ws.held(known_at=known_at))

    return [leaks, clicks, held]


def _deciding(workspace: Workspace, writing: Runner[Any]) -> list[Any]:
    @post(
        f"{PREFIX}/leaks/hold",
        status_code=200,
        summary="Hold what an order, or a code's questioned orders, earned its creator.",
    )
    async def hold(request: Asking, data: JSONBody[Disputed]) -> Response[Any]:
        return await answered(
            request, workspace, writing, lambda ws: ws.hold_payout(data.subject, data.reason)
        )

    @post(
        f"{PREFIX}/leaks/release",
        status_code=200,
        summary="Release what is held; 400 when it is not held (any more).",
    )
    async def release(request: Asking, data: JSONBody[Disputed]) -> Response[Any]:
        return await answered(
            request, workspace, writing, lambda ws: ws.release_payout(data.subject, data.reason)
        )

    @post(
        f"{PREFIX}/leaks/appeal",
        status_code=200,
        summary="Keep what a creator says against a hold; it stays held.",
    )
    async def appeal(request: Asking, data: JSONBody[Appealed]) -> Response[Any]:
        return await answered(
            request, workspace, writing, lambda ws: ws.appeal_payout(data.subject, data.says)
        )

    return [hold, release, appeal]
