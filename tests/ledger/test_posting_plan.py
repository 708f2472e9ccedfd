"""Amended facts make reversals and new entries; closed periods stay as they were."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.time import Period
from truelift.ledger.fx import RateSet
from truelift.ledger.period import Calendar, PeriodStatus
from truelift.ledger.posting_plan import plan
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    DeliverableLive,
    Facts,
    Policy,
)
from truelift.ledger.trial_balance import trial_balance

OPEN = Calendar()
MAY_CLOSED = Calendar(frozenset({(Period(2026, 5), PeriodStatus.CLOSED)}))


def target(fee, live=(10, 20), currency="USD"):
    work = tuple(AgreedDeliverable(f"d{day}") for day in live)
    agreement = AgreementSigned(
        "A1", "ana", currency, dt.date(2026, 5, 1), "spring", fee, deliverables=work
    )
    facts = Facts(
        (agreement,),
        tuple(DeliverableLive(f"d{day}", "A1", dt.date(2026, 5, day)) for day in live),
    )
    return entries_for(facts, Policy("USD"), RateSet())[0]


def told(entries):
    return [
        (f"{each.effective_date:%m-%d}", each.rule, each.kind, each.postings[0].base_minor)
        for each in entries
        if each.book == "fin"
    ]


def standing(journal):
    return [each for each in trial_balance(journal, None) if each.base_minor or each.amount_minor]


def test_the_same_facts_again_post_nothing():
    journal = plan(target(1_000), [], OPEN)
    assert journal == target(1_000)
    assert plan(target(1_000), journal, OPEN) == ()


def test_an_amended_fee_reverses_and_posts_anew_on_the_same_days():
    journal = target(1_000)
    added = plan(target(1_200), journal, OPEN)
    assert told(added) == [
        ("05-10", "R03", "reversal:accrual", -500),
        ("05-20", "R03", "reversal:accrual", -500),
        ("05-10", "R03", "accrual", 600),
        ("05-20", "R03", "accrual", 600),
    ]
    assert standing([*journal, *added]) == standing(target(1_200))


def test_facts_that_return_come_back_as_a_new_generation():
    journal = list(target(1_000))
    for fee in (1_200, 1_000, 1_200, 1_000):
        journal.extend(plan(target(fee), journal, OPEN))
        assert standing(journal) == standing(target(fee))
    assert len({each.entry_id for each in journal}) == len(journal)
    assert {each.kind for each in journal if each.rule == "R03"} == {
        "accrual",
        "accrual~2",
        "accrual~3",
        "reversal:accrual",
        "reversal:accrual~2",
    }


def test_a_late_fact_goes_to_the_first_open_period_and_says_so():
    journal = target(1_000)
    added = plan(target(1_200), journal, MAY_CLOSED)
    assert {each.effective_date for each in added} == {dt.date(2026, 6, 1)}
    assert {each.late_for_period for each in added} == {"2026-05"}
    assert plan(target(1_200), [*journal, *added], MAY_CLOSED) == ()
    assert plan(target(1_200), [*journal, *added], OPEN) == ()


def test_a_new_version_of_a_rule_that_books_the_same_posts_nothing():
    journal = target(1_000)
    newer = [replace(each, rule_version=2, entry_id=_id(each, 2)) for each in journal]
    assert plan(newer, journal, OPEN) == ()


def _id(entry, version):
    from truelift.ledger.journal import identify  # noqa: PLC0415 - used once

    return identify(entry.source_event, entry.rule, version, entry.kind)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=6))
def test_any_history_of_amendments_ends_where_the_facts_are(history):
    journal = []
    for fee, closed in history:
        implied = target(1_000 * fee, live=(10, 20)[: 1 + fee % 2])
        journal.extend(plan(implied, journal, MAY_CLOSED if closed else OPEN))
        assert standing(journal) == standing(implied)
        assert plan(implied, journal, OPEN) == ()


@pytest.mark.parametrize(
    ("day", "posted", "late"),
    [
        (dt.date(2026, 4, 30), dt.date(2026, 6, 1), "2026-04"),
        (dt.date(2026, 5, 31), dt.date(2026, 6, 1), "2026-05"),
        (dt.date(2026, 6, 2), dt.date(2026, 6, 2), None),
    ],
)
def test_nothing_is_posted_in_or_before_a_closed_period(day, posted, late):
    assert MAY_CLOSED.posting_day(day) == (posted, late)
    assert OPEN.posting_day(day) == (day, None)
