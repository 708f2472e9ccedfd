"""The ROI report: one row per campaign, creator, platform, post or day, as the contract has it.

In:   cost states, outputs, a ladder, lift and ratios per row (valuation, measurement).
Out:  JSON objects of the contract's section 3, and flat rows for tables and files.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from truelift.base.estimate import Estimate, Withheld
from truelift.base.money import format_minor
from truelift.measurement.discoveries import FALSE_DISCOVERY_RATE
from truelift.measurement.figure import LiftFigure
from truelift.reports.figure import figure_id
from truelift.valuation.cost_states import CostStates
from truelift.valuation.ladder import Ladder
from truelift.valuation.roi import DIGITS, NO_COST, Ratios

OUTPUTS = (
    "reach", "impressions", "views", "engagement", "sessions", "mentions", "posts",
    "clicks_raw", "clicks_counted", "visits", "leads", "won_leads", "orders", "refunds",
)  # fmt: skip
FLOAT_DIGITS = 15
"""Significant digits that every float holds."""

P_DIGITS = 3
"""Significant digits of a printed p-value."""

FLAG = "*"
"""Marks a lift that is above zero at the false-discovery rate of its list."""

FIGURES = ("roas", "roi", "incremental_roi", "valued_roi", "incremental", "lift", "cost")


@dataclass(frozen=True, slots=True)
class RoiHeader:
    """What every row of a report shares: whose, as of when, on which basis. Times are UTC."""

    workspace: str
    brand: str
    currency: str
    timezone: str
    as_of: dt.datetime
    known_at: dt.datetime
    basis: str
    cost_basis: str
    model: str
    by: str
    metric: str | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class RoiRow:
    """One row: who, what it cost, what came of it, what of that was extra, and the return.

    outputs: counts by name; one that was never read is None or missing, and never 0. incomplete:
    why some of the row's cost is not in the books.
    """

    campaign: str | None
    creator: str | None
    goal: str | None
    cost: CostStates
    outputs: Mapping[str, float | None]
    ladder: Ladder
    lift: LiftFigure | Withheld
    lift_metric: str
    ratios: Ratios
    cost_basis: int
    engagement_lift: LiftFigure | Withheld | None = None
    media_value: int | None = None
    schedule: str | None = None
    baseline: Mapping[str, object] | None = None
    coverage: tuple[int, int] | None = None
    cohort: str | None = None
    programme: str | None = None
    platform: str | None = None
    post_id: str | None = None
    day: dt.date | None = None
    completion: Withheld | None = field(default=None)
    incomplete: Withheld | None = None


def report_json(header: RoiHeader, rows: Sequence[RoiRow]) -> dict[str, Any]:
    """Give the whole report as one JSON object."""
    return {
        "workspace": header.workspace,
        "brand": header.brand,
        "currency": header.currency,
        "timezone": header.timezone,
        "as_of": instant_text(header.as_of),
        "known_at": instant_text(header.known_at),
        "basis": header.basis,
        "cost_basis": header.cost_basis,
        "model": header.model,
        "attribution_rule": header.rule,
        "discoveries": discoveries_json(rows, header.by),
        "rows": [row_json(header, row) for row in rows],
    }


def row_json(header: RoiHeader, row: RoiRow) -> dict[str, Any]:
    """Give one row as a JSON object; amounts in minor units of the brand's currency."""
    told: dict[str, Any] = {"campaign": row.campaign, "creator": row.creator, "goal": row.goal}
    if header.by in {"cohort", "programme"}:
        told[header.by] = getattr(row, header.by)
    if header.by in {"platform", "post"}:
        told["platform"] = row.platform
    if header.by == "post":
        told["post_id"] = row.post_id
    if header.by == "day":
        told["day"] = row.day.isoformat() if row.day else None
    return told | {
        "cost": {
            "committed": row.cost.committed,
            "accrued": row.cost.accrued,
            "invoiced": row.cost.invoiced,
            "paid": row.cost.paid,
        },
        "outputs": {name: counted(row, name) for name in OUTPUTS},
        "ladder": ladder_json(row.ladder, row.cost_basis, row.incomplete),
        "lift": lift_json(row.lift, row.lift_metric),
        "reported_roas": _claimed(row),
        "roas": ratio_json(row.ratios.roas),
        "roi": ratio_json(row.ratios.roi),
        "incremental_roi": _incremental_json(row),
        "valued_roi": _valued_json(row),
        "roi_at_completion": withheld_json(row.completion) if row.completion else None,
        "cost_per": cost_per_json(row),
        "media_value": row.media_value,
        "baseline": dict(row.baseline) if row.baseline else None,
        "coverage": _coverage_json(row),
        "figure_ids": figure_ids(header, row),
    }


