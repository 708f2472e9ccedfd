"""Sharing: what somebody sees who has a link: one page, under its policy, and no way from it.

In:   the text of a link, and what is asked for by it.
Out:  the page without forms, ways to other pages or scripts; its CSV where the policy says so.

The policy is read from the database at every request and judged here: nothing that is asked for can
widen it, and a link that is revoked is a page that is not there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any

import htpy
from htpy import Node, a, button, form, label, p, span
from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from truelift.base.errors import NotAdmitted, TooManyTries, TrueliftError
from truelift.base.secret import Secret
from truelift.web.answers import html_answer, own_form
from truelift.web.asked import Asked, address
from truelift.web.desk import Answer, Desk
from truelift.web.door import SharePolicy
from truelift.web.entry import LARGEST_FORM, Place, moved, written
from truelift.web.layout import LABELS, plain_page
from truelift.web.screens import books, overview, returns
from truelift.web.shareable import CAMPAIGN, DATES, campaign_of, fields_of, narrowed
from truelift.web.visiting import PREFIX, SHARED, secure

Asking = Request[None, None, Any]
Runner = Callable[[Callable[[], Any]], Awaitable[Any]]

SHARE = "/share/"
KEY, PASSPHRASE = "truelift-share", "passphrase"
SCREENS = {**overview.SCREENS, **returns.SCREENS, **books.SCREENS}

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
DROPPED = frozenset({"form", "nav", "script", "button", "input", "select", "textarea"})
DROPPED_CLASSES = frozenset({"chooser", "acts", "twins", "elsewhere", "skip"})


class _Bare(HTMLParser):
    """Writes a page of ours again without forms, scripts, and links to anywhere but itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._inside = 0
        self._links: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._inside or self._drops(tag, given):
            self._inside += tag not in VOID
            return
        if tag == "a":
            stays = (given.get("href") or "").startswith(("?", "#"))
            self._links.append(stays)
            self.parts.append(self._text() if stays else "<span>")
            return
        self.parts.append(self._text())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._inside and not self._drops(tag, dict(attrs)):
            self.parts.append(self._text())

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            self._inside -= tag not in VOID
        elif tag == "a":
            self.parts.append("</a>" if self._links.pop() else "</span>")
        else:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def _say(self, text: str) -> None:
        if not self._inside:
            self.parts.append(text)

    def _text(self) -> str:
        return self.get_starttag_text() or ""

    @staticmethod
    def _drops(tag: str, given: dict[str, str | None]) -> bool:
        classes = (given.get("class") or "").split()
        return tag in DROPPED or bool(DROPPED_CLASSES & set(classes))


def bare(page: str) -> str:
    """Write a page of ours without forms, scripts, and links to anywhere but itself."""
    writer = _Bare()
    writer.feed(page)
    writer.close()
    return "".join(writer.parts)


def share_routes(place: Place, desk: Desk, reading: Runner) -> list[HTTPRouteHandler]:
    """Make the routes of links that are shared."""

    @get(SHARE + "{given:str}")
    async def shown(request: Asking, given: FromPath[str]) -> Answer:
        text, _, ending = given.partition(".")
        link = Secret(text)
        try:
            policy: SharePolicy = await place.run(
                lambda: place.workspace.visit_share(link, request.cookies.get(KEY))
            )
        except TooManyTries:
            raise
        except NotAdmitted:
            return _locked(text)
        if ending not in {"", "csv"} or (ending and not policy.may_export):
            raise NotFoundException
        query = request.scope["query_string"]
        asked = narrowed(policy.page, policy.fixed, query, may_change_dates=policy.may_change_dates)
        answer: Answer = await reading(partial(_show, desk, policy, asked, ending))
        if ending:
            return answer
        body = bare(answer.content.decode())
        more = str(htpy.fragment[_offers(policy, asked, text)])
        answer.content = body.replace("</main>", f"{more}</main>", 1).encode()
        return answer

    @post(SHARE + "{given:str}", request_max_body_size=LARGEST_FORM)
    async def opened(request: Asking, given: FromPath[str]) -> Answer:
        own_form(request)
        said = Secret((await written(request)).get(PASSPHRASE, ""))
        try:
            key: Secret = await place.run(lambda: place.workspace.unlock_share(Secret(given), said))
        except NotAdmitted as refused:
            return _locked(given, refused)
        answer = moved(f"{SHARE}{given}")
        where, https = f"{PREFIX.get()}{SHARE}{given}", secure(request, place.entry)
        # a cookie's path ends at a slash, so the table as a file needs one of its own
        answer.cookies = [
            Cookie(
                key=KEY, value=key.reveal(), path=path, httponly=True, samesite="lax", secure=https
            )
            for path in (where, f"{where}.csv")
        ]
        return answer

    return [shown, opened]


def _show(desk: Desk, policy: SharePolicy, asked: Asked, ending: str) -> Answer:
    token = SHARED.set("shown by a link")
    try:
        if policy.page.startswith(CAMPAIGN):
            return returns.campaign(desk, asked, campaign_of(policy.page), ending)
        return SCREENS[policy.page][1](desk, asked, ending)
    finally:
        SHARED.reset(token)


def _offers(policy: SharePolicy, asked: Asked, text: str) -> list[Node]:
    """Write what a policy allows besides: other dates, the table as a file."""
    offers: list[Node] = []
    if policy.may_change_dates:
        kinds = {"period": "month", "as_of": "date"}
        fields = [
            each for each in DATES if each in fields_of(policy.page) and each not in policy.fixed
        ]
        offers.append(
            form(".filter", method="get", aria_label="Dates")[
                (
                    label[
                        span[LABELS.get(each, "Known at")],
                        htpy.input(
                            type=kinds.get(each, "text"), name=each, value=asked.get(each, "")
                        ),
                    ]
                    for each in fields
                ),
                button(type="submit")["Show"],
            ]
        )
    if policy.may_export:
        dates = {name: value for name, value in asked.given.items() if name not in policy.fixed}
        where = address(f"{PREFIX.get()}{SHARE}{text}.csv", dates)
        offers.append(p(".pager")[a(href=where, rel="nofollow")["The same rows as CSV"]])
    return offers


def _locked(text: str, refused: TrueliftError | None = None) -> Answer:
    """Ask for the passphrase of a link."""
    page = plain_page(
        "A page was shared with you",
        "Whoever sent you the link also tells you its passphrase.",
        form(".sign", method="post", action=f"{SHARE}{text}")[
            label[
                span["Passphrase"],
                htpy.input(
                    type="password", name=PASSPHRASE, required=True, autocomplete="off",
                    maxlength=256,
                ),
            ],
            p(".refused", role="alert")[str(refused)] if refused is not None else None,
            button(type="submit")["Open"],
        ],
    )  # fmt: skip
    answer = html_answer(page)
    answer.status_code = (
        HTTPStatus.TOO_MANY_REQUESTS
        if isinstance(refused, TooManyTries)
        else HTTPStatus.UNAUTHORIZED
    )
    return answer
