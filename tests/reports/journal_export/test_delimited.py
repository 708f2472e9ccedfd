import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.errors import UsageError
from truelift.reports.journal_export.delimited import Exact, csv_bytes, date_text, safe


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " \t-"])
def test_text_starts_no_formula_and_an_amount_stays_an_amount(start):
    rows = [[f"{start}1+1", Exact("-1.50")]]
    (found,) = csv.reader(io.StringIO(csv_bytes(rows).decode()))
    assert found[0].startswith("'")
    assert found[1] == "-1.50"


@given(st.text())
def test_text_is_one_line_and_safe(text):
    made = safe(text)
    assert not made[:1] or made[:1] not in "=+-@\t\r"
    assert "\n" not in made
    assert "\r" not in made


def test_quoted_files_quote_text_and_nothing_else():
    rows = [['a "b"', Exact("1,50"), ""]]
    found = csv_bytes(rows, delimiter=";", encoding="cp1252", quote_text=True)
    assert found == b'"a ""b""";1,50;""\r\n'
    assert csv_bytes([["\u0142 \u20ac"]], encoding="cp1252") == b"? \x80\r\n"


def test_a_day_is_written_by_a_pattern():
    day = dt.date(2026, 5, 2)
    assert date_text(day, "%d/%m/%Y", "x") == "02/05/2026"
    assert date_text(day, "%m-%d-%y", "x") == "05-02-26"


@pytest.mark.parametrize("pattern", ["%d.%B", "DD/MM", "%d %Y", ""])
def test_a_pattern_that_is_none_is_refused(pattern):
    with pytest.raises(UsageError, match=r"key 'csv\.date'"):
        date_text(dt.date(2026, 5, 2), pattern, "csv.date")