def ladder_json(
    ladder: Ladder, cost: int, incomplete: Withheld | None = None
) -> list[dict[str, Any]]:
    """Give the six levels; the return is after the cost of the report's basis, if all is booked."""
    steps: list[dict[str, Any]] = []
    for level in ladder.levels():
        step: dict[str, Any] = {"step": level.step, "amount": level.amount}
        if level.withheld is not None:
            step["withheld"] = level.withheld.reason.value
        steps.append(step)
    if ladder.incremental_minor is not None:
        steps[-1]["amount"] = ladder.incremental_minor - cost
        if incomplete is not None:
            steps[-1] |= {"amount": None, "withheld": incomplete.reason.value}
    return steps


def lift_json(lift: LiftFigure | Withheld, metric: str) -> dict[str, Any]:
    """Give a lift with its limits, or its reason; figures have six decimals."""
    if isinstance(lift, Withheld):
        return withheld_json(lift) | {"metric": metric}
    units, expected, observed = tied_numbers(lift)
    return {
        "metric": lift.metric,
        "log": number(lift.log),
        "low": number(lift.low),
        "high": number(lift.high),
        "level": lift.level,
        "units": units,
        "units_low": number(lift.units_low),
        "units_high": number(lift.units_high),
        "expected": expected,
        "observed": observed,
        "limits": lift.limits,
        "grade": lift.grade.value,
        "late": lift.late,
        "evidence": lift.evidence,
        "p": None if lift.p is None else float(f"{lift.p:.{P_DIGITS}g}"),
        "flagged": lift.flagged,
        "mean_log": None if lift.mean_log is None else number(lift.mean_log),
        "signs_differ": lift.signs_differ,
        "controls": _controls_json(lift),
        "warnings": lift.warnings,
        "boosted_posts_left_out": lift.boosted,
        "shrunk": _shrunk_json(lift),
    }


def _shrunk_json(lift: LiftFigure) -> dict[str, Any] | None:
    """Give a creator's lift drawn towards the campaign's mean; None where nothing is borrowed."""
    if lift.shrunk is None:
        return None
    names = ("log", "low", "high", "own")
    return {name: number(getattr(lift.shrunk, name)) for name in names}


def _controls_json(lift: LiftFigure) -> dict[str, Any] | None:
    """Give how many controls there were, by which rule, and what they took out; no names here."""
    if lift.controls is None:
        return None
    return {
        "creators": lift.controls.creators,
        "rule": lift.controls.rule,
        "mean": number(lift.controls.mean),
        "se": number(lift.controls.se),
    }


def discoveries_json(rows: Sequence[RoiRow], by: str) -> dict[str, Any]:
    """Say how many rows of the list are flagged and how many are not, and at which rate."""
    marks = [row.lift.flagged for row in rows if isinstance(row.lift, LiftFigure)]
    listed = [mark for mark in marks if mark is not None]
    rate = f"false-discovery rate {FALSE_DISCOVERY_RATE * 100:g} %"
    left = len(listed) - sum(listed)
    more = f"; {left} more, not beyond chance" if left else ""
    told = f"{FLAG} = above zero in a list of {len(listed)} by {by}, {rate}{more}"
    if not any(listed):
        told = f"none of {len(listed)} by {by} above zero beyond chance, {rate}"
    return {
        "rate": FALSE_DISCOVERY_RATE,
        "list": len(listed),
        "flagged": sum(listed),
        "not_flagged": left,
        "sentence": told,
    }


def withheld_json(withheld: Withheld) -> dict[str, Any]:
    """Give a reason with its sentence."""
    return {"withheld": withheld.reason.value, "detail": withheld.detail}


def estimate_json(estimate: Estimate) -> dict[str, Any]:
    """Give an estimate with its limits and grade."""
    return {
        "point": number(estimate.point),
        "low": number(estimate.low),
        "high": number(estimate.high),
        "level": estimate.level,
        "grade": estimate.grade.value,
    }


def ratio_json(ratio: Decimal | Withheld) -> float | dict[str, Any]:
    """Give a ratio as a number with six decimals, or its reason."""
    return withheld_json(ratio) if isinstance(ratio, Withheld) else float(ratio)


