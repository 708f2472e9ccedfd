"""What every route shares: whom a request is by, the words of its query, how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery, QueryParameter

from truelift.api.door import Answer, Workspace
from truelift.api.problem import BadField
from truelift.base.errors import NotAdmitted

Asking = Request[None, None, Any]
Found = TypeVar("Found")
Runner = Callable[[Callable[[], Found]], Awaitable[Found]]
Apart = tuple[Workspace, Runner[Any]]
"""A workspace and the line it stands in, for what takes long and would keep orders waiting."""

PREFIX = "/api/v1"
JSON = "application/json"

Text = FromQuery[str | None]
Word = FromQuery[str]


def words_of(handler: BaseRouteHandler) -> list[str]:
    """Give the words that a route's query takes."""
    return [
        field.kwarg_definition.query or name
        for name, field in handler.parsed_fn_signature.parameters.items()
        if isinstance(field.kwarg_definition, QueryParameter)
    ]


def words_known(request: Request[Any, Any, Any]) -> None:
    """Refuse a query with a word that its route does not take, or with one that is given twice.

    Read over, such a word would give an answer to another question than was asked.
    """
    if not request.url.path.startswith(PREFIX):
        return
    bearer(request)
    allowed, seen = words_of(request.route_handler), set()
    for word, _ in parse_qsl(request.url.query, keep_blank_values=True):
        if word not in allowed:
            takes = f"it takes {', '.join(allowed)}" if allowed else "it takes none"
            raise BadField(word, f"the query has no such word here; {takes}")
        if word in seen:
            raise BadField(word, "it is in the query more than once; give it once")
        seen.add(word)


def bearer(request: Asking) -> str:
    """Give the header that says whom a request is by; NotAdmitted when it holds no token."""
    given: str = request.headers.get("authorization", "")
    if not given.lower().startswith("bearer "):
        msg = "The API takes a bearer token of `truelift user token` in the Authorization header."
        raise NotAdmitted(msg)
    return given


def plain(data: object) -> Response[Any]:
    """Answer with JSON as the command line writes it."""
    from truelift.reports.writing import json_text  # noqa: PLC0415 - beside its use

    return Response(json_text(data).encode(), media_type=JSON)


async def answered(
    request: Asking,
    workspace: Workspace,
    runner: Runner[Any],
    call: Callable[[Workspace], Answer],
) -> Response[Any]:
    """Do a call as the person whom a request is by, on the line that its workspace is used on."""
    token = bearer(request)
    return plain(await runner(lambda: call(workspace.acting(token)).data))
