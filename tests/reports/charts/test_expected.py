import pytest

from truelift.reports.charts.expected import expected


def lift(observed, expected_count, low, high):
    return {"metric": "orders", "observed": observed, "expected": expected_count,
            "units_low": low, "units_high": high}  # fmt: skip


def test_the_band_is_what_was_expected_and_limits_of_nothing_begin_low(returned, valid):
    rows = [
        returned("ana", lift=lift(100.0, 60.0, 20.0, 60.0)),
        returned("bo", lift=lift(10.0, 30.0, -50.0, -5.0)),
        returned("cy", lift=lift(12.0, 4.8, -3.2, 17.6)),
        returned("dan", lift=lift(12.0, 4.8, -3.2, None)),
        returned("eve", lift=lift(12.0, 4.8, None, None)),
        returned("flo"),
        returned("gus", lift=lift(0.0, 4.8, -3.2, 0.0)),
        returned(None, lift=lift(12.0, 4.8, -3.2, 2.0)),
    ]
    drawing = expected(rows)
    drawn = {row["creator"]: row for row in valid(drawing)}
    assert (drawn["ana"]["expected_low"], drawn["ana"]["expected_high"]) == (40.0, 80.0)
    assert [row["verdict"] for row in drawn.values()] == ["more", "less", "within", "within"]
    assert (drawn["cy"]["expected_low"], drawn["cy"]["low_drawn"]) == (0.0, 0.5)
    assert drawn["dan"]["expected_high"] == pytest.approx(15.2)
    assert "eve, flo, gus" in drawing.note
    assert drawing.title == "Expected and observed: orders"


def test_a_campaign_without_lift_says_so(returned, valid):
    drawing = expected([returned("flo")])
    assert valid(drawing) == []
    assert drawing.spec["usermeta"]["empty"] == "No lift is measured. Left out, withheld: flo."
