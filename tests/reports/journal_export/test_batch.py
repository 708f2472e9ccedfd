from truelift.reports.journal_export.batch import (
    ControlTotal,
    account_name,
    batch_name,
    belongings,
    control_totals,
    described,
)


def test_control_totals_keep_debits_and_credits_apart(may):
    assert control_totals(may().entries)[:2] == [
        ControlTotal("1000", "EUR", 0, 10000, 0, 11250),
        ControlTotal("2000", "EUR", 10000, 0, 11000, 0),
    ]


def test_a_batch_gives_entries_by_day_and_knows_its_currencies(may):
    batch = may()
    assert [str(entry.effective_date) for entry in batch.dated] == [
        "2026-05-01",
        "2026-05-02",
        "2026-05-20",
    ]
    assert batch.currencies == ["EUR", "JPY", "USD"]
    assert batch.accounts == ["1000", "2000", "2100", "6100", "7100"]


def test_the_name_is_that_of_the_content(may):
    batch = may()
    name = batch_name("xero", "acme", None, batch.entries, [])
    assert name.startswith("xero-all-")
    assert name == batch_name("xero", "acme", None, reversed(batch.entries), [])
    others = {
        batch_name("xero", "acme", "2026-05", batch.entries, []),
        batch_name("xero", "acme", None, batch.entries[1:], []),
        batch_name("xero", "acme", None, batch.entries, [1]),
        batch_name("csv", "acme", None, batch.entries, []),
    }
    assert name not in others
    assert len(others) == 4


def test_a_posting_in_another_currency_says_so(may, batch_of):
    entry = may().entries[0]
    assert described(may(), entry, entry.postings[0]).endswith("a1 (100.00 EUR)")
    own = batch_of(("2026-05-01", "rent", "6100 USD 1.00 1.00", "1000 USD -1.00 -1.00"))
    assert described(own, own.entries[0], own.entries[0].postings[0]) == "rent"


def test_words_and_names_are_those_of_the_mapping(may):
    batch = may(mapping={"names": {"campaign": {"spring": "Spring 26"}}})
    posting = batch.entries[0].postings[0]
    assert dict(belongings(batch, posting)) == {"campaign": "Spring 26", "creator": "ana"}
    assert account_name(batch, "6100") == "Marketing:Creators"
    assert account_name(batch, "7100") == "4650"
    assert account_name(may(mapping={"accounts": {}}), "7100") == "Realised exchange differences"
