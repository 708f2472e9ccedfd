"""Payables by age, and tax lines: what is owed to whom, since when."""

from __future__ import annotations

import datetime as dt

from truelift.ledger.movement import Span
from truelift.ledger.open_items import OpenItem, Party
from truelift.reports.payables import BY_AGE, TaxLine, ageing, taxes

TODAY = dt.date(2026, 6, 20)


def item(counterparty, layers, owed, base, currency="USD"):
    party = Party("2000", counterparty, None, "spring", None, currency)
    return OpenItem(party, owed, base, layers)


def test_the_oldest_comes_first_and_ages_are_in_the_books_currency():
    old, new = dt.date(2026, 3, 1), dt.date(2026, 6, 1)
    items = [
        item("debtor", (), -5, -5),
        item("new", ((new, 100),), 100, 110, "EUR"),
        item(None, ((old, 40), (new, 60)), 100, 100),
    ]
    found = ageing(items, TODAY, "USD")
    assert [(row["counterparty"], row["since"]) for row in found.rows] == [
        (None, old), ("new", new), ("debtor", None),
    ]  # fmt: skip
    assert [[row[name] for name in BY_AGE] for row in found.rows] == [
        [60, 0, 0, 40], [110, 0, 0, 0], [-5, 0, 0, 0],
    ]  # fmt: skip
    assert found.totals[0]["open_base"] == 205
    assert found.table("acme;").rows[1]["open"] == "1.00"


def test_tax_owed_is_positive_and_every_sort_of_tax_has_its_total():
    lines = [
        TaxLine("2026-05", "1150", "studio", "EUR", 20, 22),
        TaxLine("2026-05", "6180", "print", "USD", 8, 8),
        TaxLine("2026-06", "1155", None, "USD", 1, 1),
        TaxLine("2026-06", "2210", "studio", "USD", -12, -12),
        TaxLine("2026-06", "2200", "studio", "USD", -3, -3),
    ]
    found = taxes(lines, Span(), "USD")
    assert [(row["tax"], row["amount"], row["base"]) for row in found.rows] == [
        ("recoverable", 20, 22), ("irrecoverable", 8, 8), ("irrecoverable", 1, 1),
        ("withheld", 12, 12), ("reverse charge", 3, 3),
    ]  # fmt: skip
    assert [(row["tax"], row["base"]) for row in found.totals] == [
        ("irrecoverable", 9), ("recoverable", 22), ("reverse charge", 3), ("withheld", 12),
    ]  # fmt: skip
