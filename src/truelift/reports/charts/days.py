"""Days: what was tracked day by day, as a chart and as a line so small that it stands in a table.

In:   counts by day.
Out:  Drawing; the height of each day for a line, days without any included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from truelift.reports.charts.drawing import (
    BLUE,
    Drawing,
    Json,
    count,
    table_of,
    telling,
    tells,
    told,
)

NOTE = "Tracked by own codes and links, counted on the day it happened; a day without any is 0."
COLUMNS = ("day", "count")
DAY = dt.timedelta(days=1)


def days(counts: Mapping[dt.date, float], metric: str) -> Drawing:
    """Draw a bar for each day."""
    title = f"{metric.capitalize()} by day"
    values: list[Json] = [
        {
            "day": day.isoformat(),
            "count": found,
            "told": told(day=day.isoformat(), **{metric: count(found)}),
        }
        for day, found in filled(counts).items()
    ]
    return Drawing(
        title=title,
        note=NOTE,
        table=table_of(title, values, COLUMNS, NOTE),
        values=values,
        empty=f"No {metric} were tracked.",
        shared={
            "x": {
                "field": "day",
                "type": "temporal",
                "timeUnit": "utcyearmonthdate",
                "title": None,
                "axis": {"format": "%-d %b", "tickCount": 8, "grid": False},
            },
        },
        layers=[
            {
                "mark": telling("bar", color=BLUE),
                "encoding": {
                    "y": {"field": "count", "type": "quantitative", "title": metric},
                    **tells(),
                },
            },
        ],
    )


def filled(counts: Mapping[dt.date, float]) -> dict[dt.date, float]:
    """Give every day from the first to the last, 0 where nothing was tracked."""
    if not counts:
        return {}
    first, last = min(counts), max(counts)
    span = [first + at * DAY for at in range((last - first).days + 1)]
    return {day: counts.get(day, 0.0) for day in span}
