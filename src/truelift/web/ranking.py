"""Ranking: the rows of the report of return in the order that somebody asked for.

In:   a Result of the report, and `sort` of a request: a measure, `-` before it from the largest.
Out:  the same Result with its rows and its table in that order; heads that ask for another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from htpy import Node, a

from truelift.reports.table import Table
from truelift.web.asked import Asked, BadParameter
from truelift.web.door import Result
from truelift.web.grid import SORT
from truelift.web.tables import GOAL_COST, STATES, STEPS

RANK = "rank"
"""As `sort`, where that sorts another table: a chart beside its figures."""

Json = Mapping[str, Any]
Measure = Callable[[Json], Any]


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) else None


def _outcome(row: Json) -> float | None:
    return _number(row["cost_per"].get(GOAL_COST.get(row["goal"] or "", "")))


def _level(step: str) -> Measure:
    return lambda row: next(each["amount"] for each in row["ladder"] if each["step"] == step)


def _state(state: str) -> Measure:
    return lambda row: row["cost"][state]


MEASURES: Mapping[str, Measure] = {
    "campaign": lambda row: row["campaign"],
    "creator": lambda row: row["creator"],
    "incremental_roi": lambda row: _number(row["incremental_roi"].get("point")),
    "low": lambda row: _number(row["incremental_roi"].get("low")),
    "roi": lambda row: _number(row["roi"]),
    "roas": lambda row: _number(row["roas"]),
    "valued_roi": lambda row: _number(row["valued_roi"].get("point")),
    "lift": lambda row: _number(row["lift"].get("log")),
    "cost_per_outcome": _outcome,
    **{step: _level(step) for step in STEPS},
    **{state: _state(state) for state in STATES},
}
"""What rows can be sorted by; what is withheld or unknown stands last, whichever way."""

OF_TITLES = {"Incremental ROI": "incremental_roi", "ROI": "roi", "ROAS": "roas",
             "Valued ROI": "valued_roi", "Lift": "lift", "Cost per outcome": "cost_per_outcome",
             "Campaign": "campaign", "Creator": "creator"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranked:
    """The report with its rows in another order."""

    data: dict[str, Any]
    table: Table

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Give the rows of the JSON object."""
        found: list[dict[str, Any]] = self.data["rows"]
        return found

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.table.rows)


def ranked(result: Result, asked: Asked, parameter: str = SORT) -> Result:
    """Give the report in the order that was asked for; BadParameter for a measure it lacks."""
    given = asked.get(parameter)
    if given is None:
        return result
    name, down = given.removeprefix("-"), given.startswith("-")
    if name not in MEASURES:
        msg = f"Rows cannot be sorted by {name!r}; there are {', '.join(MEASURES)}."
        raise BadParameter(parameter, msg)
    values = [MEASURES[name](row) for row in result.rows]
    known = [at for at, value in enumerate(values) if value is not None]
    known.sort(key=lambda at: values[at], reverse=down)
    order = [*known, *(at for at, value in enumerate(values) if value is None)]
    rows = [result.rows[at] for at in order]
    table = replace(result.table, rows=tuple(result.table.rows[at] for at in order))
    return Ranked({**result.data, "rows": rows}, table)


def heads(asked: Asked) -> Callable[[str], Node]:
    """Make what writes a head: it asks for its measure, from the largest first, then the other way.

    A name is looked at from the first letter on.
    """
    now = asked.get(SORT) or ""
    others = {key: value for key, value in asked.given.items() if key != SORT}

    def head(title: str) -> Node:
        name = OF_TITLES.get(title, title.lower())
        if name not in MEASURES:
            return title
        down, up = f"-{name}", name
        first = up if name in {"campaign", "creator"} else down
        turned = {down: up, up: down}.get(now, first)
        mark = {down: " \u2193", up: " \u2191"}.get(now, "")
        return a(href=f"?{urlencode({**others, SORT: turned})}", rel="nofollow")[title, mark]

    return head
