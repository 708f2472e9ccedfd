"""To date: how a campaign's return came to be what it is, week by week, with its limits.

In:   the campaign's row of the report of return as of the end of each week, by what is known now.
Out:  Drawing: a band of limits below and above the line, and the line at break-even.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from truelift.reports.charts.drawing import (
    BLUE,
    SOFT,
    Drawing,
    Json,
    Spec,
    left_out,
    line_at,
    mark,
    percent,
    sentence,
    table_of,
    telling,
    tells,
    told,
)
from truelift.reports.charts.forest import PERCENT_AXIS

TITLE = "ROI to date"
COLUMNS = ("day", "incremental_roi", "low", "high", "tracked_roi")


def to_date(
    looks: Mapping[str, Json | None], pending: int = 0, skipped: Sequence[str] = ()
) -> Drawing:
    """Draw what the report says as of each day; None: the campaign had no row then.

    Tracked ROI counts every tracked order as extra; it stands beside, thin and dotted. skipped:
    days that were not looked at, since that takes too long here.
    """
    drawn = [_value(day, row) for day, row in sorted(looks.items()) if row is not None]
    without = [row["day"] for row in drawn if row["incremental_roi"] is None]
    drawn = [row for row in drawn if row["told"]]
    note = sentence(
        "Line and band: incremental ROI with 95 % limits as of the end of each week, by what is "
        "known now. Dotted: tracked ROI, as if every tracked order were extra. Dashed: break-even.",
        left_out(without, "incremental is withheld as of"),
        left_out(skipped, "a look back takes too long here"),
    )
    return Drawing(
        title=TITLE,
        note=note,
        table=table_of(TITLE, drawn, COLUMNS, note),
        values=drawn,
        pending=pending,
        empty="No return is known as of any week yet." if not pending else "Being made.",
        shared={
            "x": {
                "field": "day",
                "type": "temporal",
                "title": None,
                "axis": {"format": "%-d %b", "tickCount": 8, "grid": False},
            }
        },
        layers=_layers(),
    )


def _layers() -> list[Spec]:
    """Describe the line at break-even, the band, and the lines in it."""
    line = {"field": "incremental_roi", "type": "quantitative"}
    known = {"filter": "datum.incremental_roi !== null"}
    return [
        line_at("y", 0, strokeDash=[5, 4]),
        {
            "transform": [known],
            "mark": mark("area", color=BLUE, opacity=0.16),
            "encoding": {
                "y": {
                    "field": "low",
                    "type": "quantitative",
                    "axis": PERCENT_AXIS,
                    "title": "ROI",
                    "stack": None,
                },
                "y2": {"field": "high"},
            },
        },
        {
            "mark": mark("line", color=SOFT, strokeWidth=1.5, strokeDash=[1, 3]),
            "encoding": {"y": {"field": "tracked_roi", "type": "quantitative"}},
        },
        {
            "transform": [known],
            "mark": mark("line", color=BLUE, strokeWidth=2),
            "encoding": {"y": line},
        },
        {
            "transform": [known],
            "mark": telling("point", filled=True, size=60, color=BLUE, opacity=1),
            "encoding": {"y": line, **tells()},
        },
    ]


def _value(day: str, row: Json) -> Json:
    found, tracked = row["incremental_roi"], row["roi"]
    tracked_roi = None if isinstance(tracked, Mapping) else tracked
    point, low, high = (found.get(key) for key in ("point", "low", "high"))
    words: dict[str, str] = {}
    if point is not None and low is not None and high is not None:
        words |= {"incremental_ROI": percent(point), "limits": f"{percent(low)} to {percent(high)}"}
    if tracked_roi is not None:
        words["tracked_ROI"] = percent(tracked_roi)
    return {
        "day": day,
        "incremental_roi": point,
        "low": low,
        "high": high,
        "tracked_roi": tracked_roi,
        "told": told(as_of=day, **words) if words else "",
    }
