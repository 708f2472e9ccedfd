"""Grid: a flat table on a page as its CSV has it: sorted, with the columns that were chosen.

In:   a Table, and `sort` and `columns` of a request.
Out:  the arranged Table, which page and CSV both show; heads that sort, a footer, the chooser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from htpy import (
    Element,
    Node,
    a,
    details,
    div,
    form,
    label,
    p,
    span,
    summary,
    tbody,
    td,
    tfoot,
    th,
    thead,
    tr,
)
from htpy import button as press
from htpy import input as field

from truelift.reports.table import Cell, Table
from truelift.web.asked import Asked, BadParameter, campaign_path, creator_path
from truelift.web.layout import box
from truelift.web.tables import TOTAL, WORDS, list_text, number_text
from truelift.web.wording import worded

Json = Mapping[str, Any]

SORT, COLUMNS = "sort", "columns"
ARRANGING = (SORT, COLUMNS)
"""What every page with a grid takes besides its own parameters."""

NAMES_OF_OURS = frozenset({"measure", "rule", "state", "verdict", "check"})
"""Columns of words that we chose ourselves, written in files with a line between them."""

ABOUT = {"campaign": campaign_path, "creator": creator_path}
"""Columns whose names lead to a page of their own."""

_RIGHT = frozenset({Cell.MONEY, Cell.COUNT, Cell.NUMBER})


def arranged(table: Table, asked: Asked, first: Sequence[str] = ()) -> Table:
    """Sort a table and leave the columns that were chosen; BadParameter for a name it lacks.

    first: the columns that are shown where none are chosen; all of them where it is empty.
    """
    if not table.columns:
        return table
    given = asked.get(COLUMNS)
    names = given.split(",") if given else [each for each in first if each in table.names]
    wanted = names or table.names
    for name in wanted:
        _known(table, name, COLUMNS)
    columns = tuple(each for each in table.columns if each.name in wanted)
    return replace(table, columns=columns, rows=_sorted(table, asked.get(SORT)))


def _known(table: Table, name: str, parameter: str) -> None:
    if name not in table.names:
        msg = f"There is no column {name!r} here; there are {', '.join(table.names)}."
        raise BadParameter(parameter, msg)


def _sorted(table: Table, given: str | None) -> tuple[Json, ...]:
    if given is None:
        return table.rows
    name, down = given.removeprefix("-"), given.startswith("-")
    _known(table, name, SORT)
    known = [row for row in table.rows if row.get(name) is not None]
    money = any(each.name == name and each.cell is Cell.MONEY for each in table.columns)

    def place(row: Json) -> Any:  # noqa: ANN401 - whatever the column holds
        value = row[name]
        if money:
            return Decimal(value)
        return value.casefold() if isinstance(value, str) else value

    try:
        known.sort(key=place, reverse=down)
    except TypeError:  # a column of several sorts of values, such as days and words
        known.sort(key=lambda row: str(row[name]), reverse=down)
    return (*known, *(row for row in table.rows if row.get(name) is None))


def grid(
    name: str,
    table: Table,
    rows: Sequence[Json],
    asked: Asked,
    *,
    title: Node,
    note: Node,
    zone: str,
    link: Callable[[Json], str] | None = None,
) -> Element:
    """Show a part of the rows of an arranged table. link: the address of a row's own page."""
    numeric = {
        each.name: each.cell in _RIGHT
        and not any(isinstance(row.get(each.name), bool) for row in rows)
        for each in table.columns
    }
    first, *others = table.names
    return box(
        name,
        title,
        [
            thead[
                tr[
                    _head(first, asked, right=False),
                    (_head(each, asked, right=numeric[each]) for each in others),
                ]
            ],
            tbody[
                (
                    tr(class_={"level": is_total(row, table)})[
                        _row_head(first, row, zone, link),
                        (_cell(each, row, zone, right=numeric[each]) for each in others),
                    ]
                    for row in rows
                )
            ],
            _foot(table),
        ],
        note,
        kind="grid",
    )


