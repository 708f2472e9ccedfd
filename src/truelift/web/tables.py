"""Tables of the pages: the return, the ladder beside cost, the bridge, and plain lists.

In:   JSON rows of a report, or a flat Table.
Out:  table elements with a caption and scopes; numbers stand right, each links to its explanation.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from htpy import Element, Node, a, fragment, small, span, tbody, td, tfoot, th, thead, tr

from truelift.reports.table import Cell, Table
from truelift.web.asked import CAMPAIGN_FIELDS, Asked, campaign_path, creator_path
from truelift.web.figures import (
    MINUS,
    between,
    estimate,
    grade,
    lift,
    linked,
    moment,
    money,
    ratio,
    reason_words,
)
from truelift.web.layout import box
from truelift.web.wording import worded

Json = Mapping[str, Any]

STEPS = ("reported", "matched", "net", "contribution", "incremental", "return")
PROVISIONAL = frozenset({"net", "contribution", "incremental", "return"})
"""Levels that refunds still move."""

STATES = ("committed", "accrued", "invoiced", "paid")
EXPLAINED_BY = {
    "reported": "roas", "matched": "roas", "net": "roas", "contribution": "roi",
    "incremental": "incremental", "return": "incremental_roi",
}  # fmt: skip
"""Which figure's explanation holds a level of the ladder: the first ratio that is made of it."""

WHOLE = {"campaign": ("campaign",), "cohort": ("campaign", "cohort"), "programme": ("programme",)}
"""Titles of rows that hold many creators."""
EXTRA = {"platform": ("platform",), "post": ("platform", "post_id"), "day": ("day",)}
GOAL_COST = {"awareness": "engagement", "leads": "lead", "sales": "order"}
DOUBT_TITLES = ("Creator", "Check", "Verdict", "What was found, and what to do")
TOTAL = "total"
"""The account of a row that sums up the others."""

WORDS = frozenset({"why", "action", "sentence", "reason", "message"})
"""Columns of whole sentences: they may break over lines."""

CODE = re.compile("[A-Z]+(_[A-Z]+)+")
"""Why a number is withheld, as files have it."""

LONGEST = 120
"""Characters of a cell that a page shows; the CSV has all of them."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who the rows of a table are about: the titles of the columns, and each row's names."""

    titles: tuple[str, ...]
    names: tuple[tuple[Node, ...], ...]

    def without_campaign(self) -> Who:
        """Leave the campaign out, where the page is about one."""
        return Who(self.titles[1:], tuple(row[1:] for row in self.names))

    def only_first(self) -> Who:
        """Leave everything but the campaign out, where the page is about one creator."""
        return Who(self.titles[:1], tuple(row[:1] for row in self.names))

    def head(self, title_of: Callable[[str], Node] = str) -> list[Element]:
        """Write the titles."""
        return [th(".t", scope="col")[title_of(title)] for title in self.titles]


def who(rows: Sequence[Json], asked: Asked, by: str) -> Who:
    """Name the rows; a campaign's name leads to its creators."""
    titles = [*WHOLE.get(by, ("campaign", "creator")), *EXTRA.get(by, ())]
    names = tuple(tuple(_names(row, asked, by)) for row in rows)
    return Who(tuple(title.replace("_", " ").capitalize() for title in titles), names)


def _names(row: Json, asked: Asked, by: str) -> list[Node]:
    campaign, creator = row["campaign"], row["creator"]
    link = None if campaign is None else asked.link(campaign_path(campaign), CAMPAIGN_FIELDS)
    where: Node = a(href=link)[clipped(campaign)] if link else "(no campaign)"
    if by == "programme":
        return [clipped(row["programme"] or "(no campaign)")]
    parts: list[Node] = [where]
    if by == "cohort":
        parts.append(clipped(row["cohort"] or "(no category)"))
    elif by != "campaign":
        parts.append(a(href=creator_path(creator))[clipped(creator)] if creator else "(no creator)")
    parts += [
        clipped(str(row.get(name) or f"(no {name.split('_')[0]})")) for name in EXTRA.get(by, ())
    ]
    return parts


def returns(
    rows: Sequence[Json],
    names: Who,
    head: Json,
    *,
    measured: bool = True,
    trend: Callable[[Json], Node] | None = None,
    title_of: Callable[[str], Node] = str,
) -> Element:
    """Show what came back per row: the headline with limits and grade, ratios, lift.

    Rows for which lift is not measured (a post, a day) leave its columns out, and say so once.
    trend: shows a row's days in a last column. title_of: writes the head of a column.
    """
    currency = head["currency"]
    titles = [title for title in RETURNS if measured or title not in NEED_LIFT]
    note = f"after {head['cost_basis']} cost; "
    note += (
        "95% limits that hold at every look"
        if measured
        else "lift and incremental return are measured per creator, cohort, campaign and programme"
    )
    if head["discoveries"]["list"]:
        note += f"; {head['discoveries']['sentence']}"
    return box(
        "returns",
        "Return",
        [
            thead[
                tr[
                    names.head(title_of),
                    (th(scope="col")[title_of(title)] for title in titles),
                    th(scope="col")["By day"] if trend else None,
                ]
            ],
            tbody[
                (
                    tr[
                        _row_head(name),
                        (RETURNS[title](row, currency) for title in titles),
                        td(".spark")[trend(row)] if trend else None,
                    ]
                    for row, name in zip(rows, names.names, strict=True)
                )
            ],
        ],
        note,
    )


