"""Whatever the facts and whatever their order: the books balance, and they are the same books."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.ledger.chart import COST_TYPES
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.journal import reverse, set_digest
from truelift.ledger.policy import (
    Estimates,
    LiveOrAccepted,
    Policy,
    Production,
    UnmatchedPayments,
    UsageRights,
)
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    AllocationRule,
    BonusReached,
    CommissionEarned,
    CommissionReversed,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
)
from truelift.ledger.trial_balance import total, trial_balance

FIRST = dt.date(2026, 5, 1)
RATES = RateSet(
    RateRow(str(FIRST + dt.timedelta(day)), "EUR", quote, rate.format(day), "ecb")
    for day in range(0, 60, 7)
    for quote, rate in (("USD", "1.1{:02}"), ("JPY", "17{:02}.5"), ("KWD", "0.3{:02}"))
)

days = st.integers(0, 59).map(lambda offset: FIRST + dt.timedelta(offset))
money = st.integers(0, 10**6)
maybe = st.none()
currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
names = st.sampled_from(["A0", "A1", "A2"])
works = st.sampled_from([f"A{a}/{d}" for a in range(3) for d in range(3)])


@st.composite
def signed(draw, name):
    count = draw(st.integers(0, 3))
    return AgreementSigned(
        name,
        "ana",
        draw(currencies),
        draw(days),
        draw(maybe | st.just("spring")),
        draw(maybe | money),
        tuple(AgreedDeliverable(f"{name}/{d}", draw(maybe | money)) for d in range(count)),
        draw(maybe | maybe | days),
        draw(st.sampled_from([0, 0, 5_000])),
        retainer=draw(st.booleans()),
        starts=draw(maybe | st.just(FIRST)),
        ends=draw(st.just(FIRST + dt.timedelta(50))),
        advance_minor=draw(st.sampled_from([0, 0, 7_000])),
        usage_fee_minor=draw(st.sampled_from([0, 0, 9_001])),
        usage_to=draw(maybe | st.just(FIRST + dt.timedelta(70))),
        agency="agents",
        agency_fee_minor=draw(st.sampled_from([0, 0, 3_001])),
        bonus_minor=draw(st.sampled_from([0, 4_000])),
    )


documents = st.builds(
    CostDocument,
    document=st.sampled_from(["X", "Y", "Z"]),
    state=st.sampled_from(CostState),
    on=days,
    cost_type=st.sampled_from([*COST_TYPES, "fee", "fee", "commission"]),
    amount_minor=money | money | st.integers(-(10**5), -1),
    currency=currencies,
    line=st.sampled_from([None, "1", "2"]),
    agreement=maybe | names,
    deliverable=maybe | maybe | works,
    tax_minor=st.sampled_from([0, 0, 17]),
    recoverable=st.booleans(),
    withheld_minor=st.sampled_from([0, 0, 3]),
    settles=st.sampled_from([None, None, "X", "Y"]),
)
facts_of = st.builds(
    Facts,
    agreements=st.tuples(signed("A0"), signed("A1")),
    live=st.lists(
        st.builds(
            lambda work, day, accepted, deleted: DeliverableLive(
                work, work[:2], day, "spring", accepted, deleted
            ),
            works,
            days,
            maybe | days,
            maybe | days,
        ),
        max_size=6,
    ).map(tuple),
    commissions=st.lists(
        st.builds(
            CommissionEarned,
            order=st.sampled_from("opqr"),
            agreement=names,
            base_minor=money,
            currency=currencies,
            rate_ppm=st.integers(0, 300_000),
            ordered_on=days,
        ),
        max_size=4,
    ).map(tuple),
    refunds=st.lists(
        st.builds(
            CommissionReversed,
            refund=st.sampled_from("abc"),
            order=st.sampled_from("opqr"),
            refunded_minor=money,
            refunded_on=days,
        ),
        max_size=4,
    ).map(tuple),
    documents=st.lists(documents, max_size=8).map(tuple),
    bonuses=st.lists(
        st.builds(BonusReached, names, days, st.just("views"), st.just(10)), max_size=2
    ).map(tuple),
    allocations=st.sampled_from(
        [(), (AllocationRule("6140", FIRST, (("a", None, 300_000), ("b", None, 700_000))),)]
    ),
)
policies = st.builds(
    Policy,
    currency=st.just("USD"),
    recognition=st.sampled_from(LiveOrAccepted),
    usage_rights=st.sampled_from(UsageRights),
    us_production=st.sampled_from(Production),
    estimates=st.sampled_from(Estimates),
    unmatched_payments=st.sampled_from(UnmatchedPayments),
    commission_validation_days=st.sampled_from([None, 0, 10]),
    minimum_live_days=st.sampled_from([None, 30]),
    price_tolerance_ppm=st.sampled_from([None, 0, 50_000]),
)


def book(facts, currency="USD", policy=None):
    return entries_for(facts, replace(policy or Policy(""), currency=currency), RATES)


def balances(entries):
    sums = defaultdict(int)
    for entry in entries:
        for each in entry.postings:
            sums[each.account] += each.base_minor
    return sums


@settings(max_examples=150)
@given(facts_of, currencies, policies, st.randoms(use_true_random=False))
def test_any_order_and_any_copies_give_the_same_books(
    facts, currency, policy, chance: random.Random
):
    entries, faults = book(facts, currency, policy)
    shuffled = []
    for rows in (getattr(facts, item.name) for item in fields(facts)):
        copies = [*rows, *(row for row in rows if chance.random() < 0.5)]
        chance.shuffle(copies)
        shuffled.append(tuple(copies))
    again, same_faults = book(Facts(*shuffled), currency, policy)
    assert set_digest(again) == set_digest(entries)
    assert again == entries
    assert same_faults == faults


@settings(max_examples=150)
@given(facts_of, currencies, policies)
def test_the_books_balance_and_no_side_goes_where_it_cannot(facts, currency, policy):
    entries, _ = book(facts, currency, policy)
    assert len({entry.entry_id for entry in entries}) == len(entries)
    for each in (None, "fin", "commit"):
        assert total(trial_balance(entries, each)) == 0
    assert total(trial_balance(entries, None, FIRST + dt.timedelta(20))) == 0
    amounts = {(each.account, each.currency): each.amount_minor for each in trial_balance(entries)}
    for (account, _), amount in amounts.items():
        if account in ("2000", "2210"):
            assert amount <= 0
        if account in ("1150", "1400", "9500", "6100", "6180"):
            assert amount >= 0


@given(facts_of)
def test_an_entry_and_its_reversal_are_nothing(facts):
    entries, _ = book(facts)
    undone = [reverse(entry, entry.effective_date) for entry in entries]
    assert not any(balances([*entries, *undone]).values())


@given(
    st.integers(1, 10**7),
    st.integers(1, 400_000),
    currencies,
    currencies,
    st.lists(st.integers(1, 10**6), max_size=6),
)
def test_a_full_refund_leaves_exactly_no_commission(base, ppm, order, signed_in, partial):
    agreement = AgreementSigned("A0", "ana", signed_in, FIRST)
    parts, left = [], base
    for part in partial:
        parts.append(min(part, left))
        left -= parts[-1]
    parts.append(left)
    facts = Facts(
        (agreement,),
        commissions=(CommissionEarned("o", "A0", base, order, ppm, FIRST),),
        refunds=tuple(
            CommissionReversed(str(index), "o", part, FIRST + dt.timedelta(index))
            for index, part in enumerate(parts)
        ),
    )
    entries, faults = book(facts)
    assert not faults
    assert not any(each.amount_minor or each.base_minor for each in trial_balance(entries))


@given(facts_of)
def test_what_is_committed_is_open_used_or_released(facts):
    entries, _ = book(facts)
    by_kind = defaultdict(int)
    for entry in entries:
        if entry.book == "commit":
            by_kind[entry.kind] += entry.postings[0].base_minor
    opened = by_kind["commitment"] + by_kind["commitment_used"] + by_kind["commitment_released"]
    assert 0 <= opened == balances(entries)["9500"]
