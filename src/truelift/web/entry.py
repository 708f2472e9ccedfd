"""Entry: signing in and out, the first admin, and signing in by another server's word.

In:   forms of our own pages; a workspace that judges them on a thread of its own.
Out:  a cookie with a session, or its end; a refusal beside the form, in the same words for a wrong
      name and a wrong password.

Sessions are a table of our own and not Litestar's: that keeps them whole under their id, where here
only a hash is kept, a person's can be listed and ended, and a password that changes ends them all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

import htpy
from htpy import Node, a, button, form, label, p, span
from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from truelift.base.errors import NotAdmitted, NotFound, TooManyTries, TrueliftError
from truelift.base.secret import Secret
from truelift.web.answers import html_answer, own_form
from truelift.web.door import Workspace
from truelift.web.layout import plain_page
from truelift.web.visiting import (
    PREFIX,
    Entry,
    own_path,
    secure,
    session_cookie,
    session_of,
)

Asking = Request[None, None, Any]
Answer = Response[bytes]
Runner = Callable[[Callable[[], Any]], Awaitable[Any]]

SIGN_IN, SIGN_OUT, FIRST_RUN = "/sign-in", "/sign-out", "/first-run"
NEXT, NAME, PASSWORD, CODE = "next", "name", "password", "code"
LARGEST_FORM = 8 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where people come in: the workspace that judges them, its line, and how they come."""

    workspace: Workspace
    run: Runner
    entry: Entry


def entry_routes(place: Place) -> list[HTTPRouteHandler]:
    """Make the routes of signing in and out and of the first admin."""
    return [*_signing_in(place), _signing_out(place), *_first_run(place)]


def _signing_in(place: Place) -> list[HTTPRouteHandler]:
    @get(SIGN_IN)
    async def shown(request: Asking) -> Answer:
        then = own_path(request.query_params.get(NEXT))
        if await place.run(lambda: place.workspace.first_run_open):
            return moved(FIRST_RUN)
        guarded = await place.run(lambda: place.workspace.guarded)
        return _sign_in_page(place, then, guarded=guarded)

    @post(SIGN_IN, request_max_body_size=LARGEST_FORM)
    async def sent(request: Asking) -> Answer:
        own_form(request)
        given = await written(request)
        then, name = own_path(given.get(NEXT)), given.get(NAME, "").strip()
        before = session_of(request, place.entry)

        def signed_in() -> Secret:
            made = place.workspace.sign_in(name, Secret(given.get(PASSWORD, "")))
            if before is not None:
                place.workspace.sign_out(before)
            return made

        try:
            session: Secret = await place.run(signed_in)
        except NotAdmitted as refused:
            return _sign_in_page(place, then, name, refused)
        return came_in(request, place.entry, session, then)

    return [shown, sent]


def _signing_out(place: Place) -> HTTPRouteHandler:
    @post(SIGN_OUT, request_max_body_size=LARGEST_FORM)
    async def left(request: Asking) -> Answer:
        own_form(request)
        session = session_of(request, place.entry)
        if session is not None:
            await place.run(lambda: place.workspace.sign_out(session))
        answer = moved(SIGN_IN)
        answer.cookies = [session_cookie(None, https=secure(request, place.entry))]
        return answer

    return left


def _first_run(place: Place) -> list[HTTPRouteHandler]:
    @get(FIRST_RUN)
    async def shown() -> Answer:
        if not await place.run(lambda: place.workspace.first_run_open):
            raise NotFoundException
        return _first_run_page()

    @post(FIRST_RUN, request_max_body_size=LARGEST_FORM)
    async def sent(request: Asking) -> Answer:
        own_form(request)
        if not await place.run(lambda: place.workspace.first_run_open):
            raise NotFoundException
        given = await written(request)
        name = given.get(NAME, "").strip()
        code, password = Secret(given.get(CODE, "")), Secret(given.get(PASSWORD, ""))
        try:
            session: Secret = await place.run(
                lambda: place.workspace.make_first_admin(code, name, password)
            )
        except NotFound:
            raise NotFoundException from None
        except TrueliftError as refused:
            return _first_run_page(name, refused)
        return came_in(request, place.entry, session, "/people")

    return [shown, sent]


async def written(request: Asking) -> dict[str, str]:
    """Give the fields of a form."""
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True))


def moved(path: str) -> Answer:
    """Lead on to a page of this server."""
    where = path if path.startswith("/b/") else f"{PREFIX.get()}{path}"
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers={"location": where})


def came_in(request: Asking, entry: Entry, session: Secret, then: str) -> Answer:
    """Give a browser its session, and lead on."""
    answer = moved(then)
    answer.cookies = [session_cookie(session, https=secure(request, entry))]
    return answer


def way_in(then: str) -> str:
    """Write the address of signing in that leads back to another one."""
    return f"{SIGN_IN}?{urlencode({NEXT: then})}" if then != "/" else SIGN_IN


def _status(refused: TrueliftError | None) -> int:
    if refused is None:
        return HTTPStatus.OK
    if isinstance(refused, TooManyTries):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNAUTHORIZED if isinstance(refused, NotAdmitted) else HTTPStatus.BAD_REQUEST


def _sign_in_page(
    place: Place,
    then: str,
    name: str = "",
    refused: TrueliftError | None = None,
    *,
    guarded: bool = True,
) -> Answer:
    provider = place.entry.provider
    body: list[Node] = []
    if provider is not None:
        way = f"/oidc/start?{urlencode({NEXT: then})}"
        body.append(p[a(".button", href=way)[f"Sign in with {provider.name}"]])
    if guarded:
        body.append(
            form(".sign", method="post", action=SIGN_IN)[
                htpy.input(type="hidden", name=NEXT, value=then),
                _field(NAME, "Name", name, "username"),
                _field(PASSWORD, "Password", "", "current-password", kind="password"),
                _told(refused),
                button(type="submit")["Sign in"],
            ]
        )
    elif provider is None:
        body.append(
            p[
                "Nobody has a password here yet, and on this machine the pages are open. ",
                "Whoever serves them makes the first admin by the code that ",
                htpy.code["truelift serve --first-run"],
                " prints.",
            ]
        )
    answer = html_answer(plain_page("Sign in", "", *body))
    answer.status_code = _status(refused)
    return answer


def _first_run_page(name: str = "", refused: TrueliftError | None = None) -> Answer:
    page = plain_page(
        "First run",
        "Nobody has a password here yet. Make the first admin, who then adds everybody else; the "
        "code stands where the server was started.",
        form(".sign", method="post", action=FIRST_RUN)[
            _field(CODE, "Code of the console", "", "one-time-code"),
            _field(NAME, "Your name", name, "username"),
            _field(
                PASSWORD, "Password, 12 characters or more", "", "new-password", kind="password"
            ),
            _told(refused),
            button(type="submit")["Make the first admin"],
        ],
    )
    answer = html_answer(page)
    answer.status_code = _status(refused)
    return answer


def _field(name: str, words: str, value: str, complete: str, kind: str = "text") -> Node:
    return label[
        span[words],
        htpy.input(
            type=kind, name=name, value=value, required=True, autocomplete=complete,
            autocapitalize="none", spellcheck="false", maxlength=256,
        ),
    ]  # fmt: skip


def _told(refused: TrueliftError | None) -> Node:
    return p(".refused", role="alert")[str(refused)] if refused is not None else None
