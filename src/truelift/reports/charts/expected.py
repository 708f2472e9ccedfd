"""Expected: what each creator was expected to do anyway, with its band, beside what was observed.

In:   rows of the report of return, one per creator.
Out:  Drawing on a scale of ratios, for limits of lift are limits of a ratio.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from truelift.reports.charts.drawing import (
    GAIN,
    INK,
    LOSS,
    ROW_HEIGHT,
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

TITLE = "Expected and observed"
COLUMNS = ("creator", "metric", "expected", "expected_low", "expected_high", "observed")


def expected(rows: Sequence[Json]) -> Drawing:
    """Draw the band that was expected without the campaign, and what was observed."""
    drawn = [_value(row) for row in rows if _drawable(row)]
    without = [str(row["creator"]) for row in rows if row["creator"] and not _drawable(row)]
    metric = drawn[0]["metric"] if drawn else ""
    title = f"{TITLE}: {metric}" if metric else TITLE
    note = sentence(
        "Band and tick: what was expected without the campaign, with 95 % limits. Point: observed; "
        "outside the band it is more or less than chance. The scale is of ratios.",
        left_out(without, "withheld or nothing counted"),
    )
    scale = {"type": "log"}
    return Drawing(
        title=title,
        note=note,
        table=table_of(title, drawn, COLUMNS, note),
        values=drawn,
        height={"step": ROW_HEIGHT},
        empty=sentence("No lift is measured.", left_out(without, "withheld")),
        shared={"y": {"field": "creator", "type": "nominal", "title": None, "sort": None}},
        layers=[
            {
                "mark": mark("bar", height=12, color=SOFT, opacity=0.22),
                "encoding": {
                    "x": {
                        "field": "expected_low",
                        "type": "quantitative",
                        "scale": scale,
                        "axis": {"format": "~s", "tickCount": 6},
                        "title": metric,
                    },
                    "x2": {"field": "expected_high"},
                },
            },
            {
                "mark": mark("tick", thickness=2, size=16, color=SOFT),
                "encoding": {"x": {"field": "expected", "type": "quantitative", "scale": scale}},
            },
            {
                "mark": telling("point", filled=True, size=80, opacity=1),
                "encoding": {
                    "x": {"field": "observed", "type": "quantitative", "scale": scale},
                    "color": _by_verdict(GAIN, INK, LOSS),
                    "shape": _by_verdict("triangle-up", "circle", "triangle-down"),
                    **tells(),
                },
            },
        ],
    )


def _drawable(row: Json) -> bool:
    found = row["lift"]
    return bool(row["creator"]) and found.get("observed", 0) > 0 and found.get("expected", 0) > 0


def _value(row: Json) -> Json:
    found = row["lift"]
    observed = found["observed"]
    low, high = observed * math.exp(-found["high"]), observed * math.exp(-found["low"])
    verdict = "more" if found["low"] > 0 else "less" if found["high"] < 0 else "within"
    words = told(
        creator=row["creator"],
        observed=f"{count(observed)} {found['metric']}",
        expected=count(found["expected"]),
        limits=f"{count(low)} to {count(high)}",
        verdict={
            "more": "more than expected",
            "less": "less than expected",
            "within": "within the limits",
        }[verdict],
    )
    return {
        "creator": row["creator"],
        "metric": found["metric"],
        "observed": observed,
        "expected": found["expected"],
        "expected_low": round(low, 6),
        "expected_high": round(high, 6),
        "verdict": verdict,
        "told": words,
    }


def _by_verdict(more: str, within: str, less: str) -> Json:
    return {
        "field": "verdict",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["more", "within", "less"], "range": [more, within, less]},
    }
