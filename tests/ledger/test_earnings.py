"""What agreements earn by their own terms, told in lines of the journal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from textwrap import dedent

from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.earnings import agency_shares
from truelift.ledger.policy import LiveOrAccepted, Policies, Policy, UsageRights
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    BonusReached,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
)

MAY = dt.date(2026, 5, 1)
USD = Policy("USD")
OVER_TERM = replace(USD, usage_rights=UsageRights.OVER_TERM)
RETAINER = AgreementSigned(
    "R", "ana", "USD", MAY, fee_minor=61_000, retainer=True,
    starts=MAY, ends=dt.date(2026, 6, 30), agency="agents", agency_fee_minor=610,
)  # fmt: skip
REELS = AgreementSigned(
    "A", "ana", "USD", MAY, campaign="spring", fee_minor=30_000,
    deliverables=(AgreedDeliverable("d1", 10_000), AgreedDeliverable("d2", 20_000)),
)  # fmt: skip
LIVE = DeliverableLive("d1", "A", dt.date(2026, 5, 10), "spring", dt.date(2026, 5, 12))


def text(lines):
    return dedent(lines).strip()


def paid(amount, day, **more):
    return CostDocument(
        "P", CostState.PAID, dt.date(2026, 5, day), "fee", amount, "USD", agreement="R", **more
    )


def test_an_agency_is_earned_as_the_fees_are_and_evenly_where_there_are_none():
    agreed = replace(RETAINER, agency_fee_minor=100)
    assert agency_shares(agreed, {"d1": 1, "d2": 3}) == {"d1": 25, "d2": 75}
    assert agency_shares(agreed, {"d1": 0, "d2": 0}) == {"d1": 50, "d2": 50}
    assert agency_shares(agreed, {}) == {}


def test_a_retainer_is_earned_by_periods_with_its_agency_and_prepayments(booked):
    facts = Facts((RETAINER,), documents=(paid(40_000, 2),))
    told, faults = booked(facts)
    assert told == text("""
        05-02 R02 | 1400 400.00 | 1000 -400.00
        05-31 R12 | 6140 3.10 | 2140 -3.10
        05-31 R04 | 6100 310.00 | 1400 -310.00
        06-30 R12 | 6140 3.00 | 2140 -3.00
        06-30 R04 | 6100 300.00 | 1400 -90.00 | 2100 -210.00
    """)
    assert not faults
    told, _ = booked(facts, through=dt.date(2026, 6, 29), everything=True)
    assert "06-30" not in told
    assert "05-31 R01 | 9500 -310.00 | 9590 310.00" in told


def test_a_retainer_follows_the_entitys_weeks_and_ends_when_it_is_cancelled(booked):
    weeks = AccountingCalendar.parse("4-4-5")
    cancelled = replace(
        RETAINER, agency_fee_minor=0, cancelled_on=dt.date(2026, 5, 30), cancel_fee_minor=1_000
    )
    told, _ = booked(Facts((cancelled,)), calendar=weeks, everything=True)
    assert told == text("""
        05-01 R01 | 9500 610.00 | 9590 -610.00
        05-24 R04 | 6100 240.00 | 2100 -240.00
        05-24 R01 | 9500 -240.00 | 9590 240.00
        05-30 R03 | 6100 10.00 | 2100 -10.00
        05-30 R01 | 9500 -10.00 | 9590 10.00
        05-30 R01 | 9500 -300.00 | 9590 300.00
        05-30 R04 | 6100 60.00 | 2100 -60.00
        05-30 R01 | 9500 -60.00 | 9590 60.00
    """)


def test_a_retainer_without_a_term_is_told_and_its_work_earns_nothing_of_its_own(booked):
    live = DeliverableLive("d", "R", MAY)
    works = replace(RETAINER, deliverables=(AgreedDeliverable("d"),))
    told, faults = booked(Facts((replace(works, ends=None),), (live,)))
    assert (told, faults) == ("", ["NO_TERM"])
    _, faults = booked(Facts((replace(works, fee_minor=0, ends=None),), (live,)))
    assert faults == []


def test_an_agency_is_earned_with_the_fee(booked):
    signed = replace(REELS, agency="agents", agency_fee_minor=1_000)
    later = replace(LIVE, deliverable="d2", live_on=dt.date(2026, 5, 11))
    told, _ = booked(Facts((signed,), (LIVE, later)))
    assert told == text("""
        05-10 R03 | 6100 100.00 | 2100 -100.00
        05-10 R12 | 6140 3.33 | 2140 -3.33
        05-11 R03 | 6100 200.00 | 2100 -200.00
        05-11 R12 | 6140 6.67 | 2140 -6.67
    """)
    told, _ = booked(Facts((replace(signed, fee_minor=0),), (LIVE,)))
    assert told == "05-10 R12 | 6140 5.00 | 2140 -5.00"


def test_accepted_or_live_is_the_policy_of_the_day_of_signature(booked):
    accepted = replace(USD, recognition=LiveOrAccepted.ACCEPTED)
    told, _ = booked(Facts((REELS,), (LIVE,)), policy=accepted)
    assert told.startswith("05-12 R03")
    waiting = replace(LIVE, accepted_on=None)
    assert booked(Facts((REELS,), (waiting,)), policy=accepted) == ("", [])
    later = Policies(USD, ((dt.date(2026, 5, 2), accepted),))
    assert booked(Facts((REELS,), (waiting,)), policy=later)[0].startswith("05-10 R03")


def test_a_usage_right_is_cost_at_access_or_over_its_term(booked):
    usage = replace(
        REELS, fee_minor=0, deliverables=(), usage_fee_minor=6_100,
        usage_from=dt.date(2026, 5, 10), usage_to=dt.date(2026, 7, 9),
    )  # fmt: skip
    told, _ = booked(Facts((usage,)))
    assert told == "05-10 R05 | 6130 61.00 | 2130 -61.00"
    assert booked(Facts((usage,)), through=dt.date(2026, 5, 9)) == ("", [])
    gone = replace(usage, cancelled_on=dt.date(2026, 5, 9))
    assert booked(Facts((gone,))) == ("", [])
    early = CostDocument(
        "U", CostState.PAID, dt.date(2026, 5, 2), "usage", 3_000, "USD", agreement="A"
    )
    told, _ = booked(Facts((usage,), documents=(early,)), policy=OVER_TERM)
    assert told == text("""
        05-02 R02 | 1410 30.00 | 1000 -30.00
        05-31 R05 | 6130 22.00 | 1410 -22.00
        06-30 R05 | 6130 30.00 | 1410 -8.00 | 2130 -22.00
        07-09 R05 | 6130 9.00 | 2130 -9.00
    """)
    endless = Facts((replace(usage, usage_to=None),))
    assert booked(endless, policy=OVER_TERM) == ("", ["NO_TERM"])


def test_a_bonus_is_due_when_its_threshold_is_reached(booked):
    signed = replace(REELS, bonus_minor=5_000)
    bonus = BonusReached("A", dt.date(2026, 5, 20), "views", 100_500)
    told, _ = booked(Facts((signed,), bonuses=(bonus, bonus)))
    assert told == "05-20 R09 | 6150 50.00 | 2120 -50.00"


def test_content_deleted_too_soon_is_taken_back(booked):
    keep = replace(USD, minimum_live_days=30)
    deleted = replace(LIVE, deleted_on=dt.date(2026, 5, 20))
    told, _ = booked(Facts((REELS,), (deleted,)), policy=keep)
    assert told == text("""
        05-10 R03 | 6100 100.00 | 2100 -100.00
        05-20 R19 | 2100 100.00 | 6100 -100.00
    """)
    late = replace(LIVE, deleted_on=dt.date(2026, 6, 20))
    assert "R19" not in booked(Facts((REELS,), (late,)), policy=keep)[0]
    assert "R19" not in booked(Facts((REELS,), (deleted,)))[0]


def test_an_advance_is_prepaid_where_nothing_awaits_delivery(booked):
    affiliate = AgreementSigned("R", "ana", "USD", MAY, advance_minor=10_000)
    advance = replace(paid(12_000, 2), cost_type="commission")
    earned = replace(advance, document="C", state=CostState.ACCRUED, amount_minor=15_000)
    told, _ = booked(Facts((affiliate,), documents=(advance, replace(earned, on=LIVE.live_on))))
    assert told == text("""
        05-02 R02 | 1400 100.00 | 1000 -100.00
        05-02 R06 | 6110 20.00 | 2110 -20.00
        05-02 R13 | 2110 20.00 | 2000 -20.00
        05-02 R16 | 2000 20.00 | 1000 -20.00
        05-10 R06 | 6110 130.00 | 1400 -100.00 | 2110 -30.00
    """)
