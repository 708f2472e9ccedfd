"""Batches in a line a leg: `6100 EUR 100.00 110.00 campaign=spring`, debit positive."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest

from truelift.base.money import parse_minor
from truelift.ledger.chart import Book
from truelift.ledger.journal import Posting, write_entry
from truelift.reports.journal_export.account_mapping import read_mapping
from truelift.reports.journal_export.batch import ExportBatch

RECORDED = dt.datetime(2026, 6, 1, 9, 30, 15, 250_000)

ACCOUNTS = {
    "1000": {"account": "1200", "name": "Bank"},
    "2000": {"account": "1600", "name": "Accounts Payable"},
    "2100": {"account": "1740", "name": "Accrued:Creators"},
    "6100": {"account": "4610", "name": "Marketing:Creators"},
    "7100": "4650",
}


def posting(text, base):
    account, currency, amount, in_base, *words = text.split()
    return Posting(
        account,
        currency,
        parse_minor(amount, currency),
        parse_minor(in_base, base),
        **dict(word.split("=") for word in words),
    )


def entry_of(day, memo, *legs, base="USD", kind="test", late=None):
    made = write_entry(
        book=Book.FIN,
        effective_date=dt.date.fromisoformat(day),
        kind=kind,
        event=f"event {memo} {day}",
        rule="R03",
        rule_version=1,
        memo=memo,
        postings=tuple(posting(leg, base) for leg in legs),
    )
    return replace(made, late_for_period=late)


LIVE = (
    "2026-05-02",
    "Fee accrued: deliverable a1",
    "6100 EUR 100.00 110.00 campaign=spring creator=ana",
    "2100 EUR -100.00 -110.00 campaign=spring creator=ana",
)
PAID = (
    "2026-05-20",
    'Payment "settled": p1; [x]',
    "2000 EUR 100.00 110.00 counterparty=Ana-Ltd",
    "1000 EUR -100.00 -112.50 counterparty=Ana-Ltd",
    "7100 EUR 0.00 2.50 campaign=spring",
)
YEN = ("2026-05-01", "=1+1", "6100 JPY 1000 6.70", "2100 JPY -1000 -6.70")


@pytest.fixture
def entry():
    return entry_of


@pytest.fixture
def batch_of():
    """Make a batch of entries told as (day, memo, legs...)."""

    def make(*told, base="USD", mapping=None, **more):
        given = dict(mapping or {})
        given.setdefault("accounts", ACCOUNTS)
        entries = tuple(
            entry_of(*each, base=base) if isinstance(each, tuple) else each for each in told
        )
        return ExportBatch(
            name="test-all-1",
            brand="acme",
            currency=base,
            period=more.pop("period", None),
            entries=entries,
            recorded_at=RECORDED,
            mapping=read_mapping(given),
            **more,
        )

    return make


@pytest.fixture
def may(batch_of):
    """A fee in euros that goes live and is paid at another rate, and a fee in yen before both."""
    return lambda **more: batch_of(LIVE, PAID, YEN, **more)


@pytest.fixture
def table():
    """Read one CSV file of an export as rows."""

    def read(file, delimiter=","):
        text = file.content.decode()
        assert "\n" not in text.replace("\r\n", "")
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))

    return read
