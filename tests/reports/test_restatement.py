"""Restatements: the entries between as closed and as known explain the whole difference."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.movement import Span
from truelift.reports.restatement import (
    AccountSums,
    LateEntry,
    Restating,
    event_of,
    late_adjustments,
    restatements,
)

MAY, JUNE, JULY = "2026-05", "2026-06", "2026-07"
NOW = dt.datetime(2026, 7, 5)


def entry(period, late_for, base, *, in_close=False, account="6110"):
    return Restating("e1", period, late_for, in_close, "refund:r1>1@ab", "memo", account, base)


def posted(each):
    return AccountSums(each.period, each.late_for, each.account, each.in_close, each.base_minor)


def rows(found):
    return [
        (row["period"], row["account"], row.get("as_closed"), row.get("as_known"), row["explained"])
        for row in found.rows
    ]


def test_a_late_refund_changes_its_own_period_and_no_close():
    late = entry(JUNE, MAY, -400)
    sums = [AccountSums(MAY, None, "6110", in_close=True, base_minor=1500), posted(late)]
    found = restatements(sums, [late], [MAY], Span(), "USD")
    assert rows(found) == [(MAY, "6110", 1500, 1100, -400), (MAY, "6110", None, None, -400)]
    assert found.rows[1]["event"] == "refund:r1>1"
    assert (found.rows[0]["difference"], found.rows[0]["residual"]) == (-400, 0)


def test_a_late_fact_in_a_close_is_taken_out_of_it_as_known():
    late = entry(JUNE, MAY, -400, in_close=True)
    found = restatements([posted(late)], [late], [MAY, JUNE], Span(), "USD")
    assert rows(found)[0] == (MAY, "6110", 0, -400, -400)
    assert rows(found)[2] == (JUNE, "6110", -400, 0, 400)


def test_a_period_outside_the_span_or_open_is_not_shown():
    late = entry(JUNE, MAY, -400)
    assert restatements([posted(late)], [late], [MAY], Span(JUNE), "USD").rows == ()


entries_of = st.lists(
    st.builds(
        Restating,
        entry_id=st.just("e"),
        period=st.sampled_from([MAY, JUNE, JULY]),
        late_for=st.none() | st.sampled_from([MAY, JUNE]),
        in_close=st.booleans(),
        source_event=st.just("x@y"),
        memo=st.just(""),
        account=st.sampled_from(["6100", "2100"]),
        base_minor=st.integers(-(10**9), 10**9),
    ),
    max_size=12,
)


@given(entries_of)
def test_entries_always_explain_the_difference_to_the_minor_unit(entries):
    named = [each for each in entries if each.late_for or not each.in_close]
    sums = Counter()
    for each in entries:
        key = each.period, each.late_for, each.account, each.in_close
        sums[key] += each.base_minor
    lines = [AccountSums(*key, base) for key, base in sums.items()]
    found = restatements(lines, named, [MAY, JUNE], Span(), "USD")
    assert [row["residual"] for row in found.rows if "residual" in row] == [0] * sum(
        "residual" in row for row in found.rows
    )


def test_late_adjustments_name_their_fact_and_what_they_cost():
    told = LateEntry(
        JUNE, MAY, "e1", "refund:r1>1@ab", "R07", "commission_reversed", "spring", "ana", -400, 400,
        NOW, "Commission taken back",
    )  # fmt: skip
    found = late_adjustments([told], Span(), "USD")
    (row,) = found.rows
    assert (row["event"], row["late_for"], row["cost"], row["moved"]) == (
        "refund:r1>1", MAY, -400, 400,
    )  # fmt: skip
    assert found.totals[0]["cost"] == -400


def test_an_event_is_named_without_the_digest_of_its_meaning():
    assert event_of("cost:a@b/paid@0123") == "cost:a@b/paid"
    assert event_of("opening") == "opening"
