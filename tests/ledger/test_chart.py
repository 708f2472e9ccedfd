"""The chart of accounts and the rules name each other completely."""

from __future__ import annotations

from truelift.ledger.chart import CHART, COST_ACCOUNTS, COST_TYPES, AccountKind, Book
from truelift.ledger.rules import RULES


def test_cost_is_6100_to_6180_and_exchange_is_not_cost():
    assert min(COST_ACCOUNTS) == "6100"
    assert max(COST_ACCOUNTS) == "6180"
    assert not {"7100", "7110", "7190"} & COST_ACCOUNTS
    assert {CHART[each].kind for each in COST_ACCOUNTS} == {AccountKind.EXPENSE}


def test_every_type_of_cost_has_accounts_and_a_rule():
    for accounts in COST_TYPES.values():
        assert accounts.expense in COST_ACCOUNTS
        assert CHART[accounts.accrued].book is Book.FIN
        assert accounts.rule in RULES


def test_an_account_s_first_digit_says_its_book():
    for number, account in CHART.items():
        assert (number.startswith("9")) == (account.book is not Book.FIN)
        assert account.name
