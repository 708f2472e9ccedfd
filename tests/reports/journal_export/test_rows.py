from truelift.base.money import Money
from truelift.reports.journal_export.rows import FIELDS, rows


def test_every_posting_is_a_row_with_its_entry(may):
    found = list(rows(may()))
    assert len(found) == 7
    assert all(set(row) == set(FIELDS) for row in found)
    row = found[2]
    assert (row["date"].isoformat(), row["line"], row["gl_account"]) == ("2026-05-02", 1, "4610")
    assert row["debit"] == row["amount"] == Money(10000, "EUR")
    assert found[3]["base_credit"] == Money(11000, "USD")
    assert found[3]["debit"] is None
    assert row["campaign"] == "spring"


def test_without_a_mapping_its_fields_are_missing(may):
    row = next(rows(may(mapping={"accounts": {}})))
    assert row["gl_account"] is row["gl_name"] is None
    assert row["account_name"] == "Creator fees"
