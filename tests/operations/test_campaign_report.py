"""A chart on paper is drawn by the specification of the page, the same way every time."""

import pytest

from truelift.operations.campaign_report import svg
from truelift.reports.charts.forest import forest

ROW = {
    "campaign": "spring", "creator": "ana",
    "incremental_roi": {"point": -0.5, "low": -0.9, "high": -0.1, "grade": "B"},
}  # fmt: skip


def test_a_drawing_is_the_same_svg_every_time():
    pytest.importorskip("vl_convert", reason="needs the extra `reports`")
    first, again = (svg(forest([ROW])) for _ in range(2))
    assert first == again
    assert first.startswith("<svg")
    assert "\u221250%" in first
