"""Rendering: data on stdout and nothing else, the same rows in every form."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import UsageError
from truelift.cli.render import show, table_text, write
from truelift.reports.table import Cell, Table, TableColumn, plain_table
from truelift.workspace.result import Result

ROWS = [{"creator": "=1+1", "orders": 1234, "roi": 0.5, "value": "-12.50", "late": None}]
TABLE = plain_table("Small", ROWS, "a note", {"value"})


def test_a_terminal_table_aligns_numbers_and_leaves_what_is_missing_empty():
    text = table_text(TABLE, to_file=True)
    assert "1,234" in text
    assert "0.500" in text
    assert "-12.50" in text
    assert "None" not in text
    assert "a note" in text


ID = "reallocation;as_of=2026-11-30T04:21:42.350984Z;campaign=spring;known_at=2026-11-30T04:21:42Z"


@pytest.mark.parametrize("name", ["id", "proposal", "order_id"])
@pytest.mark.parametrize("columns", [20, 80, 240])
def test_an_id_and_an_amount_are_whole_at_any_width(monkeypatch, name, columns):
    monkeypatch.setattr("truelift.cli.render.WIDE", columns)
    row = {"why": "so many words " * 9, name: ID, "rule": "x" * 99, "value": "1234567.89"}
    text = table_text(plain_table("Wide", [row], f"Id: {ID}", {"value"}), to_file=True)
    assert text.count(ID) == 2
    assert "1234567.89" in text
    assert "\u2026" not in text
    assert sum(line.count("x") for line in text.splitlines()) == 99


def test_alerts_fit_eighty_columns_with_their_ids(monkeypatch):
    monkeypatch.setattr("truelift.cli.render.WIDE", 80)
    row = {
        "id": "c4588e3185", "rule": "budget_overrun", "state": "open",
        "since": dt.datetime(2026, 7, 5, 22), "owner": None,
        "why": "summer has committed 19439.71 of 18000.00 USD.", "action": "Raise the budget.",
    }  # fmt: skip
    text = table_text(plain_table("Alerts", [row]), to_file=True)
    assert "c4588e3185" in text
    assert max(map(len, text.splitlines())) <= 80
    told = plain_table("Told", [{"message": "2 alerts", "ids": "c4588e3185;b8b481dfb3"}])
    assert {"c4588e3185", "b8b481dfb3"} <= set(table_text(told, to_file=True).split())


def test_a_file_is_written_with_one_line_break_at_its_end(tmp_path):
    write("x", tmp_path / "a")
    write("x\n", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"x\n"


def test_csv_neutralises_text_and_leaves_numbers(capsys):
    show(Result({"rows": ROWS}, TABLE), "csv", None)
    assert capsys.readouterr().out == "creator,orders,roi,value,late\r\n'=1+1,1234,0.5,-12.50,\r\n"


def test_an_empty_table_has_a_header_of_its_known_columns(capsys):
    empty = Table("Empty", (TableColumn("a"), TableColumn("b", Cell.COUNT)), ())
    show(Result({"rows": []}, empty), "csv", None)
    assert capsys.readouterr().out == "a,b\r\n"


def test_parquet_needs_a_file():
    with pytest.raises(UsageError, match="-o FILE"):
        show(Result({"rows": ROWS}, TABLE), "parquet", None)
