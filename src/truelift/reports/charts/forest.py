"""Forest: incremental ROI with its limits per row, and the line at break-even.

In:   rows of the report of return.
Out:  Drawing; limits below zero are where they belong, rows without limits are named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from truelift.reports.charts.drawing import (
    CARD,
    EVEN,
    GAIN,
    LOSS,
    ROW_HEIGHT,
    Drawing,
    Json,
    left_out,
    line_at,
    mark,
    named,
    percent,
    sentence,
    table_of,
    telling,
    tells,
    told,
)

TITLE = "Incremental ROI with 95 % limits"
SIDES = ("above", "across", "below")
COLUMNS = ("name", "roi", "low", "high", "grade")
PERCENT_AXIS = {"labelExpr": "datum.value ? format(datum.value, '+.0%') : '0%'"}


def forest(
    rows: Sequence[Json], title: str = TITLE, name: Callable[[Json], str] = named
) -> Drawing:
    """Draw the headline of each row; the form of a point says the same as its colour."""
    drawn = [_value(row["incremental_roi"], name(row)) for row in rows if is_known(row)]
    without = [name(row) for row in rows if not is_known(row)]
    note = sentence(
        "The line at 0 is break-even. Round: limits above it; square: below; hollow: both sides.",
        left_out(without, "withheld"),
    )
    return Drawing(
        title=title,
        note=note,
        table=table_of(title, drawn, COLUMNS, note),
        values=drawn,
        shared={"y": {"field": "name", "type": "nominal", "title": None, "sort": None}},
        height={"step": ROW_HEIGHT},
        empty=sentence("No row has limits.", left_out(without, "withheld")),
        layers=[
            line_at("x", 0, strokeDash=[5, 4]),
            {
                "mark": mark("rule", strokeWidth=2),
                "encoding": {
                    "x": {
                        "field": "low",
                        "type": "quantitative",
                        "axis": PERCENT_AXIS,
                        "title": "incremental ROI",
                    },
                    "x2": {"field": "high"},
                    "color": _by_side(GAIN, EVEN, LOSS),
                },
            },
            {
                "mark": telling("point", size=90, strokeWidth=2, opacity=1),
                "encoding": {
                    "x": {"field": "roi", "type": "quantitative"},
                    "stroke": _by_side(GAIN, EVEN, LOSS),
                    "fill": _by_side(GAIN, CARD, LOSS),
                    "shape": _by_side("circle", "circle", "square"),
                    **tells(),
                },
            },
        ],
    )


def side(low: float, high: float) -> str:
    """Say on which side of break-even limits lie."""
    if low > 0:
        return "above"
    return "below" if high < 0 else "across"


def is_known(row: Json) -> bool:
    """Say whether a row's headline has limits on both sides."""
    return None not in (row["incremental_roi"].get(key) for key in ("point", "low", "high"))


def _value(found: Json, name: str) -> Json:
    point, low, high = (found[key] for key in ("point", "low", "high"))
    words = told(
        name=name,
        incremental_ROI=percent(point),
        limits=f"{percent(low)} to {percent(high)}",
        grade=found["grade"],
    )
    return {
        "name": name,
        "roi": point,
        "low": low,
        "high": high,
        "grade": found["grade"],
        "side": side(low, high),
        "told": words,
    }


def _by_side(above: str, across: str, below: str) -> Json:
    return {
        "field": "side",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(SIDES), "range": [above, across, below]},
    }
