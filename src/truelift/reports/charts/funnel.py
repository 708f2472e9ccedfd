"""Funnel: from reach to orders, as far as each step was counted.

In:   the outputs of a row of the report of return.
Out:  Drawing: a bar per step with its share of the step before; a step that nobody counted is left
      out and named, never drawn as 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from truelift.reports.charts.drawing import (
    BLUE,
    SOFT,
    Drawing,
    Json,
    count,
    left_out,
    mark,
    sentence,
    table_of,
    telling,
    tells,
    told,
)

TITLE = "From reach to orders"
STEPS = (
    ("reach", "reach"),
    ("engagement", "engagement"),
    ("clicks_counted", "clicks"),
    ("leads", "leads"),
    ("orders", "orders"),
)
COLUMNS = ("step", "count", "of_before")


def funnel(outputs: Mapping[str, float | None]) -> Drawing:
    """Draw the steps on a scale of ratios, for orders would be a hair beside reach."""
    drawn: list[Json] = []
    before: tuple[str, float] | None = None
    for key, name in STEPS:
        found = outputs.get(key)
        if found is None:
            continue
        share = found / before[1] if before and before[1] else None
        words = {"step": name, "count": count(found)}
        if before and share is not None:
            words[f"of_{before[0]}"] = f"{share:.2%}"
        label = count(found) + (f"  ({share:.1%} of {before[0]})" if before and share else "")
        drawn.append(
            {
                "step": name,
                "count": found,
                "drawn": max(found, 0.5),
                "label": label,
                "of_before": None if share is None else round(share, 6),
                "told": told(**words),
            }
        )
        before = (name, found)
    unknown = [name for key, name in STEPS if outputs.get(key) is None]
    note = sentence(
        "Gross counts on a scale of ratios; the reach of several posts counts people twice.",
        left_out(unknown, "not counted"),
    )
    most = max((row["count"] for row in drawn), default=1)
    return Drawing(
        title=TITLE,
        note=note,
        table=table_of(TITLE, drawn, COLUMNS, note),
        values=drawn,
        height={"step": 30},
        empty=sentence("Nothing was counted yet.", left_out(unknown, "not counted")),
        shared={"y": {"field": "step", "type": "nominal", "title": None, "sort": None}},
        layers=[
            {
                "mark": telling("bar", height=16, color=BLUE),
                "encoding": {
                    "x": {
                        "field": "drawn",
                        "type": "quantitative",
                        "scale": {"type": "log", "domain": [0.5, max(most * 12, 10)]},
                        "axis": None,
                    },
                    "x2": {"datum": 0.5},
                    **tells(),
                },
            },
            {
                "mark": mark("text", align="left", dx=6, color=SOFT),
                "encoding": {
                    "x": {"field": "drawn", "type": "quantitative"},
                    "text": {"field": "label"},
                },
            },
        ],
    )
