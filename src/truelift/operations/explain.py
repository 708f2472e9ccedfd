"""Explain: what a printed figure is made of, down to files, lines and hashes.

In:   a figure id (reports.figure).
Out:  its formula, value, inputs, source rows, versions and hashes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from truelift.attribution.models import RULE
from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Instant
from truelift.ledger.rules import RULES
from truelift.measurement import baseline, counts, lift
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.ledger import journal_rows
from truelift.operations.measure import Measurement
from truelift.operations.roi import RoiRequest, roi
from truelift.reports.figure import parse_figure_id
from truelift.reports.roi import FIGURES, row_json
from truelift.store.ground import Ground
from truelift.valuation import FORMULAS

Row = dict[str, Any]

ROWS_SHOWN = 20


def explain(ground: Ground, figure: str) -> Row:
    """Explain a figure of the ROI report; NotFound when the report has no such row now."""
    name, parts = parse_figure_id(figure)
    if name not in FIGURES:
        msg = f"{name!r} is no figure of the ROI report; use one of {', '.join(FIGURES)}."
        raise UsageError(msg)
    request = _request(parts)
    header, rows = roi(ground, request)
    for row in rows:
        told = row_json(header, row)
        if told["figure_ids"][name] == figure:
            break
    else:
        msg = f"The report has no row for {figure!r}; run `truelift roi` to see its rows."
        raise NotFound(msg)
    known = knowledge(
        ground, as_of=header.as_of, known_at=header.known_at, model=_sql(header.model)
    )
    value = (
        next(step for step in told["ladder"] if step["step"] == "incremental")
        if name == "incremental"
        else told[name]
    )
    return {
        "figure": figure,
        "formula": FORMULAS[name],
        "value": value,
        "currency": header.currency,
        "inputs": {
            "ladder": told["ladder"],
            "cost": told["cost"],
            "cost_basis": header.cost_basis,
            "lift": told["lift"],
            "outputs": told["outputs"],
        },
        "rows": _source_rows(known, row.campaign, row.creator),
        "entries": _entries(ground, row.campaign, row.creator),
        "versions": {
            "attribution_model": header.model,
            "attribution_rule": RULE,
            "baseline": baseline.FORMULA,
            "lift": lift.FORMULA,
            "counts": counts.FORMULA,
            "value_schedule": row.schedule,
            "as_of": told["figure_ids"][name] and str(header.as_of),
            "known_at": str(header.known_at),
        },
        "baselines": _seals(known, row.campaign, row.creator),
    }


def _sql(model: str) -> str:
    return model.replace("-", "_")


def _request(parts: dict[str, str]) -> RoiRequest:
    return RoiRequest(
        campaign=parts.get("campaign"),
        creator=parts.get("creator"),
        by=parts.get("by", "creator"),
        metric=parts.get("metric"),
        as_of=_instant(parts["as_of"]),
        known_at=_instant(parts["known_at"]),
        basis=parts.get("basis", "event"),
        cost=parts.get("cost", "accrued"),
        model=parts.get("model", "code-first"),
    )


def _instant(text: str) -> Instant:
    return dt.datetime.fromisoformat(text.removesuffix("Z"))


def _source_rows(known: Knowledge, campaign: str | None, creator: str | None) -> Row:
    """Give the orders, leads and posts behind a row: how many, and the first with file and line."""
    tables = {
        "orders": (known.order_shares, "order_id"),
        "leads": (known.lead_shares, "lead_id"),
        "posts": (
            known.read(
                "valuation.post_outputs", sponsored=known.sponsored, readings=known.readings
            ),
            "post_id",
        ),
    }
    found: Row = {}
    for kind, (table, key) in tables.items():
        rows = [
            row
            for row in table.select(
                ["creator", "campaign", key, "source_file", "source_line"]
            ).to_pylist()
            if row["campaign"] == campaign and creator in {None, row["creator"]}
        ]
        rows.sort(key=lambda row: (str(row["source_file"]), row["source_line"] or 0))
        shown = [{key: r[key], "file": r["source_file"], "line": r["source_line"]} for r in rows]
        found[kind] = {"count": len(rows), "first": shown[:ROWS_SHOWN]}
    return found


def _entries(ground: Ground, campaign: str | None, creator: str | None) -> Row:
    rows = [
        row
        for row in journal_rows(ground)
        if row["campaign"] == campaign
        and creator in {None, row["creator"]}
        and row["account"].startswith("61")
    ]
    shown = [
        {name: row[name] for name in ("entry_id", "effective_date", "rule", "account", "base")}
        | {"sentence": RULES[row["rule"]].sentence}
        for row in rows[:ROWS_SHOWN]
    ]
    return {"count": len(rows), "first": shown}


def _seals(known: Knowledge, campaign: str | None, creator: str | None) -> list[Row]:
    measurement = Measurement(known)
    return [
        {
            "creator": seal.creator,
            "metric": seal.metric,
            "platform": seal.platform,
            "sha256": seal.sha256,
            "sealed_at": str(seal.sealed_at),
            "late": measurement.is_late(seal, seal.campaign, seal.creator),
            "posts": seal.record["posts"]["n"],
            "source_hashes": seal.record["source_hashes"],
        }
        for seal in sorted(measurement.seals.values(), key=lambda item: item.sha256)
        if seal.campaign == campaign and creator in {None, seal.creator}
    ]
