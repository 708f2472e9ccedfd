"""Visiting: whom a request is by, what its page takes, and under which brand's address it came.

In:   a request's headers and cookies.
Out:  what is handed on to the screens of one request: the visitor, the prefix of its addresses.

Both are of one request and are known to every thread that works for it, like its id in the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request
from litestar.datastructures import Cookie

from truelift.base.secret import Secret
from truelift.operations.admission import SESSION, Visitor
from truelift.operations.people import Action

Asking = Request[None, None, Any]

COOKIE = "truelift-session"

ANY = (Action.READ, Action.READ_OWN)
TAKES: dict[str, Sequence[Action]] = {
    "upload": (Action.IMPORT,),
    "": ANY,
    "me": ANY,
    "mine": (Action.READ_OWN,),
    "people": (Action.MANAGE_USERS,),
    "tokens": (Action.MANAGE_USERS,),
    "sessions": (Action.MANAGE_USERS,),
    "audit": (Action.READ_AUDIT,),
    "shares": (Action.SHARE,),
}
"""The actions of which a page takes one, where it is not reading."""

_OURS = re.compile(r"(\s(?:href|action|src|data-stream|data-chart)=\")/(?!static/|b/)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a request is by. said: the words by which they said it, for another thread to judge.

    brands: those that are served here and where they have a role. origin: the address of this
    server as they wrote it.
    """

    visitor: Visitor
    said: str | None
    brands: Sequence[str] = ()
    origin: str = ""

    def may(self, action: Action) -> bool:
        """Say whether they may do something at this brand."""
        return self.visitor.rights.allows(action)


@dataclass(frozen=True, slots=True)
class Entry:
    """How people come in here.

    https: browsers reach the pages by https only, through a server in front. provider: another
    server that says who somebody is. brands: those that this process serves. wide: served beyond
    this machine, so that nobody is taken for its owner.
    """

    https: bool = False
    provider: Any = None
    brands: Sequence[str] = ()
    wide: bool = False


CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)
"""Whom the request is by that is being answered."""

PREFIX: ContextVar[str] = ContextVar("prefix", default="")
"""What stands before every path of this request's brand: `/b/NAME`, or nothing."""

NAME = "\ufdd0name\ufdd0"
"""Stands in a page for the name of who is here, until it is given; no text of anybody holds it."""

UNNAMED: ContextVar[bool] = ContextVar("unnamed", default=False)
"""Whether a page is written without the name of who is here, to be given to several people."""

PARTIAL: ContextVar[tuple[str, ...]] = ContextVar("partial", default=())
"""What figures lack just now, in sentences; nothing when they are whole."""

SHARED: ContextVar[str] = ContextVar("shared", default="")
"""What a page says of the link that it is shown by; empty for who came in."""


def brand_prefix(brand: str) -> str:
    """Give what stands before every path of a brand."""
    return f"/b/{quote(brand, safe='')}"


def named(page: bytes) -> bytes:
    """Write the name of who is here into a page."""
    caller = CALLER.get()
    return page.replace(NAME.encode(), escape(caller.visitor.name if caller else "").encode())


def prefixed(page: str) -> str:
    """Write the brand into every address of a page, so that a copied link leads to the same one.

    In a page of ours a quote in somebody's text is escaped, so only attributes fit.
    """
    prefix = PREFIX.get()
    plain = page.encode().decode()  # what is marked as safe would escape what is put into it
    return _OURS.sub(rf"\g<1>{prefix}/", plain) if prefix else plain


def takes(path: str, acts: dict[str, Sequence[Action]]) -> Sequence[Action]:
    """Give the actions of which a path takes one."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first == "act":
        return acts.get(rest, (Action.READ,))
    return TAKES.get(first.partition(".")[0], (Action.READ,))


def secure(request: Asking, entry: Entry) -> bool:
    """Say whether a browser reaches us by https, as far as this server or its owner knows."""
    return entry.https or request.scope["scheme"] == "https"


def cookie_name(*, https: bool) -> str:
    """Name the cookie of a session; with `__Host-` no other host can have set it."""
    return f"__Host-{COOKIE}" if https else COOKIE


def session_cookie(text: Secret | None, *, https: bool) -> Cookie:
    """Make the cookie of a session; None takes it away. It ends with the browser."""
    return Cookie(
        key=cookie_name(https=https), value="" if text is None else text.reveal(), path="/",
        httponly=True, samesite="lax", secure=https, max_age=0 if text is None else None,
    )  # fmt: skip


def session_of(request: Asking, entry: Entry) -> Secret | None:
    """Give the text of a request's session."""
    text = request.cookies.get(cookie_name(https=secure(request, entry)))
    return Secret(text) if text else None


def said(request: Asking, entry: Entry) -> str | None:
    """Give the words by which a request says whom it is by: its header first, then its cookie."""
    header: str | None = request.headers.get("authorization")
    if header is not None:
        return header
    session = session_of(request, entry)
    return None if session is None else f"{SESSION} {session.reveal()}"


def own_path(text: str | None) -> str:
    """Give an address of this server to go on to; the first page for any other one."""
    given = text or ""
    parts = urlsplit(given) if given.isprintable() and "\\" not in given else None
    if parts is None or parts.scheme or parts.netloc or not re.match("/(?!/)", given):
        return "/"
    return given
