"""Expected: what each creator was expected to do anyway, with its band, beside what was observed.

In:   rows of the report of return, one per creator.
Out:  Drawing on a scale of ratios, for limits of lift are limits of a ratio.
"""

from __future__ import annotations

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


VERDICTS = {
    "more": "more than expected", "less": "less than expected", "within": "within the limits",
}  # fmt: skip
SMALLEST = 0.5
"""Where a band begins whose limit is 0, on a scale that has none."""


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
                        "field": "low_drawn",
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
                    "color": _by_verdict(GAIN, LOSS, INK),
                    "shape": _by_verdict("triangle-up", "triangle-down", "circle"),
                    **tells(),
                },
            },
        ],
    )


def _drawable(row: Json) -> bool:
    found = row["lift"]
    counted = found.get("observed", 0) > 0 and found.get("expected", 0) > 0
    return bool(row["creator"]) and counted and found["units_low"] is not None


def _value(row: Json) -> Json:
    found = row["lift"]
    observed, extra = found["observed"], (found["units_low"], found["units_high"])
    low = 0.0 if extra[1] is None else max(observed - extra[1], 0.0)
    high = observed - extra[0]
    verdict = "more" if observed > high else "less" if observed < low else "within"
    words = told(
        creator=row["creator"],
        observed=f"{count(observed)} {found['metric']}",
        expected=count(found["expected"]),
        limits=f"{count(low)} to {count(high)}",
        verdict=VERDICTS[verdict],
    )
    return {
        "creator": row["creator"], "metric": found["metric"], "observed": observed,
        "expected": found["expected"], "expected_low": round(low, 6),
        "expected_high": round(high, 6), "low_drawn": max(low, SMALLEST), "verdict": verdict,
        "told": words,
    }  # fmt: skip


def _by_verdict(more: str, less: str, within: str) -> Json:
    return {
        "field": "verdict",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(VERDICTS), "range": [more, less, within]},
    }
