"""The ROI report as a flat table: the rows of the JSON, one figure per column.

In:   the header and rows of reports.roi.
Out:  Table; amounts as decimal text in the brand's currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from truelift.base.estimate import Estimate, Withheld
from truelift.measurement.figure import LiftFigure
from truelift.reports.roi import (
    OUTPUTS,
    RoiHeader,
    RoiRow,
    counted,
    money_text,
    number,
    row_json,
    tied_numbers,
)
from truelift.reports.table import Cell, Table, TableColumn
from truelift.valuation.ladder import STEPS

MONEY = ("committed", "accrued", "invoiced", "paid", *STEPS, "media_value")
ENDS = ("log", "low", "high")
UNITS = ("units", "expected", "observed")
SHRUNK = {"lift_shrunk": "log", "lift_shrunk_low": "low", "lift_shrunk_high": "high"}
ESTIMATES = ("incremental_roi", "valued_roi")


def roi_table(header: RoiHeader, rows: Sequence[RoiRow]) -> Table:
    """Lay the report out flat; a withheld figure is empty and its reason stands beside it."""
    flat = tuple(_flat(header, row) for row in rows)
    note = (
        f"{header.brand}, {header.currency}, {header.timezone}; as of {header.as_of} UTC, known at "
        f"{header.known_at} UTC; {header.basis} dates, {header.cost_basis} cost, {header.model}."
    )
    return Table("ROI", _columns(header), flat, note)


def _columns(header: RoiHeader) -> tuple[TableColumn, ...]:
    text = ["campaign", "creator", *_extra(header), "goal", "currency"]
    limits = [f"{name}_{end}" for name in ESTIMATES for end in ("point", "low", "high")]
    return (
        *(TableColumn(name) for name in text),
        *(TableColumn(name, Cell.MONEY) for name in MONEY),
        *(TableColumn(name, Cell.COUNT) for name in OUTPUTS),
        *(TableColumn(name, Cell.NUMBER) for name in ("reported_roas", "roas", "roi")),
        *(TableColumn(name, Cell.NUMBER) for name in limits),
        TableColumn("grade"),
        TableColumn("withheld"),
        TableColumn("break_even_incrementality", Cell.NUMBER),
        TableColumn("lift_metric"),
        *(TableColumn(f"lift_{end}", Cell.NUMBER) for end in (*ENDS, *UNITS)),
        *(TableColumn(name, Cell.NUMBER) for name in SHRUNK),
        TableColumn("lift_p", Cell.NUMBER),
        TableColumn("lift_flagged"),
        TableColumn("limits"),
        TableColumn("lift_withheld"),
        TableColumn("late"),
        TableColumn("controls", Cell.COUNT),
        TableColumn("warnings"),
    )


def _extra(header: RoiHeader) -> list[str]:
    extra = {"cohort": ["cohort"], "programme": ["programme"]}
    extra |= {"platform": ["platform"], "post": ["platform", "post_id"], "day": ["day"]}
    return extra.get(header.by, [])


def _flat(header: RoiHeader, row: RoiRow) -> dict[str, Any]:
    told = row_json(header, row)
    amounts = {step["step"]: step["amount"] for step in told["ladder"]}
    amounts |= told["cost"] | {"media_value": row.media_value}
    flat: dict[str, Any] = {name: told.get(name) for name in ("campaign", "creator", "goal")}
    flat |= {name: told.get(name) for name in _extra(header)} | {"currency": header.currency}
    flat |= {name: money_text(amounts[name], header.currency) for name in MONEY}
    flat |= {name: counted(row, name) for name in OUTPUTS}
    flat |= {name: _plain(getattr(row.ratios, name)) for name in ("reported_roas", "roas", "roi")}
    for name in ESTIMATES:
        flat |= _limits(name, getattr(row.ratios, name))
    found = row.ratios.incremental_roi
    share = row.ratios.break_even_incrementality
    return flat | {
        "grade": found.grade.value if isinstance(found, Estimate) else "D",
        "withheld": found.reason.value if isinstance(found, Withheld) else None,
        "break_even_incrementality": None if share is None else float(share),
        **_lift(row.lift, row.lift_metric),
    }


def _limits(name: str, figure: Estimate | Withheld) -> dict[str, float | None]:
    if isinstance(figure, Withheld):
        return {f"{name}_{end}": None for end in ("point", "low", "high")}
    return {f"{name}_{end}": number(getattr(figure, end)) for end in ("point", "low", "high")}


def _lift(lift: LiftFigure | Withheld, metric: str) -> dict[str, Any]:
    told: dict[str, Any] = {"lift_metric": metric}
    known = isinstance(lift, LiftFigure)
    for end in ENDS:
        told[f"lift_{end}"] = number(getattr(lift, end)) if known else None
    units = tied_numbers(lift) if isinstance(lift, LiftFigure) else (None,) * len(UNITS)
    told |= {f"lift_{name}": value for name, value in zip(UNITS, units, strict=True)}
    shrunk = lift.shrunk if isinstance(lift, LiftFigure) else None
    for name, end in SHRUNK.items():
        told[name] = None if shrunk is None else number(getattr(shrunk, end))
    return told | {
        "lift_p": lift.p if isinstance(lift, LiftFigure) else None,
        "lift_flagged": "flagged" if isinstance(lift, LiftFigure) and lift.flagged else None,
        "limits": lift.limits if isinstance(lift, LiftFigure) else None,
        "lift_withheld": lift.reason.value if isinstance(lift, Withheld) else None,
        "late": "late" if isinstance(lift, LiftFigure) and lift.late else None,
        "controls": _controls(lift),
        "warnings": "; ".join(lift.warnings) or None if isinstance(lift, LiftFigure) else None,
    }


def _controls(lift: LiftFigure | Withheld) -> int | None:
    """Give how many controls took the calendar out; None where there is no lift."""
    if isinstance(lift, Withheld):
        return None
    return lift.controls.creators if lift.controls else 0


def _plain(ratio: Decimal | Withheld | None) -> float | None:
    return float(ratio) if isinstance(ratio, Decimal) else None
