"""The forest holds its data: rows with their limits, below zero too; the others are named."""

from truelift.reports.charts.forest import forest


def test_rows_are_drawn_with_limits_and_withheld_ones_are_named(returned, valid):
    rows = [returned("ana", 0.4, 0.1, 0.9), returned("bo", -0.5, -1.2, -0.1), returned("eve"),
            returned("cy", 0.1, -0.5, 0.6), returned("dan", 0.1, None, 0.6)]  # fmt: skip
    drawing = forest(rows)
    drawn = valid(drawing)
    assert [(row["name"], row["low"], row["side"]) for row in drawn] == [
        ("spring / ana", 0.1, "above"),
        ("spring / bo", -1.2, "below"),
        ("spring / cy", -0.5, "across"),
    ]
    assert drawn[1]["told"].endswith("limits: \u2212120% to \u221210%; grade: C")
    assert "Left out, withheld: spring / eve, spring / dan." in drawing.note
    assert drawing.table.names == ["name", "roi", "low", "high", "grade"]


def test_a_list_without_limits_says_so(returned, valid):
    drawing = forest([returned("eve")], name=lambda row: row["creator"])
    assert valid(drawing) == []
    assert drawing.spec["usermeta"]["empty"] == "No row has limits. Left out, withheld: eve."
