"""What is owed in foreign money is remeasured at closing rates, once, and reversed on day 1."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from truelift.base.time import Period
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.remeasurement import remeasure
from truelift.ledger.trial_balance import Balance, trial_balance

MAY = Period(2026, 5)
CLOSING = RateSet([RateRow("2026-05-29", "EUR", "USD", "1.20", "ecb")])
BALANCES = (
    Balance("2000", "EUR", -10_000, -11_000),
    Balance("2100", "EUR", -5_000, -6_000),
    Balance("1400", "EUR", 7_000, 7_700),
    Balance("2000", "USD", -1_000, -1_000),
    Balance("2000", "CHF", -1_000, -1_000),
)


def lines(entries):
    return [
        (entry.effective_date.isoformat(), *(each.base_minor for each in entry.postings))
        for entry in entries
    ]


def test_only_money_owed_in_another_currency_is_remeasured():
    entries, faults = remeasure(BALANCES, CLOSING, MAY, currency="USD")
    assert lines(entries) == [("2026-05-31", -1_000, 1_000), ("2026-06-01", 1_000, -1_000)]
    assert [each.account for each in entries[0].postings] == ["2000", "7110"]
    assert entries[1].reverses == entries[0].entry_id
    assert [fault.code.value for fault in faults] == ["NO_RATE"]
    assert "CHF" in faults[0].sentence


def test_the_calendar_of_the_entity_says_which_days():
    weeks = AccountingCalendar.parse("4-4-5")
    rates = RateSet([RateRow("2026-05-22", "EUR", "USD", "1.20", "ecb")])
    entries, _ = remeasure(BALANCES[:1], rates, MAY, currency="USD", calendar=weeks)
    assert [day for day, *_ in lines(entries)] == ["2026-05-24", "2026-05-25"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["2000", "2100", "1490"]), st.integers(-(10**9), 10**9)),
        max_size=5, unique_by=lambda each: each[0],
    ),
    st.integers(-(10**6), 10**6),
)  # fmt: skip
def test_closing_twice_adds_nothing_and_day_one_leaves_nothing(amounts, off):
    booked = [Balance(account, "EUR", each, each + off) for account, each in amounts]
    entries, _ = remeasure(booked, CLOSING, MAY, currency="USD")
    end = dt.date(2026, 5, 31)
    moved = {each.account: each.base_minor for each in trial_balance(entries, as_of=end)}
    after = [
        each._replace(base_minor=each.base_minor + moved.get(each.account, 0)) for each in booked
    ]
    assert remeasure(after, CLOSING, MAY, currency="USD") == ((), ())
    assert not any(each.base_minor for each in trial_balance(entries))
