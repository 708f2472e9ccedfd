from truelift.reports.journal_export import hledger


def lines_of(batch):
    (file,) = hledger.render(batch)
    return file.content.decode().splitlines()


def test_commodities_and_accounts_are_declared(may):
    lines = lines_of(may())
    assert [line for line in lines if line.startswith("commodity")] == [
        "commodity 1000.00 EUR",
        "commodity 1000. JPY",
        "commodity 1000.00 USD",
    ]
    assert "account Liabilities:2100-Accrued-creator-fees  ; type:L" in lines


def test_an_entry_carries_its_tags_and_a_comma_ends_no_value(may):
    batch = may(mapping={"names": {"campaign": {"spring": "A, B"}}})
    lines = lines_of(batch)
    assert (
        "    Expenses:6100-Creator-fees  100.00 EUR @@ 110.00 USD  ; campaign:A  B, creator:ana"
        in lines
    )


def test_balances_are_asserted_when_the_batch_is_whole(may):
    assert "    Expenses:6100-Creator-fees  0 JPY = 1000 JPY" in lines_of(may(whole=True))
    assert not [line for line in lines_of(may()) if " = " in line]
