"""What every route shares: whom a request is by, the types of its fields, how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.params import FromQuery

from truelift.base.errors import NotAdmitted

Asking = Request[None, None, Any]
Found = TypeVar("Found")
Runner = Callable[[Callable[[], Found]], Awaitable[Found]]

PREFIX = "/api/v1"
JSON = "application/json"

Text = FromQuery[str | None]
Word = FromQuery[str]


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
