"""A creator borrows from the others of a campaign: narrower, and right on average over them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.measurement.calendar import Control
from truelift.measurement.counts import CodeHistory, code_lift
from truelift.measurement.limits import multiplier
from truelift.measurement.random_effects import LIFT_SPREAD, pooled
from truelift.measurement.shrinkage import drawn_together, posteriors, shrunk_lifts


def lifts(counts, control=None):
    """Give lifts over 40 days with 20 orders each; a count of nan was never observed."""
    size = len(counts)
    history = CodeHistory(np.full(size, 20.0), np.full(size, 40.0), np.ones(size))
    counted = np.array(counts, float)
    return code_lift(history, counted, np.full(size, 10.0), control=control)


def test_a_creator_is_drawn_towards_the_mean_and_gets_narrower_limits():
    names = ["ana", "bo", *(f"other-{number}" for number in range(38))]
    table = lifts([14.0, 8.0, *[10.0] * 38])
    found = shrunk_lifts(table, names)
    mean = pooled(table.log[None], table.ratios.variance[None], LIFT_SPREAD).mean[0]
    assert mean < found["ana"].log < table.log[0]
    assert table.log[1] < found["bo"].log < mean
    for row, name in enumerate(names):
        assert found[name].high - found[name].low < table.high[row] - table.low[row]
        assert 0 < found[name].own < 1


def test_nobody_borrows_who_is_alone_or_unknown():
    assert shrunk_lifts(lifts([30.0]), ["ana"]) == {}
    assert shrunk_lifts(lifts([30.0, 9.0, 8.0, 7.0, math.nan]), list("abcde")) == {}
    six = shrunk_lifts(lifts([30.0, math.nan, 9.0, 8.0, 7.0, 6.0]), list("abcdef"))
    assert list(six) == list("acdef")


def test_for_a_decision_there_is_a_belief_of_few_creators_too():
    table = lifts([30.0, 9.0])
    found = posteriors(table, ["ana", "bo"])
    assert table.log[1] < found["bo"].log < found["ana"].log < table.log[0]
    assert 0 < found["ana"].own < 1
    alone = posteriors(lifts([30.0]), ["ana"])["ana"]
    assert (alone.log, alone.own) == (pytest.approx(table.log[0]), 1.0)
    assert alone.variance == pytest.approx(table.ratios.variance[0])
    assert posteriors(lifts([math.nan]), ["ana"]) == {}


def test_two_platforms_of_a_creator_are_joined_by_their_precision():
    counts, names = [30.0, 12.0, 9.0, 8.0, 9.0, 10.0], ["ana", "ana", "bo", "cy", "di", "ed"]
    control = Control(np.zeros(6), np.full(6, 0.1), np.full(6, 9), nu=12.0)
    table = lifts(counts, control)
    found = shrunk_lifts(table, names)
    mass = 1 / table.ratios.variance[:2]
    joined = float(np.sum(mass * table.log[:2]) / np.sum(mass))
    rest = drawn_together(
        np.array([[joined, *table.log[2:]]]),
        np.array([[1 / np.sum(mass), *table.ratios.variance[2:]]]),
    )
    assert found["ana"].log == pytest.approx(rest.log[0, 0])
    assert found["ana"].own == pytest.approx(rest.own[0, 0])
    calm = shrunk_lifts(lifts(counts), names)
    assert calm["bo"].high - calm["bo"].low < found["bo"].high - found["bo"].low


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 3)), min_size=2, max_size=9),
)
def test_a_shrunk_lift_lies_between_the_creators_own_and_the_mean(creators):
    delta, variance = (np.array([column]) for column in zip(*creators, strict=True))
    found = drawn_together(delta, variance)
    mean = pooled(delta, variance, LIFT_SPREAD).mean[0]
    low, high = np.minimum(delta, mean) - 1e-9, np.maximum(delta, mean) + 1e-9
    assert np.all((found.log >= low) & (found.log <= high))
    assert np.all(found.variance > 0)


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.6])
@pytest.mark.parametrize("creators", [8, 100])
def test_limits_hold_on_average_over_the_creators_of_a_campaign(creators, spread):
    """Ten looks while posts come in, with the boundary for all of them."""
    random = np.random.default_rng(4)
    truth = 0.3 + random.normal(0, spread, (2400 // creators, creators))
    each = 0.6 * np.exp(random.normal(0, 0.5, truth.shape))
    level = random.normal(0, np.sqrt(each / 20))
    posts = np.zeros(truth.shape)
    wrong, width = np.zeros(truth.shape, bool), []
    for look in range(1, 11):
        posts += random.normal(truth, np.sqrt(each))
        variance = each / look + each / 20
        found = drawn_together(posts / look + level, variance)
        own = multiplier(np.array(21.0), np.full(truth.shape, 24.0))
        reach = multiplier(np.array(21.0), found.nu(24.0)) * np.sqrt(found.variance)
        wrong |= np.abs(found.log - truth) > reach
        width.append(np.median(reach / (own * np.sqrt(variance))))
    assert np.mean(wrong) < 0.03
    assert width[-1] < 1
