"""The frame of every page: brand and clock, ways between pages, the filter, and tables in boxes.

In:   what a report's header says, and the body of a page.
Out:  a whole HTML page; it needs no script, and no style but the house's own sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import htpy
from htpy import Element, Node, a, caption, div, form, html, label, option, select

from truelift.operations.people import Action
from truelift.web.account import account
from truelift.web.asked import BACK, CHOICES, Asked, address
from truelift.web.built import static_path
from truelift.web.figures import moment
from truelift.web.visiting import CALLER, PARTIAL, SHARED

Json = Mapping[str, Any]

NAVIGATION = (
    ("/", "Overview"), ("/compare", "Compare"), ("/content", "Content"),
    ("/attribution", "Attribution"), ("/baselines", "Baselines"), ("/alerts", "Decisions"),
    ("/spend", "Spend"), ("/reports", "Reports"), ("/reconciliation", "Reconciliation"),
    ("/close", "Close"), ("/catalog/campaigns", "Catalog"), ("/health", "Data health"),
    ("/explore", "Explore"), ("/settings", "Settings"),
)  # fmt: skip
LABELS = {
    "campaign": "Campaign", "by": "Rows", "basis": "Dates", "cost": "Cost", "model": "Attribution",
    "models": "Models",
    "as_of": "As of", "period": "Period", "state": "Alerts", "metric": "Metric",
    "creator": "Creator", "code": "Code", "platform": "Platform", "category": "Category",
    "country": "Country", "followers": "Followers, min:max", "price": "Price, at most",
    "compare_to": "Compare to",
    "search": "Search", "compare": "Compare, by comma", "budget": "Budget",
    "who": "Who", "what": "What", "day": "Day",
}  # fmt: skip
COMPARE_TO = "compare_to"
NOTHING_KNOWN = "1970-"
"""How the time of the newest fact begins where there is no fact."""

DATE_LENGTH = len("2026-05-31")


def page(
    head: Json,
    simulated: dt.datetime | None,
    *,
    title: str,
    here: str,
    body: Iterable[Node],
    version: str | None = None,
    again: int | None = None,
) -> Element:
    """Put a body into the frame; `head` holds the brand, and what a report says of itself.

    version: of the data, where the page is told of changes (web.live); None where it is not.
    again: seconds after which a browser asks for the page again.
    """
    live = version is not None and not SHARED.get()
    return html(lang="en")[
        htpy.head[
            htpy.meta(charset="utf-8"),
            htpy.meta(name="viewport", content="width=device-width, initial-scale=1"),
            htpy.meta(name="color-scheme", content="light dark"),
            None if again is None else htpy.meta(http_equiv="refresh", content=str(again)),
            htpy.title[f"{title} - {head['brand']} - Truelift"],
            _sheet(),
            htpy.link(rel="icon", href=static_path("mark.svg"), type="image/svg+xml"),
            None if SHARED.get() else htpy.script(src=static_path("app.js"), type="module"),
        ],
        htpy.body[
            a(".skip", href="#main")["Skip to the figures"],
            _simulated(head, simulated),
            [htpy.p(".simulated.partial", role="note")[each] for each in PARTIAL.get()],
            htpy.header[
                a(".house", href="/")["Truelift"],
                _navigation(here),
                account(head["brand"], here),
            ],
            div(
                "#live.live",
                role="status",
                aria_live="off",
                data_version=version,
                data_stream="/live",
            )
            if live
            else None,
            htpy.main("#main")[htpy.h1[title], _facts(head), body],
            htpy.footer[
                htpy.p[
                    "Figures of the report link to what they are made of. " if _reads() else None,
                    f"Attribution rule: {head['attribution_rule']} "
                    if head.get("attribution_rule")
                    else None,
                    f"Amounts in {head['currency']}; times in {head['timezone']}. ",
                    [a(href="/keys")["Keys"], ", ", a(href="/palette")["go to"], "."]
                    if _reads()
                    else None,
                ]
            ],
        ],
    ]


def live_line(today: Sequence[Json], heard: Sequence[str], simulated: dt.datetime | None) -> str:
    """Write the line of figures that moves: what today has brought, and who was heard of when."""
    counts = {row["kind"]: row["count"] for row in today}
    money = [row["amount"] for row in today if row["kind"] == "orders" and row["amount"]]
    words: list[tuple[str, str | None]] = [
        ("Today", None),
        (f"{counts.get('clicks', 0):,}", f"clicks counted of {counts.get('clicks, all', 0):,}"),
        (f"{counts.get('orders', 0):,}", "orders"),
        *((amount, "net of discounts") for amount in money),
        (f"{counts.get('refunds', 0):,}", "refunds"),
        (f"{counts.get('leads', 0):,}", "leads"),
    ]
    when = "; simulated" if simulated is not None else ""
    told: list[Node] = [
        [htpy.b[number], f" {name}" if name else ":", " "] for number, name in words
    ]
    return str(htpy.span[told, f"({'; '.join(heard)}{when})" if heard else ""])


def report_path(name: str) -> str:
    """Write the path of a finance report's page."""
    return f"/report/{name}"


def _reads() -> bool:
    """Say whether who asks came in and may read what the brand knows."""
    caller = CALLER.get()
    return not SHARED.get() and (caller is None or caller.may(Action.READ))


def _navigation(here: str) -> Node:
    """Link the pages that show what the brand knows, to who may read that."""
    if not _reads():
        return None
    return htpy.nav(aria_label="Pages")[
        (
            a(href=path, aria_current="page" if path == here else None)[name]
            for path, name in NAVIGATION
        )
    ]


