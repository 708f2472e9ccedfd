"""Problems: every error of the API as RFC 9457, with the field that is off.

In:   what went wrong.
Out:  problem+json; never a traceback, never facts of another brand.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from truelift.base.errors import (
    DISK_FULL,
    Busy,
    NotAdmitted,
    NotFound,
    Overtaken,
    Refused,
    Repeated,
    TooManyTries,
    TrueliftError,
    UsageError,
    disk_full,
)

MORE = {
    HTTPStatus.UNAUTHORIZED: {"www-authenticate": 'Bearer realm="Truelift"'},
    HTTPStatus.TOO_MANY_REQUESTS: {"retry-after": "60"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"retry-after": "2"},
}
"""Headers that tell a program how and when to try again."""

_log = logging.getLogger("truelift.api")


class BadField(UsageError):
    """A field of a request is off."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field beside the sentence."""
        super().__init__(f"{field}: {message}.")
        self.field = field


class Unreadable(TrueliftError):
    """The body of a request is in no format that is read here."""


class NotSent(TrueliftError):
    """The body of a request did not arrive in time."""


STATUSES = (
    (Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (TooManyTries, HTTPStatus.TOO_MANY_REQUESTS),
    (NotAdmitted, HTTPStatus.UNAUTHORIZED),
    (Overtaken, HTTPStatus.CONFLICT),
    (Refused, HTTPStatus.FORBIDDEN),
    (Repeated, HTTPStatus.CONFLICT),
    (Unreadable, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (NotSent, HTTPStatus.REQUEST_TIMEOUT),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (NotFound, HTTPStatus.NOT_FOUND),
    (TrueliftError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""Which status an error has: the first kind that fits."""


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer an error."""
    status, sentence, fields = told(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s failed", request.url.path, exc_info=error)
    problem: dict[str, Any] = {"type": "about:blank", "title": status.phrase}
    problem |= {"status": status.value, "detail": sentence}
    if fields:
        problem["errors"] = fields
    return Response(
        (json.dumps(problem, indent=2, ensure_ascii=False) + "\n").encode(),
        status_code=status,
        media_type="application/problem+json",
        headers=MORE.get(status, {}),
    )


def told(error: Exception) -> tuple[HTTPStatus, str, list[dict[str, str]]]:
    """Give the status of an error, a sentence, and the fields it is about."""
    if isinstance(error, BadField):
        return HTTPStatus.BAD_REQUEST, str(error), [{"field": error.field, "detail": str(error)}]
    if disk_full(error):
        return HTTPStatus.SERVICE_UNAVAILABLE, DISK_FULL, []
    if isinstance(error, TrueliftError):
        return next(status for kind, status in STATUSES if isinstance(error, kind)), str(error), []
    if isinstance(error, ValidationException):
        found = error.extra if isinstance(error.extra, list) else []
        fields = [
            {"field": str(each.get("key", "")), "detail": str(each.get("message", ""))}
            for each in found
        ]
        return HTTPStatus.BAD_REQUEST, "A parameter of the request is off.", fields
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return status, f"{status.description or status.phrase}.", []
    return HTTPStatus.INTERNAL_SERVER_ERROR, "This failed; the server's log says why.", []
