from scipy.stats import binomtest

from truelift.reports.charts.calibration import calibration, said


def scored(kind, number, held):
    return [
        {"kind": kind, "campaign": "spring", "creator": f"c{at % 10}", "as_of": f"d{at // 10}",
         "held": at < held}
        for at in range(number)
    ]  # fmt: skip


def test_shares_that_held_stand_beside_those_promised(valid):
    rows = [*scored("forecast", 10, 10), *scored("limits", 100, 94), *scored("advice", 5, 5)]
    drawn = valid(calibration(rows))
    assert [(row["kind"], row["share"], row["promised"]) for row in drawn] == [
        ("limits of lift", 0.94, 0.95), ("bands of forecasts", 1.0, 0.8),
    ]  # fmt: skip
    assert "should hold: 95%" in drawn[0]["told"]
    alone = binomtest(94, 100).proportion_ci(method="wilson")
    assert drawn[0]["low"] < alone.low  # looks of one day failed together: less is known
    assert drawn[1]["low"] < 1.0 == drawn[1]["high"]


def test_nothing_said_yet_is_said(valid):
    assert valid(calibration([])) == []


def test_lifts_then_and_now_are_drawn_and_money_is_not(valid):
    row = {
        "kind": "limits", "campaign": "spring", "creator": "ana", "said": 0.5, "low": -0.1,
        "high": 1.1, "outcome": -0.2, "held": False, "as_of": "2026-05-03T04:00:00Z",
    }  # fmt: skip
    rows = [row, row | {"creator": None, "held": True}, row | {"kind": "forecast"}]
    drawing = said(rows)
    drawn = valid(drawing)
    assert [(each["creator"], each["held"]) for each in drawn] == [
        ("ana", "no"), ("whole campaign", "yes"),
    ]  # fmt: skip
    assert "as of: 2026-05-03" in drawn[0]["told"]
    diagonal = drawing.spec["layer"][0]["data"]["values"]
    assert diagonal == [{"at": -0.2}, {"at": 0.5}]
    assert valid(said([])) == []
