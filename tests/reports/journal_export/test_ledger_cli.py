from truelift.reports.journal_export import ledger_cli


def lines_of(batch):
    (file,) = ledger_cli.render(batch)
    return file.content.decode().splitlines()


def test_everything_that_pedantry_asks_for_is_declared(may):
    lines = lines_of(may())
    at = lines.index("commodity JPY")
    assert lines[at + 1] == "    format 1000 JPY"
    assert "    format 1000.00 EUR" in lines
    assert "account Assets:1000-Bank-and-payment-clearing" in lines
    assert {f"tag {name}" for name in ("entry", "campaign", "counterparty")} <= set(lines)


def test_an_entry_carries_its_facts_and_its_legs_theirs(may):
    lines = lines_of(may())
    at = lines.index("    Expenses:6100-Creator-fees  100.00 EUR @@ 110.00 USD")
    assert lines[at + 1 : at + 3] == ["    ; campaign: spring", "    ; creator: ana"]


def test_balances_are_asserted_when_the_batch_is_whole(may):
    assert "    Expenses:6100-Creator-fees  0 JPY = 1000 JPY" in lines_of(may(whole=True))
    assert not [line for line in lines_of(may()) if " = " in line]
