"""Cells of files: text is never a formula, amounts and counts stay numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.reports.table import Cell, Table, TableColumn, exported, neutralised, plain_table

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","ana")',
    "+1+cmd|' /C calc'!A0",
    "-1+cmd|' /C calc'!A0",
    "-2",
    "@SUM(1+1)",
    "@ana",
    "\t=1+1",
    "\rana",
    "\nana",
    "\x00=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\u2003-1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u202e=1+1",
    "\x0b=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    " \uff1d1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_start_a_formula_gets_a_quote_before_it(text):
    assert neutralised(text) == "'" + text
    assert exported(text, Cell.TEXT) == "'" + text


@pytest.mark.parametrize("text", ["", "ana", "1+1", "a=b", "é=1", "'=1", "(1)", "  ana", "#spring"])
def test_other_text_stays_as_it_is(text):
    assert neutralised(text) == text


@given(st.text())
def test_after_neutralising_nothing_that_is_seen_first_starts_a_formula(text):
    safe = neutralised(text)
    assert safe.removeprefix("'") == text.removeprefix("'")
    assert safe.lstrip()[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20")
    assert neutralised(safe) == safe


@pytest.mark.parametrize(
    ("value", "cell", "written"),
    [
        (None, Cell.TEXT, ""),
        (True, Cell.TEXT, "true"),
        (False, Cell.COUNT, "false"),
        (dt.datetime(2026, 5, 1, 12), Cell.INSTANT, "2026-05-01T12:00:00Z"),
        (dt.date(2026, 5, 1), Cell.DATE, "2026-05-01"),
        ("-12.50", Cell.MONEY, "-12.50"),
        (-3, Cell.TEXT, "-3"),
        (-0.25, Cell.NUMBER, "-0.25"),
        ("-12.50", Cell.TEXT, "'-12.50"),
    ],
)
def test_every_value_is_written_by_what_it_is(value, cell, written):
    assert exported(value, cell) == written


def test_columns_of_a_plain_table_take_their_kind_from_their_values():
    at = dt.datetime(2026, 5, 1)
    rows = [
        {"a": 1, "b": None, "c": 1, "d": at, "e": True, "f": "x", "g": "1.00", "h": None},
        {"a": 2, "b": 2, "c": 0.5, "d": None, "e": False, "f": 1, "g": "2.00", "h": None},
    ]
    table = plain_table("Things", rows, "note", {"g"})
    assert [(column.name, column.cell) for column in table.columns] == [
        ("a", Cell.COUNT), ("b", Cell.COUNT), ("c", Cell.NUMBER), ("d", Cell.INSTANT),
        ("e", Cell.NUMBER), ("f", Cell.TEXT), ("g", Cell.MONEY), ("h", Cell.TEXT),
    ]  # fmt: skip
    assert (table.names, table.note) == (list("abcdefgh"), "note")
    assert plain_table("Nothing", []) == Table("Nothing", (), ())
    assert TableColumn("x").cell is Cell.TEXT
