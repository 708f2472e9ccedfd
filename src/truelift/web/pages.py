"""Pages: the routes, and the server that runs them for one workspace.

In:   a Workspace, a host and a port.
Out:  an application that answers one request at a time, on the thread that owns the stores.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

import uvicorn
from litestar import Litestar, Request, Response, get
from litestar.config.compression import CompressionConfig
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from truelift.reports.statement import STATEMENTS
from truelift.web.answers import STATIC, add_headers, failed, host_checked, static_answer
from truelift.web.asked import (
    AS_CLOSED,
    CAMPAIGN_FIELDS,
    DOUBT_FIELDS,
    FIGURE,
    ROI_FIELDS,
    Asked,
    read,
)
from truelift.web.door import Workspace
from truelift.web.layout import report_path
from truelift.web.screens import Answer, Screens

Asking = Request[None, None, Any]
Show = Callable[[Asked, str], Answer]

ENDINGS = ("csv", "json")
LOOPBACK = "127.0.0.1"
CAMPAIGN = "/campaign/"
GRACE_SECONDS = 2
"""How long open requests may take to end when the server is stopped."""

OPEN = frozenset({"static", "healthz"})
"""What is answered to anybody: the house's own files, and that the server is alive."""

LISTS = {
    "baselines": (
        "Sealed baselines",
        "What each creator does anyway, written down before launch; the hash is of the record.",
    ),
    "quarantine": (
        "Quarantine",
        "Rows that were refused, with file, line and reason. None of them is in any figure.",
    ),
}


def application(workspace: Workspace, host: str = LOOPBACK) -> Litestar:
    """Make the application that serves a workspace; it answers for `host` only."""
    screens = Screens(workspace)
    return Litestar(
        route_handlers=[*_screens(screens), _campaign(screens), _static(), _health()],
        exception_handlers={Exception: failed},
        before_request=admitted(workspace, host_checked(host)),
        before_send=[add_headers],
        compression_config=CompressionConfig(backend="gzip"),
        openapi_config=None,
        logging_config=None,
    )


def admitted(
    workspace: Workspace, host_is_right: Callable[[Asking], Awaitable[None]]
) -> Callable[[Asking], Awaitable[None]]:
    """Make the check that a request means this host and is by somebody who may read."""

    async def check(request: Asking) -> None:
        await host_is_right(request)
        first = request.url.path.split("/")[1]
        if first not in OPEN:
            workspace.admit(request.headers.get("authorization"), first.partition(".")[0])

    return check


def run(workspace: Workspace, host: str, port: int) -> None:
    """Serve the pages of a workspace until stopped."""
    uvicorn.run(
        application(workspace, host),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _screens(screens: Screens) -> list[HTTPRouteHandler]:
    """Make the routes of the pages whose path is fixed, each with its twins."""
    shown = {
        "/roi": (ROI_FIELDS, screens.overview),
        "/bridge": (("campaign", "period"), screens.bridge),
        "/doubt": (("campaign", *DOUBT_FIELDS), screens.doubt),
        "/explain": ((FIGURE,), screens.explain),
        "/ledger": (("period", "as_of"), screens.ledger),
    }
    routes = [_route(path, fields, show) for path, (fields, show) in shown.items()]
    for kind, words in LISTS.items():
        show = partial(screens.listing, kind=kind, words=words)
        routes.append(_route(f"/{kind}", (), show))
    for name, (_, takes) in STATEMENTS.items():
        fields = (*takes, "known_at", *((AS_CLOSED,) if takes else ()))
        routes.append(_route(report_path(name), fields, partial(screens.report, name=name)))
    return routes


def _route(path: str, fields: tuple[str, ...], show: Show) -> HTTPRouteHandler:
    paths = [path, *(f"{path}.{ending}" for ending in ENDINGS), *(["/"] if path == "/roi" else [])]

    @get(paths, sync_to_thread=False, name=path)
    def answer(request: Asking) -> Answer:
        _, _, ending = request.url.path.rpartition(".")
        asked = read(path, request.scope["query_string"], fields)
        return show(asked, ending if ending in ENDINGS else "")

    return answer


def _campaign(screens: Screens) -> HTTPRouteHandler:
    @get(CAMPAIGN + "{name:path}", sync_to_thread=False)
    def campaign(request: Asking) -> Answer:
        # the name is read before it is unescaped: an escaped dot or slash is part of the name
        raw = request.scope["raw_path"].partition(b"?")[0].decode("latin-1")
        told, _, ending = raw.removeprefix(CAMPAIGN).rpartition(".")
        if ending not in ENDINGS or not told:
            told, ending = raw.removeprefix(CAMPAIGN), ""
        if not told:
            raise NotFoundException
        asked = read(raw, request.scope["query_string"], CAMPAIGN_FIELDS)
        return screens.campaign(asked, unquote(told), ending)

    return campaign


def _static() -> HTTPRouteHandler:
    @get([f"/static/{name}" for name in STATIC], sync_to_thread=False)
    def static(request: Asking) -> Response[bytes]:
        return static_answer(request.url.path.rpartition("/")[2])

    return static


def _health() -> HTTPRouteHandler:
    @get("/healthz", sync_to_thread=False)
    def health() -> Response[bytes]:
        return Response(b"ok\n", media_type="text/plain")

    return health
