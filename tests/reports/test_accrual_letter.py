"""Accrual letters: one per creator, with its total per currency."""

from __future__ import annotations

import datetime as dt

from truelift.ledger.open_accruals import OpenAccrual
from truelift.reports.accrual_letter import BREAK, letters

DAY = dt.date(2026, 5, 31)


def accrual(creator, agreement, currency, minor):
    return OpenAccrual(
        creator, agreement, None, None, "fee", "deliverable D1", DAY, currency, minor
    )


def test_each_creator_gets_a_letter_with_its_totals():
    rows = [
        accrual("bo", "B1", "EUR", 100), accrual("ana", "A1", "USD", 40_000),
        accrual("ana", None, "USD", 2_050), accrual(None, None, "JPY", 7),
    ]  # fmt: skip
    ana, bo, unknown = letters(rows, "acme", DAY).split(BREAK)
    assert "To: ana" in ana
    assert "400.00 USD  agreement A1, deliverable D1 (fee)" in ana
    assert "20.50 USD  deliverable D1 (fee)" in ana
    assert "total" in ana
    assert "420.50 USD" in ana
    assert "1.00 EUR" in bo
    assert "To: unknown" in unknown


def test_nothing_to_confirm_is_no_letter():
    assert letters([], "acme", DAY) == ""
