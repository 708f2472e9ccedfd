import pytest

from truelift.base.errors import CheckFailed
from truelift.reports.journal_export import netsuite


def test_the_file_is_as_it_is_documented(may, table):
    mapping = {"netsuite": {"subsidiary": "1 : US", "class": "campaign", "date": "%d/%m/%Y"}}
    batch = may(mapping=mapping)
    rows = table(*netsuite.render(batch))
    assert rows[0][:6] == [
        "External ID", "Date", "Posting Period", "Subsidiary", "Currency", "Memo",
    ]  # fmt: skip
    assert rows[3] == [
        f"truelift-{batch.entries[0].entry_id}", "02/05/2026", "May 2026", "1 : US", "USD",
        "Fee accrued: deliverable a1", "4610", "110.00", "",
        "Fee accrued: deliverable a1 (100.00 EUR)", "", "spring", "",
    ]  # fmt: skip
    assert rows[4][7:9] == ["", "110.00"]


def test_the_subsidiary_is_mandatory(may):
    with pytest.raises(CheckFailed, match=r"netsuite\.subsidiary"):
        netsuite.render(may())
