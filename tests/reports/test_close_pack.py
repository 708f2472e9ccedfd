"""The pack says who signed what, and text of the user stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.reports.close_pack import markup_text, pack_markup, pack_tables
from truelift.reports.table import Cell

PACK = {
    "period": "2026-05", "brand": "Acme #1", "entity": "Acme Ltd", "currency": "USD",
    "timezone": "UTC", "prepared_at": "2026-06-02T10:00:00", "prepared_by": "ana",
    "recorded_at": "2026-06-03T10:00:00", "recorded_by": "bo", "known_at": "2026-06-02T09:00:00",
    "as_of": "2026-06-02T08:00:00", "seq": 12, "hash": "ab" * 32, "checkpoint": "cd" * 32,
    "checks": [
        {"name": "rates", "severity": "blocks", "found": 0, "sentence": "None is missing."},
        {"name": "waiting", "severity": "warns", "found": 2, "sentence": "Two wait."},
    ],
    "sections": [
        {
            "title": "Cost", "note": "In USD", "columns": [["campaign", "text"], ["cost", "money"]],
            "rows": [["=cmd()", "12.50"], [None, "1.00"]],
        },
        {"title": "Late", "note": "", "columns": [["event", "text"]], "rows": []},
    ],
}  # fmt: skip


def test_the_pack_says_who_prepared_and_approved_and_what_the_checks_found():
    signed, checks, cost, late = pack_tables(PACK)
    told = {row[""]: row["signed"] for row in signed.rows}
    assert told["prepared"] == "2026-06-02T10:00:00 UTC by ana"
    assert told["approved"] == "2026-06-03T10:00:00 UTC by bo"
    assert [(row["check"], row["result"]) for row in checks.rows] == [
        ("rates", "holds"), ("waiting", "warns"),
    ]  # fmt: skip
    assert [column.cell for column in cost.columns] == [Cell.TEXT, Cell.MONEY]
    assert late.rows == ()


def test_markup_shows_text_as_it_is_and_an_empty_section_says_so():
    text = pack_markup(PACK)
    assert "Acme \\#1" in text
    assert "[\\=cmd()], [12.50]" in text
    assert text.count("Nothing.") == 1
    assert pack_markup(PACK) == text


@given(st.text(max_size=30))
def test_no_letter_of_the_user_becomes_markup(text):
    shown = markup_text(text)
    plain = shown.replace("\\\\", "").replace("\\#", "").replace("\\[", "").replace("\\]", "")
    assert not {"#", "[", "]"} & set(plain)


@pytest.mark.parametrize("text", ["a\nb", " a  b "])
def test_a_cell_is_one_line(text):
    assert markup_text(text) == "a b"
