import pytest

from truelift.base.errors import CheckFailed
from truelift.reports.journal_export import xero

SETTINGS = {
    "xero": {
        "tax_rate": "Tax Exempt",
        "tax_rates": {"input": "20% (VAT)"},
        "tracking": {"Campaign": "campaign", "Creator": "creator", "More": "agreement"},
    }
}


def test_the_file_is_as_xero_documents_it(may, table):
    rows = table(*xero.render(may(mapping=SETTINGS)))
    assert rows[0] == list(xero.COLUMNS)
    assert rows[3][1:] == [
        "02/05/2026", "Fee accrued: deliverable a1 (100.00 EUR)", "4610", "Tax Exempt", "110.00",
        "Campaign", "spring", "Creator", "ana",
    ]  # fmt: skip
    assert rows[4][5] == "-110.00"
    assert rows[3][0] == rows[4][0] != rows[5][0]
    assert rows[1][6:] == ["", "", "", ""]


def test_a_tax_code_has_its_own_rate_and_no_tracking_leaves_empty_cells(batch_of, table):
    told = ("2026-05-01", "x", "2000 USD 1.00 1.00 tax_code=input", "1000 USD -1.00 -1.00")
    mapping = {"xero": {name: SETTINGS["xero"][name] for name in ("tax_rate", "tax_rates")}}
    rows = table(*xero.render(batch_of(told, mapping=mapping)))
    assert [row[4] for row in rows[1:]] == ["20% (VAT)", "Tax Exempt"]
    assert rows[1][6:] == ["", "", "", ""]


def test_the_tax_rate_is_mandatory(may):
    with pytest.raises(CheckFailed, match=r"xero\.tax_rate"):
        xero.render(may())


def test_files_have_at_most_300_lines_and_part_no_journal(batch_of, table):
    told = [
        (
            "2026-05-01",
            f"entry {number}",
            "6100 USD 3.00 3.00",
            "2000 USD -1.00 -1.00",
            "2100 USD -2.00 -2.00",
        )
        for number in range(250)
    ]
    files = xero.render(batch_of(*told, mapping=SETTINGS))
    rows = [table(file) for file in files]
    assert [len(each) for each in rows] == [298, 298, 157]
    assert [file.number for file in files] == [1, 2, 3]
    narrations = [{row[0] for row in each[1:]} for each in rows]
    assert not narrations[0] & narrations[1]
    assert sum(len(each) for each in narrations) == 250


def test_a_journal_that_fits_no_file_is_refused(batch_of):
    legs = ["6100 USD 1.00 1.00"] * 299 + ["2000 USD -299.00 -299.00"]
    with pytest.raises(CheckFailed, match="has 300 lines"):
        xero.render(batch_of(("2026-05-01", "long", *legs), mapping=SETTINGS))
