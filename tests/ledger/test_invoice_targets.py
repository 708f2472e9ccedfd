"""What a supplier may still invoice for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from truelift.ledger.fx import RateSet
from truelift.ledger.invoice_targets import TYPE_OF_ACCRUAL, InvoiceTargets
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CostDocument,
    CostState,
    Facts,
    Policy,
)

DAY = dt.date(2026, 4, 1)
A1 = AgreementSigned("A1", "ana", "USD", DAY, None, 1_000, (AgreedDeliverable("D1"),))
ROW = CostDocument("F1", CostState.INVOICED, DAY, "fee", 300, "USD", deliverable="D1")


def opened(facts):
    entries, _ = entries_for(facts, Policy("USD"), RateSet())
    return {each.item: each.open_minor for each in InvoiceTargets(facts, entries).items}


def test_the_price_is_open_less_what_the_costs_file_invoiced():
    assert opened(Facts((A1,))) == {"A1": 1_000}
    assert opened(Facts((A1,), documents=(ROW, ROW))) == {"A1": 700}
    assert opened(Facts((A1,), documents=(replace(ROW, amount_minor=2_000),))) == {"A1": 0}


def test_other_costs_of_an_agreement_are_open_as_they_are_accrued():
    bonus = replace(
        ROW, state=CostState.ACCRUED, cost_type="bonus", deliverable=None, agreement="A1"
    )
    assert opened(Facts((A1,), documents=(bonus,))) == {"A1": 1_000, "A1:bonus": 300}


def test_an_accrual_alone_is_open_less_what_settled_it():
    alone = replace(ROW, document="S1", state=CostState.ACCRUED, deliverable=None)
    assert opened(Facts(documents=(alone,))) == {"S1": 300}
    some = replace(alone, document="F2", state=CostState.INVOICED, settles="S1", amount_minor=100)
    assert opened(Facts(documents=(alone, some))) == {"S1": 200}


def test_an_agreement_without_price_is_open_for_nothing():
    assert opened(Facts((replace(A1, fee_minor=None, deliverables=()),))) == {}


def test_an_agreement_and_a_document_of_one_name_are_one_item():
    twice = replace(A1, campaign="spring")
    assert opened(Facts((A1, twice))) == {"A1": 1_000}


def test_identities_need_a_supplier():
    facts = Facts((A1,), documents=(replace(ROW, agreement="A1"), replace(ROW, document="F9")))
    assert InvoiceTargets(facts, ()).identities == {"ana/F1/300/USD": "F1", "ana/F1": "F1"}


def test_every_accrual_account_has_a_type_and_goods_have_none():
    assert TYPE_OF_ACCRUAL["2111"] == TYPE_OF_ACCRUAL["2110"] == "commission"
    assert "1300" not in TYPE_OF_ACCRUAL
