"""People: who may come in, with what, and what they did; what is one's own; links that are shared.

In:   a desk and what was asked for; all is read as whom the request is by.
Out:  the pages about people, and their twins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from htpy import Element, Node, a, code, datalist, h2, li, nav, option, p, section, ul

from truelift.web.acts import DONE, said
from truelift.web.answers import csv_answer, json_answer, twin
from truelift.web.asked import Asked, BadParameter
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.door import Result, Workspace
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import filters, twins
from truelift.web.people_deeds import KNOWN
from truelift.web.shareable import CAMPAIGN, SHAREABLE
from truelift.web.visiting import CALLER, PREFIX

Json = Mapping[str, Any]

WITH_FORMS = ("/people", "/tokens", "/sessions", "/me", "/shares")
OPEN = "open"
VERIFY, YES = "verify", "yes"

ABOUT_PEOPLE = (("/people", "People"), ("/tokens", "Tokens"), ("/sessions", "Sessions"))

SHARE_COLUMNS = (
    "share", "page", "fixed", "state", "expires_at", "visits", "visited_at", "created_by",
)  # fmt: skip
SESSION_COLUMNS = ("session", "by", "created_at", "seen_at", "expires_at", "state")
AUDIT_COLUMNS = ("recorded_at", "person", "action", "subject", "outcome", "place")
"""Columns that are shown first; all others can be chosen."""

LOOKED_FOR = ("who", "what", "day")

TITLES = {
    "add-person": "Add a person or a role",
    "withdraw-role": "Take a role back",
    "person-state": "Disable or enable somebody",
    "set-password": "Set a password",
    "make-token": "Make a token",
    "revoke-token": "Revoke a token",
    "end-session": "End a session",
    "share": "Share a page",
    "revoke-share": "Revoke a link",
}
"""What stands above each form."""

NOTHING_YET = "There is nothing of yours here yet."
NOTHING = {"payable": "Nothing is owed to you now."}
"""What is said of a part of a statement without rows."""

PART, FIRST_PART = "part", "payable"
PARTS = {
    "payable": ("Owed to you", "What is owed to you by the books, by agreement, and since when."),
    "agreements": ("Agreements", "What was agreed with you."),
    "deliverables": ("Deliverables", "What you deliver, and what is live or accepted."),
    "codes": ("Codes", "Your codes, and since when they count."),
    "links": ("Links", "Your links, and where they lead."),
    "costs": ("Documents", "Invoices, payments and other documents about you."),
}  # fmt: skip


def users(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show people with their roles, and what can be done about them."""
    result = desk.workspace.people().list()
    names = sorted({row["name"] for row in result.rows})
    forms = ("add-person", "withdraw-role", "person-state", "set-password")
    known = [_known(KNOWN, names)]
    return _managed(desk, asked, ending, path="/people", result=result, forms=forms, known=known)


