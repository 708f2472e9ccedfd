import csv
import io

import pytest

from truelift.base.errors import CheckFailed, UsageError
from truelift.reports.journal_export import datev

DATEV = {
    "adviser": 1001, "client": 7, "account_length": 4, "clearing": "1590", "chart": "03",
    "fixed": False, "kost1": "campaign",
}  # fmt: skip
LIVE = (
    "2026-05-02",
    "Honorar für Zoë, €",
    "6100 USD 100.00 90.00 campaign=spring creator=ana",
    "2100 USD -100.00 -90.00 campaign=spring",
)
SEVERAL = (
    "2026-05-03",
    "n to m",
    "6100 EUR 3.00 3.00",
    "2000 EUR 1.00 1.00",
    "2100 EUR -2.00 -2.00",
    "1000 EUR -2.00 -2.00",
    "7100 USD 1.00 0.00",
    "7100 USD -1.00 0.00",
)


def euros(batch_of, *told, **settings):
    return batch_of(*told, base="EUR", mapping={"datev": DATEV | settings})


def read(file):
    text = file.content.decode("cp1252")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_header_and_rows_are_as_datev_documents_them(batch_of):
    (file,) = datev.render(euros(batch_of, LIVE))
    header, titles, row = read(file)
    assert len(titles) == len(row) == 125
    assert header[:6] == ["EXTF", "700", "21", "Buchungsstapel", "13", "20260601093015250"]
    assert header[10:16] == ["1001", "7", "20260101", "4", "20260502", "20260502"]
    assert header[18:22] == ["1", "0", "0", "EUR"]
    assert len(header) == 31
    assert row[:3] == ["90,00", "H", "EUR"]
    assert row[6:11] == ["1740", "4610", "", "0205", row[10]]
    assert row[13] == "Honorar für Zoë, €"
    assert row[36] == "spring"
    assert row[47:51] == ["amount", "100,00 USD", "campaign", "spring"]
    assert row[113] == "0"
    assert file.content.startswith(b'"EXTF";700;21;"Buchungsstapel";13;')


def test_several_accounts_on_both_sides_go_through_the_clearing_account(batch_of):
    (file,) = datev.render(euros(batch_of, SEVERAL, fixed=True))
    rows = read(file)[2:]
    assert [(row[0], row[1], row[6], row[7]) for row in rows] == [
        ("3,00", "S", "4610", "1590"),
        ("1,00", "S", "1600", "1590"),
        ("2,00", "H", "1740", "1590"),
        ("2,00", "H", "1200", "1590"),
    ]
    assert {row[113] for row in rows} == {"1"}
    signed = [int(row[0].replace(",", "")) * (1 if row[1] == "S" else -1) for row in rows]
    assert sum(signed) == 0


def test_one_account_against_itself_goes_through_the_clearing_account(batch_of):
    told = ("2026-05-03", "move", "2000 EUR 1.00 1.00", "2000 EUR -1.00 -1.00")
    (file,) = datev.render(euros(batch_of, told))
    assert [row[7] for row in read(file)[2:]] == ["1590", "1590"]


def test_each_fiscal_year_has_its_own_file(batch_of):
    days = ("2026-06-30", "2026-07-01", "2027-01-05")
    told = [(day, "x", "6100 EUR 1.00 1.00", "2100 EUR -1.00 -1.00") for day in days]
    files = datev.render(euros(batch_of, *told, fiscal_year_starts="07-01"))
    heads = [read(file)[0] for file in files]
    assert [(head[12], head[14], head[15]) for head in heads] == [
        ("20250701", "20260630", "20260630"),
        ("20260701", "20260701", "20270105"),
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"adviser": 7}, "adviser': expected a number from 1001"),
        ({"client": 0}, "client"),
        ({"account_length": 9}, "account_length"),
        ({"chart": "07"}, "chart"),
        ({"fiscal_year_starts": "02-30"}, "fiscal_year_starts"),
        ({"account_length": 4, "clearing": "C-1"}, r"datev\.clearing"),
        ({"clearing": "123456"}, "at most 5 digits"),
    ],
)
def test_a_setting_that_datev_does_not_take_is_named(batch_of, settings, words):
    with pytest.raises(UsageError, match=words):
        datev.render(euros(batch_of, SEVERAL, **settings))


def test_books_in_another_currency_are_refused(may):
    with pytest.raises(CheckFailed, match="DATEV keeps its books in EUR"):
        datev.render(may(mapping={"datev": DATEV}))


def test_what_is_too_long_is_refused_and_never_cut(batch_of):
    long = "c" * 37
    told = (
        "2026-05-02", "x", f"6100 EUR 1.00 1.00 campaign={long}",
        f"2100 EUR -1.00 -1.00 campaign={long}",
    )  # fmt: skip
    with pytest.raises(CheckFailed, match="at most 36 letters"):
        datev.render(euros(batch_of, told))
    big = ("2026-05-02", "x", "6100 EUR 1e10 1e10", "2100 EUR -1e10 -1e10")
    with pytest.raises(CheckFailed, match="10 digits"):
        datev.render(euros(batch_of, big))
