"""Splitting money under a concave response: the best there is, and the limits always hold."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.decisions.response import EXPONENT, response, water_filling, whole_deliverables

WORTHS = st.lists(st.floats(0.01, 100), min_size=2, max_size=6)


def none(count):
    return np.zeros(count)


@given(WORTHS, st.floats(1, 1e6))
def test_without_limits_amounts_go_by_the_power_of_their_worth(worths, budget):
    worth = np.array(worths)
    found = water_filling(worth, budget, none(len(worth)), np.full(len(worth), budget))
    ideal = worth ** (1 / (1 - EXPONENT))
    assert np.allclose(found.amounts, budget * ideal / ideal.sum(), rtol=1e-6)
    assert found.amounts.sum() <= budget * (1 + 1e-9)


@settings(max_examples=60)
@given(WORTHS, st.integers(0, 2**32 - 1))
def test_no_other_split_inside_the_limits_brings_more(worths, seed):
    random, worth = np.random.default_rng(seed), np.array(worths)
    low = random.uniform(0, 10, len(worth))
    high = low + random.uniform(0, 50, len(worth))
    budget = float(low.sum() + random.uniform(0, 1) * (high - low).sum())
    found = water_filling(worth, budget, low, high)
    assert np.all(found.amounts >= low)
    assert np.all(found.amounts <= high)
    assert found.amounts.sum() == pytest.approx(budget, rel=1e-6)
    best = response(worth, found.amounts).sum()
    for _ in range(50):
        other = low + random.dirichlet(np.ones(len(worth))) * (budget - low.sum())
        if np.all(other <= high):
            assert response(worth, other).sum() <= best * (1 + 1e-6)


def test_money_that_would_bring_less_than_itself_is_kept():
    worth = np.array([1.0, 0.0, -3.0])
    found = water_filling(worth, 100.0, none(3), np.full(3, 100.0), least=1.0)
    assert found.amounts[0] == pytest.approx(EXPONENT ** (1 / (1 - EXPONENT)))
    assert found.amounts[1:].tolist() == [0.0, 0.0]
    assert found.marginal == pytest.approx(1.0)
    everything = water_filling(worth, 1000.0, none(3), np.full(3, 100.0))
    assert everything.amounts.tolist() == [100.0, 0.0, 0.0]
    assert everything.marginal == 0.0


def test_who_brings_nothing_gets_what_they_must_and_too_little_money_is_refused():
    low = np.array([2.0, 3.0])
    assert water_filling(np.zeros(2), 9.0, low, low * 3).amounts.tolist() == [2.0, 3.0]
    with pytest.raises(ValueError, match="need more than there is"):
        water_filling(np.ones(2), 4.0, low, low * 3)
    with pytest.raises(ValueError, match="need more than there is"):
        water_filling(np.ones(2), 9.0, low, low / 2)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_whole_deliverables_of_one_price_are_the_best_of_all_ways(seed):
    random = np.random.default_rng(seed)
    worth, spent = random.lognormal(0, 1, 3) * 10, random.uniform(1, 5, 3)
    most, budget, price = np.array([2, 3, 2]), 4.0, np.ones(3)
    fewest = np.array([0, 1, 0])
    bought = whole_deliverables(worth, budget, price=price, spent=spent, fewest=fewest, most=most)

    def value(units):
        return float(response(worth, spent + np.array(units)).sum())

    ways = itertools.product(range(3), range(1, 4), range(3))
    assert value(bought) == pytest.approx(max(value(way) for way in ways if sum(way) <= budget))


def test_a_deliverable_that_is_too_dear_or_brings_too_little_is_not_bought():
    asked = {"spent": np.ones(3), "fewest": np.zeros(3, np.int64), "most": np.full(3, 9)}
    worth, price = np.array([50.0, 5.0, 0.1]), np.array([30.0, 4.0, 1.0])
    bought = whole_deliverables(worth, 9.0, price=price, least=1.0, **asked)
    assert bought.tolist() == [0, 2, 0]
    bought = whole_deliverables(worth, 9.0, price=price, **asked)
    assert bought.tolist() == [0, 2, 1]


def test_no_money_is_wasted_on_who_has_no_price():
    bought = whole_deliverables(
        np.ones(1), 9.0, price=np.zeros(1), spent=np.ones(1), fewest=np.zeros(1, np.int64),
        most=np.full(1, 9),
    )  # fmt: skip
    assert bought.tolist() == [0]
