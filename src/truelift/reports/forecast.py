"""The forecast report: what a campaign and its creators will have brought by the flight's end.

In:   outlooks (decisions.completion), the lift so far with its limits, where both come from.
Out:  JSON objects and flat rows; counts and ratios as numbers, money in minor units and as text.

The band is a prediction for one look. The lift's limits hold at every look and stand apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from truelift.base.estimate import Withheld
from truelift.base.money import format_minor
from truelift.decisions.backtest import Judged
from truelift.decisions.completion import Outlook
from truelift.decisions.forecast import BAND, FORMULA, Band
from truelift.decisions.value_basis import Beside
from truelift.measurement.figure import LiftFigure
from truelift.reports.beside import beside_json
from truelift.reports.figure import figure_id
from truelift.reports.roi import number, withheld_json
from truelift.reports.table import Cell, Table, TableColumn

DECIMALS = 1
BAND_WORDS = (
    f"p10 to p90 is an {BAND * 100:g} % prediction band for this look; the lift's limits hold at "
    "every look and are another thing."
)
FIGURES = ("tracked", "incremental", "value", "cost", "roi")


@dataclass(frozen=True, slots=True)
class OtherBasis:
    """The same forecast with its money counted by another value basis that is known as well."""

    words: str
    outlook: Outlook


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRow:
    """One creator (None: the campaign) at the end of the flight, or why nothing is forecast.

    lift: so far, with limits. inputs: what the forecast was made from, by name. scale: factor on
    the log-sd of what is to come, and what it comes from. target: ROI that `chance` is of. over:
    whether the flight has ended. beside: what is tracked beside the goal and is not in it.
    """

    campaign: str
    creator: str | None
    goal: str
    metric: str
    outlook: Outlook | Withheld
    lift: LiftFigure | Withheld
    value_basis: str
    scale: float
    scale_from: str
    target: float
    as_of: str
    known_at: str
    inputs: Mapping[str, float | None] = field(default_factory=dict)
    other_basis: OtherBasis | None = None
    over: bool = False
    beside: Beside | None = None


def forecast_json(row: ForecastRow) -> dict[str, Any]:
    """Give one row as a JSON object; amounts in minor units of the brand's currency."""
    told: dict[str, Any] = {
        "campaign": row.campaign,
        "creator": row.creator,
        "goal": row.goal,
        "metric": row.metric,
        "flight_over": row.over,
    }
    if isinstance(row.outlook, Withheld):
        return told | withheld_json(row.outlook) | {"why": row.outlook.detail}
    found = row.outlook
    return told | {
        "so_far": number(found.so_far),
        "tracked": _band(found.tracked),
        "incremental": _band(found.incremental),
        "value": _band(found.value, whole=True),
        "value_basis": row.value_basis,
        "cost": _band(found.cost, whole=True),
        "roi_at_completion": _band(found.roi),
        "target_roi": row.target,
        "chance_above_target": _chance(found.chance),
        "other_basis": _other_json(row.other_basis),
        "beside": beside_json(row.beside),
        "lift_limits": _limits(row.lift),
        "measured": found.measured,
        "creators": found.creators,
        "inputs": {name: None if each is None else number(each)
                   for name, each in row.inputs.items()},
        "scale": number(row.scale),
        "scale_from": row.scale_from,
        "formula": FORMULA,
        "why": why(row),
        "figure_ids": _figure_ids(row),
    }  # fmt: skip


def _chance(chance: float | Withheld) -> Any:  # noqa: ANN401 - a number or its reason
    return withheld_json(chance) if isinstance(chance, Withheld) else number(chance)


def _other_json(other: OtherBasis | None) -> dict[str, Any] | None:
    if other is None:
        return None
    return {
        "value_basis": other.words,
        "value": _band(other.outlook.value, whole=True),
        "roi_at_completion": _band(other.outlook.roi),
        "chance_above_target": _chance(other.outlook.chance),
    }


def forecast_table(rows: Sequence[ForecastRow], currency: str) -> Table:
    """Lay the rows out flat; money as decimal text."""
    names = {
        "campaign": Cell.TEXT, "creator": Cell.TEXT, "metric": Cell.TEXT, "so_far": Cell.NUMBER,
        **{f"{name}_{edge}": Cell.NUMBER
           for name in ("tracked", "incremental") for edge in ("p10", "p50", "p90")},
        **{f"value_{edge}": Cell.MONEY for edge in ("p10", "p50", "p90")},
        "value_basis": Cell.TEXT, "cost_p50": Cell.MONEY,
        **{f"roi_{edge}": Cell.NUMBER for edge in ("p10", "p50", "p90")},
        "chance": Cell.NUMBER, "withheld": Cell.TEXT, "why": Cell.TEXT,
    }  # fmt: skip
    columns = tuple(TableColumn(name, cell) for name, cell in names.items())
    return Table(
        "Forecast", columns, tuple(_flat(row, names, currency) for row in rows), BAND_WORDS
    )


