"""Explain: what a printed figure is made of, down to files, lines and hashes.

In:   a figure id (reports.figure).
Out:  its formula, value, inputs, source rows, versions and hashes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from truelift.attribution.models import RULE
from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Withheld
from truelift.base.time import Instant, brand_day
from truelift.ledger.chart import COST_ACCOUNTS
from truelift.ledger.rules import RULES
from truelift.measurement import baseline, counts, lift
from truelift.measurement.figure import LiftFigure
from truelift.operations import advice
from truelift.operations.doubt import Doubts
from truelift.operations.experiments import counterfactuals, factor_of
from truelift.operations.explain_ahead import explained, looks_ahead
from truelift.operations.geo_holdout import holdouts
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.ledger import journal_rows
from truelift.operations.marks import marks
from truelift.operations.measure import Measurement
from truelift.operations.outcomes import GROUPINGS, placed
from truelift.operations.panels import Panels
from truelift.operations.people import Action, needs
from truelift.operations.reallocation import NAME as REALLOCATION
from truelift.operations.roi import RoiRequest, roi
from truelift.operations.stagger import staggers
from truelift.reports.calibration import (
    FACTOR_SENTENCES,
    ONE_OF_MANY_SENTENCE,
    THEORY_SENTENCE,
    calibration_sentence,
)
from truelift.reports.doubt import row_json as doubt_json
from truelift.reports.doubt import sorted_rows
from truelift.reports.figure import parse_figure_id
from truelift.reports.roi import FIGURES, RoiHeader, RoiRow, instant_text, row_json
from truelift.store.ground import Ground
from truelift.valuation import FORMULAS

Row = dict[str, Any]

ROWS_SHOWN = 20
FACTOR_FORMULA = (
    "tracked x factor; the factor is extra outcomes per tracked outcome, by the test or forecast "
    "under evidence; log lift -log(1 - factor)"
)


@needs(Action.READ)
def explain(ground: Ground, figure: str) -> Row:
    """Explain a figure of the ROI report, or a proposal; NotFound when there is no such row now."""
    name, parts = parse_figure_id(figure)
    if looks_ahead(name):
        return explained(ground, figure, name, parts)
    if name == REALLOCATION:
        return advice.explained(ground, figure)
    if name not in FIGURES:
        msg = f"{name!r} is no figure of the ROI report; use one of {', '.join(FIGURES)}."
        raise UsageError(msg)
    request = _request(figure, parts)
    header, rows = roi(ground, request)
    for row in rows:
        told = row_json(header, row)
        if told["figure_ids"][name] == figure:
            break
    else:
        msg = f"The report has no row for {figure!r}; run `truelift roi` to see its rows."
        raise NotFound(msg)
    told["lift"].pop("flagged", None)  # of the list that showed it, not of the figure
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
        "formula": FACTOR_FORMULA if name == "lift" and _by_factor(row) else FORMULAS[name],
        "value": value,
        "currency": header.currency,
        "inputs": {
            "ladder": told["ladder"],
            "cost": told["cost"],
            "cost_basis": header.cost_basis,
            "lift": told["lift"],
            "controls": _controls(row),
            "limits": _limits(known, row),
            "evidence": _evidence(ground, header, row),
            "outputs": told["outputs"],
        },
        "rows": _source_rows(known, header, row),
        "entries": _entries(known, header, row),
        "versions": {
            "attribution_model": header.model,
            "attribution_rule": RULE,
            "baseline": baseline.FORMULA,
            "lift": lift.FORMULA,
            "counts": counts.FORMULA,
            "value_schedule": row.schedule,
            "as_of": instant_text(header.as_of),
            "known_at": instant_text(header.known_at),
        },
        "baselines": _seals(known, header, row),
        "marks": marks(known, Panels(known), row.campaign, row.creator) if row.campaign else [],
        "doubt": _doubts(known, row, parts) if name == "lift" else [],
    }


def _by_factor(row: RoiRow) -> bool:
    return isinstance(row.lift, LiftFigure) and row.lift.evidence != "baseline"


def _evidence(ground: Ground, header: RoiHeader, row: RoiRow) -> Row | None:
    """Give the registration (or imported test) whose factor splits what a row tracked."""
    if not _by_factor(row) or row.campaign is None or isinstance(row.lift, Withheld):
        return None
    known = knowledge(ground, as_of=header.as_of, known_at=header.known_at)
    factor = factor_of(known, Panels(known), row.campaign, row.lift.metric)
    if factor is None:
        return None
    times = {"as_of": header.as_of, "known_at": header.known_at}
    registered = {"geo": holdouts, "stagger": staggers, "counterfactual": counterfactuals}
    asked = registered.get(factor.design)
    shown = asked(ground, row.campaign, **times) if asked else []
    tests = [
        each
        for each in known.rows("experiments")
        if each["campaign"] == row.campaign and each["outcome"] == row.lift.metric
    ]
    return {
        "design": factor.design,
        "factor": [factor.factor, factor.low, factor.high],
        "grade": factor.grade.value,
        "registered": [each for each in shown if each["used"]],
        "imported": [] if any(each["used"] for each in shown) else tests,
    }


def _controls(row: RoiRow) -> Row | None:
    """Name the creators who took the calendar out of a row's lift, with the rule they follow."""
    if isinstance(row.lift, Withheld) or row.lift.controls is None:
        return None
    return {"rule": row.lift.controls.rule, "names": list(row.lift.controls.names)}


