import pytest

from truelift.base.errors import CheckFailed
from truelift.reports.journal_export import intacct

TITLES = (
    "DONOTIMPORT", "JOURNAL", "Date", "DESCRIPTION", "REFERENCE_NO", "LINE_NO", "ACCT_NO",
    "LOCATION_ID", "DEPT_ID", "DOCUMENT", "MEMO", "DEBIT", "CREDIT", "GLDIMPROJECT", "=CUSTOM",
)  # fmt: skip
SETTINGS = {
    "intacct": {
        "journal": "GJ", "location": "100", "department": "creator",
        "columns": {"GLDIMPROJECT": "campaign"},
    }
}  # fmt: skip


def test_the_users_own_template_is_filled(may, table):
    batch = may(mapping=SETTINGS, titles=TITLES)
    rows = table(*intacct.render(batch))
    short = batch.entries[0].entry_id[:8]
    assert rows[0] == list(TITLES)
    assert rows[3] == [
        "", "GJ", "05/02/2026", "Fee accrued: deliverable a1", short, "1", "4610", "100", "ana",
        short, "Fee accrued: deliverable a1 (100.00 EUR)", "110.00", "", "spring", "",
    ]  # fmt: skip
    assert rows[4][:7] == ["", "", "", "", "", "2", "1740"]
    assert rows[4][11:13] == ["", "110.00"]


def test_without_a_department_its_column_stays_empty(may, table):
    rows = table(*intacct.render(may(mapping={"intacct": {"journal": "GJ"}}, titles=TITLES)))
    assert rows[3][8] == ""


def test_a_template_is_asked_for(may):
    with pytest.raises(CheckFailed, match="--template FILE"):
        intacct.render(may(mapping=SETTINGS))


def test_a_template_without_the_columns_that_matter_is_refused(may):
    with pytest.raises(CheckFailed, match="no column LINE_NO, ACCT_NO, DEBIT, CREDIT"):
        intacct.render(may(mapping=SETTINGS, titles=("JOURNAL", "DATE", "NAME")))
