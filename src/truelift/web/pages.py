"""Pages: the routes, for one workspace.

In:   a Workspace, the host that is answered for, and what runs a call on the workspace's thread.
Out:  an application that reads one page at a time, and never on the server's loop when it serves.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from litestar import Litestar, Request, Response, get, post
from litestar.config.compression import CompressionConfig
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from truelift.operations.admission import NotHere
from truelift.operations.people import Action
from truelift.web import uploading
from truelift.web.acts import BACK, DONE, ONCE
from truelift.web.answers import (
    LOCAL,
    PASSED_ON,
    Moved,
    add_headers,
    failed,
    host_checked,
    own_form,
    static_answer,
)
from truelift.web.asked import (
    CAMPAIGN_FIELDS,
    Asked,
    is_period,
    read,
)
from truelift.web.built import PREFIX as BUILT
from truelift.web.built import static_names
from truelift.web.deeds import ACTS
from truelift.web.desk import Answer, Desk
from truelift.web.door import Workspace
from truelift.web.entry import Place, entry_routes
from truelift.web.grid import SORT
from truelift.web.people_deeds import PEOPLE_ACTS, TAKEN
from truelift.web.provided import provider_routes
from truelift.web.questions import QUESTIONS
from truelift.web.reading import Renew
from truelift.web.rendered import Rendered
from truelift.web.screens import (
    books,
    catalog,
    comparing,
    drawn,
    exploring,
    finding,
    health,
    linking,
    overview,
    people,
    questioning,
    reconciling,
    records,
    refused,
    returns,
    spending,
)
from truelift.web.screens.creator import CREATOR_FIELDS, creator
from truelift.web.screens.returns import campaign
from truelift.web.sharing import share_routes
from truelift.web.visiting import CALLER, PREFIX, Caller, Entry, brand_prefix, said, secure, takes

Asking = Request[None, None, Any]
Show = Callable[[Asked, str], Answer]
ShowNamed = Callable[[Asked, str, str], Answer]
Runner = Callable[[Callable[[], Any]], Awaitable[Any]]

ENDINGS = ("csv", "json")
LOOPBACK = "127.0.0.1"
SCREENS = (
    overview.SCREENS,
    returns.SCREENS,
    comparing.SCREENS,
    questioning.SCREENS,
    spending.SCREENS,
    reconciling.SCREENS,
    books.SCREENS,
    records.SCREENS,
    catalog.SCREENS,
    linking.SCREENS,
    refused.SCREENS,
    health.SCREENS,
    exploring.SCREENS,
    people.SCREENS,
    drawn.SCREENS,
    finding.SCREENS,
)
"""The screens of every module, which a new module joins here."""

FIGURES = (
    overview.SCREENS,
    returns.SCREENS,
    comparing.SCREENS,
    spending.SCREENS,
    reconciling.SCREENS,
)
"""The screens of figures: the same for everybody with the same rights."""

NAMED = {
    "/campaign/": ((*CAMPAIGN_FIELDS, SORT), (*ENDINGS, "pdf"), campaign),
    "/creator/": (CREATOR_FIELDS, ENDINGS, creator),
}
"""Screens whose path names what they are about: the parameters they take, the twins they have."""

OPEN = frozenset({"static", "healthz", "sign-in", "sign-out", "first-run", "oidc", "share"})
"""What is answered to anybody: the house's own files, that the server is alive, and the ways in;
a share link judges for itself."""

WITH_FORMS = frozenset({
    "/close", "/baselines", "/upload", "/upload/look", *(f"/{name}" for name in QUESTIONS),
    *catalog.SCREENS, *refused.SCREENS, *linking.SCREENS, *people.WITH_FORMS,
})  # fmt: skip
"""Pages that a form may stand on."""

LARGEST_FORM = 256 * 1024

PACKS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def at_once(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the call gives
    """Do a call here and now: where nothing else needs the thread."""
    return call()


def application(
    workspace: Workspace,
    host: str = LOOPBACK,
    *,
    reading: Runner = at_once,
    passed_on: Sequence[str] = PASSED_ON,
    renew: Renew | None = None,
    writer: tuple[Workspace, Runner] | None = None,
    largest_upload: int = uploading.LARGEST_UPLOAD,
    signing: Runner | None = None,
    entry: Entry | None = None,
) -> Litestar:
    """Make the application that serves a workspace; it answers for `host` only.

    reading: runs a call on the thread that the workspace is read on. passed_on: headers that say
    that a request comes from elsewhere. renew: makes old answers again beside the requests. writer:
    what forms are done with, and the runner of its thread; without it they run as pages are read.
    largest_upload: bytes of a file that somebody sends. signing: runs what hashes passwords on a
    thread that nothing else waits for. entry: how people come in.
    """
    desk = Desk(workspace, {**ACTS, **PEOPLE_ACTS}, renew)
    entry = entry or Entry(wide=host not in LOCAL)
    written = writer or (workspace, reading)
    desk.reading.warm()
    pages = Rendered(desk)
    place = Place(written[0], signing or written[1], entry)
    return Litestar(
        route_handlers=[
            *_screens(desk, reading, pages),
            *_named(desk, reading, pages),
            *_acts(desk, written, place),
            *uploading.routes(desk, written, partial(said, entry=entry), largest_upload),
            *entry_routes(place),
            *provider_routes(place),
            *share_routes(place, desk, reading),
            _static(),
            _health(),
        ],
        exception_handlers={Exception: failed},
        before_request=admitted(workspace, host_checked(host), reading, passed_on, entry),
        before_send=[add_headers],
        compression_config=CompressionConfig(backend="gzip", exclude=[f"^{BUILT}"]),
        openapi_config=None,
        logging_config=None,
    )


def admitted(
    workspace: Workspace,
    host_is_right: Callable[[Asking], Awaitable[None]],
    reading: Runner = at_once,
    passed_on: Sequence[str] = PASSED_ON,
    entry: Entry | None = None,
) -> Callable[[Asking], Awaitable[None]]:
    """Make the check that a request means this host and is by somebody who may have the page.

    Behind a server of the same machine everybody seems to be at it: who does not say who they are
    is answered as the local owner only when nobody passed the request on.
    """
    known = entry or Entry()

    async def check(request: Asking) -> None:
        await host_is_right(request)
        path = request.scope["path"]
        first, *rest = path.removeprefix("/").split("/")
        if first.partition(".")[0] in OPEN:
            return
        words = said(request, known)
        local = not known.wide and not any(name in request.headers for name in passed_on)
        actions = takes(path, TAKEN)
        page = (rest[0] if first == "catalog" and rest else first).partition(".")[0]
        try:
            visitor = await reading(lambda: workspace.visit(words, page, actions, local=local))
        except NotHere as nowhere:
            there = [each for each in known.brands if each in nowhere.brands]
            if path == "/" and not PREFIX.get() and there:
                raise Moved(brand_prefix(there[0]), "/") from None
            raise
        brands = [each for each in known.brands if each in visitor.brands]
        scheme = "https" if secure(request, known) else "http"
        origin = f"{scheme}://{request.headers.get('host', '')}"
        CALLER.set(Caller(visitor, words, brands, origin))
        if path == "/" and not visitor.rights.allows(Action.READ):
            raise Moved(PREFIX.get(), "/mine")

    return check


def _kept(pages: Rendered, path: str, show: Show) -> Show:
    """Make a screen that gives its page from what was written a moment ago."""

    def answer(asked: Asked, ending: str) -> Answer:
        return show(asked, ending) if ending else pages.answer(path, asked, lambda: show(asked, ""))

    return answer


def _screens(desk: Desk, reading: Runner, pages: Rendered) -> list[HTTPRouteHandler]:
    """Make the routes of the pages whose path is fixed, each with its twins."""
    return [
        _route(path, tuple(fields), show, reading)
        for each in SCREENS
        for path, (fields, screen) in each.items()
        for show in [
            _kept(pages, path, partial(screen, desk)) if each in FIGURES else partial(screen, desk)
        ]
    ]


def _route(path: str, fields: tuple[str, ...], show: Show, reading: Runner) -> HTTPRouteHandler:
    paths = [path, *(f"{path}.{ending}" for ending in ENDINGS), *(["/"] if path == "/roi" else [])]

    @get(paths, name=path)
    async def answer(request: Asking) -> Answer:
        _, _, ending = request.url.path.rpartition(".")
        asked = read(path, request.scope["query_string"], fields)
        shown: Answer = await reading(lambda: show(asked, ending if ending in ENDINGS else ""))
        return shown

    return answer


def _named(desk: Desk, reading: Runner, pages: Rendered) -> list[HTTPRouteHandler]:
    """Make the routes of the pages whose path names what they are about."""
    return [_about((prefix, fields, endings), partial(show, desk), reading, pages)
            for prefix, (fields, endings, show) in NAMED.items()]  # fmt: skip


def _about(
    what: tuple[str, tuple[str, ...], tuple[str, ...]],
    show: ShowNamed,
    reading: Runner,
    pages: Rendered,
) -> HTTPRouteHandler:
    prefix, fields, endings = what

    @get(prefix + "{name:path}", name=prefix)
    async def answer(request: Asking) -> Answer:
        # the name is read before it is unescaped: an escaped dot or slash is part of the name
        raw = request.scope["raw_path"].partition(b"?")[0].decode("latin-1")
        told, _, ending = raw.removeprefix(prefix).rpartition(".")
        if ending not in endings or not told:
            told, ending = raw.removeprefix(prefix), ""
        if not told:
            raise NotFoundException
        asked = read(raw, request.scope["query_string"], fields)

        def screen(asked: Asked, ending: str) -> Answer:
            return show(asked, unquote(told), ending)

        shown: Answer = await reading(partial(_kept(pages, raw, screen), asked, ending))
        return shown

    return answer


def _acts(desk: Desk, writer: tuple[Workspace, Runner], place: Place) -> list[HTTPRouteHandler]:
    """Make the routes of what is done by forms, and of what is made when it is asked for."""
    workspace, writing = writer

    @post([f"/act/{name}" for name in desk.forms.acts], request_max_body_size=LARGEST_FORM)
    async def act(request: Asking) -> Response[bytes]:
        own_form(request)
        body = (await request.body()).decode("utf-8", "replace")
        given = dict(parse_qsl(body, keep_blank_values=True))
        name = request.url.path.rpartition("/")[2]
        who = said(request, place.entry)
        run = place.run if name in PEOPLE_ACTS else writing
        outcome = await run(lambda: desk.forms.do(workspace.acting(who), name, given))
        quoted = {key: quote(value, safe="") for key, value in outcome.given.items()}
        after = "" if outcome.refused else desk.forms.acts[name].after.format(**quoted)
        return Response(b"", status_code=303, headers={"location": _way_back(given, after)})

    @get("/close/{period:str}/{ending:str}")
    async def pack(
        request: Asking, period: FromPath[str], ending: FromPath[str]
    ) -> Response[bytes]:
        if ending not in PACKS or not is_period(period):
            raise NotFoundException
        who = said(request, place.entry)

        def made() -> bytes:
            with tempfile.TemporaryDirectory(prefix="truelift-pack-") as folder:
                workspace.acting(who).close_pack(period, folder)
                return next(Path(folder).glob(f"*.{ending}")).read_bytes()

        content: bytes = await writing(made)
        name = f'attachment; filename="close-{period}.{ending}"'
        headers = {"content-disposition": name}
        return Response(content, media_type=PACKS[ending], headers=headers)

    return [act, pack]


def _way_back(given: Mapping[str, str], after: str = "") -> str:
    """Lead back to the page that a form stood on, which says what became of it; or on from it."""
    path, _, query = (after or given.get(BACK, "")).partition("?")
    if path not in WITH_FORMS:
        return f"{PREFIX.get()}/"
    kept = [each for each in parse_qsl(query) if each[0] != DONE]
    return f"{PREFIX.get()}{path}?{urlencode([*kept, (DONE, given.get(ONCE, ''))])}"


def _static() -> HTTPRouteHandler:
    @get([f"{BUILT}{name}" for name in static_names()], sync_to_thread=False)
    def static(request: Asking) -> Response[bytes]:
        accepted = request.headers.get("accept-encoding", "")
        return static_answer(request.url.path.rpartition("/")[2], accepted)

    return static


def _health() -> HTTPRouteHandler:
    @get("/healthz", sync_to_thread=False)
    def health() -> Response[bytes]:
        return Response(b"ok\n", media_type="text/plain")

    return health