def ladder(
    rows: Sequence[Json],
    names: Who,
    head: Json,
    total: Json | None,
    *,
    until: Mapping[str, str] | None = None,
    title_of: Callable[[str], Node] = str,
) -> Element:
    """Show the levels from reported to return beside the four states of cost; then the whole.

    until: campaigns whose figures are provisional, each until when; they are marked `~`. title_of:
    writes the head of a column.
    """
    marked = {row["campaign"]: (until or {}).get(row["campaign"] or "") for row in rows}
    told = "; ".join(f"~ {name} is {words}" for name, words in marked.items() if words is not None)
    currency = head["currency"]
    wide = len(names.titles)
    return box(
        "ladder",
        "From reported to return, and cost",
        [
            thead[
                tr[
                    td(colspan=wide),
                    th(scope="colgroup", colspan=len(STEPS))["Level after each step"],
                    th(".first", scope="colgroup", colspan=len(STATES))["Cost"],
                ],
                tr[
                    names.head(title_of),
                    (th(scope="col")[title_of(step.capitalize())] for step in STEPS),
                    (th(class_={"first": not at}, scope="col")[title_of(state.capitalize())]
                     for at, state in enumerate(STATES)),
                ],
            ],
            tbody[
                (
                    tr[_row_head(name), _ladder_cells(row, currency, marked[row["campaign"]])]
                    for row, name in zip(rows, names.names, strict=True)
                )
            ],
            None
            if total is None
            else tfoot[tr[th(scope="row", colspan=wide)["Whole campaign"],
                          _ladder_cells(total, currency, (until or {}).get(total["campaign"]))]],
        ],
        "; ".join(
            filter(None, [currency, f"the return is after {head['cost_basis']} cost", told])
        ),
    )  # fmt: skip


def bridge(
    rows: Sequence[Json], currency: str, whole: Json | None, identity: str, campaign: str
) -> Element:
    """Show the signed steps of one campaign like a waterfall: levels and what lies between."""
    figures = whole["figure_ids"] if whole else {}
    return box(
        identity,
        ["Bridge of ", clipped(campaign)],
        [
            thead[
                tr[
                    th(".t", scope="col")["Step"],
                    th(".t", scope="col")["Account"],
                    th(scope="col")["Change"],
                    th(scope="col")["Level"],
                ]
            ],
            tbody[(_bridge_row(row, currency, figures) for row in rows)],
        ],
        f"{currency}; always event dates and accrued cost, which ties to the ledger",
        "bridge",
    )


def doubt(rows: Sequence[Json], note: str) -> Element:
    """Show checks on a lift: whose, which, the verdict, and what it found in words."""
    return box(
        "doubt",
        "Doubt: reasons not to trust the lift, looked for in the data",
        [
            thead[tr[(th(".t", scope="col")[title] for title in DOUBT_TITLES)]],
            tbody[(_doubt_row(row) for row in rows)],
        ],
        note,
        "doubt",
    )


def _doubt_row(row: Json) -> Element:
    whose = [row[name] for name in ("creator", "platform", "metric") if row[name]]
    who = row["creator"] or "whole campaign"
    action = row["what_to_do"]
    return tr[
        th(scope="row")[clipped(who), small[", ".join(whose[1:] if row["creator"] else whose)]],
        td(".t")[row["check"].replace("_", " ")],
        td(".t")[span(class_=["verdict", row["verdict"].replace(" ", "-")])[row["verdict"]]],
        td(".t.words")[row["sentence"], small[action] if action else None],
    ]


def listing(
    name: str, table: Table, rows: Sequence[Json], title: Node, note: Node, *, zone: str = "UTC"
) -> Element:
    """Show rows of a flat table; numbers right, times in a zone, long text cut (in no CSV)."""
    first, *others = table.names
    right = {Cell.MONEY, Cell.COUNT, Cell.NUMBER}
    numeric = {
        column.name: column.cell in right
        and not any(isinstance(row.get(column.name), bool) for row in rows)
        for column in table.columns
    }
    return box(
        name,
        title,
        [
            thead[
                tr[
                    (
                        th(class_={"t": not numeric[each]}, scope="col")[each.replace("_", " ")]
                        for each in table.names
                    )
                ]
            ],
            tbody[
                (
                    tr(class_={"level": row.get("account") == TOTAL})[
                        th(scope="row")[list_text(first, row.get(first), zone)],
                        (
                            td[number_text(row.get(each))]
                            if numeric[each]
                            else td(".t")[list_text(each, row.get(each), zone)]
                            for each in others
                        ),
                    ]
                    for row in rows
                )
            ],
        ],
        note,
    )


