"""Whether money should move: what is proposed, what it gains, and when it is not worth it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.candidate import Candidate
from truelift.decisions.constraints import Constraints
from truelift.decisions.reallocation import MOST_PAIRS, ONE_BY_ONE, gained, propose, unpaid
from truelift.measurement.shrinkage import Posterior


def creator(name, tracked, log, sd=0.1, **given):
    told = {"spent": 10_000, "price": 10_000, "planned": 1, "firm": 0}
    return Candidate(creator=name, tracked=tracked, lift=Posterior(log, sd**2), **told | given)


TRAP = creator("vera", 40_000.0, 0.05)
GOOD = creator("will", 60_000.0, 1.0)


def advice(*creators, money=0, gap=0, **asked):
    return propose(creators, money, Constraints(**asked), "USD", gap)


def units(made):
    return {move.candidate.creator: move.units for move in made.moves}


def test_money_moves_to_who_brings_more_and_the_gain_is_the_difference():
    made = advice(TRAP, GOOD)
    assert units(made) == {"vera": 0, "will": 2}
    expected = GOOD.value * (3**0.7 - 2**0.7) - TRAP.value * (2**0.7 - 1)
    assert made.gain == pytest.approx(expected)
    assert made.recommended
    assert made.regret < 0.01
    assert made.moves_anything
    assert dict(made.exponents).keys() == {0.5, 0.9}


def test_the_gain_of_draws_has_the_mean_and_spread_that_are_said():
    made = advice(TRAP, GOOD)
    random = np.random.default_rng(7)
    steps = [1 - 2**0.7, 3**0.7 - 2**0.7]
    drawn = sum(
        each.tracked * (1 - np.exp(-random.normal(each.lift.log, each.lift.variance**0.5, 200_000)))
        * step
        for each, step in zip((TRAP, GOOD), steps, strict=True)
    )  # fmt: skip
    gain, spread = gained(made)
    assert gain == pytest.approx(drawn.mean(), rel=0.01)
    assert spread == pytest.approx(drawn.std(), rel=0.02)
    assert made.spread > spread


def test_what_is_not_known_well_enough_is_shown_and_not_recommended():
    doubtful = creator("will", 60_000.0, 0.35, 0.5)
    made = advice(TRAP, doubtful)
    assert made.moves_anything
    assert made.gain < made.spread
    assert not made.recommended
    assert 0.05 < made.regret < 0.5


def test_a_fee_that_eats_the_gain_leaves_everything_as_it_is():
    dear = replace(TRAP, fee=100_000)
    assert units(advice(dear, GOOD)) == {"vera": 1, "will": 1}
    made = advice(replace(TRAP, fee=500), GOOD, money=500)
    assert units(made) == {"vera": 0, "will": 2}
    assert made.fees == 500
    assert made.unspent == 500
    same = advice(creator("ana", 60_000.0, 1.0, fee=1), GOOD)
    assert not same.moves_anything
    assert same.regret == 0.0
    assert not same.recommended


def test_money_that_is_freed_closes_the_gap_before_any_of_it_buys():
    two = replace(TRAP, planned=2)
    assert units(advice(two, GOOD)) == {"vera": 0, "will": 3}
    made = advice(two, GOOD, gap=5_000)
    assert units(made) == {"vera": 0, "will": 2}
    assert (made.money, made.unspent) == (25_000, 5_000)
    wide = advice(two, GOOD, gap=25_000)
    assert units(wide) == {"vera": 0, "will": 1}
    assert (wide.money, wide.unspent) == (5_000, 0)
    assert units(advice(replace(two, fee=200), replace(GOOD, fee=100), gap=5_000)) == {
        "vera": 0, "will": 2,
    }  # fmt: skip


def test_what_pays_is_not_cancelled_for_the_gap_alone():
    other = replace(GOOD, creator="ana")
    assert not advice(GOOD, other, gap=20_000).moves_anything
    held = advice(replace(GOOD, fee=100), replace(other, fee=100), gap=15_000)
    assert not held.moves_anything
    told = advice(GOOD, replace(other, planned=0), floors={"ana": 20_000}, gap=5_000)
    assert told.reason is Reason.CONTRADICTION
    assert "all that can be freed goes towards the 50.00 USD over the budget first" in told.detail


def test_of_many_creators_those_are_cut_at_once_whose_money_pays_its_fee():
    random = np.random.default_rng(5)
    creators = [
        creator(f"c{number}", float(random.uniform(0, 90_000)), 0.5, fee=200)
        for number in range(ONE_BY_ONE + 1)
    ]
    made = advice(*creators)
    free = advice(*(replace(each, fee=0) for each in creators))
    cut = [move for move in made.moves if move.change < 0]
    assert made.fees == 200 * len(cut) > 0
    assert made.affordable
    assert 0.9 * free.gain < made.gain < free.gain
    dear = advice(*(replace(each, fee=9_000_000) for each in creators))
    assert not dear.moves_anything


def test_money_that_would_not_come_back_is_not_spent_unless_all_is_to_be():
    poor = [creator("ana", 1_000.0, 0.5), creator("bo", 2_000.0, 0.5)]
    made = advice(*poor)
    assert units(made) == {"ana": 0, "bo": 0}
    assert made.unspent == made.money == 20_000
    assert units(advice(*poor, spend_all=True)) == {"ana": 0, "bo": 2}


def test_who_would_pay_but_finds_no_money_is_told_from_who_would_not():
    def short(*creators, **asked):
        found = unpaid(advice(*creators, **asked), Constraints(**asked))
        return found.candidate.creator if found else None

    assert short(TRAP, GOOD, floors={"vera": 20_000}) == "will"
    assert short(TRAP, GOOD, floors={"vera": 20_000}, excluded=frozenset({"will"})) is None
    assert short(TRAP, GOOD, floors={"vera": 20_000}, caps={"will": 20_000}) is None
    poor = replace(GOOD, tracked=9_000.0)
    assert short(TRAP, poor, floors={"vera": 20_000, "will": 20_000}) is None
    assert short(TRAP, replace(GOOD, may_grow=False), floors={"vera": 20_000}) is None


def test_what_is_live_or_firm_never_moves():
    firm = replace(TRAP, firm=1)
    made = advice(firm, GOOD, money=10_000)
    assert units(made) == {"vera": 1, "will": 2}
    assert all(move.candidate.spent == 10_000 for move in made.moves)


def test_it_says_at_which_lift_each_part_is_no_longer_worth_it():
    vera, will = advice(TRAP, GOOD).moves
    low = replace(GOOD, lift=Posterior(will.turning, 0.0))
    assert low.value * (3**0.7 - 2**0.7) == pytest.approx(10_000)
    brings = GOOD.value * (3**0.7 - 2**0.7)
    high = replace(TRAP, lift=Posterior(vera.turning, 0.0)) if vera.turning else None
    assert high is None or high.value * (2**0.7 - 1) == pytest.approx(brings)
    alone = advice(TRAP, creator("bo", 1_000.0, 0.1, planned=0))
    back = replace(TRAP, lift=Posterior(alone.moves[0].turning, 0.0))
    assert back.value * (2**0.7 - 1) == pytest.approx(10_000)


def test_only_one_of_an_exclusive_pair_keeps_deliverables_to_come():
    other = creator("ana", 50_000.0, 0.9)
    made = advice(TRAP, GOOD, other, exclusive=(("ana", "will"),))
    assert units(made) == {"vera": 0, "will": 3, "ana": 0}
    stuck = replace(GOOD, firm=1)
    assert units(advice(TRAP, stuck, other, exclusive=(("ana", "will"),)))["ana"] == 0


def test_pairs_that_leave_no_choice_or_are_too_many_are_named():
    three = [replace(GOOD, creator=name, firm=int(name == "b")) for name in "abc"]
    floors = {"a": 20_000}
    pairs = (("a", "c"), ("b", "c"), ("a", "zed"))
    assert units(advice(*three, exclusive=pairs))["c"] == 0
    told = advice(*three, exclusive=(("a", "b"),), floors=floors)
    assert told == Withheld(
        Reason.CONTRADICTION,
        "a and b exclude each other, but a has a floor and b has deliverables that can no longer "
        "be cancelled.",
    )
    many = tuple((f"a{number}", "b") for number in range(MOST_PAIRS + 1))
    assert "are too many" in advice(*three, exclusive=many).detail


@pytest.mark.parametrize(
    ("creators", "reason"),
    [
        ([], Reason.ONE_CREATOR),
        ([GOOD], Reason.ONE_CREATOR),
        ([replace(TRAP, planned=0), replace(GOOD, planned=0)], Reason.NOTHING_TO_MOVE),
    ],
)
def test_where_nothing_can_be_advised_there_is_a_reason(creators, reason):
    assert advice(*creators).reason is reason


def test_without_any_doubt_the_chance_of_regret_is_all_or_nothing():
    sure = advice(creator("ana", 1_000.0, 0.05, 0.0), creator("bo", 1_000.0, 0.05, 0.0))
    certain = replace(sure, spread=0.0)
    assert certain.regret == 0.0
    assert replace(certain, gain=-1.0).regret == 1.0


def test_the_same_creators_as_known_later_score_the_same_moves():
    made = advice(TRAP, GOOD)
    later = [replace(TRAP, lift=Posterior(-0.1, 0.0)), replace(GOOD, lift=Posterior(0.2, 0.0))]
    gain, spread = gained(made, known=later)
    assert gain < made.gain
    assert spread == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_proposal_spends_more_than_there_is_or_gains_less_than_nothing(seed):
    random = np.random.default_rng(seed)
    creators = [
        creator(
            f"c{number}", float(random.uniform(-5_000, 90_000)), float(random.normal(0.4, 0.4)),
            float(random.uniform(0.05, 0.4)), spent=int(random.integers(1, 40_000)),
            price=int(random.integers(1_000, 20_000)), planned=int(random.integers(0, 4)),
            fee=int(random.integers(0, 3_000)),
        )
        for number in range(int(random.integers(2, 7)))
    ]  # fmt: skip
    uncommitted = int(random.integers(0, 30_000))
    made = advice(*creators, money=uncommitted)
    if isinstance(made, Withheld):
        assert made.reason is Reason.NOTHING_TO_MOVE
        return
    spent = sum(move.change for move in made.moves)
    assert spent + made.fees <= uncommitted + 1e-6
    assert made.gain >= -1e-6
    assert made.unspent - made.fees == uncommitted - spent - made.fees
    assert math.isfinite(made.spread)
    assert all(0 <= move.units <= move.candidate.most for move in made.moves)
