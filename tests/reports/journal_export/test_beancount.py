from truelift.reports.journal_export import beancount

EXPECTED = """\
2026-05-20 * "Payment \\"settled\\": p1, (x)"
"""


def lines_of(batch):
    (file,) = beancount.render(batch)
    return file.content.decode().splitlines()


def test_a_file_opens_its_accounts_and_gives_its_entries_by_day(may):
    lines = lines_of(may())
    assert 'option "operating_currency" "USD"' in lines
    assert "2026-05-01 open Expenses:6100-Creator-fees" in lines
    assert [line for line in lines if " * " in line] == [
        '2026-05-01 * "=1+1"',
        '2026-05-02 * "Fee accrued: deliverable a1"',
        EXPECTED.strip(),
    ]
    assert "  Expenses:6100-Creator-fees  1000 JPY @@ 6.70 USD" in lines
    assert '    counterparty: "Ana-Ltd"' in lines


def test_balances_are_asserted_exactly_when_the_batch_is_whole(may):
    balances = [line for line in lines_of(may(whole=True)) if " balance " in line]
    assert "2026-05-21 balance Expenses:6100-Creator-fees  1000 ~ 0 JPY" in balances
    assert not [line for line in lines_of(may()) if " balance " in line]
