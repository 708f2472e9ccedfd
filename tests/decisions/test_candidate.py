"""A creator as one whom money can be moved to or from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from truelift.decisions.candidate import Candidate
from truelift.measurement.shrinkage import Posterior


def candidate(**given):
    told = {
        "creator": "ana", "tracked": 1000.0, "lift": Posterior(math.log(2), 0.04), "spent": 100,
        "price": 50, "planned": 2, "firm": 0,
    }  # fmt: skip
    return Candidate(**told | given)


def test_value_and_spread_are_those_of_a_normal_log_lift():
    drawn = np.random.default_rng(3).normal(math.log(2), 0.2, 400_000)
    shares = 1 - np.exp(-drawn)
    assert candidate().share == pytest.approx(shares.mean(), abs=1e-3)
    assert candidate().value == pytest.approx(1000 * shares.mean(), rel=2e-3)
    assert candidate().spread == pytest.approx(1000 * shares.std(), rel=1e-2)
    for sure in (0.1, 0.5, 0.8):
        below = np.quantile(1000 * shares, 1 - sure)
        assert candidate().quantile(sure) == pytest.approx(below, abs=2)


def test_a_quantile_of_a_loss_is_exceeded_as_often():
    lost = candidate(tracked=-1000.0)
    assert lost.quantile(0.8) < lost.quantile(0.5) < lost.quantile(0.2) < 0


def test_more_deliverables_multiply_the_value_by_the_response():
    assert candidate().factor(0) == 1
    assert candidate().factor(2) == pytest.approx(2**0.7)
    assert candidate().worth() * 100**0.7 == pytest.approx(candidate().value)


def test_a_value_is_turned_back_into_the_lift_that_gives_it():
    assert candidate().lift_at(500.0) == pytest.approx(math.log(2))
    assert candidate().lift_at(-1000.0) == pytest.approx(-math.log(2))
    assert candidate().lift_at(1000.0) is None
    assert candidate(tracked=0.0).lift_at(-1.0) is None


def test_money_on_a_creator_at_most_doubles():
    assert candidate().most == 2 + 4
    assert candidate(may_grow=False).most == 2


def test_commission_is_owed_on_all_that_is_tracked_extra_or_not():
    paid = candidate(lift=Posterior(math.log(2), 0.0), commission=300.0)
    assert paid.value == pytest.approx(1000 * 0.5 - 300)
    assert paid.spread == candidate(lift=Posterior(math.log(2), 0.0)).spread
    assert paid.quantile(0.5) == pytest.approx(200)
    assert paid.lift_at(200.0) == pytest.approx(math.log(2))
    assert paid.lift_at(700.0) is None
