"""Files of an export reach their places whole or not at all; numbers stay numbers."""

from __future__ import annotations

import datetime as dt
import io

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from truelift.base.errors import NotFound, TrueliftError
from truelift.base.money import Money
from truelift.ledger.chart import Book
from truelift.ledger.journal import Posting, write_entry
from truelift.operations.export_files import (
    parquet_bytes,
    places,
    rendered,
    workbook_bytes,
    written,
    written_workbook,
)
from truelift.reports.journal_export.batch import ExportBatch
from truelift.reports.journal_export.workbook import Formula, Sheet

WHEN = dt.datetime(2026, 6, 1, 9)


@pytest.fixture
def batch():
    entry = write_entry(
        book=Book.FIN,
        effective_date=dt.date(2026, 5, 2),
        kind="test",
        event="x",
        rule="R03",
        rule_version=1,
        memo="=HYPERLINK(1)",
        postings=(
            Posting("6100", "KWD", 1_001, 330, campaign="@spring"),
            Posting("2100", "KWD", -1_001, -330),
        ),
    )
    return ExportBatch("b", "acme", "USD", None, (entry,), WHEN)


def test_a_workbook_has_numbers_days_and_text_that_is_no_formula(batch):
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook_bytes(batch)))
    head, first, _ = book.get_sheet_by_name("Journal").to_python()
    row = dict(zip(head, first, strict=True))
    assert (row["amount"], row["base_debit"], row["line"]) == (1.001, 3.3, 1)
    assert row["date"] == dt.date(2026, 5, 2)
    assert (row["memo"], row["campaign"], row["creator"]) == ("'=HYPERLINK(1)", "'@spring", "")
    totals = book.get_sheet_by_name("Control totals").to_python()
    assert totals[1][3:] == [-1.001, 0, 1.001, -3.3, 0, 3.3]


def test_a_formula_carries_its_value_and_a_yen_has_no_decimals():
    cells = [Formula("=1+1", Money(2, "JPY")), Money(5, "JPY"), None]
    made = written_workbook([Sheet("s", ("a", "b", "c"), [cells])], WHEN)
    (_, row) = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()
    assert row[:2] == [2, 5]


def test_parquet_keeps_amounts_exact(batch, tmp_path):
    path = tmp_path / "b.parquet"
    path.write_bytes(parquet_bytes(batch))
    found = duckdb.sql(
        f"SELECT sum(amount), sum(amount_minor), max(debit), min(date) FROM '{path}'"
    ).fetchall()[0]
    assert [str(each) for each in found] == ["0.0000", "0", "1.0010", "2026-05-02"]


@pytest.mark.parametrize("program", ["xlsx", "parquet", "csv", "beancount"])
def test_the_same_batch_gives_the_same_bytes(batch, program):
    assert rendered(batch, program) == rendered(batch, program)


def test_files_go_where_they_are_named(tmp_path):
    assert places(tmp_path, "b-1", ".csv", 1) == [tmp_path / "b-1.csv"]
    named = tmp_path / "may.csv"
    assert places(named, "b-1", ".csv", 1) == [named]
    assert [path.name for path in places(named, "b-1", ".csv", 2)] == ["may-1.csv", "may-2.csv"]
    with pytest.raises(NotFound, match="There is no folder"):
        places(tmp_path / "none" / "may.csv", "b-1", ".csv", 1)


def test_nothing_is_left_when_the_commit_fails(tmp_path):
    old = tmp_path / "a"
    old.write_bytes(b"old")
    told = [(old, b"new"), (tmp_path / "b", b"new")]
    with pytest.raises(ValueError, match="no"), written(told):
        raise ValueError("no")  # noqa: EM101 - stands for a commit that fails
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert old.read_bytes() == b"old"
    with written(told):
        pass
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"new", b"new"]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with (
        pytest.raises(TrueliftError, match="cannot be written to"),
        written([(blocked / "x", b"")]),
    ):
        pass
