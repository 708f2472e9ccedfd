"""Empty: what a page says that has no rows, and the one action that fills it.

In:   what was asked for; the answer's own sentence, where it has one.
Out:  a sentence with a link; on a page that is shown by a link, the sentence alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from htpy import Node, a, p

from truelift.operations.people import Action
from truelift.web.acts import DONE
from truelift.web.asked import Asked, address
from truelift.web.grid import ARRANGING
from truelift.web.visiting import CALLER, SHARED
from truelift.web.wording import worded

FILLED: Mapping[str, tuple[str, str, str]] = {
    "/attribution": ("No order or lead is known yet.", "/upload", "Upload some"),
    "/baselines": ("Nothing is sealed yet.", "/catalog/campaigns", "Choose a campaign to seal"),
    "/close": ("There is no period yet: nothing is booked.", "/upload", "Upload costs or orders"),
    "/conflicts": ("No code and link contradict each other.", "/attribution", "Attribution"),
    "/content": ("No post is known yet.", "/upload", "Upload posts and their readings"),
    "/counted-later": ("Every refund and lead is in its month.", "/dates", "Both date bases"),
    "/dates": ("No order or lead is known yet.", "/upload", "Upload some"),
    "/experiments": ("No experiment is known yet.", "/upload", "Upload one"),
    "/explore": ("There is no such row yet.", "/upload", "Upload some"),
    "/exports": ("No journal was exported yet.", "/close", "Close a period first"),
    "/freshness": ("No source was heard of yet.", "/upload", "Upload a first file"),
    "/health": ("No source was heard of yet.", "/upload", "Upload a first file"),
    "/ledger": ("The books are empty.", "/upload", "Upload costs or orders"),
    "/payables": ("No invoice may be paid now.", "/report/ageing", "Payables by age"),
    "/people": ("The local owner alone is here; add somebody below.", "", ""),
    "/quarantine": ("No row is refused.", "/upload", "Upload a file"),
    "/sessions": ("Nobody is signed in.", "/people", "Set a password"),
    "/shares": ("No page is shared; make a link below.", "", ""),
    "/spend": ("No budget is known yet.", "/catalog/campaigns/new", "Add a campaign"),
    "/tokens": ("Nobody has a token; make one below.", "", ""),
}
"""By the page: what it lacks, and the one action that fills it."""

TAKES = {"/upload": Action.IMPORT, "/catalog/campaigns/new": Action.IMPORT}
"""What it takes to open a page that not everybody may open."""


def nothing(asked: Asked, instead: str = "") -> Node:
    """Say why a page has no rows, and link the one action that fills it.

    instead: the answer's own sentence, which goes first.
    """
    if SHARED.get():
        return p(".verdict")[worded(instead) if instead else "There are none."]
    chosen = [name for name in asked.given if name not in {DONE, "kind", *ARRANGING}]
    if instead or chosen:
        kept = asked.only(("kind",))
        more: Node = [" ", a(href=address(asked.path, kept))["Show all"]] if chosen else None
        return p(".verdict")[worded(instead or "Nothing fits what was asked for."), more]
    words, path, action = FILLED.get(asked.path, ("There are none.", "", ""))
    return p(".verdict")[words, [" ", a(href=path)[action]] if path and _opens(path) else None]


def _opens(path: str) -> bool:
    caller, action = CALLER.get(), TAKES.get(path)
    return action is None or caller is None or caller.may(action)
