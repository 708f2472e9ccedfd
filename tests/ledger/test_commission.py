"""A cap is on what is left of all orders: min(cap, sum of their commissions after refunds)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.money import multiply
from truelift.ledger.commission import factor
from truelift.ledger.fx import RateSet
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    Facts,
    Policy,
)

RATE = 100_000
ANA = AgreementSigned("A1", "ana", "USD", dt.date(2026, 5, 1), commission_cap_minor=6_000)


def order(name, day, base):
    return CommissionEarned(name, "A1", base, "USD", RATE, dt.date(2026, 5, day))


def refund(name, of, day, amount):
    return CommissionReversed(name, of, amount, dt.date(2026, 5, day))


def facts(orders, refunds, agreement=ANA):
    return Facts((agreement,), (), tuple(orders), tuple(refunds))


def test_a_partial_refund_of_an_order_above_the_cap_takes_only_what_falls_below_it(booked):
    told, _ = booked(facts([order("o1", 2, 100_000)], [refund("r1", "o1", 3, 10_000)]))
    assert told == "05-02 R06 | 6110 60.00 | 2110 -60.00"
    told, _ = booked(facts([order("o1", 2, 100_000)], [refund("r1", "o1", 3, 50_000)]))
    assert told.splitlines()[1] == "05-03 R07 | 2110 10.00 | 6110 -10.00"


def test_what_a_refund_gives_back_is_room_for_orders_that_the_cap_had_cut(booked):
    orders = [order("o1", 2, 50_000), order("o2", 3, 40_000), order("o3", 4, 90_000)]
    told, _ = booked(facts(orders, [refund("r1", "o1", 5, 50_000)]))
    assert (
        told
        == dedent("""
        05-02 R06 | 6110 50.00 | 2110 -50.00
        05-03 R06 | 6110 10.00 | 2110 -10.00
        05-05 R07 | 2110 50.00 | 6110 -50.00
        05-05 R06 | 6110 30.00 | 2110 -30.00
        05-05 R06 | 6110 20.00 | 2110 -20.00
    """).strip()
    )


def test_a_refunded_order_uses_nothing_of_the_cap_up(booked):
    orders = [order("o1", 2, 60_000), order("o2", 9, 60_000)]
    told, _ = booked(facts(orders, [refund("r1", "o1", 5, 60_000)]))
    assert told.splitlines()[-1] == "05-09 R06 | 6110 60.00 | 2110 -60.00"


amounts = st.integers(0, 30_000)
histories = st.lists(st.tuples(amounts, st.lists(amounts, max_size=3)), min_size=1, max_size=6)


@pytest.mark.parametrize("validated", [None, 1])
@given(history=histories, cap=st.none() | st.integers(0, 6_000), days=st.data())
def test_whatever_comes_when_the_cap_and_the_orders_that_are_left_say_what_is_earned(
    history, cap, days, validated
):
    agreement = replace(ANA, commission_cap_minor=cap)
    orders, refunds, left = [], [], {}
    for number, (base, given_back) in enumerate(history):
        name = f"o{number}"
        orders.append(order(name, days.draw(st.integers(2, 9)), base))
        left[name] = multiply(max(0, base - sum(given_back)), factor(RATE, "USD", "USD", 1))
        refunds += [
            refund(f"{name}-r{each}", name, days.draw(st.integers(2, 20)), amount)
            for each, amount in enumerate(given_back)
        ]
    policy = Policy("USD", commission_validation_days=validated)
    entries, faults = entries_for(
        facts(orders, refunds, agreement), policy, RateSet(()), through=dt.date(2026, 6, 1)
    )
    assert not faults
    cost, owed = Counter(), 0
    for entry in entries:
        for posting in entry.postings:
            cost[posting.account] += posting.amount_minor
            owed += posting.amount_minor if posting.account in {"2110", "2111"} else 0
    expected = sum(left.values())
    expected = expected if cap is None else min(cap, expected)
    assert cost["6110"] == -owed == expected
