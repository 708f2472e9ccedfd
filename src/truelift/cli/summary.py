"""Summaries for a terminal: what a person reads first of an import or of the ROI report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from truelift.base.money import format_minor
from truelift.operations.ingest import ImportReport
from truelift.reports.roi import FLAG
from truelift.reports.table import Cell, Table, TableColumn, plain_table
from truelift.workspace.result import Result

Json = dict[str, Any]

CENTS_BELOW = 100_000
"""Amounts below this many minor units are shown with their cents."""


def import_result(report: ImportReport) -> Result:
    """Say what became of each file: accepted, updated, duplicate, quarantined."""
    rows = [
        {
            "file": record.source_file,
            "kind": record.kind,
            "accepted": record.accepted,
            "updated": record.updated,
            "duplicate": record.duplicate,
            "quarantined": record.quarantined,
        }
        for record in report.records
    ]
    faults = [
        {
            "file": fault.source_file,
            "line": fault.line,
            "column": fault.column,
            "reason": fault.reason.value,
            "message": fault.message,
        }
        for fault in report.faults
    ]
    return Result({"rows": rows, "quarantined": faults}, plain_table("Import", rows))


def roi_summary(data: Json) -> Table:
    """Show the ladder and the return per row, as a person reads it; the CSV has every figure."""
    currency = data["currency"]
    rows = [_row(row, currency) for row in data["rows"]]
    columns = (
        *(TableColumn(name) for name in ("campaign", "creator")),
        *(
            TableColumn(name, Cell.MONEY)
            for name in (
                "reported", "matched", "net", "contribution", "incremental", "cost", "return",
            )
        ),
        TableColumn("reported ROAS", Cell.MONEY),
        TableColumn("ROI", Cell.MONEY),
        TableColumn("incremental ROI (95 %)", Cell.MONEY),
        TableColumn("grade"),
        TableColumn("lift"),
    )  # fmt: skip
    note = (
        f"{data['brand']}, {currency}, {data['timezone']}; as of {data['as_of']}, known at "
        f"{data['known_at']}; {data['basis']} dates; cost {data['cost_basis']}; {data['model']}; "
        f"limits {_limits(data)}{_listed(data)}{_left_out(data)}"
    )
    empty = {"", "-", "(all)"}
    shown = tuple(
        column for column in columns if any(row[column.name] not in empty for row in rows)
    )
    return Table("ROI", shown or columns, tuple(rows), note)


def with_truth(table: Table, data: Json, truths: Sequence[Json]) -> Table:
    """Set the sample's true incremental ROI beside each estimate, and whether it lies inside."""
    known = {(truth["campaign"], truth.get("creator")): truth for truth in truths}
    rows = []
    for flat, row in zip(table.rows, data["rows"], strict=True):
        truth = known.get((row["campaign"], row["creator"]))
        real = truth["incremental_roi"] if truth else None
        found = row["incremental_roi"]
        shown = "" if real is None else f"{real:+.0%}"
        if real is not None and "point" in found:
            shown += " inside" if found["low"] <= real <= found["high"] else " OUTSIDE"
        rows.append({**flat, "truth": shown})
    extra = (TableColumn("truth"),)
    return Table(table.title, (*table.columns, *extra), tuple(rows), table.note)


def _listed(data: Json) -> str:
    """Say what the mark of a lift means, where the list has one."""
    return f"; {data['discoveries']['sentence']}" if data["discoveries"]["list"] else ""


def _left_out(data: Json) -> str:
    """Say of which rows the lift is without some of their creators."""
    return "".join(
        f"; {' '.join(filter(None, (row['campaign'], row['creator'])))}: {sentence.rstrip('.')}"
        for row in data["rows"]
        if (sentence := (row["lift"].get("warnings") or {}).get("creators_left_out"))
    )


def _limits(data: Json) -> str:
    """Say which limits are in force: theory, calibrated or experiment."""
    kinds = {row["lift"]["limits"] for row in data["rows"] if "limits" in row["lift"]}
    return ", ".join(sorted(kinds)) or "none"


def _row(row: Json, currency: str) -> Json:
    levels = {step["step"]: step["amount"] for step in row["ladder"]}
    amounts = {name: _money(levels[name], currency) for name in levels}
    lift = row["lift"]
    return {
        "campaign": row["campaign"] or "(unallocated)",
        "creator": row["creator"] or ("(all)" if row["campaign"] else ""),
        **amounts,
        "cost": _money(row["cost"]["accrued"], currency),
        "reported ROAS": _ratio(row["reported_roas"]),
        "ROI": "withheld" if isinstance(row["roi"], dict) else f"{row['roi']:+.0%}",
        "incremental ROI (95 %)": _estimate(row["incremental_roi"]) + _per(row, currency),
        "lift": _lift(lift),
        "grade": row["incremental_roi"].get("grade", "D"),
    }


def _money(minor: int | None, currency: str) -> str:
    if minor is None:
        return "-"
    whole, _, rest = format_minor(minor, currency).partition(".")
    return f"{int(whole):,}" if not rest or abs(minor) >= CENTS_BELOW else f"{whole}.{rest}"


def _ratio(found: float | Json | None) -> str:
    return f"{found:.2f}" if isinstance(found, float) else ""


def _estimate(found: Json) -> str:
    if "point" in found:
        return f"{found['point']:+.0%} [{found['low']:+.0%}, {found['high']:+.0%}]"
    share = found.get("break_even_incrementality")
    told = f"; pays back if {share:.0%} is incremental" if share is not None else ""
    return f"{found['withheld']}{told}"


def _per(row: Json, currency: str) -> str:
    """Say what an incremental engagement cost, where cash is not the campaign's outcome."""
    if row["goal"] != "awareness":
        return ""
    cost = row["cost_per"].get("incremental_engagement") or {}
    point = cost.get("point")
    return "" if point is None else f"; {format_minor(point, currency)} an extra engagement"


def _lift(lift: Json) -> str:
    if "withheld" in lift:
        return f"{lift['metric']}: {lift['withheld']}"
    mark = f" {FLAG}" if lift["flagged"] else ""
    late = " late" if lift["late"] else ""
    basis = "" if lift["evidence"] == "baseline" else f" {lift['evidence']}"
    return f"{lift['metric']} x{math.exp(lift['log']):.2f}{basis}{late}{mark}"
