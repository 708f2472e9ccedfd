"""Answers: pages, twins and errors as responses, and the headers that every response carries.

In:   page nodes, text of a file, or what went wrong.
Out:  Litestar responses; an error is one sentence, never a traceback.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode

from htpy import Element, Node, a, code, p
from litestar import Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from truelift.base.errors import (
    Busy,
    FieldOff,
    NotAdmitted,
    NotFound,
    Overtaken,
    Refused,
    TooManyTries,
    TrueliftError,
    UsageError,
)
from truelift.log import REQUEST, request_id
from truelift.reports.table import Table
from truelift.reports.writing import csv_text, json_text
from truelift.web.built import THIRD_PARTY, kind, packed_file, static_file
from truelift.web.door import Result
from truelift.web.layout import plain_page
from truelift.web.visiting import PREFIX, UNNAMED, named, prefixed
from truelift.web.wording import worded

Asking = Request[None, None, Any]

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "script-src 'self'; connect-src 'self'; frame-ancestors 'none'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""What every response carries; no page runs a script but the house's own, or stands in a frame."""

BEARER, BASIC = 'Bearer realm="Truelift"', 'Basic realm="Truelift", charset="UTF-8"'
AGAIN = {"retry-after": "60"}
"""What tells a program how and when to try again."""

LINKED = {"x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}
"""What a page that is shown by a link carries besides: nobody lists it, nothing hands it on."""

TRACE = "x-request-id"

WAYS_IN = ("/oidc/", "/share/")
"""Paths that say themselves why somebody is not let in."""

LOCAL = ("localhost", "127.0.0.1", "::1")

PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers by which a server in front says that it passes a request on for somebody elsewhere."""

_log = logging.getLogger("truelift.web")


class WrongHost(TrueliftError):
    """The request names a host that is not served here: a page elsewhere may be behind it."""


class Moved(Exception):
    """The page is another one for who asks: lead there."""

    def __init__(self, *before: str) -> None:
        """Keep the path, put together from its parts."""
        super().__init__(*before)
        self.path = "".join(before)


class ElsewhereForm(TrueliftError):
    """A form was sent by a page that is not ours."""


class TooLarge(TrueliftError):
    """What was sent is larger than this server takes."""


STATUSES = (
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (ElsewhereForm, HTTPStatus.FORBIDDEN),
    (WrongHost, HTTPStatus.MISDIRECTED_REQUEST),
    (TooManyTries, HTTPStatus.TOO_MANY_REQUESTS),
    (NotAdmitted, HTTPStatus.UNAUTHORIZED),
    (Overtaken, HTTPStatus.CONFLICT),
    (Refused, HTTPStatus.FORBIDDEN),
    (Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (NotFound, HTTPStatus.NOT_FOUND),
    (TrueliftError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""Which status an error has: the first kind that fits."""


async def add_headers(message: Message, scope: Scope) -> None:
    """Add the headers of the house to a response, errors included."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        linked = LINKED if scope["path"].startswith("/share/") else {}
        for name, value in (HEADERS | linked).items():
            headers.setdefault(name, value)


def html_answer(page: Element) -> Response[bytes]:
    """Answer with a page."""
    content = prefixed(str(page)).encode()
    return Response(content if UNNAMED.get() else named(content), media_type="text/html")


def twin(result: Result, ending: str, name: str) -> Response[bytes]:
    """Answer with the bytes that the command line writes for the same question."""
    if ending == "json":
        return json_answer(result.data)
    return csv_answer(result.table, name)


def json_answer(data: object) -> Response[bytes]:
    """Answer with JSON as the command line writes it."""
    return Response(json_text(data).encode(), media_type="application/json")


def csv_answer(table: Table, name: str) -> Response[bytes]:
    """Answer with a CSV file to keep."""
    return Response(
        csv_text(table).encode(),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )


def pdf_answer(content: bytes, name: str) -> Response[bytes]:
    """Answer with a PDF to keep; its name has the letters that every disk takes."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-") or "campaign"
    headers = {"content-disposition": f'attachment; filename="{plain}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def static_answer(name: str, accepted: str) -> Response[bytes]:
    """Answer with a file of the package; a hashed name never means anything else.

    accepted: which encodings the browser takes.
    """
    headers = {
        "cache-control": "no-cache" if name == THIRD_PARTY else "max-age=31536000, immutable",
        "vary": "accept-encoding",
    }
    if "gzip" not in accepted:
        return Response(static_file(name), media_type=kind(name), headers=headers)
    headers["content-encoding"] = "gzip"
    return Response(packed_file(name), media_type=kind(name), headers=headers)


def own_form(request: Asking) -> None:
    """Refuse a form that a page elsewhere sends in somebody's name.

    Browsers say where a form comes from, and no page can make them say something else.
    """
    origin, site = (request.headers.get(name) for name in ("origin", "sec-fetch-site"))
    host = request.headers.get("host", "")
    ours = {f"http://{host}", f"https://{host}"}
    if origin in ours or (origin in {None, "null"} and site == "same-origin"):
        return
    msg = "This form was not sent by a page of this server; open the page here and send it again."
    raise ElsewhereForm(msg)


def host_checked(allowed: str) -> Callable[[Asking], Awaitable[None]]:
    """Make the check that a request means this host, which keeps other sites' names out.

    Served on loopback, only loopback names are right. Served wider, an address in numbers is right
    too, and the name that was given: no other site can have its own name mean those.
    """
    wide = allowed not in LOCAL

    async def check(request: Asking) -> None:
        host = request.headers.get("host", "")
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        name = name.strip("[]").lower()
        if name in LOCAL or (wide and (name == allowed.lower() or _is_number(name))):
            return
        msg = f"This server does not answer for the host {host!r}."
        raise WrongHost(msg)

    return check


def failed(request: Asking, error: Exception) -> Response[bytes]:
    """Answer an error in one sentence: RFC 9457 for a JSON twin, else a page.

    A browser that has not said who it is by is led to where that is said.
    """
    if isinstance(error, Moved):
        return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers={"location": error.path})
    status, sentence = _told(error)
    if status is HTTPStatus.UNAUTHORIZED and _by_browser(request):
        query = f"?{request.url.query}" if request.url.query else ""
        then = f"{PREFIX.get()}{request.scope['path']}{query}"
        where = f"{PREFIX.get()}/sign-in" + (f"?{urlencode({'next': then})}" if then != "/" else "")
        return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers={"location": where})
    # the server in front of these pages gives every request an id; without it there is one here
    outer = REQUEST.get()
    trace = outer or request_id(None)
    headers = _again(request, status) | ({} if outer else {TRACE: trace})
    if status is HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, TrueliftError):
        more = {} if outer else {"extra": {"request": trace}}
        _log.error("%s failed", request.url.path, exc_info=error, **more)  # type: ignore[arg-type]  # as logging takes it
    if not request.url.path.endswith(".json"):
        page = plain_page(
            f"{status.value} {status.phrase}", worded(sentence), *_next(status, error, trace)
        )
        return Response(
            prefixed(str(page)).encode(), status_code=status, media_type="text/html",
            headers=headers,
        )  # fmt: skip
    problem: dict[str, Any] = {"type": "about:blank", "title": status.phrase}
    problem |= {"status": status.value, "detail": sentence, "request_id": trace}
    if isinstance(error, FieldOff):
        problem["errors"] = [{"field": error.field, "detail": sentence}]
    text = json.dumps(problem, indent=2, ensure_ascii=False) + "\n"
    return Response(
        text.encode(), status_code=status, media_type="application/problem+json", headers=headers
    )


