"""The general ledger's balances stand beside ours, and every difference is listed."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Period
from truelift.operations.account_mapping import set_mapping
from truelift.operations.tie_out import acknowledge, tie_out

MAY = Period(2026, 5)
COST = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

costs
document | state    | date  | campaign | type       | amount | currency
tool     | invoiced | 05-11 | spring   | agency     | 50.00  | USD
studio   | invoiced | 05-11 | spring   | production | 40.00  | USD
"""


def balances(rows):
    head = "balances\nentity | period | account | amount | currency\n"
    return head + "\n".join(f"brand | 2026-05 | {row} | USD" for row in rows)


def rows_of(told):
    return [
        (row["account"], row["ours_minor"], row["theirs_minor"], row["difference_minor"])
        for row in tie_out(told.ground, MAY)
    ]


def test_balances_that_agree_have_no_difference_and_others_are_listed(told):
    told.given(COST + "\n\n" + balances(["6140 | 50.00", "6160 | 39.00", "2000 | -90.00"]))
    assert rows_of(told) == [
        ("2000", -9000, -9000, 0),
        ("6140", 5000, 5000, 0),
        ("6160", 4000, 3900, 100),
    ]


def test_the_accounts_of_the_general_ledger_come_from_the_mapping(told):
    told.given(COST + "\n\n" + balances(["70100 | 90.00", "44000 | -90.00"]))
    file = told.folder / "mapping.yaml"
    file.write_text("accounts: {6140: '70100', 6160: {account: '70100'}, 2000: '44000'}")
    set_mapping(told.ground, file)
    assert rows_of(told) == [("44000", -9000, -9000, 0), ("70100", 9000, 9000, 0)]


def test_what_was_not_imported_cannot_be_compared(told):
    told.given(COST)
    with pytest.raises(NotFound, match="import its trial balance as kind `balances`"):
        tie_out(told.ground, MAY)


def test_only_a_closed_period_is_acknowledged_and_under_a_number(told):
    told.given(COST)
    with pytest.raises(NotFound, match="2026-05 was never closed"):
        acknowledge(told.ground, MAY, "GL-7")
    with pytest.raises(UsageError, match="--document"):
        acknowledge(told.ground, MAY, " ")