def tokens(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show tokens, none of them with its text."""
    people = desk.workspace.people()
    result, names = people.tokens(), sorted({row["name"] for row in people.list().rows})
    alive = [row["token"] for row in result.rows if row["revoked_at"] is None]
    known = [_known(KNOWN, names), _known("known-tokens", alive)]
    forms = ("make-token", "revoke-token")
    return _managed(desk, asked, ending, path="/tokens", result=result, forms=forms, known=known)


def sessions(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show who is signed in since when."""
    result = desk.workspace.people().sessions()
    alive = [row["session"] for row in result.rows if row["state"] == OPEN]
    known = [_known("known-sessions", alive)]
    return _managed(
        desk, asked, ending, path="/sessions", result=result, forms=("end-session",), known=known
    )


def _managed(
    desk: Desk,
    asked: Asked,
    ending: str,
    *,
    path: str,
    result: Result,
    forms: Sequence[str],
    known: Sequence[Node],
) -> Answer:
    table = arranged(result.table, asked)
    name = path.removeprefix("/")
    if ending:
        return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
    last = desk.last(asked)
    body: list[Node] = [
        said(last),
        _shown_once(desk, asked),
        nav(".between", aria_label="About people")[
            (
                a(href=each, aria_current="page" if each == path else None)[words]
                for each, words in ABOUT_PEOPLE
            )
        ],
        desk.grid(result.table, table, asked, result.table.title),
        known,
        (
            section(".deed")[h2[TITLES[each]], desk.forms.form(each, path, None, last)]
            for each in forms
        ),
        twins(path, asked.only(ARRANGING)),
    ]
    return desk.page(desk.head(), dict(ABOUT_PEOPLE)[path], "/people", body, live=False)


def audit(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show who did what, newest first, and whether the log is what was written."""
    head, workspace = desk.head(), desk.workspace
    result = workspace.people().audit()
    rows = [
        row
        for row in reversed(result.table.rows)
        if row["brand"] in {workspace.brand, None} and _fits(row, asked, head["timezone"])
    ]
    whole = replace(result.table, rows=tuple(rows), instead="Nothing in the log fits.")
    table = arranged(whole, asked, AUDIT_COLUMNS)
    if ending == "csv":
        return csv_answer(table, "audit")
    if ending == "json":
        return json_answer({**head, "rows": rows})
    body: list[Node] = [
        _verdict(asked, workspace),
        filters("/audit", asked, LOOKED_FOR),
        desk.grid(whole, table, asked, "Audit log"),
        twins("/audit", asked.only((*LOOKED_FOR, *ARRANGING))),
    ]
    return desk.page(head, "Audit log", "/audit", body, live=False)


def _fits(row: Json, asked: Asked, zone: str) -> bool:
    day = asked.get("day")
    if day is not None:
        at: dt.datetime = row["recorded_at"].replace(tzinfo=dt.UTC)
        if at.astimezone(ZoneInfo(zone)).date() != _day(day):
            return False
    wanted = ((asked.get("who"), "person"), (asked.get("what"), "action"))
    return all(text is None or text.casefold() in row[name].casefold() for text, name in wanted)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        field = "day"
        raise BadParameter(field, f"day {text!r} is not a day; write 2026-05-31.") from None


def _verdict(asked: Asked, workspace: Workspace) -> Node:
    if VERIFY not in asked.given:
        return p[a(href=f"?{VERIFY}={YES}")["Verify that nothing in it was changed"]]
    if asked.get(VERIFY) != YES:
        raise BadParameter(VERIFY, "write yes, or leave it out.")
    logs = [
        row
        for row in workspace.people().verify_audit().rows
        if row["brand"] in {workspace.brand, None}
    ]
    broken = any(row["changed_at"] is not None for row in logs)
    kind, words = (
        ("fails", "The log was changed: not every line is what was written.")
        if broken
        else ("passes", "Every line is what was written.")
    )
    return section[
        p(class_=["verdict", kind], role="status")[words],
        ul[
            (
                li[
                    f"{row['brand'] or 'The workspace'}: {row['lines']:,} lines, ",
                    f"line {row['changed_at']} was changed, " if row["changed_at"] else None,
                    "head ",
                    code[row["head"]],
                ]
                for row in logs
            )
        ],
    ]


def own(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show a person's own sessions and tokens, and let them change their password."""
    workspace = desk.workspace
    result = workspace.own_sessions()
    table = arranged(result.table, asked, SESSION_COLUMNS)
    if ending:
        return csv_answer(table, "me") if ending == "csv" else twin(result, ending, "me")
    caller, last = CALLER.get(), desk.last(asked)
    visitor = None if caller is None else caller.visitor
    owner = visitor is None or visitor.owner
    this = None if visitor is None else visitor.session
    roles = ", ".join(sorted(visitor.rights.roles)) if visitor is not None else ""
    who = (
        "You are the local owner: nobody has said who they are, and this is their machine."
        if owner
        else f"You are {roles} here."
    )
    made = [row for row in workspace.own_tokens().rows if row["revoked_at"] is None]
    body: list[Node] = [
        said(last),
        p[who],
        None
        if owner
        else section(".deed")[h2["Password"], desk.forms.form("own-password", "/me", None, last)],
        None if owner else desk.grid(result.table, table, asked, "Your sessions"),
        ul(".deeds")[
            (
                li[
                    f"Session {row['session']}{', this one' if row['session'] == this else ''} ",
                    desk.forms.form("own-session", "/me", {"session": row["session"]}, last),
                ]
                for row in result.rows
                if row["state"] == OPEN
            ),
            (
                li[
                    f"Token {row['token']}: {row['scopes'].replace(';', ', ')} ",
                    desk.forms.form("own-token", "/me", {"token": row["token"]}, last),
                ]
                for row in made
            ),
        ]
        if result.rows or made
        else None,
        None if owner else twins("/me", asked.only(ARRANGING)),
    ]
    title = "You" if visitor is None else visitor.name
    return desk.page(desk.head(), title, "/me", body, live=False)


def mine(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show a creator their own statement, and nothing of anybody else."""
    name = asked.get(PART, FIRST_PART) or FIRST_PART
    if name not in PARTS:
        raise BadParameter(PART, f"part {name!r} is not known; use one of {', '.join(PARTS)}.")
    result = desk.workspace.own_statement(name)
    words, note = PARTS[name]
    whole = replace(result.table, title=words, instead=NOTHING.get(name, NOTHING_YET))
    table = arranged(whole, asked)
    if ending:
        return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
    body: list[Node] = [
        nav(".between", aria_label="Parts of your statement")[
            (
                a(href=f"/mine?{PART}={each}", aria_current="page" if each == name else None)[title]
                for each, (title, _) in PARTS.items()
            )
        ],
        p[note],
        desk.grid(whole, table, asked, words),
        twins("/mine", asked.only((PART, *ARRANGING))),
    ]
    return desk.page(result.data, "Your statement", "/mine", body, live=False)


def shares(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show the links that are shared, and make and revoke them."""
    result = desk.workspace.shares()
    table = arranged(result.table, asked, SHARE_COLUMNS)
    if ending:
        return csv_answer(table, "shares") if ending == "csv" else twin(result, ending, "shares")
    last = desk.last(asked)
    alive = [row["share"] for row in result.rows if row["state"] == OPEN]
    body: list[Node] = [
        said(last),
        _shown_once(desk, asked, link=True),
        desk.grid(result.table, table, asked, "Links that are shared"),
        _known("shareable", [*SHAREABLE, *(f"{CAMPAIGN}{each}" for each in _campaigns(desk))]),
        _known("known-shares", alive),
        (
            section(".deed")[h2[TITLES[each]], desk.forms.form(each, "/shares", None, last)]
            for each in ("share", *(("revoke-share",) if alive else ()))
        ),
        twins("/shares", asked.only(ARRANGING)),
    ]
    return desk.page(result.data, "Links", "/shares", body, live=False)


def _campaigns(desk: Desk) -> Sequence[str]:
    return [each for each in desk.reading.campaigns() if "/" not in each][:60]


def _known(name: str, words: Iterable[str]) -> Element:
    """Give a list of the page that helps to write something; it needs no script."""
    return datalist(id=name)[(option(value=each) for each in words)]


def _shown_once(desk: Desk, asked: Asked, *, link: bool = False) -> Node:
    """Show what was just made, this once: it is kept nowhere."""
    secret = desk.forms.secret(desk.last(asked))
    if secret is None:
        return None
    caller = CALLER.get()
    before = f"{caller.origin if caller else ''}{PREFIX.get()}/share/" if link else ""
    return p(".once", role="status")[
        "Copy it now, it is shown this once: ", code[f"{before}{secret.reveal()}"]
    ]


SCREENS: Screens = {
    "/people": ((DONE, *ARRANGING), users),
    "/tokens": ((DONE, *ARRANGING), tokens),
    "/sessions": ((DONE, *ARRANGING), sessions),
    "/audit": (("who", "what", "day", VERIFY, *ARRANGING), audit),
    "/me": ((DONE, *ARRANGING), own),
    "/mine": ((PART, *ARRANGING), mine),
    "/shares": ((DONE, *ARRANGING), shares),
}
