"""A period goes open, prepared, closed; two people sign, and nothing moves in between."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.errors import JournalRefused
from truelift.base.time import Period
from truelift.ledger.close import (
    Check,
    CloseState,
    Severity,
    Standing,
    difference,
    in_order,
    may_approve,
    may_prepare,
    may_reopen,
    reaches_the_end,
    told,
    unmapped,
)

MAY = Period(2026, 5)
PREPARED = Standing(CloseState.PREPARED, "ana", 7, "abc")
CLOSED = Standing(CloseState.CLOSED, "bo", 7, "abc")


def approve(standing=PREPARED, person="bo", seq=7, head="abc", checks=()):
    may_approve(MAY, standing, person, seq=seq, head=head, checks=checks)


def test_another_person_approves_what_was_prepared_and_has_not_moved():
    approve()
    approve(checks=[Check("late", Severity.WARNS, 3, "Three are late.")])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"standing": Standing()}, "2026-05 is open; prepare it first"),
        ({"standing": CLOSED}, "2026-05 is closed; prepare it first"),
        ({"person": "ana"}, "ana prepared 2026-05 and cannot approve it too"),
        ({"seq": 8}, "from entry 7 to 8 since 2026-05 was prepared"),
        ({"head": "abd"}, "prepare it again"),
        ({"checks": [Check("x", Severity.BLOCKS, 1, "A rate is missing.")]}, "A rate is missing"),
    ],
)
def test_what_nobody_may_approve_is_refused_with_what_to_do(given, said):
    with pytest.raises(JournalRefused, match=said):
        approve(**given)


def test_a_closed_period_is_not_prepared_again():
    may_prepare(MAY, Standing())
    may_prepare(MAY, PREPARED)
    with pytest.raises(JournalRefused, match="2026-05 is closed; reopen it"):
        may_prepare(MAY, CLOSED)


def test_only_the_last_closed_period_is_reopened_and_with_a_reason():
    may_reopen(MAY, CLOSED, MAY, "an invoice of the auditor")
    with pytest.raises(JournalRefused, match="nothing to reopen"):
        may_reopen(MAY, PREPARED, None, "because")
    with pytest.raises(JournalRefused, match="Say why 2026-05"):
        may_reopen(MAY, CLOSED, MAY, "  ")
    with pytest.raises(JournalRefused, match="2026-06 is closed after 2026-05"):
        may_reopen(MAY, CLOSED, MAY.next(), "because")


def test_facts_must_reach_beyond_the_period():
    assert reaches_the_end(MAY, MAY.last_day, dt.date(2026, 5, 31)).blocks
    assert not reaches_the_end(MAY, MAY.last_day, dt.date(2026, 6, 1)).blocks


def test_earlier_periods_with_entries_are_closed_first():
    used = [Period(2026, 3), Period(2026, 4), MAY, Period(2026, 6)]
    assert in_order(MAY, used, None).subjects == ("2026-03", "2026-04")
    assert in_order(MAY, used, Period(2026, 3)).subjects == ("2026-04",)
    assert not in_order(MAY, used, Period(2026, 4)).blocks


def test_a_check_counts_all_and_names_some():
    check = told("late", Severity.WARNS, [str(n) for n in range(30)], "{found} are.", "None is.")
    assert (check.found, len(check.subjects), check.sentence) == (30, 20, "30 are.")
    assert told("late", Severity.WARNS, [], "{found} are.", "None is.").sentence == "None is."
    assert not check.blocks


def test_an_unmapped_account_stops_the_close_only_where_there_is_a_mapping():
    assert not unmapped(["6100"], None).blocks
    assert unmapped(["6100", "2000"], {"2000": "4711"}).subjects == ("6100 Creator fees",)
    assert unmapped(["6100"], {"2000": "4711"}).blocks
    assert not unmapped(["2000"], {"2000": "4711"}).found


def test_a_tie_out_lists_what_either_side_has():
    ours = {("6100", "USD"): 500, ("2000", "USD"): -500, ("1000", "USD"): 0}
    theirs = {("6100", "USD"): 450, ("6130", "USD"): 50}
    assert difference(ours, theirs) == [
        ("2000", "USD", -500, 0, -500),
        ("6100", "USD", 500, 450, 50),
        ("6130", "USD", 0, 50, -50),
    ]


SIDE = st.dictionaries(
    st.tuples(st.sampled_from(["6100", "2000", "1000"]), st.sampled_from(["USD", "JPY"])),
    st.integers(-(10**12), 10**12),
)


@given(SIDE, SIDE)
def test_the_differences_are_the_whole_difference(ours, theirs):
    rows = difference(ours, theirs)
    assert sum(row[4] for row in rows) == sum(ours.values()) - sum(theirs.values())
    assert all(row[4] == row[2] - row[3] for row in rows)
