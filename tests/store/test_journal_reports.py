"""Grouped reads: the same sums as going through the entries one by one, whatever the facts."""

from __future__ import annotations

import contextlib
import datetime as dt
import runpy
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import StaticPool, create_engine, event

from truelift.base.time import Period
from truelift.ledger.chart import COST_ACCOUNTS
from truelift.ledger.movement import ACCRUALS, PREPAYMENTS, Span, accrual_steps
from truelift.ledger.open_items import open_items
from truelift.ledger.period import Calendar, PeriodStatus
from truelift.ledger.posting_plan import dated
from truelift.reports.payables import PAYABLES
from truelift.reports.restatement import restatements
from truelift.reports.roll_forward import accruals, prepayments
from truelift.store import journal, journal_balances, journal_reports
from truelift.store.journal_reports import Scope
from truelift.store.journal_tables import create_all
from truelift.store.sqlite import configure_sqlite

GENERATED = runpy.run_path(
    str(Path(__file__).parents[1] / "ledger" / "test_recognition_properties.py")
)
facts_of, book = GENERATED["facts_of"], GENERATED["book"]

NOW = dt.datetime(2026, 7, 1, 12)
LATER = dt.datetime(2026, 7, 9, 12)
SCOPE = Scope("brand", LATER)
TAKEN_BACK = {"commission_reversed", "taken_back", "estimate_reversed"}
"""Kinds of entries that lower an accrual because the cost is not owed any more."""
spans = st.sampled_from(
    [Span(), Span("2026-06", "2026-06"), Span("2026-05", "2026-05"), Span(None, "2026-05")]
)