def clipped(text: str) -> str:
    """Show the beginning of a text that is too long for a page."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"


def number_text(value: object) -> Node:
    """Write a number with a true minus sign; amounts (decimal text) get their commas."""
    if value is None:
        return None
    text = str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:,}"
    if isinstance(value, float):
        text = f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, str) and text.removeprefix("-").replace(".", "", 1).isdigit():
        text = f"{Decimal(text):,}"
    elif isinstance(value, str) and CODE.fullmatch(text):
        return reason_words(text)
    return text.replace("-", MINUS, 1)


def list_text(name: str, value: object, zone: str) -> Node:
    """Write a cell that is no number: times in a zone, reasons in words, long text cut."""
    if value is None or isinstance(value, bool):
        return None if value is None else "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return moment(value.isoformat() + "Z", zone)
    text = str(value)
    if name == "withheld":
        return reason_words(text)
    return worded(clipped(text)) if name in WORDS else clipped(text)


def _row_head(names: Sequence[Node]) -> list[Element]:
    return [th(scope="row")[name] for name in names]


def _headline(row: Json, _currency: str) -> Element:
    figure = row["figure_ids"]["incremental_roi"]
    return td(".headline")[linked(estimate(row["incremental_roi"]), figure)]


def _grade(row: Json, _currency: str) -> Element:
    return td(".c")[grade(row["incremental_roi"].get("grade", "D"))]


def _roi(row: Json, _currency: str) -> Element:
    return td[linked(ratio(row["roi"]), row["figure_ids"]["roi"])]


def _roas(row: Json, _currency: str) -> Element:
    return td[linked(ratio(row["roas"], factor=True), row["figure_ids"]["roas"])]


def _valued(row: Json, _currency: str) -> Element:
    return td[linked(estimate(row["valued_roi"]), row["figure_ids"]["valued_roi"])]


def _lift(row: Json, _currency: str) -> Element:
    return td[linked(lift(row["lift"]), row["figure_ids"]["lift"])]


def _outcome(row: Json, currency: str) -> Element:
    return td[linked(_cost_per(row, currency), row["figure_ids"]["cost"])]


RETURNS: Mapping[str, Callable[[Json, str], Element]] = {
    "Incremental ROI": _headline, "Grade": _grade, "ROI": _roi, "ROAS": _roas,
    "Valued ROI": _valued, "Lift": _lift, "Cost per outcome": _outcome,
}  # fmt: skip
"""The columns of the return table, each with what writes its cell."""

NEED_LIFT = ("Incremental ROI", "Grade", "Valued ROI", "Lift")


def _cost_per(row: Json, currency: str) -> Node:
    outcome = GOAL_COST.get(row["goal"] or "")
    if outcome is None:
        return "\u2013"
    found = row["cost_per"].get(f"incremental_{outcome}")
    gross = money(row["cost_per"].get(outcome), currency)
    if not isinstance(found, Mapping) or found.get("point") is None:
        return fragment[gross, small[f"per {outcome}"]]

    def limit(minor: float) -> str:
        return money(round(minor), currency)

    return fragment[
        money(found["point"], currency),
        small[f"{between(found, limit)}"],
        small[f"per extra {outcome}; {gross} per {outcome}"],
    ]


def _ladder_cells(row: Json, currency: str, until: str | None = None) -> list[Element]:
    figures = row["figure_ids"]
    cells = [
        td[linked(_level(step, currency, until), figures[EXPLAINED_BY[step["step"]]])]
        for step in row["ladder"]
    ]
    cells += [
        td(class_={"first": state == STATES[0]})[
            linked(money(row["cost"][state], currency), figures["cost"])
        ]
        for state in STATES
    ]
    return cells


def _level(step: Json, currency: str, until: str | None) -> Node:
    if step["amount"] is None and step.get("withheld"):
        return span(".why")[reason_words(step["withheld"])]
    if step["amount"] is None:
        return span(title="no platform or tool reported anything")["\u2013"]
    if until is not None and step["step"] in PROVISIONAL:
        return span(title=until)["~\u202f", money(step["amount"], currency)]
    return money(step["amount"], currency)


def _bridge_row(row: Json, currency: str, figures: Mapping[str, str]) -> Element:
    step, kind, amount = row["step"], row["kind"], row["amount"]
    if row["withheld"]:
        shown: Node = span(".why")[reason_words(row["withheld"])]
    elif kind == "delta" and amount > 0:
        shown = f"+{money(amount, currency)}"
    else:
        shown = money(amount, currency)
    name = EXPLAINED_BY.get(step, "cost" if step == "creator_cost" else "incremental_roi")
    figure = linked(shown, figures.get(name))
    return tr(f".{kind}")[
        th(scope="row")[step.replace("_", " ")],
        td(".t")[row["account"]],
        td[figure if kind == "delta" else None],
        td[figure if kind != "delta" else None],
    ]
