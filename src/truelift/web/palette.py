"""Palette: where one can go from anywhere, and the keys that lead there.

In:   the names of campaigns and creators, what somebody typed.
Out:  entries, best first; the list of keys. The script of the pages and the page of keys read both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from truelift.reports.statement import STATEMENTS
from truelift.web.asked import campaign_path, creator_path
from truelift.web.layout import NAVIGATION, report_path
from truelift.web.questions import FIRST, QUESTIONS

MOST = 400
"""Entries that are told at once; of more, those that fit what was typed."""

GO: Mapping[str, str] = {
    "o": "/", "v": "/compare", "p": "/content", "a": "/attribution", "b": "/baselines",
    "d": "/alerts", "s": "/spend", "r": "/reports", "t": "/reconciliation", "c": "/close",
    "l": "/ledger", "h": "/health", "x": "/explore", "q": "/quarantine",
}  # fmt: skip
"""Where the letter after a g leads."""

MORE: Mapping[str, str] = {
    "/ledger": "Trial balance", "/quarantine": "Quarantine", "/bridge": "Bridges",
}  # fmt: skip
"""Pages that the frame does not link to."""

KEYS: Sequence[tuple[str, str]] = (
    ("Ctrl K or \u2318 K", "Go to a page, campaign or creator by its name"),
    ("?", "Show these keys"),
    ("j and k", "Next and previous row of the tables"),
    ("e", "Explain the first figure of that row"),
    ("Enter", "Open what the row leads to"),
    ("/", "Go to the filter"),
    ("Tab, then arrows", "Walk through the figures of a chart"),
    ("Esc", "Leave what is open"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go: what it is, its name, its address."""

    kind: str
    name: str
    href: str


def entries(campaigns: Iterable[str], creators: Iterable[str]) -> list[Entry]:
    """Name every place: pages first, then campaigns, then creators."""
    found = [Entry("page", name, path) for path, name in (*NAVIGATION, *MORE.items())]
    found += [
        Entry("page", question.title, f"/{name}")
        for name, question in QUESTIONS.items()
        if f"/{name}" not in FIRST.values()
    ]
    found += [Entry("page", words, report_path(name)) for name, (words, _) in STATEMENTS.items()]
    found += [Entry("page", "How posts age", "/chart/ageing"), Entry("page", "Keys", "/keys")]
    found += [Entry("campaign", name, campaign_path(name)) for name in campaigns]
    found += [Entry("creator", name, creator_path(name)) for name in creators]
    return found


def matching(found: Sequence[Entry], typed: str) -> list[Entry]:
    """Give the entries that hold what was typed, in order; the best fit first."""
    words = typed.strip().casefold()
    if not words:
        return list(found)
    ranked = [(fit(each.name.casefold(), words), at) for at, each in enumerate(found)]
    return [found[at] for rank, at in sorted(ranked) if rank < NO_FIT]


BEGINS, WORD_BEGINS, HOLDS, IN_ORDER, NO_FIT = range(5)
"""How well a name fits, best first."""


def fit(name: str, typed: str) -> int:
    """Say how well a name fits: it begins so, a word of it does, it holds it, or its letters."""
    if name.startswith(typed):
        return BEGINS
    if any(word.startswith(typed) for word in name.replace("-", " ").replace("_", " ").split()):
        return WORD_BEGINS
    if typed in name:
        return HOLDS
    letters = iter(name)
    return IN_ORDER if all(letter in letters for letter in typed) else NO_FIT


def keys() -> list[tuple[str, str]]:
    """List every key with what it does."""
    names = {**dict(NAVIGATION), **MORE}
    return [*KEYS, *((f"g then {letter}", f"Go to {names[path]}") for letter, path in GO.items())]
