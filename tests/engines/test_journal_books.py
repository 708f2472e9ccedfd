"""The journal keeps the same books in both databases: the same chain, digest and balances."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truelift.base.time import Period
from truelift.ledger import trial_balance as reference
from truelift.ledger.chart import Book
from truelift.ledger.journal import Posting, set_digest, write_entry
from truelift.ledger.posting_plan import Difference, compare
from truelift.store import journal, journal_balances, journal_movements
from truelift.store.journal_tables import period_movement

NOW = dt.datetime(2026, 7, 1, 12, 30, 0, 250)
LATER = NOW + dt.timedelta(days=1)
MAY = Period(2026, 5)
ACCOUNTS = {Book.FIN: ("6100", "2100"), Book.COMMIT: ("9500", "9590"), Book.STAT: ("9000", "9099")}


def entry(number, seed=0):
    draw = random.Random(f"{seed} {number}")
    amount, book = draw.randint(1, 10**9), draw.choice(list(Book))
    debit, credit = ACCOUNTS[book]
    currency = draw.choice(["USD", "EUR", "JPY"])
    more = {"campaign": draw.choice(["spring", None]), "creator": draw.choice(["ana", "bo", None])}
    return write_entry(
        book=book,
        effective_date=dt.date(2026, draw.randint(4, 6), draw.randint(1, 28)),
        kind="accrual",
        event=f"deliverable:{number}",
        rule="R03",
        rule_version=1,
        memo=draw.choice(["", "Fee", "Été\n\t\\N"]),
        postings=(
            Posting(debit, currency, amount, amount * 2, **more),
            Posting(credit, currency, -amount, -amount * 2, **more),
        ),
    )


ENTRIES = [entry(number) for number in range(60)]


@pytest.fixture
def filled(engine):
    with engine.begin() as connection:
        journal.append(connection, "brand", ENTRIES, NOW)
    return engine


def test_the_chain_is_the_same_in_both_databases(filled):
    with filled.connect() as connection:
        assert journal.entries(connection, "brand") == ENTRIES
        found = journal.audit(connection, "brand")
        assert found.end == journal.head(connection, "brand")
        assert found.end.seq == 60
        assert found == (None, found.end, set_digest(ENTRIES))
        assert compare(ENTRIES, journal.headers(connection, "brand")) == Difference((), ())


@given(order=st.permutations(range(12)), parts=st.lists(st.integers(0, 12), max_size=3))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_repeated_and_in_any_parts_gives_the_same_set_and_balances(engine, order, parts):
    shuffled = [ENTRIES[index] for index in order]
    cuts = [0, *sorted(parts), len(shuffled)]
    with engine.connect() as connection:
        for start, end in itertools.pairwise(cuts):
            journal.append(connection, "brand", shuffled[start:end], NOW)
        assert journal.append(connection, "brand", shuffled, LATER) == (0, 12)
        found = journal.audit(connection, "brand")
        assert (found.bad, found.digest) == (None, set_digest(ENTRIES[:12]))
        balances = journal_balances.trial_balance(connection, "brand", None)
        assert balances == reference.trial_balance(ENTRIES[:12], None)
        connection.rollback()


def test_the_parts_in_which_entries_are_appended_do_not_change_the_chain(engine, monkeypatch):
    with engine.connect() as connection:
        journal.append(connection, "brand", ENTRIES, NOW)
        whole = journal.head(connection, "brand")
        connection.rollback()
        monkeypatch.setattr(journal, "BATCH", 7)
        journal.append(connection, "brand", ENTRIES[:11], NOW)
        journal.append(connection, "brand", ENTRIES[11:], NOW)
        assert journal.head(connection, "brand") == whole
        connection.rollback()


DAYS = [None, *(dt.date(2026, *day) for day in ((3, 31), (4, 30), (5, 17), (5, 31), (6, 30)))]


def test_balances_equal_the_reference_as_of_any_day(filled):
    with filled.connect() as connection:
        for as_of in DAYS:
            for book in (None, *Book):
                found = journal_balances.trial_balance(connection, "brand", book, as_of=as_of)
                assert found == reference.trial_balance(ENTRIES, book, as_of)
                assert reference.total(found) == 0
            cost = journal_balances.cost_by_campaign_creator(connection, "brand", as_of=as_of)
            assert cost == reference.cost_by_campaign_creator(ENTRIES, as_of)
            assert all(type(each.base_minor) is int for each in (*found, *cost))
            states = journal_balances.states_by_campaign_creator(connection, "brand", as_of=as_of)
            assert sum(each.accrued for each in states) == sum(each.base_minor for each in cost)


def test_what_was_known_earlier_and_one_period_are_told_apart(filled):
    late = entry(100)
    balance = journal_balances.trial_balance
    with filled.begin() as connection:
        journal.append(connection, "brand", [late], LATER)
        assert balance(connection, "brand", None, known_at=NOW) == reference.trial_balance(
            ENTRIES, None
        )
        may = [each for each in [*ENTRIES, late] if each.period == MAY]
        assert balance(connection, "brand", None, period=MAY) == reference.trial_balance(may, None)
        april = balance(connection, "brand", None, period=MAY, as_of=dt.date(2026, 4, 30))
        assert april == ()


def test_movements_are_the_sums_of_the_postings_and_wrong_ones_are_named(filled):
    columns = period_movement.c
    with filled.begin() as connection:
        assert journal_movements.wrong_movements(connection, "brand") == []
        kept = journal_movements.movements(connection, "brand")
        assert sum(each.postings for each in kept) == 120
        chosen = min(kept)
        row = sa.update(period_movement).where(
            columns.period == chosen.period,
            columns.account == chosen.account,
            columns.currency == chosen.currency,
        )
        connection.execute(row.values(base_minor=columns.base_minor + 1))
        assert journal_movements.wrong_movements(connection, "brand") == [chosen]
        invented = {
            "brand": "brand", "period": "2027-01", "account": "6100", "currency": "USD",
            "amount_minor": 0, "base_minor": 0, "postings": 1,
        }  # fmt: skip
        connection.execute(sa.insert(period_movement).values(invented))
        wrong = journal_movements.wrong_movements(connection, "brand")
        assert wrong == [chosen, ("2027-01", "6100", "USD", 0, 0, 0)]
        journal_movements.restate_movements(connection, "brand")
        assert journal_movements.wrong_movements(connection, "brand") == []
        assert journal_movements.movements(connection, "brand") == kept
        connection.execute(sa.delete(period_movement).where(columns.period == "2026-04"))
        assert journal_movements.wrong_movements(connection, "brand") != []


def test_an_empty_journal_has_an_end_and_a_digest(engine):
    with engine.connect() as connection:
        found = journal.audit(connection, "brand")
        assert found == (None, journal.head(connection, "brand"), set_digest([]))
        assert found.end.seq == 0
        assert journal.append(connection, "brand", [], NOW) == (0, 0)


def test_an_append_that_is_rolled_back_leaves_nothing(filled):
    with filled.connect() as connection:
        before = journal_movements.movements(connection, "brand")
        connection.rollback()
        journal.append(connection, "brand", [entry(200)], LATER)
        connection.rollback()
        assert journal.head(connection, "brand").seq == 60
        assert journal_movements.movements(connection, "brand") == before
