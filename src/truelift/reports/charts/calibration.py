"""Calibration: how often what was said held, beside how often it should have.

In:   the scorecard: its tallies, and what was said of lifts beside what is known now.
Out:  two Drawings: shares with their own limits beside the promised ones; lifts then and now.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from truelift.decisions.scorecard import FORECAST, LIMITS
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
    "share. Tick: the share that should hold. Looks at one campaign lean on each other, so the "
    "true limits are wider."
)
SAID_NOTE = (
    "Each point is one lift (log ratio) as it was said at a past look, against what is known now; "
    "the line across is the limits said then. On the dashed line both are the same."
)
Z = 1.959964
"""Standard deviations on each side of 95 %."""


def calibration(tallies: Sequence[Json]) -> Drawing:
    """Draw the share that held per kind, with Wilson's limits, beside the share promised."""
    drawn = [_held(row) for row in tallies if row["kind"] in PROMISED and row["count"]]
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


def wilson(held: int, number: int) -> tuple[float, float]:
    """Give the limits of a share by Wilson's score."""
    share, z2 = held / number, Z * Z
    middle = (share + z2 / (2 * number)) / (1 + z2 / number)
    half = Z / (1 + z2 / number) * math.sqrt(share * (1 - share) / number + z2 / (4 * number**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _held(row: Json) -> Json:
    name, promised = PROMISED[row["kind"]]
    low, high = wilson(row["held"], row["count"])
    share = row["held"] / row["count"]
    words = told(
        kind=name,
        held=f"{row['held']} of {row['count']} ({share:.0%})",
        limits=f"{low:.0%} to {high:.0%}",
        should_hold=f"{promised:.0%}",
    )
    return {
        "kind": name,
        "held": row["held"],
        "count": row["count"],
        "share": round(share, 6),
        "low": round(low, 6),
        "high": round(high, 6),
        "promised": promised,
        "told": words,
    }


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
