"""Calibration: how often what was said held, beside how often it should have.

In:   rows of the scorecard: what was said, whether it held, and what is known now.
Out:  two Drawings: shares with their own limits beside the promised ones; lifts then and now.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from truelift.decisions.scorecard import FORECAST, LIMITS
from truelift.measurement.clustering import proportion
from truelift.reports.charts.drawing import (
    BLUE,
    EVEN,
    LOSS,
    SOFT,
    Drawing,
    Json,
    mark,
    table_of,
    telling,
    tells,
    told,
)

PROMISED = {LIMITS: ("limits of lift", 0.95), FORECAST: ("bands of forecasts", 0.8)}
TITLE, SAID = "How often it held", "Lifts said then and known now"
NOTE = (
    "Point and line: the share of past limits and bands that held, with the 95 % limits of that "
    "share, as wide as looks at the same creators and days make them. Tick: the share that should "
    "hold."
)
SAID_NOTE = (
    "Each point is one lift (log ratio) as it was said at a past look, against what is known now; "
    "the line across is the limits said then. On the dashed line both are the same."
)


def calibration(rows: Sequence[Json]) -> Drawing:
    """Draw the share that held per kind with its limits, beside the share promised."""
    kinds = [kind for kind in PROMISED if any(row["kind"] == kind for row in rows)]
    drawn = [_held(kind, [row for row in rows if row["kind"] == kind]) for kind in kinds]
    columns = ("kind", "held", "count", "share", "low", "high", "promised")
    axis = {"axis": {"format": ".0%"}, "scale": {"domain": [0, 1]}}
    return Drawing(
        title=TITLE,
        note=NOTE,
        table=table_of(TITLE, drawn, columns, NOTE),
        values=drawn,
        height={"step": 34},
        empty="Nothing was said yet that can be scored: no campaign has run for long enough.",
        shared={"y": {"field": "kind", "type": "nominal", "title": None, "sort": None}},
        layers=[
            {
                "mark": mark("tick", thickness=3, size=22, color=EVEN),
                "encoding": {"x": {"field": "promised", "type": "quantitative"}},
            },
            {
                "mark": mark("rule", strokeWidth=2, color=BLUE),
                "encoding": {
                    "x": {
                        "field": "low",
                        "type": "quantitative",
                        "title": "share that held",
                        **axis,
                    },
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": telling("point", filled=True, size=90, opacity=1, color=BLUE),
                "encoding": {"x": {"field": "share", "type": "quantitative"}, **tells()},
            },
        ],
    )


def said(rows: Sequence[Json]) -> Drawing:
    """Draw the lifts that were said at past looks against what is known now."""
    drawn = [_said(row) for row in rows if row["kind"] == LIMITS]
    columns = ("campaign", "creator", "as_of", "said", "low", "high", "outcome", "held")
    ends = [end for row in drawn for end in (row["said"], row["outcome"])]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    diagonal = [{"at": low}, {"at": high}]
    marks = {
        "field": "held",
        "type": "nominal",
        "title": "held",
        "legend": {"orient": "bottom"},
    }
    return Drawing(
        title=SAID,
        note=SAID_NOTE,
        table=table_of(SAID, drawn, columns, SAID_NOTE),
        values=drawn,
        height=320,
        empty="No lift was said yet that can be scored.",
        shared={},
        layers=[
            {
                "data": {"values": diagonal},
                "mark": mark("line", color=EVEN, strokeDash=[5, 4]),
                "encoding": {
                    "x": {"field": "at", "type": "quantitative"},
                    "y": {"field": "at", "type": "quantitative"},
                },
            },
            {
                "mark": mark("rule", color=SOFT, opacity=0.18),
                "encoding": {
                    "x": {"field": "low", "type": "quantitative", "title": "said then (log lift)"},
                    "x2": {"field": "high"},
                    "y": {"field": "outcome", "type": "quantitative", "title": "known now"},
                },
            },
            {
                "mark": telling("point", filled=True, size=46, opacity=1),
                "encoding": {
                    "x": {"field": "said", "type": "quantitative"},
                    "y": {"field": "outcome", "type": "quantitative"},
                    "color": marks | {"scale": {"domain": ["yes", "no"], "range": [BLUE, LOSS]}},
                    "shape": marks
                    | {"scale": {"domain": ["yes", "no"], "range": ["circle", "square"]}},
                    **tells(),
                },
            },
        ],
    )


def _held(kind: str, rows: Sequence[Json]) -> Json:
    name, promised = PROMISED[kind]
    who = [f"{row['campaign']}\x00{row['creator']}" for row in rows]
    looks = [f"{row['campaign']}\x00{row['as_of']}" for row in rows]
    held = np.array([row["held"] for row in rows], float)
    clusters = [np.unique(names, return_inverse=True)[1] for names in (who, looks)]
    found = proportion(held, clusters)
    words = told(
        kind=name,
        held=f"{int(held.sum())} of {found.n} ({found.share:.0%})",
        limits=f"{found.low:.0%} to {found.high:.0%}",
        should_hold=f"{promised:.0%}",
    )
    return {
        "kind": name, "held": int(held.sum()), "count": found.n, "share": round(found.share, 6),
        "low": round(found.low, 6), "high": round(found.high, 6), "promised": promised,
        "told": words,
    }  # fmt: skip


def _said(row: Json) -> Json:
    creator = row["creator"] or "whole campaign"
    words = told(
        of=f"{row['campaign']} / {creator}",
        as_of=row["as_of"][:10],
        said=f"{row['said']:+.2f}",
        limits=f"{row['low']:+.2f} to {row['high']:+.2f}",
        now=f"{row['outcome']:+.2f}",
        held="yes" if row["held"] else "no",
    )
    return {
        "campaign": row["campaign"],
        "creator": creator,
        "as_of": row["as_of"],
        "said": row["said"],
        "low": row["low"],
        "high": row["high"],
        "outcome": row["outcome"],
        "held": "yes" if row["held"] else "no",
        "told": words,
    }
