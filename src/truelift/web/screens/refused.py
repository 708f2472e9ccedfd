"""Refused: rows that are in no figure, corrected or dismissed; codes of nobody, given to somebody.

In:   a desk and what was asked for.
Out:  the quarantine by reason, the form of one row, what was decided; the codes and their form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import htpy
from htpy import Element, Node, a, details, div, h2, p, summary

from truelift.base.columns import Kind
from truelift.facts.kinds import KINDS
from truelift.reports.form_cells import APPROVER
from truelift.reports.refused_name import refused_name
from truelift.reports.table import plain_table
from truelift.web.acts import DONE, Field, Outcome, said
from truelift.web.answers import csv_answer, json_answer
from truelift.web.asked import Asked, BadParameter, address
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.door import Result, Workspace
from truelift.web.grid import ARRANGING, arranged, grid
from truelift.web.layout import twins
from truelift.web.screens.questioning import between
from truelift.web.work_deeds import CODES, MOST_CHOICES, QUARANTINE, ROW, correct_name

Json = Mapping[str, Any]

HERE = "/health"
"""The link of the frame under which data comes in and is looked after."""

REASON, CODE = "reason", "code"
DECIDED_ROWS = 60


def data_pages(here: str) -> Node:
    """Lead between the pages on which data comes in and is looked after."""
    return between("data", here.removeprefix("/"))


def quarantine(desk: Desk, asked: Asked, ending: str) -> Answer:
    """List the refused rows, by reason if one is chosen; each leads to its form."""
    result = desk.reading.list("quarantine")
    reason = asked.get(REASON)
    rows = [row for row in result.table.rows if reason in {None, row["reason"]}]
    whole = replace(result.table, rows=tuple(rows))
    table = arranged(whole, asked)
    if ending == "csv":
        return csv_answer(table, "quarantine")
    if ending:
        return json_answer({**result.data, "rows": rows})
    last = desk.last(asked)
    counted = Counter(str(row["reason"]) for row in result.table.rows)
    body: list[Node] = [
        said(last),
        data_pages(QUARANTINE),
        p[
            "Rows that were refused, with file, line and reason. None of them is in any figure. "
            "Open one to correct or dismiss it."
        ],
        [_reason(desk, asked, name, count, last) for name, count in counted.most_common()],
        desk.grid(whole, table, asked, "Quarantine", _row_path),
        _decided(desk),
        twins(QUARANTINE, asked.only((REASON, *ARRANGING))),
    ]
    return desk.page(result.data, "Quarantine", HERE, body)


def _row_path(row: Json) -> str:
    return address(f"{QUARANTINE}/row", {ROW: refused_name(row)})


def _reason(desk: Desk, asked: Asked, name: str, count: int, last: Outcome | None) -> Element:
    """Fold what can be done with all rows of a reason at once."""
    given, chosen = {REASON: name}, asked.get(REASON) == name
    where = address(QUARANTINE, {} if chosen else given)
    back = address(QUARANTINE, given if chosen else {})
    refused = last is not None and last.refused and last.given.get(REASON) == name
    return details(".acts", open=chosen or refused)[
        summary[f"{name}: {count:,} rows"],
        div[
            p[a(href=where)["Show all reasons" if chosen else "Show only these"]],
            [desk.forms.form(act, back, given, last) for act in ("retry-reason", "dismiss-reason")],
        ],
    ]


def _decided(desk: Desk) -> Node:
    """Show what was decided about rows that are no longer here."""
    rows = _asked(desk, "decided_rows").rows
    if not rows:
        return None
    table = plain_table("Decided", rows[:DECIDED_ROWS])
    zone = desk.head()["timezone"]
    note = f"The last {DECIDED_ROWS} of {len(rows):,}." if len(rows) > DECIDED_ROWS else ""
    plain = Asked(QUARANTINE, {})
    return details(".acts")[
        summary[f"Decided: {len(rows):,}"],
        grid("decided", table, table.rows, plain, title="What was decided", note=note, zone=zone),
    ]


def refused(desk: Desk, asked: Asked, _ending: str) -> Answer:
    """Show one refused row with its cells to be corrected."""
    name = asked.get(ROW)
    if name is None:
        raise BadParameter(ROW, "The address names no row; open it from the quarantine.")
    row = _asked(desk, "refused_row", name).rows[0]
    last, back = desk.last(asked), address(f"{QUARANTINE}/row", {ROW: name})
    where = f"{row['source_file']} line {row['line']}"
    form: Node = p(".said")[row["why_not"]]
    if not row["why_not"]:
        what = KINDS[row["kind"]]
        form = desk.forms.form(
            correct_name(what.name), back, {ROW: name}, last, values=row["cells"],
            fields=[Field(ROW, hidden=True), *_cells(what, row)],
        )  # fmt: skip
    body: list[Node] = [
        said(last),
        data_pages(QUARANTINE),
        p(".said")[htpy.strong[row["reason"]], f": {row['message']}"],
        form,
        _left_out(row),
        [
            h2["Nothing has to be done?"],
            desk.forms.form("dismiss-row", back, {"name": name}, last),
        ]
        if row["line"] or not row["why_not"]
        else None,
        details(".acts")[summary["The row as it was sent"], p[htpy.code[row["raw"]]]],
        p[a(href=QUARANTINE)["Back to the quarantine"]],
    ]
    return desk.page(desk.head(), f"Refused: {where}", HERE, body, live=False)


def _cells(what: Kind, row: Json) -> list[Field]:
    """Make the fields of a refused row: texts, since what is wrong may be no day and no number."""
    return [
        Field(
            column.name, needed=False,
            hint=f"{'refused: ' if column.name == row['column'] else ''}{column.help}",
        )
        for column in what.columns
        if column.name != APPROVER
    ]  # fmt: skip


def _left_out(row: Json) -> Node:
    if row["kind"] not in {"invoices", "bank_lines"}:
        return None
    return p(".said")[
        "Bank accounts are not kept with refused rows: import the file again if it has one."
    ]


def codes(desk: Desk, asked: Asked, ending: str) -> Answer:
    """List the codes that orders carry and nobody owns; each leads to its form."""
    result = _asked(desk, "unowned_codes")
    table = arranged(result.table, asked)
    if ending == "csv":
        return csv_answer(table, "codes_of_nobody")
    if ending:
        return json_answer(result.data)
    body: list[Node] = [
        said(desk.last(asked)),
        data_pages(CODES),
        p[
            "Codes that orders carry and nobody owned when the order was made: what they sold is "
            "in no creator's return. Open one to say whose it was."
        ],
        desk.grid(result.table, table, asked, "Codes of nobody", _code_path),
        twins(CODES, asked.only(ARRANGING)),
    ]
    return desk.page(desk.head(), "Codes of nobody", HERE, body)


def _code_path(row: Json) -> str:
    return address(f"{CODES}/map", {CODE: row["code"]})


def map_code(desk: Desk, asked: Asked, _ending: str) -> Answer:
    """Ask whose a code was, and from when."""
    code = asked.get(CODE)
    if code is None:
        raise BadParameter(CODE, "The address names no code; open it from the list.")
    rows: Sequence[Json] = [
        row for row in _asked(desk, "unowned_codes").rows if row["code"] == code
    ]
    campaigns = desk.reading.campaigns()
    choices = [(each, each) for each in campaigns] if len(campaigns) <= MOST_CHOICES else []
    act = desk.forms.acts["map-code"]
    fields = [
        replace(each, kind="choice", choices=choices) if each.name == "campaign" and choices
        else each
        for each in act.fields
    ]  # fmt: skip
    first = {"valid_from": min(str(row["first_day"]) for row in rows)} if rows else {}
    body: list[Node] = [
        said(desk.last(asked)),
        data_pages(CODES),
        [
            p(".said")[
                f"{row['orders']:,} orders from {row['first_day']} to {row['last_day']} carry it "
                f"and are nobody's: {row['net']} {row['currency']} net of discounts."
            ]
            for row in rows
        ]
        or p(".said")["No order of nobody carries it."],
        desk.forms.form(
            "map-code", address(f"{CODES}/map", {CODE: code}), {CODE: code}, desk.last(asked),
            values=first, fields=fields,
        ),
        p[a(href=CODES)["Back to the codes"]],
    ]  # fmt: skip
    return desk.page(desk.head(), f"Whose is {code}?", HERE, body, live=False)


def _asked(desk: Desk, name: str, *given: str) -> Result:
    """Ask a method of the workspace that only these pages ask."""

    def ask(workspace: Workspace) -> Result:
        told: Any = getattr(workspace, name)
        found: Result = told(*given)
        return found

    return desk.reading.kept((name, *given), ask)


SCREENS: Screens = {
    QUARANTINE: ((REASON, DONE, *ARRANGING), quarantine),
    f"{QUARANTINE}/row": ((ROW, DONE), refused),
    CODES: ((DONE, *ARRANGING), codes),
    f"{CODES}/map": ((CODE, DONE), map_code),
}
