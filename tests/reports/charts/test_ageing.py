import pytest

from truelift.reports.charts.ageing import ageing


def curve(platform, form="*"):
    return {"platform": platform, "format": form, "metric": "views", "hours": [1.0, 720.0],
            "g": [-2.0, 0.0], "tau2": [0.25, 0.0]}  # fmt: skip


def test_platforms_are_drawn_as_shares_with_a_band_and_formats_are_not(valid):
    drawing = ageing([curve("tiktok"), curve("tiktok", "video"), curve("*")])
    drawn = valid(drawing)
    assert {row["curve"] for row in drawn} == {"tiktok, views", "any platform, views"}
    first, last = drawn[:2]
    assert first["share"] == pytest.approx(0.135335)
    assert first["low"] < first["share"] < first["high"]
    assert (last["low"], last["share"], last["high"]) == (1.0, 1.0, 1.0)
    assert first["told"].startswith("curve: tiktok, views; age: 1 hours; share: 14%")