def _limits(known: Knowledge, row: RoiRow) -> Row | None:
    """Say what the limits of a row's lift rest on: theory, or which replays without a campaign."""
    lifted = row.lift
    if isinstance(lifted, Withheld):
        return None
    if lifted.evidence != "baseline":
        said = [FACTOR_SENTENCES[lifted.evidence]]
        said += [ONE_OF_MANY_SENTENCE] if row.creator is not None else []
        return {"in_force": lifted.limits, "sentences": said, "versions": []}
    if lifted.limits != "calibrated":
        return {"in_force": lifted.limits, "sentences": [THEORY_SENTENCE], "versions": []}
    measured = Measurement(known)
    platforms = {
        platform
        for campaign, creator, metric, platform in measured.seals
        if (campaign, metric) == (row.campaign, lifted.metric) and row.creator in {None, creator}
    }
    found = measured.calibrations.behind(
        lifted.metric, platforms, controls=lifted.controls is not None, whole=row.creator is None
    )
    return {
        "in_force": lifted.limits,
        "sentences": [calibration_sentence(calibration) for _, calibration in found],
        "versions": [version for version, _ in found],
    }


def _doubts(known: Knowledge, row: RoiRow, parts: dict[str, str]) -> list[Row]:
    """Give the checks on a lift: of its creator, or of its campaign."""
    if row.campaign is None or parts["by"] not in {"campaign", "creator"}:
        return []
    found = Doubts(Measurement(known), row.campaign).rows(parts.get("metric"))
    return [doubt_json(each) for each in sorted_rows(found) if each.creator == row.creator]


def _sql(model: str) -> str:
    return model.replace("-", "_")


def _request(figure: str, parts: dict[str, str]) -> RoiRequest:
    try:
        return RoiRequest(
            campaign=parts.get("campaign"),
            creator=parts.get("creator"),
            by=parts["by"],
            metric=parts.get("metric"),
            as_of=_instant(parts["as_of"]),
            known_at=_instant(parts["known_at"]),
            basis=parts["basis"],
            cost=parts["cost"],
            model=parts["model"],
        )
    except (KeyError, ValueError):
        msg = f"{figure!r} is not a whole figure id; copy one from `truelift roi --format json`."
        raise UsageError(msg) from None


