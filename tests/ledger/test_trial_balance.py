"""The trial balance and what each campaign and creator cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from truelift.ledger.chart import Book
from truelift.ledger.fx import RateSet
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import AgreementSigned, CostDocument, CostState, Facts, Policy
from truelift.ledger.trial_balance import cost_by_campaign_creator, total, trial_balance

MAY, JUNE = dt.date(2026, 5, 3), dt.date(2026, 6, 3)
AD = CostDocument("AD", CostState.ACCRUED, MAY, "amplification", 900, "USD", campaign="spring")
FEE = replace(AD, document="FEE", cost_type="fee", creator="ana", amount_minor=500, on=JUNE)
ANA = AgreementSigned("A1", "ana", "USD", MAY, "spring", 1_000)
ENTRIES, _ = entries_for(Facts((ANA,), documents=(AD, FEE)), Policy("USD"), RateSet())


def test_balances_are_by_account_and_currency_and_sum_to_zero():
    assert trial_balance(ENTRIES) == (
        ("2100", "USD", -500, -500),
        ("2140", "USD", -900, -900),
        ("6100", "USD", 500, 500),
        ("6170", "USD", 900, 900),
    )
    assert [each.account for each in trial_balance(ENTRIES, Book.COMMIT)] == ["9500", "9590"]
    assert [each.account for each in trial_balance(ENTRIES, as_of=MAY)] == ["2140", "6170"]
    assert total(trial_balance(ENTRIES, None)) == 0


def test_cost_without_a_creator_stays_visible():
    assert cost_by_campaign_creator(ENTRIES) == (
        ("6100", "spring", "ana", 500),
        ("6170", "spring", None, 900),
    )
    assert cost_by_campaign_creator(ENTRIES, MAY) == (("6170", "spring", None, 900),)