def cost_per_json(row: RoiRow) -> dict[str, Any]:
    """Give the accrued cost of one outcome in minor units, None where there was no outcome.

    Where a cost is not booked none is given. While fees are committed and none is accrued yet, an
    extra outcome has no cost: 0 would read as free.
    """
    cost = row.cost.accrued
    not_yet = cost == 0 and row.cost.committed != 0
    counts = {
        "reach": "reach", "view": "views", "engagement": "engagement", "click": "clicks_counted",
        "lead": "leads", "order": "orders",
    }  # fmt: skip
    told: dict[str, Any] = {
        name: None if row.incomplete else _per(cost, row.outputs.get(output) or 0)
        for name, output in counts.items()
    }
    for name, lift in (("incremental_engagement", row.engagement_lift), (_own(row), row.lift)):
        if row.incomplete and lift is not None:
            told[name] = withheld_json(row.incomplete)
        elif isinstance(lift, Withheld):
            told[name] = withheld_json(lift)
        elif lift is not None and not_yet:
            told[name] = withheld_json(NO_COST)
        elif lift is not None:
            told[name] = {
                "point": _per(cost, lift.units),
                "low": _per(cost, lift.units_high),
                "high": _per(cost, lift.units_low),
            }
    return told


def figure_ids(header: RoiHeader, row: RoiRow) -> dict[str, str]:
    """Give the id of every figure of a row."""
    parts = {
        "campaign": row.campaign,
        "creator": row.creator,
        "cohort": row.cohort,
        "programme": row.programme,
        "platform": row.platform,
        "post": row.post_id,
        "day": row.day.isoformat() if row.day else None,
        "by": header.by,
        "as_of": instant_text(header.as_of),
        "known_at": instant_text(header.known_at),
        "basis": header.basis,
        "cost": header.cost_basis,
        "model": header.model,
        "metric": header.metric,
    }
    return {name: figure_id(name, parts) for name in FIGURES}


def instant_text(instant: dt.datetime) -> str:
    """Write an instant as ISO 8601 in UTC."""
    return instant.isoformat(timespec="seconds" if not instant.microsecond else "auto") + "Z"


def number(value: float) -> float | None:
    """Round for printing; None for what is not finite."""
    return round(value, DIGITS) + 0.0 if math.isfinite(value) else None


def counted(row: RoiRow, name: str) -> int | float | None:
    """Give a count of a row; None where nobody read it, which is not 0."""
    value = row.outputs.get(name)
    return None if value is None else whole(value)


def tied_numbers(lift: LiftFigure) -> tuple[float, float, float]:
    """Give units, expected and observed for printing: as decimals they add up exactly.

    Six decimals, fewer where a float's fifteen digits do not reach so far.
    """
    size = max(abs(lift.observed), abs(lift.expected), abs(lift.units), 1.0)
    digits = min(DIGITS, max(FLOAT_DIGITS - math.ceil(math.log10(size)), 0))
    observed = round(Decimal(lift.observed), digits)
    expected = round(Decimal(lift.expected), digits)
    return float(observed - expected) + 0.0, float(expected) + 0.0, float(observed) + 0.0


def whole(value: float) -> int | float:
    """Give a count as a whole number when it is one."""
    return int(value) if value == int(value) else round(value, DIGITS)


def money_text(minor: int | None, currency: str) -> str | None:
    """Write minor units as a decimal string, None stays None."""
    return None if minor is None else format_minor(minor, currency)


def _own(row: RoiRow) -> str:
    names = {
        "orders": "incremental_order",
        "leads": "incremental_lead",
        "views": "incremental_view",
    }
    return names.get(row.lift_metric, f"incremental_{row.lift_metric}")


def _per(cost: int, count: float) -> int | None:
    return round(cost / count) if count > 0 else None


def _coverage_json(row: RoiRow) -> dict[str, int] | None:
    if row.coverage is None:
        return None
    measured, creators = row.coverage
    return {
        "measured": measured,
        "creators": creators,
        "contribution_not_measured": row.ladder.unmeasured,
    }


def _claimed(row: RoiRow) -> float | dict[str, Any] | None:
    claimed = row.ratios.reported_roas
    return None if claimed is None else ratio_json(claimed)


def _incremental_json(row: RoiRow) -> dict[str, Any]:
    found = row.ratios.incremental_roi
    if isinstance(found, Estimate):
        return estimate_json(found)
    share = row.ratios.break_even_incrementality
    return withheld_json(found) | {
        "break_even_incrementality": None if share is None else float(share)
    }


def _valued_json(row: RoiRow) -> dict[str, Any]:
    found = row.ratios.valued_roi
    if isinstance(found, Withheld):
        return withheld_json(found)
    return estimate_json(found) | {"schedule": row.schedule}
