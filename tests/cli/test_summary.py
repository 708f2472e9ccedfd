"""Summaries: what a person reads first, what is withheld and why, and the truth beside it."""

from __future__ import annotations

from truelift.cli.summary import roi_summary, with_truth


def one(data, **words):
    (row,) = [row for row in roi_summary(data).rows if words.items() <= row.items()]
    return row


def test_a_withheld_figure_is_a_word_and_says_when_it_would_pay_back(data):
    row = one(data("roi"), creator="ana")
    assert row["incremental ROI (95 %)"] == ("NO_ORDER_BASELINE; pays back if 167% is incremental")
    assert row["incremental"] == "-"
    assert row["ROI"] == "-40%"


def test_columns_without_anything_in_them_are_left_out(data):
    names = roi_summary(data("roi", "--by", "campaign")).names
    assert "creator" not in names
    assert "reported" not in names
    assert "contribution" in names


def test_a_lift_above_zero_in_its_list_is_marked_and_the_note_says_what_the_mark_means(data):
    told = data("roi")
    assert "*" not in roi_summary(told).note
    told["discoveries"] = {"list": 1, "flagged": 1, "sentence": "* = above zero in a list of 1"}
    told["rows"][0]["lift"] = {
        "metric": "orders", "log": 0.0, "late": False, "evidence": "baseline",
        "limits": "theory", "flagged": True,
    }  # fmt: skip
    table = roi_summary(told)
    assert table.rows[0]["lift"] == "orders x1.00 *"
    assert "* = above zero in a list of 1" in table.note


def test_the_note_says_which_creators_a_lift_is_without(data):
    told = data("roi", "--by", "campaign")
    assert "could not be measured" not in roi_summary(told).note
    told["rows"][0]["lift"] = {
        "metric": "orders", "log": 0.0, "late": False, "evidence": "baseline",
        "limits": "theory", "flagged": False,
        "warnings": {"creators_left_out": "3 of 10 creators could not be measured."},
    }  # fmt: skip
    campaign = told["rows"][0]["campaign"]
    assert f"; {campaign}: 3 of 10 creators could not be measured" in roi_summary(told).note


def test_the_truth_stands_beside_the_estimate_and_says_whether_it_lies_inside(data):
    told = data("roi")
    ana = told["rows"][0]
    ana["incremental_roi"] = {"point": 0.2, "low": 0.1, "high": 0.3, "grade": "C"}
    for real, words in ((0.15, "+15% inside"), (0.5, "+50% OUTSIDE")):
        truths = [{"campaign": "spring", "creator": "ana", "incremental_roi": real}]
        table = with_truth(roi_summary(told), told, truths)
        assert [row["truth"] for row in table.rows] == [words, ""]
        assert table.names[-1] == "truth"