def _instant(text: str) -> Instant:
    return dt.datetime.fromisoformat(text.removesuffix("Z"))


def _belongs(record: Row, header: RoiHeader, row: RoiRow) -> bool:
    """Say whether a record is of a report's row, by the columns that tell its rows apart."""
    whole = row.campaign if header.by != "programme" else row.programme
    return whole is not None and all(
        record.get(name) == getattr(row, name) for name in GROUPINGS[header.by]
    )


def _source_rows(known: Knowledge, header: RoiHeader, row: RoiRow) -> Row:
    """Give the orders, refunds, leads and posts behind a row, and the first with file and line."""
    zone = known.ground.brand.timezone
    shares = known.order_shares
    posts = known.read(
        "valuation.post_outputs", sponsored=known.sponsored, readings=known.readings
    ).to_pylist()
    tables: dict[str, tuple[list[Row], str]] = {
        "orders": (shares.to_pylist(), "order_id"),
        "refunds": (
            known.read(
                "valuation.refund_rows", order_shares=shares, basis=header.basis
            ).to_pylist(),
            "refund_id",
        ),
        "leads": (known.lead_shares.to_pylist(), "lead_id"),
        "posts": (
            [post | {"day": brand_day(post["published_at"], zone)} for post in posts],
            "post_id",
        ),
    }
    found: Row = {}
    for kind, (records, key) in tables.items():
        rows = [record for record in records if _belongs(placed(known, record), header, row)]
        rows.sort(key=lambda record: (str(record["source_file"]), record["source_line"] or 0))
        shown = [{key: r[key], "file": r["source_file"], "line": r["source_line"]} for r in rows]
        found[kind] = {"count": len(rows), "first": shown[:ROWS_SHOWN]}
    return found


def _entries(known: Knowledge, header: RoiHeader, row: RoiRow) -> Row:
    """Give the postings to cost accounts behind a row, as the journal was known."""
    day = brand_day(known.as_of, known.ground.brand.timezone)
    rows = [
        record
        for record in journal_rows(known.ground, as_of=day, known_at=known.known_at)
        if record["account"] in COST_ACCOUNTS
        and all(
            placed(known, record).get(name) == getattr(row, name) for name in GROUPINGS[header.by]
        )
    ]
    shown = [
        {name: record[name] for name in ("entry_id", "effective_date", "rule", "account", "base")}
        | {"sentence": RULES[record["rule"]].sentence}
        for record in rows[:ROWS_SHOWN]
    ]
    return {"count": len(rows), "first": shown}


def _seals(known: Knowledge, header: RoiHeader, row: RoiRow) -> list[Row]:
    measurement = Measurement(known)
    return [
        {
            "creator": seal.creator,
            "metric": seal.metric,
            "platform": seal.platform,
            "sha256": seal.sha256,
            "sealed_at": instant_text(seal.sealed_at),
            "late": measurement.is_late(seal, seal.campaign, seal.creator),
            "posts": seal.record["posts"]["n"],
            "weight_alone": _within(seal.record["estimate"], "peers").get("weight_alone"),
            "peer_level": _within(seal.record["estimate"], "peers").get("peer_level"),
            "followers": _within(seal.record, "followers").get("reference"),
            "supersedes": _within(seal.record, "correction").get("supersedes"),
            "reason": _within(seal.record, "correction").get("reason"),
            "metric_break": seal.record.get("metric_break"),
            "source_hashes": seal.record["source_hashes"],
        }
        for seal in sorted(measurement.seals.values(), key=lambda item: item.sha256)
        if _belongs(
            placed(known, {"campaign": seal.campaign, "creator": seal.creator})
            | {name: getattr(row, name) for name in ("platform", "post_id", "day")},
            header,
            row,
        )
    ]


def _within(record: Row | None, name: str) -> Row:
    """Give a part of a record, empty where it has none: older records know fewer parts."""
    found: Row = (record or {}).get(name) or {}
    return found
