"""The Python door: frames in, results that any frame library reads."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import truelift
from truelift.app import create
from truelift.base.errors import UsageError
from truelift.operations.brands import brand_record

ORDERS = {
    "order_id": ["1", "2"],
    "ordered_at": ["2026-03-05", "2026-03-06T12:00:00Z"],
    "currency": ["USD", "USD"],
    "subtotal": ["100.00", "50.00"],
    "cogs": ["40.00", "20.00"],
    "code": ["ANA", None],
}
CODES = {"code": ["ANA"], "creator": ["ana"], "campaign": ["spring"]}
CAMPAIGNS = {
    "campaign": ["spring"], "goal": ["sales"], "starts": ["2026-03-01"],
    "ends": ["2026-03-31"], "currency": ["USD"],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    create(tmp_path / "shop", brand_record("acme", "USD", "America/New_York"))
    return tmp_path / "shop"


@pytest.fixture(params=[pa.table, pd.DataFrame, pl.DataFrame], ids=["arrow", "pandas", "polars"])
def workspace(request, folder):
    with truelift.open(folder) as opened:
        opened.ingest("campaigns", request.param(CAMPAIGNS))
        opened.ingest("codes", request.param(CODES))
        report = opened.ingest("orders", request.param(ORDERS))
        assert report.records[0].accepted == 2
        yield opened


def test_frames_of_any_library_go_in_and_results_come_out(workspace):
    result = workspace.roi(by="creator")
    (row,) = result.rows
    assert [step["amount"] for step in row["ladder"]][1:4] == [10000, 10000, 6000]
    assert pl.DataFrame(result)["contribution"].to_list() == ["60.00"]
    assert pd.DataFrame.from_arrow(result)["creator"].tolist() == ["ana"]
    assert "<td>ana</td>" in result._repr_html_()
    assert result.chart()["usermeta"]["empty"].startswith("No row has limits. Left out, withheld")
    assert result.explain(row["figure_ids"]["roi"])["value"]["withheld"] == "NO_COST"


def test_the_same_frame_again_changes_nothing(workspace):
    again = workspace.ingest("orders", pa.table(ORDERS))
    assert (again.records[0].duplicate, again.changed) == (2, False)


def test_a_day_means_its_end_in_the_brands_zone(workspace):
    before = workspace.roi(as_of=dt.date(2026, 3, 4)).rows
    on_the_day = workspace.roi(as_of="2026-03-05").rows
    assert [row["outputs"]["orders"] for row in before + on_the_day] == [1]


def test_what_is_no_frame_and_no_word_of_the_report_is_refused(workspace):
    with pytest.raises(UsageError, match="path or a frame"):
        workspace.ingest("orders", 7)
    with pytest.raises(UsageError, match="roi takes"):
        workspace.roi(colour="red")
    with pytest.raises(TypeError, match="no chart"):
        workspace.bridge().chart()
    with pytest.raises(TypeError, match="no figures"):
        workspace.bridge().explain("x")
