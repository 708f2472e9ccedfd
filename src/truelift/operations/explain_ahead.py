"""Explain what looks ahead: a figure of the forecast or the pacing report, with its inputs.

In:   a figure id of those reports.
Out:  the same parts as an explanation of the ROI report, so that every door shows them alike.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.operations.forecast import ForecastRequest, forecast
from truelift.operations.pacing import pacing
from truelift.reports.forecast import FIGURES, forecast_json
from truelift.reports.pacing import pace_json
from truelift.store.ground import Ground

Row = dict[str, Any]

FORECAST, PACE = "forecast_", "pace"
FORMULAS = {
    "tracked": "so far + rest; rest = rate x usual days left (counts) or growth of live posts and "
    "posts still planned, by 1,000 draws",
    "incremental": "total - what the level before launch alone would have brought, or total x the "
    "campaign's tested factor",
    "value": "incremental x value of a unit after refunds still to come",
    "cost": "booked + open commitments + commission of what is still to come",
    "roi": "(value - cost) / cost, draw by draw",
}
"""The formula of each forecast figure, in words."""

_NAMED = {"roi": "roi_at_completion"}


def looks_ahead(name: str) -> bool:
    """Say whether a figure is of the forecast or the pacing report."""
    return name == PACE or (name.removeprefix(FORECAST) in FIGURES and name.startswith(FORECAST))


def explained(ground: Ground, figure: str, name: str, parts: dict[str, str]) -> Row:
    """Explain a figure; NotFound when its report has no such row now."""
    try:
        as_of, known_at = (_instant(parts[key]) for key in ("as_of", "known_at"))
        campaign, metric = parts["campaign"], parts["metric"]
    except (KeyError, ValueError):
        msg = f"{figure!r} is not a whole figure id; copy one from its report as JSON."
        raise UsageError(msg) from None
    currency = ground.brand.currency
    if name == PACE:
        paces = [
            pace_json(row, currency)
            for row in pacing(ground, campaign, as_of=as_of, known_at=known_at)
        ]
        told = next((row for row in paces if row.get("figure_id") == figure), None)
        value = None if told is None else told.get("pace", told.get("days_of_budget_left"))
    else:
        which = name.removeprefix(FORECAST)
        request = ForecastRequest(campaign, metric, as_of=as_of, known_at=known_at)
        rows = [forecast_json(row) for row in forecast(ground, request)]
        told = next((row for row in rows if row.get("figure_ids", {}).get(which) == figure), None)
        value = None if told is None else told[_NAMED.get(which, which)]
    if told is None:
        msg = f"The report has no row for {figure!r}; ask for the report to see its rows."
        raise NotFound(msg)
    formula = told["formula"] if name == PACE else FORMULAS[name.removeprefix(FORECAST)]
    nothing: Row = {"count": 0, "first": []}
    return {
        "figure": figure,
        "formula": formula,
        "value": value,
        "currency": currency,
        "inputs": told,
        "rows": dict.fromkeys(("orders", "refunds", "leads", "posts"), nothing),
        "entries": nothing,
        "versions": {"as_of": parts["as_of"], "known_at": parts["known_at"]},
        "baselines": [],
        "marks": [],
        "doubt": [],
    }


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.removesuffix("Z"))
