"""Deferral, allocation, statistics and opening balances, told in lines of the journal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.fx import RateSet
from truelift.ledger.policy import Policies, Policy, Production
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    AllocationRule,
    AttributedDay,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
    OpeningBalance,
)
from truelift.ledger.trial_balance import cost_by_campaign_creator, trial_balance

MAY = dt.date(2026, 5, 1)
USD = Policy("USD")
FIRST_RUN = replace(USD, us_production=Production.FIRST_RUN)


def text(lines):
    return dedent(lines).strip()


def cost(document, day, amount, cost_type="agency", state="invoiced", **more):
    on = MAY.replace(day=day)
    return CostDocument(document, CostState(state), on, cost_type, amount, "USD", **more)


def live(name, day, campaign="spring"):
    return DeliverableLive(name, "A", MAY.replace(day=day), campaign)


SIGNED = AgreementSigned(
    "A", "ana", "USD", MAY, deliverables=(AgreedDeliverable("d1"), AgreedDeliverable("d2"))
)


def test_production_waits_for_the_first_run_of_its_campaign(booked):
    documents = (
        cost("CUT", 3, 9_000, "production", campaign="spring"),
        cost("CUT-2", 20, 500, "production", campaign="spring"),
        cost("CUT-3", 4, 700, "production", campaign="never"),
        cost("CUT-4", 5, 800, "production"),
    )
    facts = Facts((SIGNED,), (live("d1", 12), live("d2", 10)), documents=documents)
    told, _ = booked(facts, policy=FIRST_RUN)
    moved = [line for line in told.splitlines() if "R23" in line]
    assert moved == [
        "05-03 R23 | 1400 90.00 | 6160 -90.00",
        "05-04 R23 | 1400 7.00 | 6160 -7.00",
        "05-10 R23 | 6160 90.00 | 1400 -90.00",
    ]
    assert "R23" not in booked(facts)[0]


def test_unallocated_cost_moves_by_the_newest_rule_of_its_document_else_account(rates):
    rules = (
        AllocationRule("6140", MAY, (("spring", None, 1_000_000),)),
        AllocationRule("6140", MAY.replace(day=9), (("fall", None, 1_000_000),)),
        AllocationRule("TOOL", MAY, (("spring", None, 600_000), (None, "ana", 400_000))),
    )
    documents = (
        cost("A", 3, 1_001),
        cost("B", 10, 100),
        cost("TOOL", 11, 1_001, line="1"),
        cost("TOOL", 11, 500, line="2"),
        cost("PAY", 12, 1_600, state="paid", settles="TOOL"),
        cost("OWN", 11, 77, campaign="glow"),
        cost("X", 3, 11, "other"),
    )
    entries, faults = entries_for(
        Facts(documents=documents, allocations=(*rules, *rules)), USD, rates
    )
    assert not faults
    assert [each[1:] for each in cost_by_campaign_creator(entries) if each.base_minor] == [
        (None, "ana", 640),
        ("fall", None, 100),
        ("glow", None, 77),
        ("spring", None, 1_961),
        (None, None, 11),
    ]


def test_a_rule_says_nothing_of_cost_before_it(booked):
    rule = AllocationRule("6140", MAY.replace(day=9), (("spring", None, 1_000_000),))
    told, _ = booked(Facts(documents=(cost("A", 3, 100),), allocations=(rule,)))
    assert "R22" not in told


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=5), st.integers(1, 999_999))
def test_an_allocation_moves_exactly_what_was_there(amounts, ppm):
    rule = AllocationRule("6140", MAY, (("a", None, ppm), ("b", None, 1_000_000 - ppm)))
    documents = tuple(cost(f"D{place}", 2, each) for place, each in enumerate(amounts))
    entries, _ = entries_for(Facts(documents=documents, allocations=(rule,)), USD, RateSet())
    costs = {each.campaign: each.base_minor for each in cost_by_campaign_creator(entries)}
    assert costs[None] == 0
    assert sum(costs.values()) == sum(amounts)


DAY = AttributedDay(
    MAY, "spring", "ana", gross=12_000, discounts=1_000, tax=900, goods=10_100,
    refunds=100, goods_cost=4_000, fulfilment=300,
)  # fmt: skip


def test_attributed_orders_of_a_day_stand_in_the_statistical_book(booked):
    refunds = AttributedDay(MAY.replace(day=9), None, None, refunds=500)
    told, _ = booked(Facts(days=(DAY, DAY, refunds)), everything=True)
    assert told == text("""
        05-01 R20 | 9000 -120.00 | 9010 10.00 | 9020 9.00 | 9030 1.00 | 9050 40.00 | 9060 3.00 | 9099 57.00
        05-09 R20 | 9030 5.00 | 9099 -5.00
    """)  # noqa: E501 - one entry is one line
    assert booked(Facts(days=(DAY,)))[0] == ""


def test_a_returns_reserve_is_held_until_commissions_are_validated(booked):
    held = replace(USD, returns_reserve_ppm=50_000, commission_validation_days=14)
    facts = Facts(days=(DAY,))
    told, _ = booked(facts, everything=True, policy=held)
    assert told.splitlines()[1:] == [
        "05-01 R20 | 9040 5.05 | 9099 -5.05",
        "05-15 R20 | 9040 -5.05 | 9099 5.05",
    ]
    told, _ = booked(facts, everything=True, policy=held, through=MAY)
    assert len(told.splitlines()) == 2
    endless = replace(held, commission_validation_days=None)
    assert len(booked(facts, everything=True, policy=endless)[0].splitlines()) == 1


def test_opening_balances_open_the_books_on_their_first_day(rates):
    facts = Facts(
        openings=(
            OpeningBalance("2100", -50_000, "USD"),
            OpeningBalance("1400", 10_000, "EUR"),
            OpeningBalance("9999", 1, "USD"),
            OpeningBalance("9000", 1, "USD"),
            OpeningBalance("2000", -1, "CHF"),
            OpeningBalance("6100", 1, "CHF"),
        )
    )
    opened = Policies(USD, ((MAY, replace(USD, go_live=MAY)),))
    entries, faults = entries_for(facts, opened, rates)
    assert {(each.account, each.base_minor) for each in trial_balance(entries)} == {
        ("1400", 11_000), ("2100", -50_000), ("2990", -11_000), ("2990", 50_000),
    }  # fmt: skip
    assert sorted(fault.code.value for fault in faults) == [
        "NO_RATE", "NO_RATE", "UNKNOWN_ACCOUNT", "UNKNOWN_ACCOUNT",
    ]  # fmt: skip
    assert entries_for(facts, USD, rates) == ((), ())