@contextlib.contextmanager
def kept(*batches):
    """Give a connection to a journal with batches of (entries, recorded at)."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", lambda link, _: configure_sqlite(link))
    create_all(engine)
    with engine.begin() as connection:
        for entries, at in batches:
            journal.append(connection, "brand", entries, at)
        yield connection
    engine.dispose()


def lines(entries, accounts, span):
    """Give (entry, posting) of some accounts up to the end of a span."""
    return [
        (entry, posting)
        for entry in entries
        for posting in entry.postings
        if posting.account in accounts and str(entry.period) in Span(None, span.last)
    ]


@settings(max_examples=25)
@given(facts_of, spans)
def test_roll_forwards_close_on_the_balance_whatever_the_facts(facts, span):
    entries, _ = book(facts)
    with kept((entries, NOW)) as connection:
        for accounts, roll in ((ACCRUALS, accruals), (PREPAYMENTS, prepayments)):
            moved = journal_reports.movements(connection, SCOPE, accounts, span)
            closing = journal_reports.balances(connection, SCOPE, accounts, span.last)
            expected = Counter()
            for _, posting in lines(entries, accounts, span):
                expected[posting.account, posting.agreement, posting.creator] += posting.base_minor
            assert closing == dict(expected)
            found = roll(moved, closing, span, "USD")
            assert {row["residual"] for row in found.rows} <= {0}
            assert {row["other"] for row in found.rows} <= {0}


@settings(max_examples=25)
@given(facts_of)
def test_each_step_of_the_accruals_is_what_the_other_side_of_the_entries_says(facts):
    entries, _ = book(facts)
    with kept((entries, NOW)) as connection:
        moved = journal_reports.movements(connection, SCOPE, ACCRUALS, Span())
    steps = Counter()
    for movement in moved:
        steps.update(accrual_steps(movement))
    expected = Counter()
    for entry in entries:
        base = Counter()
        for posting in entry.postings:
            base[posting.account] += posting.base_minor
        if not set(base) & set(ACCRUALS):
            continue
        cost = sum(base[account] for account in COST_ACCOUNTS)
        if entry.rule == "R13":
            released = -sum(
                each.base_minor
                for each in entry.postings
                if each.account in COST_ACCOUNTS and each.base_minor < 0
            )
            expected["reversed"] += released
            expected["invoiced"] += sum(base[account] for account in ACCRUALS) - released
            continue
        expected["exchange"] += base["7100"]
        step = "reversed" if entry.kind in TAKEN_BACK else "accrued"
        expected[step] += -cost if step == "reversed" else cost + base["1400"]
    assert {name: steps[name] for name in expected} == dict(expected)


@settings(max_examples=40)
@given(facts_of, spans)
def test_cost_lines_and_payables_tie_to_the_trial_balance(facts, span):
    entries, _ = book(facts)
    last = None if span.last is None else Period.parse(span.last).last_day
    with kept((entries, NOW)) as connection:
        costs = journal_reports.cost_lines(connection, SCOPE, Span(None, span.last), {})
        days = journal_reports.day_moves(connection, SCOPE, PAYABLES, span.last)
        balances = journal_balances.trial_balance(connection, "brand", as_of=last)
    by_account = Counter()
    for balance in balances:
        by_account[balance.account] += balance.base_minor
    assert sum(line.base_minor for line in costs) == sum(
        by_account[account] for account in COST_ACCOUNTS
    )
    items = open_items(days)
    assert sum(item.base_minor for item in items) == -by_account["2000"]
    assert all(sum(item.base_by_age(LATER.date())) == item.base_minor for item in items)


@settings(max_examples=40)
@given(facts_of, facts_of)
def test_what_changes_after_a_close_is_explained_and_the_close_is_not_touched(before, after):
    entries, _ = book(before)
    changed = {entry.entry_id: entry for entry in book(after)[0]}
    known = {entry.entry_id for entry in entries}
    calendar = Calendar(frozenset({(Period(2026, 5), PeriodStatus.CLOSED)}))
    late = dated([entry for name, entry in changed.items() if name not in known], (), calendar)
    closes = {"2026-05": NOW}
    with kept((entries, NOW)) as connection:
        first = _restated(connection, closes)
        journal.append(connection, "brand", late, LATER)
        now = _restated(connection, closes)
        told = journal_reports.late_entries(connection, SCOPE, Span())
    assert {row["residual"] for row in now.rows if "residual" in row} <= {0}
    assert {name: amount for name, amount in _closed(now).items() if amount} == {
        name: amount for name, amount in _closed(first).items() if amount
    }
    financial = [entry for entry in late if entry.late_for_period and entry.book == "fin"]
    assert {item.entry_id for item in told} == {entry.entry_id for entry in financial}


def _restated(connection, closes):
    sums = journal_reports.account_sums(connection, SCOPE, closes)
    entries = journal_reports.restating(connection, SCOPE, closes)
    return restatements(sums, entries, closes, Span(), "USD")


def _closed(found):
    return {row["account"]: row["as_closed"] for row in found.rows if "as_closed" in row}


@given(facts_of)
@settings(max_examples=30)
def test_a_commitment_is_signed_used_released_and_open(facts):
    entries, _ = book(facts)
    with kept((entries, NOW)) as connection:
        found = journal_reports.commitment_lines(connection, SCOPE, None)
    expected = Counter()
    for _, posting in lines(entries, {"9500"}, Span()):
        expected[posting.agreement] += posting.amount_minor
    told = Counter()
    for line in found:
        told[line.agreement] += line.amount_minor
        assert not line.first or line.kind == "commitment"
    assert told == expected


@pytest.fixture
def two():
    """A journal of one entry known early and one known late."""
    signed = GENERATED["AgreementSigned"](
        "A0", "ana", "USD", dt.date(2026, 5, 2), "spring", None,
        (GENERATED["AgreedDeliverable"]("A0/0", 500),),
    )  # fmt: skip
    live = GENERATED["DeliverableLive"]("A0/0", "A0", dt.date(2026, 6, 3))
    entries, _ = book(GENERATED["Facts"](agreements=(signed,), live=(live,)))
    early = [entry for entry in entries if entry.effective_date.month == 5]
    late = [entry for entry in entries if entry.effective_date.month == 6]
    with kept((early, NOW), (late, LATER)) as connection:
        yield connection


def test_only_what_was_known_and_whose_it_is_counts(two):
    def costs(scope, span=None):
        return [
            line.base_minor for line in journal_reports.cost_lines(two, scope, span or Span(), {})
        ]

    assert costs(SCOPE) == [500]
    assert costs(SCOPE._replace(known_at=NOW)) == []
    assert costs(SCOPE._replace(campaign="spring", creator="ana")) == [500]
    assert costs(SCOPE._replace(campaign="summer")) == []
    assert costs(SCOPE, Span("2026-06", "2026-06")) == [500]
    assert costs(SCOPE, Span(None, "2026-05")) == []
    assert costs(SCOPE, Span("2026-07")) == []
    assert costs(SCOPE._replace(brand="other")) == []


def test_the_journal_says_what_was_recorded_when_and_whom_it_names(two):
    booked = journal_reports.bookings(two, "brand", LATER)
    assert [at for at, _ in sorted(booked)] == [NOW, LATER]
    assert journal_reports.newest_entry(two, "brand") == LATER
    assert journal_reports.newest_entry(two, "other") is None
    assert journal_reports.named(two, "brand", "creator", "ana")
    assert not journal_reports.named(two, "brand", "creator", "bo")


def test_the_status_of_periods_is_read_as_it_was_known(two):
    for month, status in ((5, PeriodStatus.CLOSED), (6, PeriodStatus.OPEN)):
        journal.set_period_status(
            two, "brand", Period(2026, month), status, changed_by="eve", changed_at=LATER
        )
    assert journal_reports.closed_periods(two, "brand", None) == {"2026-05": LATER}
    assert journal_reports.closed_periods(two, "brand", NOW) == {}
    assert journal_reports.period_changes(two, "brand", LATER) == [
        (LATER, "eve", "2026-05", "closed"), (LATER, "eve", "2026-06", "open"),
    ]  # fmt: skip
