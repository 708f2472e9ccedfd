"""Comparing: campaigns or creators beside each other, and one of them beside itself before.

In:   a desk and what was asked for.
Out:  the page of comparison, and its twins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from htpy import Node, button, details, div, fieldset, form, label, legend, p, span, summary
from htpy import input as field

from truelift.reports.comparison import FUNNEL, MEASURE, comparison
from truelift.web.answers import csv_answer, json_answer
from truelift.web.asked import Asked, BadParameter
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.figures import percent, times
from truelift.web.grid import ARRANGING, arranged, grid
from truelift.web.layout import filters, twins
from truelift.web.screens.returns import FILTERS, placed

Json = Mapping[str, Any]

MOST, FIRST = 8, 4
"""Columns of a comparison at most, and those that are shown where none is chosen."""

FIELDS = ("campaigns", "creators", *FILTERS, "known_at")


def compare(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Set campaigns beside each other, or creators where some are named."""
    by, head, found = compared(desk, asked)
    chosen, rows = list(found), list(found.values())
    table = arranged(comparison(rows, chosen, head["currency"]), asked)
    if ending == "csv":
        return csv_answer(table, "compare")
    if ending:
        return json_answer({**head, "rows": rows})
    zone = head["timezone"]
    body: list[Node] = [
        _choice(desk, asked, by, chosen),
        filters("/compare", asked, FILTERS),
        placed(rows, "Incremental ROI with 95% limits", asked.only(FIELDS), "beside",
               named=lambda row: name_of(row, by))
        if rows
        else None,
        grid("compare", table, readable(table.rows), asked, title="Beside each other",
             note=table.note, zone=zone)
        if rows
        else p(".verdict")["There is nothing to compare yet."],
        _funnels(rows, chosen),
        twins("/compare", asked.given),
    ]  # fmt: skip
    return desk.page(head, "Compare", "/compare", body)


FACTORS = {"lift_log": "lift"}
"""Measures that files give as logarithms, and a page as the factors they stand for."""


def readable(rows: Sequence[Json]) -> list[Json]:
    """Write ratios as people read them: ROI as a percentage, ROAS and lift as factors."""
    return [
        {name: _in_words(row[MEASURE], value) if name != MEASURE else FACTORS.get(str(value), value)
         for name, value in row.items()}
        for row in rows
    ]  # fmt: skip


def _in_words(measure: str, value: object) -> object:
    if not isinstance(value, float):
        return value
    if "roi" in measure:
        return percent(value)
    if measure == "roas":
        return times(value)
    return times(math.exp(value)) if measure.startswith("lift") else value


def compared(desk: Desk, asked: Asked) -> tuple[str, Json, dict[str, Json]]:
    """Give whether campaigns or creators are compared, the report's head, and the rows by name."""
    by = "creator" if asked.get("creators") else "campaign"
    plain = Asked("/compare", asked.only([*FILTERS, "known_at"]))
    result = desk.reading.roi(plain, by)
    named = {name_of(row, by): row for row in result.rows if row[by] is not None}
    chosen = _chosen(asked.get(f"{by}s"), list(named), by)
    return by, result.data, {name: named[name] for name in chosen}


def name_of(row: Json, by: str) -> str:
    """Name a column of the comparison."""
    return str(row["campaign"]) if by == "campaign" else f"{row['creator']} in {row['campaign']}"


def _chosen(asked: str | None, names: Sequence[str], by: str) -> list[str]:
    """Give the columns that were asked for: a creator stands for all their campaigns."""
    if not asked:
        return list(names[:FIRST])
    wanted = [each.strip() for each in asked.split(",") if each.strip()]
    found = [
        name
        for each in wanted
        for name in names
        if name == each or (by == "creator" and name.startswith(f"{each} in "))
    ]
    missing = [
        each for each in wanted
        if not any(name == each or name.startswith(f"{each} in ") for name in names)
    ]  # fmt: skip
    if missing:
        msg = f"There is no {by} {missing[0]!r} with a return here."
        raise BadParameter(by, msg)
    return list(dict.fromkeys(found))[:MOST]


def _choice(desk: Desk, asked: Asked, by: str, chosen: Sequence[str]) -> Node:
    """Let people choose what stands beside each other; without a script it is a plain form."""
    campaigns = desk.reading.campaigns()
    rows = desk.reading.roi(Asked("/compare", {}), "creator").rows
    creators = sorted({row["creator"] for row in rows if row["creator"]})
    kept = asked.only([*FILTERS, "known_at"])
    return div(".choices")[
        (
            details(open=name == f"{by}s" and not asked.get(name))[
                summary[words],
                form(method="get", action="/compare", aria_label=words)[
                    (field(type="hidden", name=key, value=value) for key, value in kept.items()),
                    fieldset[
                        legend[f"Up to {MOST}"],
                        div[
                            (
                                label[
                                    field(type="checkbox", name=name, value=each, checked=any(
                                        every == each or every.startswith(f"{each} in ")
                                        for every in chosen
                                    )), span[each],
                                ]
                                for each in choices
                            )
                        ],
                    ],
                    button(type="submit")["Compare"],
                ],
            ]
            for name, words, choices in (
                ("campaigns", "Choose campaigns", campaigns),
                ("creators", "Choose creators", creators),
            )
        )
    ]  # fmt: skip


def _funnels(rows: Sequence[Json], names: Sequence[str]) -> Node:
    """Say how many went on from each step to the next, where both were counted."""
    told = []
    for name, row in zip(names, rows, strict=True):
        counted = [(step, row["outputs"][step]) for step in FUNNEL if row["outputs"][step]]
        steps = [
            f"{later[0].replace('_', ' ')} per {earlier[0].replace('_', ' ')} "
            f"{later[1] / earlier[1]:.2%}"
            for earlier, later in pairwise(counted)
            if later[0] not in {"refunds", "impressions"} and earlier[1]
        ]
        if steps:
            told.append(p[span(".name")[f"{name}: "], "; ".join(steps), "."])
    return details(".funnels")[summary["From step to step"], told] if told else None


SCREENS: Screens = {"/compare": ((*FIELDS, *ARRANGING), compare)}
