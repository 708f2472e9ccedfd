"""The pacing report: targets and budgets beside what was reached, row by row and in a sentence.

In:   paces of targets and budgets (decisions.pacing), or why there is none.
Out:  JSON objects and flat rows; counts as numbers, money in minor units and as text.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.estimate import Withheld
from truelift.base.money import format_minor
from truelift.decisions.pacing import LEVEL, BudgetPace, Pace, Verdict
from truelift.reports.figure import figure_id
from truelift.reports.roi import number, withheld_json
from truelift.reports.table import Cell, Table, TableColumn

BUDGET = "budget"
INTERVAL_WORDS = (
    f"under and over are said where the {LEVEL * 100:g} % interval of the pace lies on one side of "
    "1; else it cannot be told from chance. Reach is the sum over posts (gross)."
)
DECIMALS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceRow:
    """One target, a campaign's budget, or why there is no pace.

    variance: of the log of what was reached, and source: what it comes from.
    """

    campaign: str
    creator: str | None
    goal: str
    metric: str
    pace: Pace | BudgetPace | Withheld
    plan: str | None = None
    by: dt.date | None = None
    variance: float | None = None
    source: str = ""
    as_of: str = ""
    known_at: str = ""


def pace_json(row: PaceRow, currency: str) -> dict[str, Any]:
    """Give one row as a JSON object; budgets in minor units of the brand's currency."""
    told: dict[str, Any] = {
        "campaign": row.campaign,
        "creator": row.creator,
        "goal": row.goal,
        "metric": row.metric,
        "by": row.by,
    }
    found = row.pace
    if isinstance(found, Withheld):
        return told | withheld_json(found) | {"why": found.detail}
    told |= {"why": why(row, currency), "figure_id": _figure_id(row)}
    if isinstance(found, BudgetPace):
        return told | {
            "budget": found.budget,
            "committed": found.committed,
            "commission": found.bound - found.committed,
            "bound": found.bound,
            "accrued": found.accrued,
            "left": found.left,
            "overrun": found.overrun,
            "accrued_a_day": number(found.a_day),
            "days_of_budget_left": None if found.days_left <= 0 else number(found.days),
            "flight_over": found.days_left <= 0,
            "days_of_flight_left": number(found.days_left),
            "formula": "(budget - accrued) / (accrued / days of the flight that are over)",
        }
    return told | {
        "target": number(found.target),
        "reached": number(found.reached),
        "planned": number(found.planned),
        "pace": number(found.ratio),
        "pace_low": number(found.low),
        "pace_high": number(found.high),
        "level": LEVEL,
        "verdict": found.verdict.value,
        "needed_a_day": number(found.needed),
        "at_this_pace": number(found.projected),
        "days_of_flight_left": number(found.days_left),
        "flight_over": found.days_left <= 0,
        "plan": row.plan,
        "variance": None if row.variance is None else number(row.variance),
        "variance_of": row.source,
        "formula": "reached / (target x planned share); log pace +- 1.28 sqrt(variance)",
    }


def pace_table(rows: Sequence[PaceRow], currency: str) -> Table:
    """Lay the rows out flat."""
    names = {
        "campaign": Cell.TEXT, "creator": Cell.TEXT, "metric": Cell.TEXT, "target": Cell.NUMBER,
        "reached": Cell.NUMBER, "planned": Cell.NUMBER, "pace": Cell.NUMBER,
        "pace_low": Cell.NUMBER, "pace_high": Cell.NUMBER, "verdict": Cell.TEXT,
        "budget": Cell.MONEY, "committed": Cell.MONEY, "bound": Cell.MONEY, "accrued": Cell.MONEY,
        "days_of_budget_left": Cell.NUMBER, "days_of_flight_left": Cell.NUMBER,
        "withheld": Cell.TEXT, "why": Cell.TEXT,
    }  # fmt: skip
    flat = []
    for row in rows:
        told = pace_json(row, currency)
        line = {name: told.get(name) for name in names}
        for name, cell in names.items():
            value = line[name]
            if cell is Cell.MONEY and value is not None:
                line[name] = format_minor(value, currency)
            elif isinstance(value, float):
                line[name] = round(value, DECIMALS)
        flat.append(line)
    columns = tuple(TableColumn(name, cell) for name, cell in names.items())
    return Table("Pacing", columns, tuple(flat), INTERVAL_WORDS)


def why(row: PaceRow, currency: str) -> str:
    """Say in a sentence how far a target or a budget is."""
    found = row.pace
    who = row.creator or "The campaign"
    if isinstance(found, Withheld):
        return found.detail
    if isinstance(found, BudgetPace):
        return _of_budget(found, currency)
    if found.verdict is Verdict.BEFORE:
        return f"{who}: nothing is planned by now; {found.target:,.0f} {row.metric} are wanted."
    if found.days_left <= 0:
        return _at_the_end(row, found)
    told = (
        f"{who}: {found.reached:,.0f} {row.metric} of {found.target:,.0f}, {found.planned:,.0f} "
        f"planned by now, so {found.ratio:.0%} of plan ({found.low:.0%} to {found.high:.0%})"
    )
    if found.verdict is Verdict.ON_PLAN:
        told += ", which chance explains"
    else:
        told += f", {found.verdict.value}"
    if found.reached < found.target:
        told += f"; {found.needed:,.1f} a day are needed for {found.days_left:.1f} more days"
    return f"{told}."


def _at_the_end(row: PaceRow, found: Pace) -> str:
    """Say how far a target was reached whose days are over."""
    who = f"{row.creator}: its" if row.creator else "The campaign: its"
    told = (
        f"{who} days are over; {found.reached:,.0f} {row.metric} of {found.target:,.0f} were "
        f"reached, {found.ratio:.0%} ({found.low:.0%} to {found.high:.0%})"
    )
    if found.verdict is Verdict.ON_PLAN:
        return f"{told}, which chance explains."
    return f"{told}, {found.verdict.value} the target."


def _of_budget(found: BudgetPace, currency: str) -> str:
    budget, accrued, bound, committed, commission = (
        f"{format_minor(each, currency)} {currency}"
        for each in (
            found.budget, found.accrued, found.bound, found.committed,
            found.bound - found.committed,
        )
    )  # fmt: skip
    over = found.days_left <= 0
    told = f"{accrued} of {budget} are accrued, {bound} bound"
    if over:
        told = f"The flight is over: {accrued} of {budget} were accrued, {bound} bound"
    if found.bound != found.committed:
        told += f" ({committed} committed, {commission} commission earned)"
    if math.isfinite(found.days) and not over:
        told += (
            f"; at a day's cost so far the rest lasts {found.days:.1f} days, the flight "
            f"{found.days_left:.1f}"
        )
    if found.overrun:
        above = f"{format_minor(found.overrun, currency)} {currency}"
        told += f"; that {'was' if over else 'is'} {above} above the budget"
    return f"{told}."


def _figure_id(row: PaceRow) -> str:
    return figure_id(
        "pace",
        {
            "campaign": row.campaign, "creator": row.creator, "metric": row.metric,
            "as_of": row.as_of, "known_at": row.known_at,
        },
    )  # fmt: skip
