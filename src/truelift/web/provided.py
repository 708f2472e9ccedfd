"""Provided: signing in by the word of another server, there and back.

In:   a browser that wants in, and what it brings back from the provider.
Out:  a session for the person who has the verified address; a page that says why not.

What has to come back is kept here and not in the browser; a cookie of its own ties it to the
browser that began, so nobody is signed in by a link that somebody else made.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler

from truelift.base.errors import NotAdmitted
from truelift.base.secret import Secret, same
from truelift.web.entry import NEXT, Place, came_in
from truelift.web.visiting import PREFIX, own_path, secure

Asking = Request[None, None, Any]

START, BACK = "/oidc/start", "/oidc/done"
COOKIE = "truelift-oidc"
SECONDS, MOST = 600.0, 1_000
"""How long somebody may take at the provider, and how many may be there at once."""


@dataclass(slots=True)
class Waiting:
    """Who is at the provider: by state, what was begun, by which browser, and where to go then."""

    tick: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, tuple[Any, str, str, float]] = field(
        default_factory=OrderedDict, repr=False
    )

    def leave(self, begun: Any, browser: str, then: str) -> None:  # noqa: ANN401 - of the provider
        """Keep what was begun; the oldest goes when too many are there."""
        self._kept[begun.state] = (begun, browser, then, self.tick())
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def back(self, state: str, browser: str) -> tuple[Any, str]:
        """Give what was begun and where to go, once; NotAdmitted for another browser."""
        begun, whose, then, since = self._kept.pop(state, (None, "", "", 0.0))
        if begun is None or not same(whose, browser) or self.tick() - since > SECONDS:
            msg = "This way of signing in was not begun here, or is over; sign in again."
            raise NotAdmitted(msg)
        return begun, then


def provider_routes(place: Place) -> list[HTTPRouteHandler]:
    """Make the routes of signing in by a provider; none where there is none."""
    provider, waiting = place.entry.provider, Waiting()
    if provider is None:
        return []

    @get(START)
    async def start(request: Asking) -> Response[bytes]:
        then = own_path(request.query_params.get(NEXT))
        https, browser = secure(request, place.entry), secrets.token_urlsafe(32)
        host = request.headers.get("host", "")
        here = f"{'https' if https else 'http'}://{host}{PREFIX.get()}{BACK}"
        begun = await place.run(lambda: provider.begin(here))
        waiting.leave(begun, browser, then)
        cookie = Cookie(
            key=COOKIE, value=browser, path=f"{PREFIX.get()}{BACK}", httponly=True,
            samesite="lax", secure=https, max_age=int(SECONDS),
        )  # fmt: skip
        headers = {"location": begun.address}
        return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers=headers, cookies=[cookie])

    @get(BACK)
    async def back(request: Asking) -> Response[bytes]:
        given = request.query_params
        begun, then = waiting.back(given.get("state", ""), request.cookies.get(COOKIE, ""))
        code = given.get("code", "")
        if not code:
            msg = "The provider let nobody in; sign in again."
            raise NotAdmitted(msg)
        session: Secret = await place.run(
            lambda: place.workspace.sign_in_by_address(provider.finish(begun, code))
        )
        return came_in(request, place.entry, session, then)

    return [start, back]
