"""Lines of doubt: the campaign's first, then what fails or warns; JSON and table say the same."""

import datetime as dt
import json
import math

from truelift.measurement.checks.finding import Finding, Value, Verdict
from truelift.reports.doubt import DoubtHeader, DoubtRow, doubt_json, doubt_table, sorted_rows

AT = dt.datetime(2026, 6, 1)
HEADER = DoubtHeader("b", "USD", "UTC", AT, AT)


def line(creator, check, verdict, *values):
    finding = Finding(check, verdict, values, "A sentence.", "Do it.")
    return DoubtRow("spring", creator, "instagram" if creator else None, "engagement", finding)


ROWS = [
    line("ana", "overlap", Verdict.PASSES),
    line("bo", "pre_trend", Verdict.WARNS, Value("slope", 0.125, "log per post")),
    line("cy", "pre_trend", Verdict.FAILS, Value("slope", math.nan, "log per post")),
    line(None, "spill_over", Verdict.PASSES),
    line(None, "leave_one_out", Verdict.FAILS),
]


def test_the_campaign_comes_first_then_what_is_wrong():
    order = [(row.creator, row.finding.verdict.value) for row in sorted_rows(ROWS)]
    assert order == [
        (None, "fails"), (None, "passes"), ("cy", "fails"), ("bo", "warns"), ("ana", "passes"),
    ]  # fmt: skip


def test_json_and_table_hold_the_same_lines():
    told = doubt_json(HEADER, ROWS)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["as_of"].startswith("2026-06-01")
    assert told["rows"][1]["values"] == [{"name": "slope", "value": 0.125, "unit": "log per post"}]
    assert told["rows"][2]["values"][0]["value"] is None
    table = doubt_table(ROWS)
    assert [row["sentence"] for row in table.rows] == [row["sentence"] for row in told["rows"]]
    assert table.rows[1]["figures"] == "slope 0.125 (log per post)"
    assert table.rows[2]["figures"] == "slope unknown (log per post)"
    assert "One creator in 20 warns by chance" in table.note