def _flat(row: ForecastRow, names: Mapping[str, Cell], currency: str) -> dict[str, Any]:
    flat: dict[str, Any] = dict.fromkeys(names)
    flat |= {"campaign": row.campaign, "creator": row.creator, "metric": row.metric}
    if isinstance(row.outlook, Withheld):
        return flat | {"withheld": row.outlook.reason.value, "why": row.outlook.detail}
    found = row.outlook
    flat |= {"so_far": round(found.so_far, DECIMALS), "why": why(row)}
    flat["value_basis"] = row.value_basis
    bands = (("tracked", found.tracked), ("incremental", found.incremental),
             ("value", found.value), ("roi", found.roi), ("cost", found.cost))  # fmt: skip
    for name, each in bands:
        if isinstance(each, Withheld):
            flat["withheld"] = flat["withheld"] or each.reason.value
            continue
        for edge in ("p10", "p50", "p90"):
            if f"{name}_{edge}" in names:
                flat[f"{name}_{edge}"] = _shown(getattr(each, edge), name, currency)
    flat["chance"] = None if isinstance(found.chance, Withheld) else round(found.chance, 3)
    return flat


def _shown(value: float, name: str, currency: str) -> float | str:
    if name in {"value", "cost"}:
        return format_minor(round(value), currency)
    return round(value, 3 if name == "roi" else DECIMALS) + 0.0


def why(row: ForecastRow) -> str:
    """Say in a sentence what the forecast rests on and what it says, and what is not in it."""
    told = _said(row)
    return f"{told} {row.beside.sentence}" if row.beside else told


def _said(row: ForecastRow) -> str:
    found = row.outlook
    if isinstance(found, Withheld):
        return found.detail
    who = row.creator or "The campaign"
    told = f"{who}: {_counted(row, found)}"
    if isinstance(found.incremental, Withheld):
        return f"{told}; what of it is extra is not known. {found.incremental.detail}".strip()
    told += f", {found.incremental.p50:,.0f} of it extra"
    if isinstance(found.roi, Withheld):
        return f"{told}; no return: {found.roi.detail}"
    when = "of the flight" if row.over else "at completion"
    told += f"; ROI {when} by {row.value_basis} {_return(found, row.target)}"
    other = row.other_basis
    if other is None or isinstance(other.outlook.roi, Withheld):
        return f"{told}."
    return f"{told}; by {other.words} {_return(other.outlook, row.target)}."


def _counted(row: ForecastRow, found: Outlook) -> str:
    """Say what is counted and what will be; of a flight that is over, what was."""
    so_far, band = f"{found.so_far:,.0f} {row.metric}", found.tracked
    edges = f"({band.p10:,.0f} to {band.p90:,.0f})"
    if not row.over:
        return f"{so_far} so far, {band.p50:,.0f} by the end {edges}"
    if round(band.p10) == round(band.p90):
        return f"the flight is over with {so_far}"
    return f"the flight is over with {so_far} read before its end, {band.p50:,.0f} at it {edges}"


def _return(found: Outlook, target: float) -> str:
    """Write a return with its band and its chance; both are known."""
    assert not isinstance(found.roi, Withheld)
    return (
        f"{found.roi.p50:+.0%} ({found.roi.p10:+.0%} to {found.roi.p90:+.0%}), above "
        f"{target:+.0%} with a chance of {found.chance:.0%}"
    )


def _band(found: Band | Withheld, *, whole: bool = False) -> dict[str, Any]:
    if isinstance(found, Withheld):
        return withheld_json(found)
    edges: dict[str, float] = {"p10": found.p10, "p50": found.p50, "p90": found.p90}
    if whole:
        return {name: round(each) for name, each in edges.items()}
    return {name: number(each) for name, each in edges.items()}


def _limits(lift: LiftFigure | Withheld) -> dict[str, Any]:
    if isinstance(lift, Withheld):
        return withheld_json(lift)
    return {
        "log": number(lift.log),
        "low": number(lift.low),
        "high": number(lift.high),
        "level": lift.level,
        "limits": lift.limits,
        "grade": lift.grade.value,
    }


def _figure_ids(row: ForecastRow) -> dict[str, str]:
    parts = {
        "campaign": row.campaign, "creator": row.creator, "metric": row.metric,
        "as_of": row.as_of, "known_at": row.known_at,
    }  # fmt: skip
    return {name: figure_id(f"forecast_{name}", parts) for name in FIGURES}


def backtest_json(kind: str, judged: Judged, sha256: str) -> list[dict[str, Any]]:
    """Say what a backtest found: a row per stage and one for all of them (stage None)."""
    stages: list[tuple[float | None, int, float | None]] = [
        *judged.by_stage, (None, judged.judged, judged.covered)
    ]  # fmt: skip
    return [
        {
            "kind": kind,
            "stage": stage,
            "forecasts": count,
            "covered": None if share is None else round(share, 4),
            "covered_unscaled": (
                None if judged.plain is None or stage is not None else round(judged.plain, 4)
            ),
            "scale": number(judged.scale),
            "fitted": judged.fitted,
            "in_force": judged.in_force,
            "sha256": sha256,
            "why": backtest_sentence(judged),
        }
        for stage, count, share in stages
    ]


def backtest_sentence(judged: Judged) -> str:
    """Say what a backtest found in words."""
    if judged.covered is None or judged.plain is None:
        return "No campaign of the past can be forecast again, so nothing was measured."
    told = (
        f"Of {judged.judged} forecasts of the past that nothing was fitted on, "
        f"{judged.covered:.0%} lie in their {BAND * 100:g} % band at scale {judged.scale:.2f}; "
        f"unscaled {judged.plain:.0%}."
    )
    return told if judged.in_force else f"{told} Too few to put the scale in force."
