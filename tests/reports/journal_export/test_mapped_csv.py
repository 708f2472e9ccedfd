import pytest

from truelift.base.errors import CheckFailed, UsageError
from truelift.reports.journal_export import mapped_csv
from truelift.reports.journal_export.rows import FIELDS

COLUMNS = {"Text": "memo", "Konto": "gl_account", "Tag": "date", "Zeile": "line", "Soll": "debit"}


def test_without_columns_every_field_is_written(may, table):
    rows = table(*mapped_csv.render(may()))
    assert rows[0] == list(FIELDS)
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["memo"], first["amount"], first["base"]) == ("'=1+1", "1000", "6.70")


def test_columns_marks_and_dates_are_the_mappings(may, table):
    section = {"columns": COLUMNS, "decimal": ",", "delimiter": "tab", "date": "%d.%m.%Y"}
    rows = table(mapped_csv.render(may(mapping={"csv": section}))[0], "\t")
    assert rows[0] == list(COLUMNS)
    assert rows[3] == ["Fee accrued: deliverable a1", "4610", "02.05.2026", "1", "100,00"]
    assert rows[4][4] == ""


def test_a_file_that_grows_too_long_is_parted_between_entries(may, table):
    files = mapped_csv.render(may(mapping={"csv": {"lines": 4}}))
    assert [len(table(file)) for file in files] == [5, 4]
    with pytest.raises(CheckFailed, match=r"has 3 lines, and csv\.lines allows 2"):
        mapped_csv.render(may(mapping={"csv": {"lines": 2}}))


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ({"columns": {"Text": "memmo"}}, "csv.columns.Text"),
        ({"decimal": "'"}, "csv.decimal"),
        ({"delimiter": "::"}, "csv.delimiter"),
        ({"date": "%A"}, "csv.date"),
    ],
)
def test_a_setting_that_is_off_is_named(may, section, key):
    with pytest.raises(UsageError, match=key):
        mapped_csv.render(may(mapping={"csv": section}))
