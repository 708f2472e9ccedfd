from truelift.reports.charts.to_date import to_date


def test_each_look_has_its_limits_and_those_without_are_named(returned, valid):
    looks = {
        "2026-05-17": returned(None, -0.5, -1.5, 0.2),
        "2026-05-10": returned(None),
        "2026-05-03": None,
        "2026-04-26": returned(None, tracked=None),
        "2026-05-24": returned(None, 0.5, 0.1, 0.9, tracked=None),
    }
    drawing = to_date(looks)
    drawn = valid(drawing)
    assert [(row["day"], row["low"], row["tracked_roi"]) for row in drawn] == [
        ("2026-05-10", None, 1.5), ("2026-05-17", -1.5, 1.5), ("2026-05-24", 0.1, None),
    ]  # fmt: skip
    assert drawn[1]["told"] == (
        "as of: 2026-05-17; incremental ROI: \u221250%; limits: \u2212150% to +20%; "
        "tracked ROI: +150%"
    )
    assert "Left out, incremental is withheld as of: 2026-04-26, 2026-05-10." in drawing.note


def test_what_is_still_being_made_is_said(valid):
    assert to_date({}, 3).spec["usermeta"] == {"empty": "Being made.", "pending": 3}
    assert "No return" in to_date({}).spec["usermeta"]["empty"]
    valid(to_date({}))


def test_days_that_were_not_looked_at_are_named(returned):
    told = to_date({"2026-05-24": returned(None, 0.5, 0.1, 0.9)}, skipped=["2026-05-17"])
    assert told.note.endswith("Left out, a look back takes too long here: 2026-05-17.")
