import datetime as dt

from truelift.reports.charts.days import days

D = dt.date.fromisoformat


def test_every_day_is_drawn_from_the_first_to_the_last(valid):
    drawn = valid(days({D("2026-05-03"): 2.0, D("2026-05-05"): 1.0}, "orders"))
    assert [(row["day"], row["count"]) for row in drawn] == [
        ("2026-05-03", 2.0), ("2026-05-04", 0.0), ("2026-05-05", 1.0),
    ]  # fmt: skip
    assert drawn[0]["told"] == "day: 2026-05-03; orders: 2"


def test_nothing_tracked_is_said(valid):
    drawing = days({}, "leads")
    assert valid(drawing) == []
    assert drawing.spec["usermeta"]["empty"] == "No leads were tracked."
