"""Account: the line of every page that says who is here, at which brand, and what is theirs.

In:   the brand of a page, and whom the request is by.
Out:  the brand or a way to another one, pages for who may open them, the way out.
"""

from __future__ import annotations

from htpy import Element, Node, a, button, div, form, li, span, ul

from truelift.operations.people import Action
from truelift.web.visiting import CALLER, NAME, SHARED, Caller, brand_prefix

PAGES = (
    ("/people", "People", Action.MANAGE_USERS),
    ("/audit", "Audit log", Action.READ_AUDIT),
    ("/shares", "Links", Action.SHARE),
    ("/mine", "Your statement", Action.READ_OWN),
)
"""Pages about people, each for who may do what it takes."""


def account(brand: str, here: str) -> Element:
    """Write the line; a page that is shown by a link has the brand alone."""
    caller = CALLER.get()
    if caller is None or SHARED.get():
        return div(".account")[span(".brand")[brand], span[SHARED.get()] if SHARED.get() else None]
    return div(".account", role="group", aria_label="Account")[
        _brands(brand, caller),
        (
            a(href=path, aria_current="page" if path == here else None)[words]
            for path, words, action in PAGES
            if caller.may(action)
        ),
        a(href="/me", aria_current="page" if here == "/me" else None)[NAME],
        form(".out", method="post", action="/sign-out")[button(type="submit")["Sign out"]]
        if caller.visitor.session
        else None,
    ]


def _brands(brand: str, caller: Caller) -> Node:
    """Name the brand, and link the others that this person has a role at."""
    others = [each for each in caller.brands if each != brand]
    if not others:
        return span(".brand")[brand]
    return ul(".brands", aria_label="Brands")[
        li(aria_current="true")[brand],
        (li[a(href=f"{brand_prefix(each)}/")[each]] for each in others),
    ]
