"""Days, rates and a way to read entries as a controller would: one line each."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.money import format_minor
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import Policy

RATES = RateSet(
    [
        RateRow("2026-05-01", "EUR", "USD", "1.10", "ecb"),
        RateRow("2026-05-05", "EUR", "USD", "1.12", "ecb"),
        RateRow("2026-05-10", "EUR", "USD", "1.15", "ecb"),
        RateRow("2026-05-20", "EUR", "USD", "1.20", "ecb"),
        RateRow("2026-05-01", "EUR", "JPY", "170", "ecb"),
        RateRow("2026-05-01", "USD", "KWD", "0.3", "own"),
    ]
)


def line(entry):
    """Write an entry as `05-10 R03 | 6100 500.00 | 2100 -500.00`, in the brand's currency."""
    moved = [f"{each.account} {format_minor(each.base_minor, 'USD')}" for each in entry.postings]
    return " | ".join([f"{entry.effective_date:%m-%d} {entry.rule}", *moved])


@pytest.fixture
def rates():
    return RATES


@pytest.fixture
def booked():
    """Book facts in USD and give the lines of book `fin` (or all), and the codes of the faults."""

    def book(facts, *, everything=False, currency="USD", policy=None, **time):
        entries, faults = entries_for(facts, policy or Policy(currency), RATES, **time)
        lines = [line(each) for each in entries if everything or each.book == "fin"]
        return "\n".join(lines), [fault.code.value for fault in faults]

    return book


@pytest.fixture
def may():
    return lambda day: dt.date(2026, 5, day)
