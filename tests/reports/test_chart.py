"""The chart holds its data: rows that are known with their limits, and how many are not."""

from __future__ import annotations

import json
from dataclasses import replace

from truelift.reports.chart import roi_chart


def test_known_rows_are_drawn_with_limits_and_withheld_ones_are_counted_not_drawn(
    row, withheld_row
):
    told = roi_chart([row, replace(row, creator=None), withheld_row])
    assert told["data"]["values"] == [
        {"name": "spring / ana", "roi": 0.365, "low": -0.95, "high": 1.0, "grade": "C"},
        {"name": "spring", "roi": 0.365, "low": -0.95, "high": 1.0, "grade": "C"},
    ]
    assert "1 rows are withheld" in told["title"]["subtitle"]
    json.dumps(told, allow_nan=False)
