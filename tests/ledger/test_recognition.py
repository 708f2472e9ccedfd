"""What the facts imply for the books, told in stories that a controller can check by hand.

Each line is an entry: day, rule, then accounts with amounts in US dollars, debit positive.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from textwrap import dedent

import pytest

from truelift.ledger.recognition import entries_for, fee_shares
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
    Policy,
)

ANA = AgreementSigned(
    "A1",
    "ana",
    "USD",
    dt.date(2026, 5, 1),
    campaign="spring",
    fee_minor=100_000,
    deliverables=(AgreedDeliverable("reel"), AgreedDeliverable("story")),
)
REEL = DeliverableLive("reel", "A1", dt.date(2026, 5, 10))
STORY = DeliverableLive("story", "A1", dt.date(2026, 5, 20))


def cost(document, state, day, amount, **more):
    return CostDocument(
        document,
        CostState(state),
        dt.date(2026, 5, day),
        more.pop("cost_type", "fee"),
        amount,
        more.pop("currency", "USD"),
        **more,
    )


def text(lines):
    return dedent(lines).strip()


def test_a_fee_is_earned_as_its_deliverables_go_live(booked):
    told, faults = booked(Facts((ANA,), (REEL, STORY)), everything=True)
    assert told == text("""
        05-01 R01 | 9500 1000.00 | 9590 -1000.00
        05-10 R03 | 6100 500.00 | 2100 -500.00
        05-10 R01 | 9500 -500.00 | 9590 500.00
        05-20 R03 | 6100 500.00 | 2100 -500.00
        05-20 R01 | 9500 -500.00 | 9590 500.00
    """)
    assert not faults


def test_an_invoice_and_a_payment_do_not_count_the_fee_again(booked):
    documents = (
        cost("INV-1", "accrued", 10, 50_000, agreement="A1"),
        cost("INV-1", "invoiced", 12, 50_000, deliverable="reel"),
        cost("INV-1", "paid", 15, 50_000, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), (REEL,), documents=documents))
    assert told == text("""
        05-10 R03 | 6100 500.00 | 2100 -500.00
        05-12 R13 | 2100 500.00 | 2000 -500.00
        05-15 R16 | 2000 500.00 | 1000 -500.00
    """)


def test_an_advance_is_prepaid_until_the_work_is_live(booked):
    documents = (
        cost("ADV", "paid", 2, 30_000, agreement="A1"),
        cost("INV", "invoiced", 22, 100_000, agreement="A1"),
        cost("PAY", "paid", 25, 70_000, settles="INV"),
    )
    told, _ = booked(Facts((ANA,), (REEL, STORY), documents=documents))
    assert told == text("""
        05-02 R02 | 1400 300.00 | 1000 -300.00
        05-10 R03 | 6100 500.00 | 1400 -300.00 | 2100 -200.00
        05-20 R03 | 6100 500.00 | 2100 -500.00
        05-22 R13 | 2100 700.00 | 2000 -700.00
        05-25 R16 | 2000 700.00 | 1000 -700.00
    """)


def test_an_advance_in_euros_keeps_the_rate_of_its_own_day_and_payables_settle_with_a_difference(
    booked,
):
    euros = {"currency": "EUR", "agreement": "A1"}
    documents = (
        cost("ADV-1", "paid", 1, 10_000, **euros),
        cost("ADV-2", "paid", 5, 10_000, **euros),
        cost("INV", "invoiced", 12, 100_000, **euros),
        cost("PAY", "paid", 20, 80_000, **euros),
    )
    euro = replace(ANA, currency="EUR", deliverables=(AgreedDeliverable("reel"),))
    told, faults = booked(Facts((euro,), (REEL,), documents=documents))
    assert told == text("""
        05-01 R02 | 1400 110.00 | 1000 -110.00
        05-05 R02 | 1400 112.00 | 1000 -112.00
        05-10 R03 | 6100 1142.00 | 1400 -222.00 | 2100 -920.00
        05-12 R13 | 2100 920.00 | 2000 -920.00
        05-20 R16 | 2000 920.00 | 1000 -960.00 | 7100 40.00
    """)
    assert not faults


def test_an_invoice_ahead_of_the_work_is_prepaid_and_one_above_the_price_is_a_variance(booked):
    documents = (
        cost("INV-1", "invoiced", 4, 60_000, agreement="A1"),
        cost("INV-2", "invoiced", 22, 45_000, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), (REEL, STORY), documents=documents))
    assert told == text("""
        05-04 R14 | 1400 600.00 | 2000 -600.00
        05-10 R03 | 6100 500.00 | 1400 -500.00
        05-20 R03 | 6100 500.00 | 1400 -100.00 | 2100 -400.00
        05-22 R13 | 2100 400.00 | 6100 50.00 | 2000 -450.00
    """)


def test_a_payment_above_what_can_be_prepaid_is_cost(booked):
    documents = (cost("PAY", "paid", 4, 120_000, agreement="A1", withheld_minor=12_000),)
    told, _ = booked(Facts((ANA,), documents=documents))
    assert told == text("""
        05-04 R02 | 1400 1000.00 | 1000 -900.00 | 2210 -100.00
        05-04 R13 | 6100 200.00 | 2000 -200.00
        05-04 R16 | 2000 200.00 | 1000 -180.00 | 2210 -20.00
    """)


def test_cancelling_owes_the_cancellation_fee_and_releases_the_rest(booked):
    cancelled = replace(ANA, cancelled_on=dt.date(2026, 5, 15), cancel_fee_minor=10_000)
    documents = (cost("PAY", "paid", 16, 60_000, agreement="A1"),)
    told, faults = booked(Facts((cancelled,), (REEL, STORY), documents=documents), everything=True)
    assert told == text("""
        05-01 R01 | 9500 1000.00 | 9590 -1000.00
        05-10 R03 | 6100 500.00 | 2100 -500.00
        05-10 R01 | 9500 -500.00 | 9590 500.00
        05-15 R03 | 6100 100.00 | 2100 -100.00
        05-15 R01 | 9500 -100.00 | 9590 100.00
        05-15 R01 | 9500 -400.00 | 9590 400.00
        05-16 R13 | 2100 600.00 | 2000 -600.00
        05-16 R16 | 2000 600.00 | 1000 -600.00
    """)
    assert faults == ["LIVE_AFTER_CANCEL"]


def test_what_is_live_before_the_signature_uses_the_commitment_up(booked):
    late = replace(ANA, signed_on=dt.date(2026, 5, 15))
    told, _ = booked(Facts((late,), (REEL,)), everything=True)
    assert told == text("""
        05-10 R03 | 6100 500.00 | 2100 -500.00
        05-15 R01 | 9500 1000.00 | 9590 -1000.00
        05-15 R01 | 9500 -500.00 | 9590 500.00
    """)


def test_standing_alone_an_invoice_accrues_and_a_payment_accrues_invoices_and_pays(booked):
    documents = (
        cost("AD-1", "invoiced", 3, 20_000, cost_type="amplification", tax_minor=4_000),
        cost("AD-1", "paid", 8, 24_000, cost_type="amplification"),
        cost("BOX", "accrued", 9, 4_500, cost_type="gift"),
        cost("CUT", "paid", 9, 7_000, cost_type="production", tax_minor=700, recoverable=False),
    )
    told, _ = booked(Facts(documents=documents))
    assert told == text("""
        05-03 R03 | 6170 200.00 | 2140 -200.00
        05-03 R13 | 2140 200.00 | 2000 -200.00 | 1150 40.00 | 2000 -40.00
        05-08 R16 | 2000 200.00 | 1000 -240.00 | 2000 40.00
        05-09 R10 | 6120 45.00 | 1300 -45.00
        05-09 R03 | 6160 70.00 | 2140 -70.00
        05-09 R13 | 2140 70.00 | 6180 7.00 | 2000 -77.00
        05-09 R16 | 2000 77.00 | 1000 -77.00
    """)


def test_the_last_invoice_of_an_estimate_settles_it_and_the_difference_is_a_variance(booked):
    documents = (
        cost("CUT", "committed", 1, 9_000, cost_type="production"),
        cost("CUT", "accrued", 3, 10_000, cost_type="production"),
        cost("CUT", "invoiced", 8, 4_000, cost_type="production"),
        cost("CUT", "invoiced", 9, 5_500, cost_type="production"),
        cost("CUT-2", "accrued", 10, 10_000, cost_type="production"),
        cost("CUT-2", "invoiced", 11, 10_300, cost_type="production"),
    )
    told, _ = booked(Facts(documents=documents), everything=True)
    assert told == text("""
        05-01 R01 | 9500 90.00 | 9590 -90.00
        05-03 R03 | 6160 100.00 | 2140 -100.00
        05-03 R01 | 9500 -90.00 | 9590 90.00
        05-08 R13 | 2140 40.00 | 2000 -40.00
        05-09 R13 | 2140 60.00 | 6160 -5.00 | 2000 -55.00
        05-10 R03 | 6160 100.00 | 2140 -100.00
        05-11 R13 | 2140 100.00 | 6160 3.00 | 2000 -103.00
    """)


def test_one_payment_settles_the_lines_of_an_agency_invoice_in_their_order(booked):
    documents = (
        cost("AG", "invoiced", 3, 10_000, cost_type="agency", line="1", creator="ana"),
        cost("AG", "invoiced", 3, 20_000, cost_type="agency", line="2", creator="ben"),
        cost("BANK", "paid", 5, 15_000, cost_type="agency", settles="AG"),
        cost("BANK", "paid", 6, 16_000, cost_type="agency", settles="AG"),
        cost("AG", "paid", 7, 1_000, cost_type="agency", line="2"),
    )
    told, _ = booked(Facts(documents=documents))
    assert told.splitlines()[4:] == [
        "05-05 R16 | 2000 100.00 | 1000 -100.00",
        "05-05 R16 | 2000 50.00 | 1000 -50.00",
        "05-06 R12 | 6140 10.00 | 2140 -10.00",
        "05-06 R13 | 2140 10.00 | 2000 -10.00",
        "05-06 R16 | 2000 160.00 | 1000 -160.00",
        "05-07 R12 | 6140 10.00 | 2140 -10.00",
        "05-07 R13 | 2140 10.00 | 2000 -10.00",
        "05-07 R16 | 2000 10.00 | 1000 -10.00",
    ]


def test_a_retainer_accrues_by_its_documents_only(booked):
    retainer = replace(ANA, deliverables=())
    documents = (
        cost("MAY", "accrued", 5, 20_000, agreement="A1"),
        cost("JUNE", "invoiced", 9, 45_000, agreement="A1"),
    )
    told, _ = booked(Facts((retainer,), documents=documents))
    assert told == text("""
        05-05 R03 | 6100 200.00 | 2100 -200.00
        05-09 R03 | 6100 250.00 | 2100 -250.00
        05-09 R13 | 2100 450.00 | 2000 -450.00
    """)


def test_work_absorbs_what_a_document_reported_before_it(booked):
    documents = (
        cost("EST-1", "accrued", 4, 50_000, deliverable="reel"),
        cost("EST-2", "accrued", 5, 70_000, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), (REEL, STORY), documents=documents))
    assert told == text("""
        05-04 R03 | 6100 500.00 | 2100 -500.00
        05-05 R03 | 6100 200.00 | 2100 -200.00
        05-20 R03 | 6100 300.00 | 2100 -300.00
    """)


def test_commission_and_its_refunds_end_at_exactly_nothing(booked):
    earned = CommissionEarned("o1", "A1", 3_333, "EUR", 150_000, dt.date(2026, 5, 5))
    facts = Facts(
        (ANA,),
        commissions=(earned,),
        refunds=(
            CommissionReversed("r1", "o1", 1_111, dt.date(2026, 5, 6)),
            CommissionReversed("r0", "o1", 1, dt.date(2026, 5, 6)),
            CommissionReversed("r2", "o1", 2_221, dt.date(2026, 5, 2)),
        ),
    )
    told, _ = booked(facts)
    assert told == text("""
        05-05 R06 | 6110 5.60 | 2110 -5.60
        05-05 R07 | 2110 3.73 | 6110 -3.73
        05-06 R07 | 2110 1.87 | 6110 -1.87
    """)


def test_a_refund_after_payout_leaves_the_creator_owing_and_later_orders_net_it(booked):
    euro = replace(ANA, currency="EUR", fee_minor=0, deliverables=())
    documents = (
        cost("C-1", "paid", 6, 1_000, cost_type="commission", agreement="A1", currency="EUR"),
        cost("C-2", "invoiced", 21, 3_500, cost_type="commission", agreement="A1", currency="EUR"),
    )
    facts = Facts(
        (euro,),
        commissions=(
            CommissionEarned("o1", "A1", 10_000, "EUR", 100_000, dt.date(2026, 5, 5)),
            CommissionEarned("o2", "A1", 10_000, "EUR", 100_000, dt.date(2026, 5, 20)),
        ),
        refunds=(CommissionReversed("r1", "o1", 10_000, dt.date(2026, 5, 10)),),
        documents=documents,
    )
    told, _ = booked(facts)
    assert told == text("""
        05-05 R06 | 6110 11.20 | 2110 -11.20
        05-06 R13 | 2110 11.20 | 2000 -11.20
        05-06 R16 | 2000 11.20 | 1000 -11.20
        05-10 R07 | 2110 11.20 | 6110 -11.20
        05-20 R06 | 6110 12.00 | 2110 -11.20 | 7100 -0.80
        05-21 R06 | 6110 30.00 | 2110 -30.00
        05-21 R13 | 2110 30.00 | 2000 -30.00
    """)


def test_a_document_in_an_unknown_agreement_is_booked_with_a_fault_and_work_is_not(booked):
    documents = (
        cost("X", "invoiced", 3, 1_000, agreement="A9"),
        cost("X", "paid", 4, 1_000, agreement="A9"),
    )
    earned = CommissionEarned("o1", "A9", 100, "USD", 100_000, dt.date(2026, 5, 5))
    lost = CommissionReversed("r1", "o1", 10, dt.date(2026, 5, 6))
    told, faults = booked(Facts((), (REEL,), (earned,), (lost,), documents))
    assert told == text("""
        05-03 R03 | 6100 10.00 | 2100 -10.00
        05-03 R13 | 2100 10.00 | 2000 -10.00
        05-04 R16 | 2000 10.00 | 1000 -10.00
    """)
    assert faults == [
        "UNKNOWN_AGREEMENT",
        "UNKNOWN_AGREEMENT",
        "UNKNOWN_AGREEMENT",
        "UNKNOWN_AGREEMENT",
        "UNKNOWN_ORDER",
    ]


def test_a_payment_of_an_unknown_document_is_booked_on_its_own_with_a_fault(booked):
    told, faults = booked(Facts(documents=(cost("PAY", "paid", 4, 500, settles="GONE"),)))
    assert told.splitlines()[-1] == "05-04 R16 | 2000 5.00 | 1000 -5.00"
    assert faults == ["UNKNOWN_DOCUMENT"]


def test_without_a_rate_nothing_is_guessed(booked):
    swiss = replace(ANA, agreement="A2", currency="CHF", deliverables=(AgreedDeliverable("r2"),))
    earned = CommissionEarned("o1", "A1", 100, "CHF", 100_000, dt.date(2026, 5, 5))
    live = DeliverableLive("r2", "A2", dt.date(2026, 5, 4))
    told, faults = booked(Facts((ANA, swiss), (live,), (earned,)))
    assert told == ""
    assert faults == ["NO_RATE"] * 3


def test_a_fault_says_from_whose_cost_the_fact_is_missing_where_it_is(rates):
    swiss = replace(ANA, currency="CHF", campaign="spring", creator="ana")
    earned = CommissionEarned("o1", "A1", 100, "JPY", 100_000, dt.date(2026, 5, 5))
    lost = DeliverableLive("nowhere", "A1", dt.date(2026, 5, 4), campaign="summer")
    alone = cost("X", "paid", 3, 5, settles="GONE")
    facts = Facts((swiss,), (lost,), (earned,), documents=(alone,))
    _, faults = entries_for(facts, Policy("USD"), rates)
    whose = {
        (fault.code.value, fault.rule): fault.missing
        and (fault.missing.on.day, fault.missing.campaign, fault.missing.creator)
        for fault in faults
    }
    assert whose == {
        ("NO_RATE", "R01"): (swiss.signed_on.day, "spring", "ana"),
        ("NO_RATE", "R06"): (5, "spring", "ana"),
        ("UNKNOWN_AGREEMENT", "R03"): (4, "summer", "ana"),
        ("UNKNOWN_DOCUMENT", "R16"): None,
    }


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Facts((replace(ANA, fee_minor=-1),)), "NEGATIVE_AMOUNT"),
        (Facts(documents=(cost("X", "invoiced", 3, -5),)), "NEGATIVE_AMOUNT"),
        (Facts(documents=(cost("X", "paid", 3, 5, withheld_minor=6),)), "NEGATIVE_AMOUNT"),
        (Facts(documents=(cost("X", "paid", 3, 5, cost_type="bribe"),)), "UNKNOWN_TYPE"),
        (Facts(documents=(cost("X", "paid", 3, 5), cost("X", "paid", 3, 6))), "CONFLICT"),
        (Facts((ANA, replace(ANA, creator="ben"))), "CONFLICT"),
        (Facts((ANA,), documents=(cost("X", "paid", 3, 5, agreement="A1", currency="EUR"),)),
         "CURRENCY_DIFFERS"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_a_fault_with_a_sentence(facts, code, rates):
    _, faults = entries_for(facts, Policy("USD"), rates)
    assert [fault.code for fault in faults] == [code]
    assert faults[0].sentence.endswith(".")


def test_a_refund_below_zero_is_a_fault(booked):
    earned = CommissionEarned("o1", "A1", 100, "USD", 100_000, dt.date(2026, 5, 5))
    lost = CommissionReversed("r1", "o1", -10, dt.date(2026, 5, 6))
    told, faults = booked(Facts((ANA,), (), (earned,), (lost,)))
    assert told == "05-05 R06 | 6110 0.10 | 2110 -0.10"
    assert faults == ["NEGATIVE_AMOUNT"]


def test_a_refund_takes_back_no_more_than_its_order_accrued(booked):
    invoiced_first = cost("C", "invoiced", 2, 900, cost_type="commission", agreement="A1")
    earned = CommissionEarned("o1", "A1", 10_000, "USD", 100_000, dt.date(2026, 5, 5))
    refunds = (
        CommissionReversed("r1", "o1", 5_000, dt.date(2026, 5, 6)),
        CommissionReversed("r2", "o1", 5_000, dt.date(2026, 5, 7)),
    )
    told, _ = booked(Facts((ANA,), (), (earned,), refunds, (invoiced_first,)))
    assert told == text("""
        05-02 R06 | 6110 9.00 | 2110 -9.00
        05-02 R13 | 2110 9.00 | 2000 -9.00
        05-05 R06 | 6110 1.00 | 2110 -1.00
        05-06 R07 | 2110 1.00 | 6110 -1.00
    """)


def test_yen_and_dinar_have_their_own_minor_units(booked, rates):
    yen = cost("Y", "accrued", 1, 17_000, currency="JPY")
    told, _ = booked(Facts(documents=(yen,)))
    assert told == "05-01 R03 | 6100 110.00 | 2100 -110.00"
    entries, _ = entries_for(
        Facts(documents=(cost("K", "accrued", 1, 10_000),)), Policy("KWD"), rates
    )
    assert [each.base_minor for each in entries[0].postings] == [30_000, -30_000]


@pytest.mark.parametrize(
    ("fee", "prices", "shares"),
    [
        (1_000, (None, None, None), [334, 333, 333]),
        (1_000, (300, 100, 100), [600, 200, 200]),
        (1_000, (400, None, None), [400, 300, 300]),
        (1_000, (1_200, None, None), [1_000, 0, 0]),
        (None, (400, 100, None), [400, 100, 0]),
        (0, (None, None, None), [0, 0, 0]),
        (700, (), []),
    ],
)
def test_the_fee_is_split_by_price_else_equally(fee, prices, shares):
    work = tuple(AgreedDeliverable(f"d{index}", price) for index, price in enumerate(prices))
    agreement = replace(ANA, fee_minor=fee, deliverables=work)
    assert list(fee_shares(agreement).values()) == shares


def test_a_commitment_raised_by_a_document_is_counted_once(booked):
    documents = (
        cost("PO-1", "committed", 2, 60_000, agreement="A1"),
        cost("PO-2", "committed", 3, 60_000, agreement="A1"),
        cost("PO-3", "committed", 4, 0, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), documents=documents), everything=True)
    assert told == text("""
        05-01 R01 | 9500 1000.00 | 9590 -1000.00
        05-03 R01 | 9500 200.00 | 9590 -200.00
    """)


def test_a_tax_only_row_moves_tax_only(booked):
    documents = (
        cost("INV", "invoiced", 3, 1_000),
        cost("INV", "invoiced", 4, 0, tax_minor=190),
    )
    told, _ = booked(Facts(documents=documents))
    assert told.splitlines()[-1] == "05-04 R13 | 1150 1.90 | 2000 -1.90"
