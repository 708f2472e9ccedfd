"""Results: one object, read by notebooks and frame libraries alike."""

from __future__ import annotations

import datetime as dt

import polars as pl

from truelift.reports.table import plain_table
from truelift.workspace.result import Result

ROWS = [
    {"name": "<b>", "count": 2, "share": 0.5, "amount": "1.50", "at": dt.datetime(2026, 5, 1)},
    {"name": None, "count": None, "share": None, "amount": None, "at": None},
]
RESULT = Result({"rows": ROWS}, plain_table("Rows", ROWS, "note", {"amount"}))


def test_missing_stays_missing_and_amounts_stay_text():
    frame = pl.DataFrame(RESULT)
    assert frame["count"].to_list() == [2.0, None]
    assert frame["amount"].to_list() == ["1.50", None]
    assert frame["at"].to_list() == [dt.datetime(2026, 5, 1), None]
    assert len(RESULT) == 2


def test_a_notebook_shows_text_as_text():
    shown = RESULT._repr_html_()
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
