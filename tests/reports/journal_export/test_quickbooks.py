import pytest

from truelift.base.errors import CheckFailed
from truelift.reports.journal_export import quickbooks

NO_NAME = ("2026-05-01", "x", "2000 USD 1.00 1.00", "1000 USD -1.00 -1.00")
CREATOR = ("2026-05-01", "x", "2000 USD 1.00 1.00 creator=ana", "1000 USD -1.00 -1.00")


def test_the_file_is_as_intuit_documents_it(may, table):
    rows = table(*quickbooks.render(may(mapping={"quickbooks": {"class": "campaign"}})))
    assert rows[0] == [*quickbooks.COLUMNS, "Class"]
    number = rows[3][0]
    assert len(number) == 21
    assert rows[1][1:] == [
        "05/01/2026", "Marketing:Creators", "6.70", "", "'=1+1 (1000 JPY)", "", "",
    ]  # fmt: skip
    assert rows[3] == [
        number, "05/02/2026", "Marketing:Creators", "110.00", "",
        "Fee accrued: deliverable a1 (100.00 EUR)", "", "spring",
    ]  # fmt: skip
    assert rows[6][2:5] == ["Bank", "", "112.50"]
    assert rows[5][6] == "Ana-Ltd"
    assert {row[0] for row in rows[3:5]} == {number}


def test_a_payable_has_the_name_of_its_creator_or_is_refused(batch_of, table):
    rows = table(*quickbooks.render(batch_of(CREATOR)))
    assert rows[1][6] == "ana"
    with pytest.raises(CheckFailed, match="neither counterparty nor creator"):
        quickbooks.render(batch_of(NO_NAME))
