"""Statements: one set of rows, as minor units for programs and as decimal text for people."""

from __future__ import annotations

from truelift.reports.statement import Statement, columns, totals
from truelift.reports.table import Cell
from truelift.reports.writing import csv_text

COLUMNS = columns("account", money=("amount", "base"), last=("base_currency",))
ROWS = (
    {"account": "2000", "currency": "JPY", "amount": 500, "base": 325, "base_currency": "USD"},
    {"account": "2010", "currency": "USD", "amount": None, "base": 7, "base_currency": "USD"},
)
BASE = {"base": "base_currency"}


def statement(rows=ROWS, **more):
    total = totals(rows, ("base",), "account", "base_currency")
    return Statement("x", "Payables", COLUMNS, rows, total, ("A sentence.",), BASE, **more)


def test_money_is_written_in_its_own_currency_and_a_missing_amount_is_empty():
    table = statement().table("acme;")
    assert [column.cell for column in table.columns] == [
        Cell.TEXT, Cell.TEXT, Cell.MONEY, Cell.MONEY, Cell.TEXT,
    ]  # fmt: skip
    assert csv_text(table).splitlines() == [
        "account,currency,amount,base,base_currency",
        "2000,JPY,500,3.25,USD",
        "2010,USD,,0.07,USD",
        "total,,,3.32,USD",
    ]


def test_the_note_counts_the_rows_without_totals():
    assert statement().table("acme;").note == "2 rows; acme; A sentence."
    assert statement(ROWS[:1]).table("acme;").note == "1 row; acme; A sentence."


def test_json_has_minor_units_and_every_column():
    assert statement().json_rows()[1:] == [
        {"account": "2010", "currency": "USD", "amount": None, "base": 7, "base_currency": "USD"},
        {"account": "total", "currency": None, "amount": None, "base": 332, "base_currency": "USD"},
    ]


def test_without_rows_the_columns_stay_and_there_is_no_total():
    empty = statement(())
    assert empty.table("acme;").names == [column.name for column in COLUMNS]
    assert empty.json_rows() == []


def test_a_total_is_per_currency_and_missing_where_a_part_is():
    assert totals(ROWS, ("amount",), "account") == (
        {"account": "total", "currency": "JPY", "amount": 500},
        {"account": "total", "currency": "USD", "amount": None},
    )


def test_columns_without_money_name_no_currency():
    assert [column.name for column in columns("a", last=("b",))] == ["a", "b"]
