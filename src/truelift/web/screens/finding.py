"""Finding: where one can go, by name, and the keys; what the palette of the pages shows.

In:   a desk, and what somebody typed.
Out:  a page of links and one of keys, which need no script; JSON for the script that has one.
"""

from __future__ import annotations

import htpy
from htpy import Node, a, form, label, li, p, span, ul

from truelift.reports.table import Table, plain_table
from truelift.web.answers import csv_answer, json_answer
from truelift.web.asked import Asked
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.palette import GO, MOST, entries, keys, matching


def palette(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show every place to go, or those that fit what was typed."""
    names = (row["creator"] for row in desk.reading.list("creators").rows)
    typed = asked.get("search", "") or ""
    found = matching(entries(desk.reading.campaigns(), names), typed)
    told = [{"kind": each.kind, "name": each.name, "href": each.href} for each in found[:MOST]]
    if ending == "json":
        return json_answer(
            {"rows": told, "more": max(len(found) - MOST, 0), "go": dict(GO), "keys": keys()}
        )
    if ending == "csv":
        return csv_answer(plain_table("Places", told), "palette")
    body: list[Node] = [
        form(".filter", action="/palette", method="get", aria_label="Search")[
            label[span["Name"], htpy.input(type="search", name="search", value=typed)],
            htpy.button(type="submit")["Show"],
        ],
        ul[(li[a(href=each["href"])[each["name"]], f" ({each['kind']})"] for each in told)],
        p[f"{len(found) - MOST:,} more; search for a part of the name."]
        if len(found) > MOST
        else None,
    ]
    return desk.page(desk.head(), "Go to", "/palette", body)


def key_list(desk: Desk, _asked: Asked, ending: str) -> Answer:
    """Show the keys."""
    told = [{"key": key, "what": words} for key, words in keys()]
    if ending == "json":
        return json_answer({"rows": told})
    table: Table = plain_table("Keys", told)
    if ending == "csv":
        return csv_answer(table, "keys")
    body: list[Node] = [
        p["While nothing is being written, these keys work on every page."],
        htpy.dl(".keys")[
            (htpy.div[htpy.dt[htpy.kbd[each["key"]]], htpy.dd[each["what"]]] for each in told)
        ],
        p[a(href="/palette")["Every page, campaign and creator by name"]],
    ]
    return desk.page(desk.head(), "Keys", "/keys", body)


SCREENS: Screens = {"/palette": (("search",), palette), "/keys": ((), key_list)}