def plain_page(title: str, sentence: Node, *more: Node) -> Element:
    """Give a page that says one thing, and nothing about the brand: an error, for example."""
    return html(lang="en")[
        htpy.head[
            htpy.meta(charset="utf-8"),
            htpy.meta(name="viewport", content="width=device-width, initial-scale=1"),
            htpy.title[f"{title} - Truelift"],
            _sheet(),
            htpy.link(rel="icon", href=static_path("mark.svg"), type="image/svg+xml"),
        ],
        htpy.body[
            htpy.header[a(".house", href="/")["Truelift"]],
            htpy.main[
                htpy.h1[title],
                htpy.p[sentence] if sentence else None,
                more or htpy.p[a(href="/")["To the overview"]],
            ],
        ],
    ]


def _sheet() -> Node:
    return htpy.link(rel="stylesheet", href=static_path("house.css"))


def filters(
    action: str, asked: Asked, fields: Sequence[str], campaigns: Sequence[str] = (), by: str = ""
) -> Element:
    """Write the filter: what is chosen lives in the address, so a view can be sent to others.

    Parameters without a control of their own are carried on unseen.
    """
    unseen = {name: value for name, value in asked.given.items() if name not in fields}
    return form(".filter", action=action, method="get", aria_label="Filter")[
        (_control(name, asked, campaigns, by) for name in fields),
        (htpy.input(type="hidden", name=name, value=value) for name, value in unseen.items()),
        htpy.button(type="submit")["Show"],
    ]


def box(
    name: str, title: Node, parts: Iterable[Node], note: Node = None, kind: str = ""
) -> Element:
    """Put a table into a box of its own, which scrolls when the screen is narrow."""
    return div(class_=["box", kind], role="region", aria_labelledby=name, tabindex="0")[
        htpy.table[caption(id=name)[title, htpy.small[note] if note else None], parts]
    ]


def twins(path: str, query: Mapping[str, str], more: Node = None) -> Element:
    """Link the same rows as CSV and JSON, which are the bytes of the command line."""
    return htpy.p(".twins")[
        more,
        "The same rows: ",
        a(href=address(f"{path}.csv", query), rel="nofollow")["CSV"],
        ", ",
        a(href=address(f"{path}.json", query), rel="nofollow")["JSON"],
    ]


def pager(asked: Asked, pages: int, rows: int, what: str) -> Node:
    """Say how many rows there are, and link the parts that are shown one at a time."""
    if pages <= 1:
        return htpy.p(".pager")[f"{rows:,} {what}"]

    def turn(number: int, words: str) -> Node:
        query = urlencode({**asked.given, "page": number})
        return a(href=f"?{query}")[words] if 1 <= number <= pages else None

    return htpy.nav(".pager", aria_label=f"Parts of {rows:,} {what}")[
        f"{rows:,} {what}; part {asked.page:,} of {pages:,} ",
        turn(asked.page - 1, "earlier"),
        " ",
        turn(asked.page + 1, "later"),
    ]


def _control(name: str, asked: Asked, campaigns: Sequence[str], by: str) -> Element:
    value = asked.get(name, "") or ""
    words = htpy.span[LABELS[name]]
    if name == "campaign":
        names = sorted({*campaigns, *([value] if value else [])})
        choices: list[tuple[str, str]] = [("", "all"), *((each, each) for each in names)]
        return label[words, _choice(name, choices, value)]
    if name in CHOICES:
        first = by if name == "by" else CHOICES[name][0]
        return label[words, _choice(name, [(each, each) for each in CHOICES[name]], value or first)]
    if name == COMPARE_TO:
        words_of = [("", "nothing"), *((each, f"{BACK[each]} days before") for each in BACK)]
        own = [(value, value)] if value and value not in BACK else []
        return label[words, _choice(name, [*words_of, *own], value)]
    kind = {"period": "month", "as_of": "date", "day": "date"}.get(name, "text")
    if kind == "date" and value and len(value) != DATE_LENGTH:
        kind = "text"
    return label[words, htpy.input(type=kind, name=name, value=value)]


def _choice(name: str, choices: Sequence[tuple[str, str]], chosen: str) -> Element:
    return select(name=name)[
        (option(value=value, selected=value == chosen)[words] for value, words in choices)
    ]


def _simulated(head: Json, simulated: dt.datetime | None) -> Node:
    if simulated is None:
        return None
    return htpy.p(".simulated", role="note")[
        "Simulated clock: ",
        moment(simulated.isoformat() + "Z", head["timezone"]),
        f" ({head['timezone']}). These facts are a sample, played under a clock of its own.",
    ]


def _facts(head: Json) -> Node:
    """Say what the figures of a page rest on; only what the report itself says."""
    zone = head["timezone"]
    told: list[tuple[str, Node]] = [("Currency", head["currency"]), ("Time zone", zone)]
    for key, words in (("as_of", "As of"), ("known_at", "Known at")):
        if key in head and not head[key].startswith(NOTHING_KNOWN):
            told.append((words, moment(head[key], zone)))
    if "basis" in head:
        told += [
            ("Dates", f"{head['basis']} date"),
            ("Cost", head["cost_basis"]),
            ("Attribution", head["model"]),
        ]
    return [htpy.dl(".facts")[(div[htpy.dt[words], htpy.dd[value]] for words, value in told)]]