def _head(name: str, asked: Asked, *, right: bool) -> Element:
    now = asked.get(SORT)
    words = {name: "ascending", f"-{name}": "descending"}.get(now or "")
    others = {key: value for key, value in asked.given.items() if key != SORT}
    # a number is looked at from the largest down, a name from the first letter on
    turned = f"-{name}" if (right and now != f"-{name}") or (not right and now == name) else name
    mark = {"ascending": " \u2191", "descending": " \u2193"}.get(words or "", "")
    return th(class_={"t": not right}, scope="col", aria_sort=words)[
        a(href=f"?{urlencode({**others, SORT: turned})}", rel="nofollow")[
            name.replace("_", " "), mark
        ]
    ]


def _cell(name: str, row: Json, zone: str, *, right: bool) -> Element:
    if right:
        return td[number_text(row.get(name))]
    value = row.get(name)
    if name in NAMES_OF_OURS and isinstance(value, str):
        value = value.replace("_", " ")
    if name in WORDS and isinstance(value, str) and not value.isupper():  # a code is no sentence
        return td(".t.words")[worded(value)]
    return td(".t")[_about(name, value, list_text(name, value, zone))]


def _row_head(
    name: str, row: Json, zone: str, link: Callable[[Json], str] | None = None
) -> Element:
    value = row.get(name)
    shown = list_text(name, value, zone)
    if link is not None:
        return th(scope="row")[a(href=link(row))[shown or "open"]]
    if name in NAMES_OF_OURS and isinstance(shown, str):
        shown = shown.replace("_", " ")
    return th(scope="row")[_about(name, value, shown)]


def _about(name: str, value: object, shown: Node) -> Node:
    """Lead from a name to its page; `(no campaign)` and `total` are no names."""
    if name not in ABOUT or not isinstance(value, str) or value == TOTAL or value[:1] == "(":
        return shown
    return a(href=ABOUT[name](value))[shown]


def _foot(table: Table) -> Node:
    """Say how many rows the whole table has, and what they add up to where no row holds another."""
    rows = [row for row in table.rows if not is_total(row, table)]
    count = th(scope="row")[f"{len(rows):,} rows"]
    if not table.adds or len(rows) < len(table.rows) or not rows:
        others = len(table.columns) - 1
        return tfoot[tr[count, td(colspan=others) if others else None]]
    one = len({row["currency"] for row in rows}) == 1 if "currency" in table.names else True
    return tfoot[
        tr[
            count,
            (
                td[number_text(total(rows, each.name)) if each.name in table.adds and one else None]
                for each in table.columns[1:]
            ),
        ]
    ]


def total(rows: Sequence[Json], name: str) -> str | None:
    """Add up a column of decimal text; what is unknown is not added."""
    known = [Decimal(str(row[name])) for row in rows if row.get(name) is not None]
    return str(sum(known, Decimal(0))) if known else None


def is_total(row: Json, table: Table) -> bool:
    """Say whether a row sums up the others."""
    return TOTAL in (row.get("account"), row.get(table.names[0]))


def chooser(table: Table, shown: Table, asked: Asked) -> Node:
    """Let people choose the columns; without a script it is a form like any other."""
    if not table.columns:
        return None
    others = [(name, value) for name, value in asked.given.items() if name != COLUMNS]
    link = urlencode({**dict(others), COLUMNS: ",".join(table.names)})
    return details(".chooser")[
        summary[f"Columns: {len(shown.columns)} of {len(table.columns)}"],
        form(method="get", aria_label="Columns")[
            (field(type="hidden", name=name, value=value) for name, value in others),
            div[(_tick(name, ticked=name in shown.names) for name in table.names)],
            p[press(type="submit")["Show these"], " ", a(href=f"?{link}")["Show all"]],
        ],
    ]


def _tick(name: str, *, ticked: bool) -> Element:
    box_of = field(type="checkbox", name=COLUMNS, value=name, checked=ticked)
    return label[box_of, span[name.replace("_", " ")]]
