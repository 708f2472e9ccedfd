"""Ageing: how much of what a post will have, it has at each age, per platform and metric.

In:   curves as kept: hours of the knots, the mean log fraction g and its variance tau2.
Out:  Drawing on a log scale of age, with a band of one standard deviation between posts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from truelift.reports.charts.drawing import (
    BLUE,
    EVEN,
    GAIN,
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

TITLE = "How posts age"
COLUMNS = ("curve", "hours", "share", "low", "high")
NOTE = (
    "Share of its mature count that a post has reached, and one standard deviation between posts. "
    "Any platform: the default where no curve is fitted yet."
)
SCALE = {"domain": [0, 1.2]}
DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])


def ageing(curves: Sequence[Json]) -> Drawing:
    """Draw the curves of whole platforms, each in a line of its own; those of formats are more."""
    values = [each for curve in curves if curve["format"] == "*" for each in _points(curve)]
    names = list(dict.fromkeys(each["curve"] for each in values))
    kinds = {
        "field": "curve",
        "type": "nominal",
        "title": None,
        "sort": None,
    }
    color = kinds | {
        "scale": {"domain": names, "range": [BLUE, GAIN, LOSS, EVEN, SOFT]},
        "legend": {"orient": "bottom", "columns": 1, "labelLimit": 240, "symbolOpacity": 1},
    }
    return Drawing(
        title=TITLE,
        note=NOTE,
        table=table_of(TITLE, values, COLUMNS, NOTE),
        values=values,
        shared={
            "x": {
                "field": "hours",
                "type": "quantitative",
                "title": "age in hours",
                "scale": {"type": "log"},
                "axis": {"format": "~s", "values": [1, 6, 24, 72, 168, 720]},
            },
            "color": color,
        },
        layers=[
            {
                "mark": mark("area", opacity=0.08, clip=True),
                "encoding": {
                    "y": {
                        "field": "low",
                        "type": "quantitative",
                        "scale": SCALE,
                        "axis": {"format": ".0%"},
                        "title": "share reached",
                        "stack": None,
                    },
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": mark("line", strokeWidth=2),
                "encoding": {
                    "y": {"field": "share", "type": "quantitative", "scale": SCALE},
                    "strokeDash": kinds
                    | {"legend": None, "scale": {"domain": names, "range": [*DASHES]}},
                },
            },
            {
                "mark": telling("point", filled=True, size=34, opacity=1),
                "encoding": {
                    "y": {"field": "share", "type": "quantitative", "scale": SCALE},
                    **tells(),
                },
            },
        ],
    )


def _points(curve: Json) -> list[Json]:
    platform = "any platform" if curve["platform"] == "*" else curve["platform"]
    name = f"{platform}, {curve['metric']}"
    found: list[Json] = []
    for hours, g, tau2 in zip(curve["hours"], curve["g"], curve["tau2"], strict=True):
        share, spread = math.exp(g), math.sqrt(tau2)
        low, high = math.exp(g - spread), math.exp(g + spread)
        words = told(
            curve=name,
            age=f"{hours:g} hours",
            share=f"{share:.0%}",
            between_posts=f"{low:.0%} to {high:.0%}",
        )
        found.append(
            {
                "curve": name,
                "hours": hours,
                "share": round(share, 6),
                "low": round(low, 6),
                "high": round(high, 6),
                "told": words,
            }
        )
    return found
