"""An obligation is asked for once: its tax, its advance, and no more than its agreement owes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from textwrap import dedent

import pytest

from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
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


def test_the_tax_of_an_invoice_is_not_booked_again_by_its_payment(booked):
    alone = {"cost_type": "agency", "tax_minor": 2_000}
    documents = (
        cost("INV", "invoiced", 2, 10_000, **alone),
        cost("PAY", "paid", 5, 13_000, settles="INV", **alone),
    )
    told, _ = booked(Facts((), (), documents=documents))
    assert told == text("""
        05-02 R12 | 6140 100.00 | 2140 -100.00
        05-02 R13 | 2140 100.00 | 2000 -100.00 | 1150 20.00 | 2000 -20.00
        05-05 R12 | 6140 30.00 | 2140 -30.00
        05-05 R13 | 2140 30.00 | 2000 -30.00
        05-05 R16 | 2000 130.00 | 1000 -150.00 | 2000 20.00
    """)


def test_after_an_advance_that_no_invoice_asked_for_an_invoice_is_for_the_rest(booked):
    documents = (
        cost("ADV", "paid", 2, 30_000, agreement="A1"),
        cost("REST", "invoiced", 22, 70_000, agreement="A1", tax_minor=14_000),
    )
    told, _ = booked(Facts((ANA,), (REEL, STORY), documents=documents))
    assert told.splitlines()[-1] == (
        "05-22 R13 | 2100 700.00 | 2000 -700.00 | 1150 140.00 | 2000 -140.00"
    )


def test_an_invoice_of_just_the_advance_is_the_advances_own(booked):
    documents = (
        cost("ADV", "paid", 2, 30_000, agreement="A1"),
        cost("FIRST", "invoiced", 3, 30_000, agreement="A1"),
        cost("REST", "invoiced", 22, 70_000, agreement="A1"),
    )
    told, _ = booked(Facts((ANA,), (REEL, STORY), documents=documents))
    assert [line for line in told.splitlines() if "R13" in line] == [
        "05-22 R13 | 2100 700.00 | 2000 -700.00"
    ]


@pytest.mark.parametrize(
    ("terms", "cost_type", "amount"),
    [
        ({"commission_cap_minor": 5_000}, "commission", 50_000),
        ({}, "usage", 99_900),
        ({"fee_minor": None, "deliverables": (), "without_fee": True}, "fee", 99_900),
    ],
)
def test_an_invoice_for_what_its_agreement_does_not_owe_is_refused(
    booked, terms, cost_type, amount
):
    agreement = replace(ANA, **terms)
    row = cost("INV", "invoiced", 9, amount, agreement="A1", cost_type=cost_type)
    assert booked(Facts((agreement,), documents=(row,))) == ("", ["ABOVE_AGREEMENT"])
