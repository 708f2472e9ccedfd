from truelift.reports.charts.funnel import funnel


def test_a_step_that_nobody_counted_is_left_out_and_named_and_zero_is_zero(valid):
    drawing = funnel(
        {"reach": 1000.0, "engagement": None, "clicks_counted": 50, "leads": 0, "orders": 5}
    )
    drawn = valid(drawing)
    assert [(row["step"], row["count"], row["of_before"]) for row in drawn] == [
        ("reach", 1000.0, None), ("clicks", 50, 0.05), ("leads", 0, 0.0), ("orders", 5, None),
    ]  # fmt: skip
    assert drawn[1]["told"] == "step: clicks; count: 50; of reach: 5.00%"
    assert drawn[1]["label"] == "50  (5.0% of reach)"
    assert "Left out, not counted: engagement." in drawing.note


def test_a_campaign_without_counts_says_so(valid):
    drawing = funnel({})
    assert valid(drawing) == []
    assert "not counted: reach, engagement" in drawing.spec["usermeta"]["empty"]
