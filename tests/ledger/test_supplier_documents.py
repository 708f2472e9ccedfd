"""Invoices and bank lines become cost documents where they match, and payables until paid."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from truelift.ledger.fx import RateSet
from truelift.ledger.matching import Decision
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CommissionEarned,
    CostDocument,
    CostState,
    Facts,
    Policy,
)
from truelift.ledger.supplier_documents import BankLine, SupplierInvoice, end_to_end_of, settle
from truelift.ledger.trial_balance import trial_balance

APRIL, MAY = dt.date(2026, 4, 1), dt.date(2026, 5, 10)
A1 = AgreementSigned("A1", "ana", "USD", APRIL, "spring", 1_000, (AgreedDeliverable("D1"),))
A2 = AgreementSigned("A2", "ana", "USD", APRIL, "glow", 500)
FACTS = Facts((A1, A2))
INVOICE = SupplierInvoice("ana", "INV-7", MAY, "USD", 1_000, 190, numbers=("A1",))
PAID = BankLine("b1", MAY, "USD", -1_190, text="INV-7")


def settled(invoices=(INVOICE,), lines=(PAID,), facts=FACTS, decisions=None):
    entries, _ = entries_for(facts, Policy("USD"), RateSet())
    return settle(invoices, lines, facts, entries, decisions or {})


def told(verdicts):
    return {each.line: each.reason.value for each in verdicts}


def test_an_exact_invoice_and_its_payment_are_booked_to_the_last_cent():
    found = settled()
    assert told(found.invoices) == {"ana/INV-7": "NUMBER"}
    assert told(found.payments) == {"b1": "NUMBER"}
    invoice, payment = found.documents
    assert (invoice.agreement, invoice.amount_minor, invoice.tax_minor) == ("A1", 1_000, 190)
    assert (payment.settles, payment.amount_minor) == ("ana/INV-7", 1_190)
    assert [each.open_minor for each in found.payables] == [0]
    facts = replace(FACTS, documents=found.documents)
    entries, faults = entries_for(facts, Policy("USD"), RateSet())
    assert faults == ()
    balances = {each.account: each[2] for each in trial_balance(entries)}
    assert balances["1000"] == -1_190
    assert "2000" not in balances or balances["2000"] == 0


def test_an_invoice_for_two_agreements_is_split_and_its_tax_with_it():
    both = replace(INVOICE, net_minor=1_500, tax_minor=100, numbers=("A1", "A2"))
    rows = settled([both], ()).documents
    assert [(row.agreement, row.line, row.amount_minor, row.tax_minor) for row in rows] == [
        ("A1", "A1", 1_000, 67), ("A2", "A2", 500, 33),
    ]  # fmt: skip


def test_a_deliverable_names_its_agreement_and_stays_on_the_invoice():
    by_work = replace(INVOICE, numbers=("D1",), deliverable="D1", net_minor=400)
    (row,) = settled([by_work], ()).documents
    assert (row.agreement, row.deliverable) == ("A1", "D1")


def test_what_cannot_stand_is_not_booked():
    wrong = [
        replace(INVOICE, number="above", net_minor=1_001, tax_minor=0),
        replace(INVOICE, number="credit", net_minor=-10, tax_minor=0),
        replace(INVOICE, number="sum", gross_minor=1_191),
        replace(INVOICE, number="euro", currency="EUR"),
        replace(INVOICE, number="whose", supplier="bo"),
        replace(INVOICE, number="unknown", supplier="who", known_supplier=False, numbers=()),
    ]
    found = settled(wrong, ())
    assert told(found.invoices) == {
        "ana/above": "ABOVE_OPEN",
        "ana/credit": "CREDIT_NOTE",
        "ana/sum": "SUM_DIFFERS",
        "ana/euro": "WRONG_CURRENCY",
        "bo/whose": "OTHER_PARTY",
        "who/unknown": "NOT_OURS",
    }
    assert found.documents == ()
    assert found.payables == ()


def test_two_suppliers_may_use_one_number():
    bo = AgreementSigned("B1", "bo", "USD", APRIL, None, 300)
    other = SupplierInvoice("bo", "INV-7", MAY, "USD", 300, numbers=("B1",), account="acc-bo")
    line = replace(PAID, amount_minor=-300, account="acc-bo")
    found = settled([INVOICE, other], [line], Facts((A1, bo)))
    assert [row.settles for row in found.documents if row.state is CostState.PAID] == ["bo/INV-7"]


def test_an_invoice_again_is_blocked_also_when_the_costs_file_has_it():
    again = replace(INVOICE, number="inv 7", on=MAY + dt.timedelta(days=3))
    found = settled([INVOICE, again], ())
    assert told(found.invoices) == {"ana/INV-7": "NUMBER", "ana/inv 7": "DUPLICATE"}
    row = CostDocument(
        "INV-7", CostState.INVOICED, MAY, "fee", 1_000, "USD", agreement="A1", tax_minor=190
    )
    known = settled([INVOICE], (), Facts((A1, A2), documents=(row,)))
    assert told(known.invoices) == {"ana/INV-7": "DUPLICATE"}


def test_an_accrual_that_stands_alone_is_invoiced_by_its_number():
    accrued = CostDocument(
        "STUDIO-1", CostState.ACCRUED, APRIL, "production", 700, "USD", creator="ana"
    )
    facts = Facts(documents=(accrued, replace(accrued, line="2", amount_minor=50)))
    invoice = replace(INVOICE, net_minor=750, tax_minor=0, numbers=("STUDIO-1",))
    found = settled([invoice], [replace(PAID, amount_minor=-750)], facts)
    assert [(row.state.value, row.settles, row.cost_type) for row in found.documents] == [
        ("invoiced", "STUDIO-1", "production"), ("paid", "ana/INV-7", "other"),
    ]  # fmt: skip
    _, faults = entries_for(
        replace(facts, documents=(*facts.documents, *found.documents)), Policy("USD"), RateSet()
    )
    assert faults == ()


def test_commission_can_be_invoiced_as_far_as_it_is_earned():
    earned = CommissionEarned("o1", "A2", 2_000, "USD", 100_000, MAY)
    invoice = replace(INVOICE, net_minor=200, tax_minor=0, cost_type="commission", numbers=("A2",))
    (row,) = settled([invoice], (), Facts((A2,), commissions=(earned,))).documents
    assert (row.agreement, row.cost_type, row.amount_minor) == ("A2", "commission", 200)


def test_a_cancelled_agreement_is_open_only_as_far_as_it_is_accrued():
    ended = replace(A2, cancelled_on=MAY, cancel_fee_minor=80)
    found = settled([replace(INVOICE, numbers=("A2",), net_minor=81)], (), Facts((ended,)))
    assert told(found.invoices) == {"ana/INV-7": "ABOVE_OPEN"}


def test_invoices_of_the_costs_file_are_paid_by_bank_lines_too():
    fee = CostDocument("F-0001", CostState.INVOICED, APRIL, "fee", 500, "USD", agreement="A2")
    rows = (
        fee,
        replace(fee, document="F-0002", on=MAY, amount_minor=300),
        replace(fee, document="F-0003", agreement=None, counterparty="studio", amount_minor=90),
        replace(fee, document="P1", state=CostState.PAID, amount_minor=600),
        replace(fee, document="P2", state=CostState.PAID, amount_minor=40, settles="F-0003"),
        replace(fee, document="P3", state=CostState.PAID, amount_minor=1, agreement=None),
    )
    lines = [
        replace(PAID, line="b2", amount_minor=-200, text="F-0002"),
        replace(PAID, line="b3", amount_minor=-50, end_to_end=end_to_end_of("F-0003"), text=""),
        replace(PAID, line="b4", amount_minor=-500, text="F-0001"),
    ]
    found = settled((), lines, Facts((A2,), documents=rows))
    assert told(found.payments) == {"b2": "NUMBER", "b3": "END_TO_END", "b4": "SETTLED"}
    assert {each.document: each.open_minor for each in found.payables} == {
        "F-0001": 0, "F-0002": 0, "F-0003": 0,
    }  # fmt: skip


def test_a_payment_that_came_back_settles_nothing():
    sent = replace(PAID, end_to_end="E1")
    back = replace(
        PAID, line="b2", on=MAY + dt.timedelta(days=2), amount_minor=1_190, end_to_end="E1"
    )
    again = replace(PAID, line="b3", on=MAY + dt.timedelta(days=5), end_to_end="E2")
    other = replace(back, line="b4", end_to_end="E9")
    early = replace(back, line="b0", on=APRIL)
    found = settled(lines=[again, back, sent, other, early])
    assert told(found.payments) == {
        "b0": "MONEY_IN", "b1": "RETURNED", "b2": "RETURNED", "b3": "NUMBER", "b4": "MONEY_IN",
    }  # fmt: skip
    assert [row.document for row in found.documents if row.state is CostState.PAID] == ["b3"]


def test_a_supplier_s_other_accounts_hold_where_an_invoice_states_none():
    elsewhere = replace(INVOICE, number="INV-8", numbers=("A2",), net_minor=500, account="acc-ana")
    thief = replace(PAID, account="acc-thief", party="ana")
    found = settled([INVOICE, elsewhere], [thief])
    assert told(found.payments) == {"b1": "OTHER_ACCOUNT"}


def test_the_agreed_end_to_end_id_is_used_and_both_are_understood():
    agreed = replace(INVOICE, end_to_end="PAY-1")
    for name in ("PAY-1", end_to_end_of("ana/INV-7")):
        line = replace(PAID, text="", end_to_end=name)
        assert told(settled([agreed], [line]).payments) == {"b1": "END_TO_END"}
    assert settled([agreed], ()).payables[0].end_to_end == "PAY-1"
    assert settled((INVOICE,), ()).payables[0].end_to_end == end_to_end_of("ana/INV-7")
    assert len(end_to_end_of("x" * 99)) <= 35


def test_an_invoice_that_a_payment_of_the_costs_file_settles_is_not_open():
    paid = CostDocument("P1", CostState.PAID, MAY, "fee", 1_190, "USD", settles="ana/INV-7")
    found = settled(facts=replace(FACTS, documents=(paid,)))
    assert told(found.payments) == {"b1": "SETTLED"}
    by_agreement = replace(paid, settles=None, agreement="A1")
    found = settled(facts=replace(FACTS, documents=(by_agreement,)))
    assert told(found.payments) == {"b1": "SETTLED"}


def test_a_person_may_take_an_invoice_above_its_agreement():
    above = replace(INVOICE, net_minor=1_300)
    accepted = {"ana/INV-7": Decision(accepted=("A1",))}
    found = settled([above], (), decisions=accepted)
    assert [row.amount_minor for row in found.documents] == [1_300]
    assert above.shown_minor == 1_490
    assert (above.line, above.counterparty, PAID.shown_minor) == ("ana/INV-7", "ana", -1_190)
