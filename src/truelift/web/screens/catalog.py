"""Catalog: what a brand knows of its campaigns, creators, agreements and codes, and writing it.

In:   a desk and what was asked for.
Out:  a list, a form for a new row and one for a row that is there, for every kind of the catalog.

The forms are made from the columns of the kind (base.columns); saving goes through the steps of an
import. A row that somebody else changed meanwhile is shown beside what was written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from htpy import Node, a, h2, nav, p, tbody, td, th, thead, tr

from truelift.base.columns import Kind
from truelift.base.errors import NotFound
from truelift.facts.kinds import KINDS
from truelift.reports.form_cells import APPROVER, differences, form_cells, form_key
from truelift.web.acts import DONE, Outcome, said
from truelift.web.answers import csv_answer, twin
from truelift.web.asked import Asked, BadParameter
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import box, twins
from truelift.web.work_deeds import READ, TITLES, save_name, shown_fields

Json = Mapping[str, Any]

KEY = "key"
CATALOG = "/catalog/campaigns"
"""The page that the frame's link to the catalog leads to."""

FROM = ("notes", "source_file", "source_line")
"""Columns that a list does not begin with: where a row came from."""


def path_of(kind: str) -> str:
    """Write the path of a kind's list."""
    return f"/catalog/{kind}"


def between(here: str) -> Node:
    """Lead from one list of the catalog to the others."""
    return nav(".between", aria_label="Catalog")[
        (
            a(href=path_of(kind), aria_current="page" if kind == here else None)[title]
            for kind, title in TITLES.items()
        )
    ]


def edit_path(kind: Kind, row: Json, zone: str) -> str:
    """Write the address of a row's form."""
    key = json.dumps(form_key(kind, form_cells(kind, row, zone)), ensure_ascii=False)
    return f"{path_of(kind.name)}/edit?{urlencode({KEY: key})}"


def rows_of(desk: Desk, asked: Asked, ending: str, kind: str) -> Answer:
    """List the rows of a kind; each leads to its form."""
    what, result = KINDS[kind], desk.reading.list(kind)
    names = [name for name in result.table.names if name not in FROM]
    table = arranged(result.table, asked, names)
    if ending:
        return csv_answer(table, kind) if ending == "csv" else twin(result, ending, kind)
    zone, last, path = desk.head()["timezone"], desk.last(asked), path_of(kind)
    body: list[Node] = [
        said(last),
        between(kind),
        p[f"{what.help} ", a(href=f"{path}/new")["Add one"], _many(kind)],
        _waiting(desk, kind, last) if APPROVER in what.names else None,
        desk.grid(result.table, table, asked, TITLES[kind], lambda row: edit_path(what, row, zone)),
        twins(path, asked.only(ARRANGING)),
    ]
    return desk.page(result.data, TITLES[kind], CATALOG, body)


def _many(kind: str) -> Node:
    """Lead to where rows come in by many."""
    own = (
        [" or ", a(href=f"{path_of(kind)}/bulk")["make many"]]
        if kind in {"links", "codes"}
        else None
    )
    return [own, " or ", a(href="/upload")["upload a file"], "."]


def new_row(desk: Desk, asked: Asked, _ending: str, kind: str) -> Answer:
    """Ask for a new row."""
    last, path = desk.last(asked), path_of(kind)
    head, what = desk.head(), KINDS[kind]
    fields = shown_fields(what, _names(desk), keys_fixed=False)
    first = {"currency": head["currency"]} if "currency" in what.names else {}
    body: list[Node] = [
        said(last),
        between(kind),
        p["Fields with * are needed; an empty field is not known, never 0."],
        desk.forms.form(
            save_name(kind), f"{path}/new", {READ: ""}, last, values=first, fields=fields
        ),
        p[a(href=path)["Back to the list"]],
    ]
    return desk.page(head, f"{TITLES[kind]}: a new one", CATALOG, body, live=False)


