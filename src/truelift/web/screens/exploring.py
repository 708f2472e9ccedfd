"""Exploring: every stored row of any kind, narrowed by what columns hold; and every report.

In:   a desk and what was asked for.
Out:  the pages of free questions, and their twins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from htpy import Node, a, button, div, form, h2, label, li, option, p, select, small, span, ul
from htpy import input as field

from truelift.facts.kinds import KINDS
from truelift.reports.statement import STATEMENTS
from truelift.reports.table import Table, plain_table
from truelift.web.answers import csv_answer, json_answer
from truelift.web.asked import Asked, BadParameter
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import report_path, twins
from truelift.web.questions import QUESTIONS

Json = Mapping[str, Any]

LIMIT = 20_000
"""Rows of a kind that are read for a page: enough to look through, bounded in memory."""

REPORTS = {
    "pnl": "cost by period, campaign, creator and account",
    "accruals": "earned and not invoiced, from opening to closing",
    "prepaid": "paid or invoiced ahead, from opening to closing",
    "commitments": "what was signed, used, released, open, and can still be cancelled",
    "budget": "budget beside the four states of cost",
    "commission": "earned, taken back, validated, invoiced, paid",
    "exceptions": "what does not fit, why, since when",
    "late": "what came after its period was closed",
    "restatements": "what changed since a period was closed",
    "ageing": "what is owed, by age",
    "tax": "tax lines by period and account",
    "journal-audit": "every entry of the journal",
}
SETTINGS = {
    "values": ("Values per goal", "What a lead or an engagement is worth, approved by whom."),
    "margins": ("Margins", "The share of revenue that is contribution, by scope and day."),
    "rates": ("Exchange rates", "As they were given; the last known is used."),
    "events": ("Calendar", "Days on which sales or posts are not as usual."),
    "targets": ("Targets", "What a campaign or creator should reach, and by when."),
    "allocations": ("Allocations", "Cost without a campaign, and to whom it goes."),
}


def explore(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show the stored rows of a kind, with the file and line each came from."""
    kind = asked.get("kind") or "orders"
    if kind not in KINDS:
        name = "kind"
        msg = f"There is no kind {kind!r}; there are {', '.join(KINDS)}."
        raise BadParameter(name, msg)
    result = desk.reading.ask("list", kind, limit=LIMIT)
    whole = _narrowed(result.table, asked)
    table = arranged(whole, asked)
    if ending == "csv":
        return csv_answer(table, kind)
    if ending:
        return json_answer({**result.data, "rows": list(table.rows)})
    full = len(result.rows) >= LIMIT
    body: list[Node] = [
        p["Rows as they were stored, each with the file and line it came from."],
        _filter(asked, kind, result.table),
        p(".said")[f"The first {LIMIT:,} rows by key; narrow what is imported to see others."]
        if full
        else None,
        desk.grid(whole, table, asked, kind.replace("_", " ").capitalize()),
        twins("/explore", asked.given),
    ]
    return desk.page(desk.head(), "Explore", "/explore", body)


def _narrowed(table: Table, asked: Asked) -> Table:
    """Leave the rows whose column holds what was asked for, capitals left aside."""
    name, held = asked.get("column"), asked.get("holds")
    if not name or held is None or not table.names:
        return table
    if name not in table.names:
        msg = f"There is no column {name!r} here; there are {', '.join(table.names)}."
        parameter = "column"
        raise BadParameter(parameter, msg)
    wanted = held.casefold()
    rows = tuple(row for row in table.rows if wanted in str(row[name] or "").casefold())
    return replace(table, rows=rows, instead=f"No row has {held!r} in {name.replace('_', ' ')}.")


def _filter(asked: Asked, kind: str, table: Table) -> Node:
    def choice(name: str, words: str, choices: list[tuple[str, str]], chosen: str) -> Node:
        return label[span[words], select(name=name)[
            (option(value=value, selected=value == chosen)[shown] for value, shown in choices)
        ]]  # fmt: skip

    kinds = [(each, each.replace("_", " ")) for each in KINDS]
    columns = [("", "any"), *((each, each.replace("_", " ")) for each in table.names)]
    return form(".filter", action="/explore", method="get", aria_label="Filter")[
        choice("kind", "Kind", kinds, kind),
        choice("column", "Column", columns, asked.get("column") or ""),
        label[span["Holds"], field(name="holds", value=asked.get("holds") or "")],
        button(type="submit")["Show"],
    ]


def reports(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Name every report, what it answers, and where its files are."""
    rows = [
        {"report": STATEMENTS[name][0], "answers": words, "address": report_path(name)}
        for name, words in REPORTS.items()
    ] + [
        {"report": each.title, "answers": each.note, "address": f"/{name}"}
        for name, each in QUESTIONS.items()
    ]
    if ending == "csv":
        return csv_answer(plain_table("Reports", rows), "reports")
    if ending:
        return json_answer({**desk.head(), "rows": rows})
    body: list[Node] = [
        p["Each report is a table that sorts, with its CSV and JSON at the same address; the pack "
          "of a closed period is a PDF and a workbook."],
        div(".index")[
            ul[(
                li[a(href=row["address"])[row["report"]], small[row["answers"]]] for row in rows
            )],
        ],
        h2["Packs of closed periods"],
        ul[(
            li[row["period"], ": ",
               a(href=f"/close/{row['period']}/pdf")["PDF"], ", ",
               a(href=f"/close/{row['period']}/xlsx")["workbook"]]
            for row in desk.reading.periods().rows if row["state"] == "closed"
        )] if any(row["state"] == "closed" for row in desk.reading.periods().rows)
        else p(".key")["No period is closed yet. ", a(href="/close")["To the close"]],
        twins("/reports", asked.given),
    ]  # fmt: skip
    return desk.page(desk.head(), "Reports", "/reports", body)


def settings(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show what figures are valued and booked by, who signed it, and when."""
    policy = desk.reading.ask("policy")
    table = arranged(policy.table, asked)
    if ending == "csv":
        return csv_answer(table, "settings")
    if ending:
        return json_answer(policy.data)
    body: list[Node] = [
        desk.grid(policy.table, table, asked, "Policy of the books"),
        twins("/settings", asked.given),
        [
            desk.panel(
                title, desk.reading.list(kind), _of(desk, kind), note=note,
                more=a(href=f"/explore?kind={kind}")["all rows, with their files"],
            )
            for kind, (title, note) in SETTINGS.items()
        ],
    ]  # fmt: skip
    return desk.page(desk.head(), "Settings", "/settings", body)


def _of(desk: Desk, kind: str) -> list[str]:
    names = desk.reading.list(kind).table.names
    return [name for name in names if not name.startswith("source_") and name != "notes"]


SCREENS: Screens = {
    "/explore": (("kind", "column", "holds", *ARRANGING), explore),
    "/reports": ((), reports),
    "/settings": (ARRANGING, settings),
}
