"""Books: the trial balance, the finance reports, and the close of periods.

In:   a desk and what was asked for.
Out:  the pages of the books, and their twins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from htpy import Node, a, h2, li, p, section, ul

from truelift.reports.statement import STATEMENTS
from truelift.web.acts import DONE, Outcome, said
from truelift.web.answers import csv_answer, twin
from truelift.web.asked import (
    AS_CLOSED,
    Asked,
)
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import filters, report_path, twins

Json = Mapping[str, Any]

CLOSED = "closed"

SIGNS = "debit is positive, credit negative"


def ledger(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show the trial balance."""
    result = desk.reading.trial_balance(asked)
    table = arranged(replace(result.table, note=SIGNS), asked)
    if ending:
        name = "trial-balance"
        return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
    totals = [row for row in result.table.rows if row["account"] == "total"]
    even = all(set(str(row["amount"])) <= set("0.") for row in totals)
    verdict = "Every total is zero: the books balance." if even else "The books do NOT balance."
    body: list[Node] = [
        filters("/ledger", asked, ("period", "as_of")),
        p(".verdict")[verdict] if totals else p["No entry is booked yet."],
        desk.grid(result.table, table, asked, "Trial balance"),
        twins("/ledger", asked.given),
    ]
    return desk.page(result.data, "Ledger", "/close", body)


def report(desk: Desk, asked: Asked, ending: str, name: str) -> Answer:
    """Show a finance report, and lead to the others under the same period and names."""
    result = desk.reading.report(asked.without(*ARRANGING), name)
    table = arranged(result.table, asked)
    if ending:
        return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
    title, takes = STATEMENTS[name]
    here = report_path(name)
    shown = [field for field in ("campaign", "period") if field in takes]
    chosen = desk.reading.campaigns() if "campaign" in shown else ()
    others = [
        [" ", a(href=asked.link(report_path(other), fields))[words]]
        for other, (words, fields) in STATEMENTS.items()
        if other != name
    ]
    body: list[Node] = [
        p(".elsewhere")["Other reports:", others],
        filters(here, asked, shown, chosen) if shown else None,
        desk.grid(result.table, table, asked, result.data["title"]),
        twins(here, asked.given),
    ]
    return desk.page(result.data, title, "/reports", body)


def close(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show every period with the next step of its close."""
    result = desk.reading.periods()
    table = arranged(result.table, asked)
    if ending:
        return csv_answer(table, "close") if ending == "csv" else twin(result, ending, "close")
    last = desk.last(asked)
    body: list[Node] = [
        said(last),
        p["One person prepares the oldest open period, another approves it; that locks it."],
        desk.grid(result.table, table, asked, "Periods"),
        (_period(desk, row, steps, last) for row, steps in next_steps(result.rows) if steps),
        twins("/close", asked.only(ARRANGING)),
    ]  # fmt: skip
    return desk.page(result.data, "Close", "/close", body)


def _period(desk: Desk, row: Json, steps: Sequence[str], last: Outcome | None) -> Node:
    period, state = row["period"], row["state"]
    packs = (("pdf", "Close pack (PDF)"), ("xlsx", "Close pack (workbook)"))
    return section(".period")[
        h2(id=f"p{period}")[f"{period}: {state}"],
        ul[(li[words] for words in row["sentences"])] if row["sentences"] else None,
        p[((a(href=f"/close/{period}/{ending}")[words], " ") for ending, words in packs)]
        if state == CLOSED
        else None,
        (desk.forms.form(each, "/close", {"period": period}, last) for each in steps),
    ]


def next_steps(rows: Sequence[Json]) -> list[tuple[Json, tuple[str, ...]]]:
    """Give periods, newest first, each with what can be done about it now.

    The oldest open period is the next to close; the newest closed one may be opened again.
    """
    opened = [row["period"] for row in rows if row["state"] != CLOSED]
    locked = [row["period"] for row in rows if row["state"] == CLOSED]
    found: list[tuple[Json, tuple[str, ...]]] = []
    for row in rows:
        steps: tuple[str, ...] = ()
        if row["period"] in opened[-1:]:
            steps = ("approve", "prepare") if row["state"] == "prepared" else ("prepare",)
        elif row["period"] in locked:
            steps = ("acknowledge", *(("reopen",) if row["period"] in locked[:1] else ()))
        found.append((row, steps))
    return found


def _reports() -> Screens:
    found: dict[str, tuple[Sequence[str], Any]] = {}
    for name, (_, takes) in STATEMENTS.items():
        fields = (*takes, "known_at", *((AS_CLOSED,) if takes else ()), *ARRANGING)
        found[report_path(name)] = (fields, partial(report, name=name))
    return found


SCREENS: Screens = {
    "/ledger": (("period", "as_of", *ARRANGING), ledger),
    "/close": ((DONE, *ARRANGING), close),
    **_reports(),
}