def edit_row(desk: Desk, asked: Asked, _ending: str, kind: str) -> Answer:
    """Show a row to be changed; after another change of it, both beside each other."""
    what, zone, last = KINDS[kind], desk.head()["timezone"], desk.last(asked)
    cells = _cells(desk, what, asked, zone)
    path, here = path_of(kind), {KEY: asked.get(KEY, "") or ""}
    fields = shown_fields(what, _names(desk), keys_fixed=True)
    read = json.dumps(cells, ensure_ascii=False)
    values, stale = dict(cells), None
    if last is not None and last.refused and last.act == save_name(kind):
        was = _object(last.given.get(READ, ""))
        mine = {name: last.given.get(name, "") for name in what.names}
        if form_key(what, was) == form_key(what, cells) and was != cells:
            stale, values = _beside(what, was, cells, mine), differences(mine, was, cells)
            last = None
    title = " ".join(filter(None, form_key(what, cells)))
    form = desk.forms.form(
        save_name(kind), f"{path}/edit?{urlencode(here)}", {READ: read}, last,
        values=values, fields=fields,
    )  # fmt: skip
    body: list[Node] = [
        said(desk.last(asked)),
        between(kind),
        stale,
        form,
        p[a(href=path)["Back to the list"]],
    ]
    return desk.page(desk.head(), f"{title} ({TITLES[kind].lower()})", CATALOG, body, live=False)


def _cells(desk: Desk, what: Kind, asked: Asked, zone: str) -> dict[str, str]:
    """Find the row that an address names."""
    try:
        key = json.loads(asked.get(KEY, "") or "")
    except ValueError:
        key = None
    if not isinstance(key, list) or len(key) != len(what.key):
        field = KEY
        raise BadParameter(field, "The address names no row; open it from the list.")
    for row in desk.reading.list(what.name).rows:
        cells = form_cells(what, row, zone)
        if form_key(what, cells) == key:
            return cells
    named = ", ".join(str(each) for each in key if each)
    msg = f"There is no {named} among the {TITLES[what.name].lower()} of this brand."
    raise NotFound(msg)


def _object(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _beside(what: Kind, was: Json, now: Json, mine: Json) -> Node:
    """Show a row as it was read, as somebody else left it, and as it was written, side by side."""
    names = [name for name in what.names if len({was.get(name), now[name], mine[name]}) > 1
             and name != APPROVER]  # fmt: skip
    head = thead[
        tr[
            th(".t", scope="col")["field"],
            (th(".t", scope="col")[words] for words in ("as you read it", "now", "as you wrote")),
        ]
    ]
    rows = tbody[
        (
            tr[
                th(scope="row")[name.replace("_", " ")],
                (td(".t")[each.get(name) or "empty"] for each in (was, now, mine)),
            ]
            for name in names
        )
    ]
    note = (
        "The form below holds both changes: what you left alone is as it is now, the rest as you "
        "wrote it. Save it to keep that, or open the row again to take it as it is now."
    )
    return box("beside", "Two changes of one row", [head, rows], note)


def _waiting(desk: Desk, kind: str, last: Outcome | None) -> Node:
    """Show what waits for another person's approval."""
    rows = [row for row in _changes(desk) if row["kind"] == kind]
    if not rows:
        return None
    return [
        h2["Waiting for approval"],
        p["Another person than who proposed it approves a value; until then it counts nowhere."],
        [
            [
                p(".said")[f"{row['proposed_by']} proposes: {row['says']}"],
                [
                    desk.forms.form(act, path_of(kind), {"change": row["change"]}, last)
                    for act in ("approve-value", "reject-value")
                ],
            ]
            for row in rows
        ],
    ]


def _changes(desk: Desk) -> Sequence[Json]:
    def waiting(workspace: Any) -> Any:  # noqa: ANN401 - the workspace beyond its readings
        return workspace.waiting_rows()

    found: Sequence[Json] = desk.reading.kept(("waiting rows",), waiting).rows
    return found


def _names(desk: Desk) -> dict[str, list[str]]:
    """Give the names that fields of other kinds may mean, to be chosen from."""
    kinds = {"campaign": "campaigns", "agreement": "agreements"}
    return {
        column: [row[column] for row in desk.reading.list(kind).rows]
        for column, kind in kinds.items()
    }


SCREENS: Screens = {
    path: screen
    for kind in TITLES
    for path, screen in {
        path_of(kind): ((DONE, *ARRANGING), partial(rows_of, kind=kind)),
        f"{path_of(kind)}/new": ((DONE,), partial(new_row, kind=kind)),
        f"{path_of(kind)}/edit": ((KEY, DONE), partial(edit_row, kind=kind)),
    }.items()
}
