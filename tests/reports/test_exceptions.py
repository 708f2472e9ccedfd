"""Exceptions: the oldest first, each with a sentence on what to do."""

from __future__ import annotations

import datetime as dt

from truelift.ledger.open_items import OpenItem, Party
from truelift.reports.exceptions import (
    Exceptional,
    Uninvoiced,
    exceptions,
    overdue,
    without_invoice,
)

TODAY = dt.date(2026, 6, 20)
OLD = TODAY - dt.timedelta(31)


def item(since, **more):
    party = Party("2100", "ana", "ana", "spring", "A", "EUR")._replace(**more)
    layers = ((since, 600),) if since else ()
    return OpenItem(party, 600 if since else -600, 690, layers)


def test_an_accrual_is_overdue_after_thirty_days_and_says_whom_to_ask():
    items = [item(OLD), item(TODAY - dt.timedelta(30)), item(None)]
    (found,) = overdue(items, TODAY)
    assert found.sentence == (
        "6.00 EUR of A stands on account 2100 without an invoice, the oldest since 2026-05-20; "
        "ask ana for it, or release the accrual."
    )
    assert (found.amount_minor, found.campaign) == (690, "spring")


def test_an_accrual_of_nobody_asks_the_supplier():
    nobody = item(OLD, agreement=None, counterparty=None, creator=None)
    (found,) = overdue([nobody], TODAY)
    assert "of no agreement" in found.sentence
    assert "ask the supplier for it" in found.sentence
    (found,) = overdue([item(OLD, agreement=None)], TODAY)
    assert found.what == "ana"


def test_rows_are_aged_by_the_newest_day_and_only_known_amounts_are_summed():
    found = exceptions(
        [
            Exceptional("fault", "cost:x", "CONFLICT", "Given twice."),
            Exceptional("not booked", "cost:y", "NO_RATE", "No rate.", OLD, "spring"),
            *overdue([item(OLD)], TODAY),
        ],
        TODAY,
        "USD",
    )
    assert [(row["exception"], row["age_days"]) for row in found.rows] == [
        ("not booked", 31), ("overdue accrual", 31), ("fault", None),
    ]  # fmt: skip
    assert found.totals == ({"exception": "total", "currency": "USD", "amount": 690},)
    assert exceptions([], TODAY, "USD").totals == ()


def test_a_payment_without_invoice_says_whose_and_whom_to_ask():
    paid = Uninvoiced(OLD, "cost:A/fee", "A", "spring", "ana", 12_00)
    nobody = Uninvoiced(OLD, "cost:A/fee", None, None, None, 12_00)
    found, other = without_invoice([paid, nobody], "EUR")
    assert found.sentence == (
        "12.00 EUR of A was paid on 2026-05-20 without an invoice (cost:A/fee); ask ana for it and "
        "import it, or take the payment back."
    )
    assert (found.amount_minor, found.campaign) == (12_00, "spring")
    assert "of no agreement" in other.sentence
    assert "ask the supplier" in other.sentence
