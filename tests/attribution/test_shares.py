"""Money split by shares: to the last minor unit, and back again when it is refunded."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.attribution.shares import split, split_refunds
from truelift.base.money import allocate

THIRDS = [333_334, 333_333, 333_333]


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        (100, [1_000_000], [100]),
        (100, THIRDS, [33, 33, 34]),
        (1, THIRDS, [0, 0, 1]),
        (-100, THIRDS, [-33, -33, -34]),
        (0, [400_000, 600_000], [0, 0]),
        (999, [0, 1_000_000], [0, 999]),
        (10**13, [1, 999_999], [10**7, 10**13 - 10**7]),
    ],
)
def test_an_amount_is_split_to_the_last_minor_unit(amount, shares, parts):
    assert split(amount, shares) == parts


@pytest.mark.parametrize("shares", [[500_000], [1_000_001], [-1, 1_000_001]])
def test_parts_of_anything_but_the_whole_are_refused(shares):
    with pytest.raises(ValueError, match="one million"):
        split(100, shares)


def test_refunds_in_steps_end_at_exactly_nothing():
    """An order of 100.00 with three creators, refunded 0.01, 49.99 and 50.00."""
    order = split(10_000, THIRDS)
    steps = split_refunds([1, 4_999, 5_000], THIRDS)
    assert order == [3_333, 3_333, 3_334]
    assert steps == [[0, 0, 1], [1_666, 1_667, 1_666], [1_667, 1_666, 1_667]]
    assert [sum(parts) for parts in zip(*steps, strict=True)] == order


some_shares = (
    st.lists(st.integers(0, 1000), min_size=1, max_size=6)
    .filter(any)
    .map(lambda weights: allocate(1_000_000, weights))
)
amounts = st.integers(-(10**13), 10**13)


@given(amount=amounts, shares=some_shares)
def test_parts_sum_to_the_whole_and_stay_by_their_exact_share(amount, shares):
    parts = split(amount, shares)
    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - Fraction(amount * share, 1_000_000)) < 1


@given(refunds=st.lists(st.integers(0, 10**9), max_size=8), shares=some_shares)
def test_however_it_is_refunded_the_sum_is_what_one_refund_would_be(refunds, shares):
    steps = split_refunds(refunds, shares)
    assert [sum(parts) for parts in steps] == refunds
    taken = [sum(step[place] for step in steps) for place in range(len(shares))]
    assert taken == split(sum(refunds), shares)


@given(amount=st.integers(0, 10**13), shares=some_shares)
def test_the_form_that_sql_uses_is_the_same(amount, shares):
    whole, rest = divmod(amount, 1_000_000)
    upto, parts, before = 0, [], 0
    for share in shares:
        upto += share
        reached = whole * upto + rest * upto // 1_000_000
        parts.append(reached - before)
        before = reached
    assert parts == split(amount, shares)
