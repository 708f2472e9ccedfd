import pytest

from truelift.base.errors import CheckFailed
from truelift.base.money import Money
from truelift.reports.journal_export import workbook
from truelift.reports.journal_export.workbook import column_letters, sheets


def test_the_second_sheet_adds_the_first_one_up(may):
    journal, control = sheets(may())
    assert len(journal.rows) == 7
    row = control.rows[0]
    assert row[:3] == ["1000", "Bank", "EUR"]
    assert row[3].value == Money(-10000, "EUR")
    assert row[3].text == (
        "=ROUND(SUMIFS(Journal!$Q$2:$Q$8,Journal!$L$2:$L$8,A2,Journal!$P$2:$P$8,C2),2)"
    )
    assert [cell.value.minor for cell in row[4:]] == [0, 10000, -11250, 0, 11250]


def test_columns_have_letters():
    assert [column_letters(place) for place in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_what_a_sheet_would_cut_or_round_is_refused(may, batch_of, monkeypatch):
    big = ("2026-05-02", "x", "6100 USD 1e13 1e13", "2100 USD -1e13 -1e13")
    with pytest.raises(CheckFailed, match="15 digits"):
        sheets(batch_of(big))
    monkeypatch.setattr(workbook, "MOST_ROWS", 6)
    with pytest.raises(CheckFailed, match="7 lines, and a sheet takes 6"):
        sheets(may())
