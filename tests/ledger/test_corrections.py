"""What takes something back, told in lines of the journal; what takes too much is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.policy import Estimates, Policy, UnmatchedPayments
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
)
from truelift.ledger.trial_balance import trial_balance

USD = Policy("USD")
ANA = AgreementSigned(
    "A1", "ana", "USD", dt.date(2026, 5, 1), fee_minor=100_000,
    deliverables=(AgreedDeliverable("reel"), AgreedDeliverable("story")),
)  # fmt: skip
REEL = DeliverableLive("reel", "A1", dt.date(2026, 5, 3))


def cost(document, state, day, amount, **more):
    return CostDocument(
        document, CostState(state), dt.date(2026, 5, day), more.pop("cost_type", "fee"), amount,
        more.pop("currency", "USD"), **more,
    )  # fmt: skip


def text(lines):
    return dedent(lines).strip()


INVOICE = cost("INV", "invoiced", 4, 50_000, agreement="A1", tax_minor=5_000)


def test_a_credit_note_lowers_payable_cost_and_tax(booked):
    credit = cost("CN", "invoiced", 6, -10_000, tax_minor=-1_000, settles="INV")
    told, faults = booked(Facts((ANA,), (REEL,), documents=(INVOICE, credit)))
    assert told.splitlines()[-1] == (
        "05-06 R15 | 2000 100.00 | 6100 -100.00 | 2000 10.00 | 1150 -10.00"
    )
    assert not faults


def test_a_credit_note_after_the_payment_is_a_claim_until_the_money_comes_back(booked):
    documents = (
        INVOICE,
        cost("PAY", "paid", 5, 55_000, settles="INV"),
        cost("CN", "invoiced", 6, -10_000, settles="INV"),
        cost("BACK", "paid", 7, -10_000, settles="INV"),
    )
    told, _ = booked(Facts((ANA,), (REEL,), documents=documents))
    assert told.splitlines()[-2:] == [
        "05-06 R15 | 1490 100.00 | 6100 -100.00",
        "05-07 R18 | 1000 100.00 | 1490 -100.00",
    ]


def test_a_credit_note_of_irrecoverable_tax_gives_its_cost_back(booked):
    invoice = replace(INVOICE, recoverable=False)
    credit = cost("CN", "invoiced", 6, -10_000, tax_minor=-1_000, settles="INV", recoverable=False)
    told, _ = booked(Facts((ANA,), (REEL,), documents=(invoice, credit)))
    assert told.splitlines()[-1] == "05-06 R15 | 2000 110.00 | 6100 -100.00 | 6180 -10.00"


def test_a_credit_note_for_tax_alone_moves_tax_alone(booked):
    credit = cost("CN", "invoiced", 6, 0, tax_minor=-1_000, settles="INV")
    told, _ = booked(Facts((ANA,), (REEL,), documents=(INVOICE, credit)))
    assert told.splitlines()[-1] == "05-06 R15 | 2000 10.00 | 1150 -10.00"


def test_a_credit_note_of_an_invoice_ahead_of_the_work_lowers_what_is_prepaid(booked):
    documents = (INVOICE, cost("CN", "invoiced", 6, -20_000, agreement="A1"))
    told, _ = booked(Facts((ANA,), documents=documents))
    assert told.splitlines()[-1] == "05-06 R15 | 2000 200.00 | 1400 -200.00"


def test_a_payment_that_failed_opens_the_payable_again(booked):
    documents = (
        cost("INV", "invoiced", 4, 50_000, agreement="A1"),
        cost("PAY", "paid", 5, 50_000, agreement="A1", withheld_minor=5_000),
        cost("PAY", "paid", 6, -50_000, agreement="A1", withheld_minor=-5_000),
        cost("PAY", "paid", 7, 50_000, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), (REEL,), documents=documents))
    assert told.splitlines()[-2:] == [
        "05-06 R18 | 1000 450.00 | 2210 50.00 | 2000 -500.00",
        "05-07 R16 | 2000 500.00 | 1000 -500.00",
    ]


def test_an_advance_that_came_back_is_no_longer_prepaid(booked):
    documents = (
        cost("ADV", "paid", 1, 50_000, agreement="A1"),
        cost("ADV", "paid", 2, -50_000, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), documents=documents))
    assert told.splitlines()[-1] == "05-02 R18 | 1000 500.00 | 1400 -500.00"


def test_a_clawback_takes_the_accrual_then_a_claim(booked):
    documents = (
        cost("INV", "invoiced", 4, 30_000, agreement="A1"),
        cost("BREACH", "accrued", 6, -40_000, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), (REEL,), documents=documents))
    assert told.splitlines()[-1] == "05-06 R19 | 2100 200.00 | 1490 200.00 | 6100 -400.00"


def test_a_clawback_and_its_credit_note_are_one(booked):
    documents = (
        cost("INV", "invoiced", 4, 50_000, agreement="A1"),
        cost("BREACH", "accrued", 6, -40_000, agreement="A1"),
        cost("CN", "invoiced", 7, -40_000, settles="INV"),
    )
    told, _ = booked(Facts((ANA,), (REEL,), documents=documents))
    assert told.splitlines()[-1] == "05-07 R15 | 2000 400.00 | 1490 -400.00"


def test_a_gift_that_came_back_is_product_again(booked):
    documents = (
        cost("BOX", "accrued", 1, 5_000, cost_type="gift", fair_value_minor=9_000),
        cost("BOX", "accrued", 2, -2_000, cost_type="gift"),
        cost("BOX", "invoiced", 3, 3_000, cost_type="gift"),
        cost("BOX", "accrued", 4, -1_000, cost_type="gift"),
    )
    told, _ = booked(Facts(documents=documents))
    assert told == text("""
        05-01 R10 | 6120 50.00 | 1300 -50.00
        05-02 R11 | 1300 20.00 | 6120 -20.00
        05-03 R13 | 1300 30.00 | 2000 -30.00
        05-04 R11 | 1300 10.00 | 6120 -10.00
    """)


def test_commission_taken_back_after_its_payout_is_settled_by_money_or_a_credit_note(booked):
    affiliate = replace(ANA, fee_minor=None, deliverables=())
    order = CommissionEarned("o", "A1", 100_000, "USD", 100_000, dt.date(2026, 5, 2))
    refund = CommissionReversed("r", "o", 100_000, dt.date(2026, 5, 5))
    documents = (
        cost("C", "paid", 3, 10_000, cost_type="commission", agreement="A1"),
        cost("C", "paid", 6, -4_000, cost_type="commission", agreement="A1"),
        cost("CN", "invoiced", 7, -6_000, cost_type="commission", agreement="A1"),
    )
    facts = Facts((affiliate,), (), (order,), (refund,), documents)
    told, faults = booked(facts)
    assert told.splitlines()[-2:] == [
        "05-06 R18 | 1000 40.00 | 2110 -40.00",
        "05-07 R15 | 1490 60.00 | 2110 -60.00",
    ]
    assert not faults


def test_commission_is_validated_when_it_can_no_longer_be_refunded(booked):
    days = replace(USD, commission_validation_days=10)
    affiliate = replace(ANA, fee_minor=None, deliverables=())
    orders = tuple(
        CommissionEarned(name, "A1", 100_000, "USD", 100_000, dt.date(2026, 5, day))
        for name, day in (("o1", 1), ("o2", 2), ("o3", 20))
    )
    refunds = (
        CommissionReversed("r1", "o1", 40_000, dt.date(2026, 5, 5)),
        CommissionReversed("r2", "o2", 100_000, dt.date(2026, 5, 15)),
        CommissionReversed("r3", "o3", 100_000, dt.date(2026, 5, 21)),
    )
    invoice = cost("C", "invoiced", 25, 6_000, cost_type="commission", agreement="A1")
    facts = Facts((affiliate,), (), orders, refunds, (invoice,))
    told, _ = booked(facts, policy=days)
    assert told == text("""
        05-01 R06 | 6110 100.00 | 2110 -100.00
        05-02 R06 | 6110 100.00 | 2110 -100.00
        05-05 R07 | 2110 40.00 | 6110 -40.00
        05-11 R08 | 2110 60.00 | 2111 -60.00
        05-12 R08 | 2110 100.00 | 2111 -100.00
        05-15 R07 | 2111 100.00 | 6110 -100.00
        05-20 R06 | 6110 100.00 | 2110 -100.00
        05-21 R07 | 2110 100.00 | 6110 -100.00
        05-25 R13 | 2111 60.00 | 2000 -60.00
    """)
    told, _ = booked(facts, policy=days, through=dt.date(2026, 5, 10))
    assert "R08" not in told


def test_an_estimate_is_taken_back_on_day_1_where_policy_says_so(booked):
    reversing = replace(USD, estimates=Estimates.REVERSING)
    documents = (
        cost("CUT", "accrued", 3, 10_000, cost_type="production"),
        cost("BOX", "accrued", 4, 1_000, cost_type="gift"),
        replace(cost("CUT", "invoiced", 3, 9_000, cost_type="production"), on=dt.date(2026, 6, 4)),
    )
    told, _ = booked(Facts(documents=documents), policy=reversing)
    assert told == text("""
        05-03 R03 | 6160 100.00 | 2140 -100.00
        05-04 R10 | 6120 10.00 | 1300 -10.00
        06-01 R03 | 2140 100.00 | 6160 -100.00
        06-04 R03 | 6160 90.00 | 2140 -90.00
        06-04 R13 | 2140 90.00 | 2000 -90.00
    """)
    told, _ = booked(Facts(documents=documents), policy=reversing, through=dt.date(2026, 5, 31))
    assert "06-01" not in told


@pytest.mark.parametrize(
    ("document", "code", "rule"),
    [
        (cost("CN", "invoiced", 6, -60_000, settles="INV"), "CREDIT_ABOVE_INVOICE", "R15"),
        (cost("CN", "invoiced", 6, -1, tax_minor=-9_000, settles="INV"), "CREDIT_ABOVE_INVOICE",
         "R15"),
        (cost("BACK", "paid", 6, -1, settles="INV"), "RETURN_ABOVE_PAID", "R18"),
        (cost("B", "accrued", 6, -60_000, agreement="A1"), "TAKEN_BACK_ABOVE_COST", "R19"),
        (cost("PO", "committed", 6, -1, agreement="A1"), "NEGATIVE_AMOUNT", "R13"),
        (cost("BIG", "invoiced", 6, 55_001, agreement="A1"), "ABOVE_AGREEMENT", "R13"),
    ],
)  # fmt: skip
def test_what_takes_or_asks_too_much_is_refused_by_rule_and_fact(document, code, rule, rates):
    _, faults = entries_for(Facts((ANA,), (REEL,), documents=(INVOICE, document)), USD, rates)
    assert [(fault.code.value, fault.rule) for fault in faults] == [(code, rule)]
    assert document.document in faults[0].event
    assert faults[0].missing


def test_an_invoice_is_a_price_variance_within_the_tolerance_or_without_one(booked):
    most = cost("BIG", "invoiced", 6, 105_000, agreement="A1")
    assert booked(Facts((ANA,), (REEL,), documents=(most,)))[1] == []
    more = replace(most, amount_minor=105_001)
    assert booked(Facts((ANA,), (REEL,), documents=(more,)))[1] == ["ABOVE_AGREEMENT"]
    any_price = replace(USD, price_tolerance_ppm=None)
    assert booked(Facts((ANA,), documents=(more,)), policy=any_price)[1] == []


def test_a_payment_that_nothing_asked_for_is_refused_where_policy_says_so(booked):
    refuse = replace(USD, unmatched_payments=UnmatchedPayments.REFUSE)
    alone = cost("PAY", "paid", 4, 5_000, cost_type="production")
    assert booked(Facts(documents=(alone,)), policy=refuse) == ("", ["PAYMENT_WITHOUT_INVOICE"])
    advance = cost("PAY", "paid", 4, 100_000, agreement="A1")
    assert booked(Facts((ANA,), documents=(advance,)), policy=refuse)[1] == []


EUROS = RateSet(
    RateRow(f"2026-05-{day:02}", "EUR", "USD", f"1.{day:02}", "ecb") for day in range(1, 29)
)
parts = st.lists(st.integers(1, 40_000), min_size=1, max_size=4)


@given(parts, parts, st.booleans())
def test_whatever_is_paid_credited_and_returned_nothing_stands_on_the_wrong_side(
    credited, returned, recoverable
):
    euro = replace(ANA, currency="EUR")
    rows = [replace(INVOICE, currency="EUR", recoverable=recoverable)]
    rows.append(cost("PAY", "paid", 5, 30_000, currency="EUR", settles="INV"))
    for number, amount in enumerate(credited):
        rows.append(
            cost(f"CN{number}", "invoiced", 6 + number, -amount, currency="EUR", settles="INV")
        )
    for number, amount in enumerate(returned):
        rows.append(cost(f"B{number}", "paid", 12 + number, -amount, currency="EUR", settles="INV"))
    entries, _ = entries_for(Facts((euro,), (REEL,), documents=tuple(rows)), USD, EUROS)
    for balance in trial_balance(entries):
        if balance.account == "2000":
            assert balance.amount_minor <= 0
        if balance.account in {"1490", "1400", "6100"}:
            assert balance.amount_minor >= 0
        if not balance.amount_minor and balance.account in {"1490", "2000", "1400"}:
            assert not balance.base_minor
