"""A campaign on paper: its rows, its pictures, and what speaks against its lift."""

from truelift.reports.campaign_report import report_markup

HEAD = {
    "brand": "A & B", "currency": "USD", "timezone": "UTC", "basis": "event",
    "cost_basis": "accrued", "model": "code-first", "attribution_rule": "The code wins.",
    "as_of": "2026-06-01T00:00:00Z", "known_at": "2026-06-01T00:00:00Z",
}  # fmt: skip


def row(creator, found, roi):
    ladder = [
        {"step": "net", "amount": 123_456_78}, {"step": "contribution", "amount": -5_00},
        {"step": "incremental", "amount": None}, {"step": "return", "amount": 0},
    ]  # fmt: skip
    return {
        "campaign": "spring", "creator": creator, "incremental_roi": found, "roi": roi,
        "ladder": ladder, "cost": {"accrued": 1_00},
    }  # fmt: skip


KNOWN = {"point": 0.5, "low": -0.1, "high": 1.2, "grade": "B"}
DOUBT = {"creator": None, "check": "spill_over", "verdict": "warns", "sentence": "*One* tie."}


def test_rows_pictures_and_doubts_are_written_and_nothing_of_them_is_markup():
    rows = [
        row("#ana", KNOWN, 0.5),
        row("bo", {"withheld": "NO_BASELINE"}, {"withheld": "NO_COST"}),
    ]
    passed = DOUBT | {"verdict": "passes", "sentence": "All is well."}
    text = report_markup(
        HEAD, rows, row(None, KNOWN, 0.5), [DOUBT, passed], {"Return": '<svg a="\\b"/>'}
    )
    assert "[\\#ana]" in text
    assert "123,456.78" in text
    assert "\u22125.00" in text
    assert "withheld: no baseline" in text
    assert "whole campaign" in text
    assert '#image(bytes("<svg a=\\"\\\\b\\"\\/>"' not in text  # a picture is a string, not markup
    assert '#image(bytes("<svg a=\\"\\\\b\\"/>"), format: "svg", width: 100%)' in text
    assert "\\*One\\* tie." in text
    assert "All is well" not in text


def test_a_campaign_without_pictures_or_doubts_is_its_table():
    text = report_markup(HEAD, [], None, [], {})
    assert "Reasons to doubt" not in text
    assert "#image" not in text
