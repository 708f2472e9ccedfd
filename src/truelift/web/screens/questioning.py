"""Questioning: pages that are one question each, with the forms that answer it.

In:   a desk and what was asked for.
Out:  the pages of questions, and their twins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from htpy import Node, a, h2, li, nav, p, ul

from truelift.web.acts import DONE, Outcome, said
from truelift.web.answers import csv_answer, twin
from truelift.web.asked import (
    Asked,
    address,
)
from truelift.web.charts import chart
from truelift.web.desk import LIST_ROWS, Answer, Desk, Screens
from truelift.web.door import Result
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import filters, twins
from truelift.web.questions import FIRST, QUESTIONS
from truelift.web.wording import worded

Json = Mapping[str, Any]

CLOSED = "closed"

SHOWN = (("calibration", "How often it held", 70), ("said", "Lifts said then and known now", 320))
"""Charts of the scorecard: name, title, height."""

AGAIN_SECONDS = 4
"""After which a page asks again for an answer that is being made."""

BESIDE = {
    "reconciliation": {"close": "Close", "ledger": "Trial balance"},
    "data": {"quarantine": "Quarantine", "codes": "Codes of nobody", "upload": "Upload"},
    "attribution": {"baselines": "Baselines"},
}
"""Pages of a group that are no question."""


def question_page(desk: Desk, asked: Asked, ending: str, name: str) -> Answer:
    """Show a page of one question; one that needs a campaign asks for it first."""
    question = QUESTIONS[name]
    path, given, here = f"/{name}", asked.only(question.fields), FIRST[question.group]
    shown = [each for each in question.fields if each != "known_at"]
    if question.needs and question.needs not in given:
        return desk.page(desk.head(), question.title, here, [
            between(question.group, name), p[question.note], _choice_of(desk, path, asked),
        ])  # fmt: skip
    if question.long and not ending and not desk.reading.ready(name, question, given):
        return desk.page(desk.head(), question.title, here, [
            between(question.group, name), p[question.note],
            p(".said", role="status")["This is being worked out; it shows here by itself."],
        ], again=AGAIN_SECONDS)  # fmt: skip
    result = desk.reading.decided(name, question, given)
    table = arranged(result.table, asked, question.columns)
    if ending:
        return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
    chosen = desk.reading.campaigns() if "campaign" in shown else ()
    last, whole = desk.last(asked), sentences(result.data)
    if any(table.note.startswith(words) for words in whole):
        table = replace(table, note="")  # it stands above the table already
    body: list[Node] = [
        said(last),
        between(question.group, name),
        p[question.note],
        filters(path, asked, shown, chosen),
        [p(".said")[worded(words)] for words in whole],
        [chart(each, title, asked.only(question.fields), height) for each, title, height in SHOWN]
        if name == "scorecard" and result.rows
        else None,
        desk.grid(result.table, table, asked, question.title),
        _deeds(desk, name, result, address(path, asked.only(question.fields)), last),
        twins(path, asked.given),
    ]
    return desk.page({**desk.head(), **result.data}, question.title, here, body)


def _deeds(desk: Desk, name: str, result: Result, back: str, last: Outcome | None) -> Node:
    """Write the forms of what can be decided on a page."""
    if name == "alerts":
        steps = ("own", "snooze", "close-alert")
        return [
            desk.forms.folded(about(row), steps, back, {"alert": row["id"]}, last)
            for row in result.rows[:LIST_ROWS]
            if row["state"] != CLOSED
        ]
    proposal = result.data.get("proposal")
    if name == "reallocation" and proposal and not proposal.get("withheld"):
        given = {"proposal": proposal["id"]}
        return [desk.forms.form(each, back, given, last) for each in ("accept", "reject")]
    if name == "leaks":
        return desk.forms.folded("Hold or release a payout", ("hold", "release"), back, {}, last)
    return None


def _choice_of(desk: Desk, path: str, asked: Asked) -> Node:
    names = desk.reading.campaigns()
    if not names:
        return p(".verdict")[
            "There is no campaign yet. ", a(href="/catalog/campaigns/new")["Add a campaign"]
        ]
    return [
        h2["Which campaign?"],
        ul[(li[a(href=asked.link(path, ("as_of",), campaign=name))[name]] for name in names)],
    ]


def about(alert: Json) -> str:
    """Name an alert on the fold of its forms."""
    words = " of ".join(filter(None, [alert["rule"].replace("_", " "), alert["creator"]]))
    return f"Decide about {alert['id']}: {words}"


def sentences(data: Json) -> list[str]:
    """Give what an answer says as a whole, beside its rows."""
    told = [data.get("proposal"), data.get("beside"), data.get("discoveries")]
    words = [each.get("sentence") if isinstance(each, Mapping) else each for each in told]
    return [each for each in words if isinstance(each, str) and each]


def between(group: str, here: str) -> Node:
    """Lead from one page of a group to the others; here: the name of the page that is shown."""
    first = FIRST[group].removeprefix("/")
    found = {name: each.title for name, each in QUESTIONS.items() if each.group == group}
    pages = found if first in found else {first: group.capitalize(), **found}
    pages |= BESIDE.get(group, {})
    return nav(".between", aria_label=group.capitalize())[
        (
            a(href=f"/{name}", aria_current="page" if name == here else None)[words]
            for name, words in pages.items()
        )
    ]


SCREENS: Screens = {
    f"/{name}": ((*question.fields, DONE, *ARRANGING), partial(question_page, name=name))
    for name, question in QUESTIONS.items()
}
