"""Charts as Vega-Lite specifications: plain dictionaries that a page, a PDF and a notebook draw.

In:   rows of a report.
Out:  a specification with its data inside; intervals stay right below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from truelift.base.estimate import Estimate
from truelift.reports.roi import RoiRow, number

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def roi_chart(rows: Sequence[RoiRow]) -> dict[str, Any]:
    """Draw incremental ROI with its limits per row, and the break-even line at zero.

    Rows whose figure is withheld are named in the title's subtitle, not drawn as zero.
    """
    drawn, left_out = [], 0
    for row in rows:
        found = row.ratios.incremental_roi
        if not isinstance(found, Estimate):
            left_out += 1
            continue
        drawn.append(
            {
                "name": " / ".join(part for part in (row.campaign, row.creator) if part),
                "roi": number(found.point),
                "low": number(found.low),
                "high": number(found.high),
                "grade": found.grade.value,
            }
        )
    name = {"field": "name", "type": "nominal", "title": None, "sort": "-x"}
    percent = {"format": "+.0%"}
    return {
        "$schema": SCHEMA,
        "title": {
            "text": "Incremental ROI with 95 % limits",
            "subtitle": f"{left_out} rows are withheld; the line at 0 is break-even",
        },
        "data": {"values": drawn},
        "encoding": {"y": name},
        "layer": [
            {
                "mark": "rule",
                "encoding": {
                    "x": {
                        "field": "low", "type": "quantitative", "axis": percent,
                        "title": "incremental ROI",
                    },
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "tooltip": True},
                "encoding": {
                    "x": {"field": "roi", "type": "quantitative"},
                    "shape": {"field": "grade", "type": "nominal", "title": "evidence grade"},
                },
            },
            {"mark": {"type": "rule", "strokeDash": [4, 4]}, "encoding": {"x": {"datum": 0}}},
        ],
    }  # fmt: skip
