"""Open accruals: what is left of each, the oldest first, and nothing of what was reversed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from truelift.ledger.fx import RateSet
from truelift.ledger.journal import reverse
from truelift.ledger.open_accruals import open_accruals
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
    Policy,
)

APRIL, MAY, JUNE = (dt.date(2026, month, 5) for month in (4, 5, 6))
A1 = AgreementSigned(
    "A1", "ana", "USD", APRIL, "spring", 900,
    (AgreedDeliverable("D1", 400), AgreedDeliverable("D2", 500)),
)  # fmt: skip
LIVE = (DeliverableLive("D1", "A1", APRIL, "spring"), DeliverableLive("D2", "A1", MAY, "spring"))
ROW = CostDocument("F1", CostState.INVOICED, JUNE, "fee", 450, "USD", agreement="A1")


def entries(*rows, live=LIVE):
    return entries_for(Facts((A1,), live, documents=rows), Policy("USD"), RateSet())[0]


def told(found):
    return [(each.creator, each.deliverable, each.since.month, each.amount_minor) for each in found]


def test_an_invoice_takes_the_oldest_work_down_first():
    assert told(open_accruals(entries(), JUNE)) == [("ana", "D1", 4, 400), ("ana", "D2", 5, 500)]
    assert told(open_accruals(entries(ROW), JUNE)) == [("ana", "D2", 5, 450)]
    assert told(open_accruals(entries(ROW), APRIL)) == []


def test_an_invoice_of_a_deliverable_takes_that_one_down_first():
    own = replace(ROW, deliverable="D2")
    assert told(open_accruals(entries(own), JUNE)) == [("ana", "D1", 4, 400), ("ana", "D2", 5, 50)]


def test_an_accrual_without_agreement_stands_under_who_is_owed():
    alone = replace(ROW, state=CostState.ACCRUED, agreement=None, counterparty="studio")
    (found,) = open_accruals(entries(alone, live=()), JUNE)
    assert (found.creator, found.what, found.amount_minor) == ("studio", "document F1", 450)


def test_what_was_reversed_counts_for_nothing():
    first = next(entry for entry in entries() if entry.kind == "accrual")
    back = reverse(first, JUNE)
    assert told(open_accruals([*entries(), back], JUNE)) == [("ana", "D2", 5, 500)]
    assert told(open_accruals([back], JUNE)) == []
