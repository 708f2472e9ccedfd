"""Movements: every one lands in a step, and the steps give back exactly what moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.movement import (
    ACCRUAL_STEPS,
    ACCRUALS,
    PREPAID_STEPS,
    TAKEN_OFF,
    Holder,
    Movement,
    Span,
    accrual_steps,
    is_reversal,
    plain_kind,
    prepaid_steps,
)

RULES = st.sampled_from([f"R{number:02}" for number in range(1, 21)])
KINDS = st.sampled_from(["accrual", "reversal:accrual", "invoice~2", "reversal:invoice~3"])
moves = st.builds(
    Movement,
    account=st.sampled_from(ACCRUALS),
    agreement=st.none() | st.just("A"),
    creator=st.none() | st.just("ana"),
    before=st.booleans(),
    rule=RULES,
    kind=KINDS,
    base_minor=st.integers(-(10**12), 10**12),
    exchange_minor=st.integers(-(10**9), 10**9),
    released_minor=st.integers(-(10**9), 10**9),
)


def rolled(steps):
    return sum(-amount if name in TAKEN_OFF else amount for name, amount in steps.items())


@given(moves)
def test_the_steps_of_a_movement_add_up_to_it_whatever_moved(movement):
    owed, ahead = accrual_steps(movement), prepaid_steps(movement)
    assert rolled(owed) == -movement.base_minor
    assert rolled(ahead) == movement.base_minor
    assert set(owed) <= set(ACCRUAL_STEPS)
    assert set(ahead) <= set(PREPAID_STEPS)


def move(rule, base, kind="any", **more):
    return Movement("2100", "A", "ana", before=False, rule=rule, kind=kind, base_minor=base, **more)


def test_an_accrual_is_accrued_and_what_takes_it_back_is_reversed():
    assert accrual_steps(move("R03", -100)) == {"accrued": 100, "exchange": 0}
    assert accrual_steps(move("R03", 100, "reversal:accrual")) == {"reversed": 100, "exchange": 0}
    assert accrual_steps(move("R07", 30)) == {"reversed": 30, "exchange": 0}
    estimate = move("R03", 60, "estimate_reversed~2")
    assert accrual_steps(estimate) == {"reversed": 60, "exchange": 0}
    assert accrual_steps(move("R17", -7)) == {"exchange": 7}
    assert accrual_steps(move("R08", 50)) == {"other": -50}


def test_what_an_invoice_releases_of_an_estimate_is_reversed_and_not_invoiced():
    steps = accrual_steps(move("R13", 600, released_minor=100))
    assert steps == {"invoiced": 500, "reversed": 100, "exchange": 0}


def test_what_only_rates_moved_in_an_accrual_is_exchange():
    assert accrual_steps(move("R06", -95, exchange_minor=5)) == {"accrued": 100, "exchange": -5}


def test_prepayments_are_paid_or_invoiced_ahead_and_expensed():
    assert prepaid_steps(move("R02", 200)) == {"paid_ahead": 200}
    assert prepaid_steps(move("R14", 50)) == {"invoiced_ahead": 50}
    assert prepaid_steps(move("R03", -80)) == {"expensed": 80}
    assert prepaid_steps(move("R03", 80, "reversal:accrual")) == {"expensed": -80}
    assert prepaid_steps(move("R05", 300)) == {"other": 300}  # deferred, not expensed
    assert prepaid_steps(move("R17", 1)) == {"exchange": 1}


def test_a_movement_knows_its_holder_and_a_kind_its_plain_name():
    assert move("R03", 1).holder == Holder("2100", "A", "ana")
    assert plain_kind("reversal:accrual~2") == "accrual"
    assert (is_reversal("reversal:accrual~2"), is_reversal("accrual")) == (True, False)


@pytest.mark.parametrize(
    ("span", "words", "inside", "outside"),
    [
        (Span(), "all periods", "1999-01", None),
        (Span("2026-05", "2026-05"), "2026-05", "2026-05", "2026-06"),
        (Span("2026-04", "2026-06"), "2026-04 to 2026-06", "2026-05", "2026-07"),
        (Span("2026-04"), "from 2026-04", "2027-01", "2026-03"),
        (Span(None, "2026-04"), "up to 2026-04", "2026-04", "2026-05"),
    ],
)
def test_a_span_holds_its_periods_and_says_which(span, words, inside, outside):
    assert (str(span), inside in span) == (words, True)
    assert outside is None or outside not in span
