"""Upload: the two pages of a file that is sent: choose it; see what it is and what it would do.

In:   a desk, what was asked for, the workspace as who sends has it.
Out:  the form of the file; its recognition, the mapping of its columns, first rows, a dry run.

These pages are of one person: they are made with that person's rights, and nothing is kept of them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import htpy
from htpy import (
    Element,
    Node,
    a,
    button,
    div,
    form,
    h2,
    label,
    li,
    option,
    p,
    select,
    small,
    span,
    tbody,
    td,
    textarea,
    th,
    thead,
    tr,
    ul,
)

from truelift.base.columns import Column
from truelift.facts.kinds import KINDS
from truelift.web.acts import DONE, ONCE, said
from truelift.web.asked import Asked
from truelift.web.desk import Answer, Desk
from truelift.web.layout import box
from truelift.web.screens.refused import HERE, data_pages
from truelift.web.tables import clipped

Json = Mapping[str, Any]

UPLOAD, KIND, MAPPED, DATES, DECIMAL, CHECK = (
    "upload", "kind", "mapped", "dates", "decimal", "check",
)  # fmt: skip
MOST_OPTIONS = 1_500
"""With more headers to choose from than this in all, they are written and not chosen."""

DAYS = {
    "": "as 2026-05-31", "%d/%m/%Y": "as 31/05/2026", "%m/%d/%Y": "as 05/31/2026",
    "%d.%m.%Y": "as 31.05.2026", "%d-%m-%Y": "as 31-05-2026", "%Y/%m/%d": "as 2026/05/31",
}  # fmt: skip
DECIMALS = {".": "1,234.50", ",": "1.234,50"}
_TIMES = ("", " %H:%M", " %H:%M:%S")
_VERDICTS = ("accepted", "updated", "duplicate", "quarantined")


def first(desk: Desk, asked: Asked, workspace: Any, largest: int) -> Answer:  # noqa: ANN401 - the workspace of who sends
    """Ask for a file, or for rows; name those that wait."""
    waiting = workspace.waiting_uploads().rows
    once = secrets.token_urlsafe(16)
    body: list[Node] = [
        said(desk.last(asked)),
        p["Nothing is imported yet: the next page shows what the file is and what it would do."],
        form(
            ".act.sheet", method="post", action="/upload", enctype="multipart/form-data",
            aria_label="Upload",
        )[
            htpy.input(type="hidden", name=ONCE, value=once),
            label(".wide")[
                span["File"],
                htpy.input(type="file", name="file", accept=".csv,.tsv,.gz,.xlsx,.jsonl,.ndjson,"
                                                            ".parquet,.xml"),
                small[
                    "CSV, XLSX, JSON lines, Parquet or CAMT.053; at most "
                    f"{largest >> 20} MiB, packed with gzip if it is larger"
                ],
            ],
            label(".wide")[
                span["or rows, pasted with their header"],
                textarea(name="text", rows="5"),
            ],
            div(".send")[button(type="submit")["Send"]],
        ],
        h2["Waiting files of yours"] if waiting else None,
        ul[(_waiting_file(row) for row in waiting)] if waiting else None,
    ]  # fmt: skip
    return desk.page(desk.head(), "Upload", HERE, [data_pages("/upload"), *body], live=False)


def _waiting_file(row: Json) -> Element:
    return li[
        a(href=f"/upload/look?{UPLOAD}={row[UPLOAD]}")[row["name"]],
        f", {row['size']:,} bytes; it is removed after a day",
    ]


def second(desk: Desk, asked: Asked, workspace: Any) -> Answer:  # noqa: ANN401 - as above
    """Show what a file was recognised as, its mapping, its first rows; a dry run when asked."""
    upload = asked.get(UPLOAD, "") or ""
    looked = workspace.look_at_upload(upload, json.dumps(_how(asked))).data
    how = looked["how"]
    tried = workspace.try_upload(upload, json.dumps(how)).data if asked.get(CHECK) else None
    name = looked["file"]["name"]
    mapping = _mapping(asked, looked, how)
    known = bool(looked["shapes"][0]["kinds"]) and asked.get(KIND) is None
    if mapping is not None and (known or tried):
        mapping = htpy.details(".acts")[htpy.summary["Read it in another way"], mapping]
    body: list[Node] = [
        said(desk.last(asked)),
        data_pages("/upload"),
        _recognised(looked),
        _dry_run(tried) if tried else _first_faults(looked),
        _end(desk, asked, upload, how, tried=tried is not None) if tried or known else None,
        _first_rows(looked),
        mapping,
        None if tried or known else _end(desk, asked, upload, how, tried=False),
    ]
    return desk.page(desk.head(), f"Upload: {name}", HERE, body, live=False)


def _how(asked: Asked) -> dict[str, Any]:
    """Say how a file is to be read, from the address; its columns only if they are of its kind."""
    kind = asked.get(KIND)
    mapped = kind is not None and asked.get(MAPPED) == kind
    names = KINDS[kind].names if kind in KINDS else ()
    given = {sort: {name: asked.get(f"{sort}.{name}") for name in names} for sort in "cf"}
    found = {
        sort: {key: text for key, text in each.items() if text} for sort, each in given.items()
    }
    day = asked.get(DATES)
    return {
        "kind": kind,
        "columns": found["c"] if mapped else {},
        "fill": found["f"] if mapped else {},
        "dates": [f"{day}{time}" for time in _TIMES] if day in DAYS and day else [],
        "decimal": asked.get(DECIMAL) or ".",
    }


def _recognised(looked: Json) -> Node:
    """Say what the file is."""
    told: list[Node] = []
    for shape in looked["shapes"]:
        kinds = ", ".join(kind.replace("_", " ") for kind in shape["kinds"])
        if shape["title"]:
            told.append(p(".said")[f"{shape['name']} is the export {shape['title']}: {kinds}."])
        elif shape["kinds"]:
            told.append(p(".said")[f"{shape['name']} holds {kinds}, in our own columns."])
        elif shape["header"]:
            told.append(
                p(".said")[
                    f"{shape['name']} is no file that we know. Say below which rows it holds and "
                    "which of its columns is which of ours; what fits by its name is chosen."
                ]
            )
        else:
            told.append(p(".said.refused", role="alert")[shape["sentence"]])
    return told


def _mapping(asked: Asked, looked: Json, how: Json) -> Node:
    """Write the form of the mapping; a file whose columns are ours needs none, but may have one."""
    shape = looked["shapes"][0]
    if not shape["header"]:
        return None
    kind = looked["kind"]
    many = len(KINDS[kind].columns) * len(shape["header"]) > MOST_OPTIONS
    header = () if many else shape["header"]
    rows = [
        _column(column, looked["columns"].get(column.name, ""), how, header)
        for column in KINDS[kind].columns
    ]
    table = box(
        "mapping",
        "Which column is which",
        [
            thead[tr[(th(".t", scope="col")[words] for words in (
                "ours", "column of the file", "or the same for all rows", "what it is"))]],
            tbody[rows],
        ],
        "Columns that are chosen nowhere are kept as notes of their row.",
    )  # fmt: skip
    return div[
        form(".filter", method="get", action="/upload/look", aria_label="Kind")[
            htpy.input(type="hidden", name=UPLOAD, value=looked["file"][UPLOAD]),
            _select(KIND, "The rows are", {each: each.replace("_", " ") for each in sorted(KINDS)},
                    kind),
            button(type="submit")["Choose"],
        ],
        form(method="get", action="/upload/look", aria_label="Columns of the file")[
            htpy.input(type="hidden", name=UPLOAD, value=looked["file"][UPLOAD]),
            htpy.input(type="hidden", name=KIND, value=kind),
            htpy.input(type="hidden", name=MAPPED, value=kind),
            htpy.datalist("#headers")[(option(value=each) for each in shape["header"])]
            if many
            else None,
            table,
            div(".filter")[
                _select(DATES, "Days are written", DAYS, asked.get(DATES, "") or ""),
                _select(DECIMAL, "Amounts are written", DECIMALS, how["decimal"]),
                button(type="submit")["Show the first rows so"],
                button(type="submit", name=CHECK, value="yes")["Check all rows so"],
            ],
        ],
    ]  # fmt: skip


def _column(column: Column, chosen: str, how: Json, header: Sequence[str]) -> Element:
    name = f"c.{column.name}"
    words = f"column of the file for {column.name}"
    choice: Node
    if not header:
        choice = htpy.input(name=name, value=chosen, list="headers", aria_label=words)
    else:
        choice = select(name=name, aria_label=words)[
            option(value="")["none"],
            (option(value=each, selected=each == chosen)[clipped(each)] for each in header),
        ]
    return tr[
        th(scope="row")[column.name.replace("_", " "), " *" if column.required else None],
        td(".t")[choice],
        td(".t")[
            htpy.input(
                name=f"f.{column.name}", value=how["fill"].get(column.name, ""),
                aria_label=f"the same {column.name} for all rows",
            )
        ],
        td(".t.words")[column.help],
    ]  # fmt: skip


def _select(name: str, words: str, choices: Mapping[str, str], chosen: str) -> Element:
    return label[
        span[words],
        select(name=name)[
            (option(value=key, selected=key == chosen)[text] for key, text in choices.items())
        ],
    ]


def _first_rows(looked: Json) -> Node:
    """Show the first rows as they will be read, and those that would be refused."""
    parts: list[Node] = []
    for kind in dict.fromkeys(row["kind"] for row in looked["rows"]):
        rows = [row for row in looked["rows"] if row["kind"] == kind]
        names = [name for name in KINDS[kind].names if any(row[name] is not None for row in rows)]
        note = "As they will be read; amounts in the row's currency, times in UTC."
        parts.append(_table(f"first-{kind}", f"First rows: {kind.replace('_', ' ')}",
                            ["source_line", *names], rows, note))  # fmt: skip
    return parts


def _first_faults(looked: Json) -> Node:
    """Say which of the first rows would be refused, before all of them are tried."""
    if not looked["faults"]:
        return None
    return _faults("first-faults", "First rows that would be refused", looked["faults"])


def _faults(name: str, title: str, faults: Sequence[Json]) -> Node:
    return _table(name, title, ["line", "column", "reason", "message"], faults)


def _table(
    name: str, title: str, names: Sequence[str], rows: Iterable[Json], note: str = ""
) -> Element:
    """Write a small table of plain texts."""
    return box(
        name,
        title,
        [
            thead[tr[(th(".t", scope="col")[each.replace("_", " ")] for each in names)]],
            tbody[
                (
                    tr[
                        th(scope="row")[_cell(row.get(names[0]))],
                        (
                            td(class_=["t", "words" if each == "message" else ""])[
                                str(row.get(each)) if each == "message" else _cell(row.get(each))
                            ]
                            for each in names[1:]
                        ),
                    ]
                    for row in rows
                )
            ],
        ],
        note or None,
    )


def _cell(value: object) -> Node:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else clipped(str(value))


def _dry_run(tried: Json) -> Node:
    """Say what an import would do, row by row where something known would change."""
    rows = [row | {"kind": row["kind"] or "unread"} for row in tried["rows"]]
    added = "; ".join(f"{amount} of {kind}" for kind, amount in tried["added"].items())
    reasons = [{"reason": name, "rows": f"{count:,}"} for name, count in tried["reasons"].items()]
    return [
        h2["What the import would do"],
        _table("verdicts", "Rows by verdict", ["kind", *_VERDICTS], rows),
        p(".said")[f"New rows bring {added} (net of discounts, before anything is attributed)."]
        if added
        else None,
        _table("changes", "What is known and would change", ["row", "column", "before", "after"],
               tried["changes"], "The first of them.") if tried["changes"] else None,
        _table("reasons", "Why rows would be refused", ["reason", "rows"], reasons,
               "They would go to quarantine, where each can be corrected.") if reasons else None,
        _faults("faults", "The first of them", tried["faults"]) if tried["faults"] else None,
    ]  # fmt: skip


def _end(desk: Desk, asked: Asked, upload: str, how: Json, *, tried: bool) -> Node:
    """Write what can be done with the file now: it is imported only after it was tried."""
    last = desk.last(asked)
    told = {UPLOAD: upload, "how": json.dumps(how)}
    query = {key: text for key, text in asked.given.items() if key not in {CHECK, DONE}}
    back = f"/upload/look?{UPLOAD}={upload}"
    check = p[a(href=f"/upload/look?{urlencode(query | {CHECK: 'yes'})}")["Check all rows"]]
    return [
        desk.forms.form("import-upload", back, told, last) if tried else check,
        desk.forms.form("drop-upload", back, {UPLOAD: upload}, last),
    ]
