"""The Python door to exports."""

from __future__ import annotations

import pytest

import truelift
from truelift.app import create
from truelift.base.errors import UsageError
from truelift.operations.brands import brand_record

COSTS = "document,state,date,type,amount,currency\ni1,invoiced,2026-05-02,agency,10.00,USD\n"


@pytest.fixture
def ws(tmp_path):
    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    with truelift.open(tmp_path / "ws") as made:
        file = tmp_path / "costs.csv"
        file.write_text(COSTS, encoding="utf-8")
        made.ingest("costs", file)
        yield made


def test_a_journal_is_exported_and_the_batch_is_listed(ws, tmp_path):
    assert ws.account_mapping().data["recorded_by"] is None
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("accounts: {2000: 1600, 2140: 1745, 6140: 4614}", encoding="utf-8")
    set_again = ws.set_account_mapping(mapping)
    assert set_again.data["changed"]
    result = ws.export_journal("csv", tmp_path / "may.csv", period="2026-05")
    assert (tmp_path / "may.csv").is_file()
    assert result.rows[0]["entries"] == 2
    assert result.data["notes"]
    assert [row["batch"] for row in ws.export_batches().rows] == [result.rows[0]["batch"]]
    again = ws.export_journal("csv", tmp_path / "again.csv", batch=result.rows[0]["batch"])
    assert again.rows[0]["sha256"] == result.rows[0]["sha256"]


def test_a_period_that_is_none_is_refused(ws, tmp_path):
    with pytest.raises(UsageError, match="not a period"):
        ws.export_journal("csv", tmp_path / "x.csv", period="May")