def _by_browser(request: Asking) -> bool:
    """Say whether a person looks at the answer, who has given no header that was refused."""
    return (
        request.method == "GET"
        and not request.scope["path"].startswith(WAYS_IN)
        and "text/html" in request.headers.get("accept", "")
        and "authorization" not in request.headers
        and request.headers.get("sec-fetch-dest", "document") == "document"
    )


def _again(request: Asking, status: HTTPStatus) -> dict[str, str]:
    """Say how to try again; a script of a page gets no challenge that opens a window."""
    if status is HTTPStatus.UNAUTHORIZED:
        script = "sec-fetch-dest" in request.headers
        return {"www-authenticate": BEARER if script else f"{BEARER}, {BASIC}"}
    return AGAIN if status is HTTPStatus.TOO_MANY_REQUESTS else {}


def _next(status: HTTPStatus, error: Exception, trace: str) -> list[Node]:
    """Say where to go from an error; the id is that of the server's log line."""
    words: Node = a(href="/")["To the overview"]
    if status is HTTPStatus.UNAUTHORIZED:
        words = a(href="/sign-in")["Sign in"]
    elif status is HTTPStatus.FORBIDDEN and not isinstance(error, ElsewhereForm):
        words = ["Ask whoever manages people here for the role, or go ", a(href="/")["back"], "."]
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        words = ["Try again; if it stays, tell whoever runs this server the id below. ", words]
    return [p[words], p(".key")["Request ", code[trace]]]


def _told(error: Exception) -> tuple[HTTPStatus, str]:
    if isinstance(error, TrueliftError):
        return next(status for kind, status in STATUSES if isinstance(error, kind)), str(error)
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return status, f"{status.description or status.phrase}."
    return (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The page could not be made; the server's log says why.",
    )


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
