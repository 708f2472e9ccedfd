"""Rendering: data on stdout and nothing else, the same rows in every form."""

from __future__ import annotations

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
