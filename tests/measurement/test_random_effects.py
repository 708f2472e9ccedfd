from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from truelift.measurement.random_effects import (
    LIFT_SPREAD,
    BetweenPrior,
    pooled,
    pooled_degrees,
)


def test_each_row_is_pooled_over_the_creators_it_has():
    delta = np.array([[0.5, -1.0, 0.6], [0.5, np.nan, np.nan], [np.nan, np.nan, np.nan]])
    variance = np.array([[0.25, 0.5, 1.0]] * 3)
    found = pooled(delta, variance)
    assert found.count.tolist() == [3, 1, 0]
    weight = 1 / variance[0]
    fixed = (weight * delta[0]).sum() / weight.sum()
    q = (weight * (delta[0] - fixed) ** 2).sum()
    between = (q - 2) / (weight.sum() - (weight**2).sum() / weight.sum())
    assert found.between[0] == pytest.approx(between)
    assert found.mean[0] == pytest.approx(
        (delta[0] / (variance[0] + between)).sum() / (1 / (variance[0] + between)).sum()
    )
    assert (found.mean[1], found.variance[1], found.between[1]) == (0.5, 0.25, 0.0)
    assert np.isnan([found.mean[2], found.variance[2], found.scale[2]]).all()


def test_a_spread_larger_than_promised_widens_the_cautious_variance_and_a_smaller_never_narrows():
    wild = pooled(np.array([[2.0, -2.0]]), np.array([[0.01, 4.0]]))
    calm = pooled(np.array([[0.1, 0.1, 0.1]]), np.full((1, 3), 0.5))
    assert wild.cautious[0] == wild.variance[0] * max(wild.scale[0], 1)
    assert calm.scale[0] == pytest.approx(0)
    assert calm.cautious[0] == calm.variance[0] == pytest.approx(0.5 / 3)


def test_few_controls_cover_with_the_degrees_of_freedom_they_have():
    """Three creators of a pool that differs: a normal interval is too short, t on 2 is not."""
    random = np.random.default_rng(5)
    delta = random.normal(0, np.sqrt(0.1 + 0.2), (4000, 3))
    found = pooled(delta, np.full((4000, 3), 0.1))
    t = np.abs(found.mean) / np.sqrt(found.cautious)
    assert np.mean(t > 1.96) > 0.08
    assert np.mean(t > 4.303) < 0.05


def test_a_prior_stands_in_for_few_creators_and_fades_with_many():
    random = np.random.default_rng(1)
    prior = BetweenPrior(0.04, 5.0)
    variance = np.full((1, 400), 0.1)
    one = pooled(np.array([[0.3]]), np.array([[0.1]]), prior)
    assert (one.between[0], one.variance[0]) == (0.04, pytest.approx(0.14))
    many = random.normal(0, np.sqrt(0.1 + 0.5), (1, 400))
    plain, moderated = pooled(many, variance), pooled(many, variance, prior)
    assert moderated.between[0] == pytest.approx(plain.between[0], rel=0.02)
    assert moderated.weight.sum() == pytest.approx(1)
    nobody = pooled(np.array([[np.nan]]), np.array([[0.1]]), prior)
    assert nobody.weight.tolist() == [[0.0]]
    assert np.isnan(nobody.mean[0])


@pytest.mark.parametrize(
    ("creators", "spread", "most"), [(2, 0.3, 0.02), (2, 0.6, 0.13), (5, 0.3, 0.06), (5, 0.6, 0.1)]
)
def test_the_mean_of_few_creators_who_differ_covers_what_such_creators_do(creators, spread, most):
    """At one look with its own degrees of freedom; without the prior 12-29 in 100 are wrong."""
    random = np.random.default_rng(7)
    variance = np.full((4000, creators), 0.01)
    delta = random.normal(0, np.sqrt(0.01 + spread**2), variance.shape)
    found = pooled(delta, variance, LIFT_SPREAD)
    nu = pooled_degrees(found, variance, np.full(creators, np.inf), LIFT_SPREAD)
    reach = -special.stdtrit(nu, 0.025) * np.sqrt(found.cautious)
    assert np.mean(np.abs(found.mean) > reach) < most
    plain = pooled(delta, variance)
    assert np.mean(np.abs(plain.mean) > 1.96 * np.sqrt(plain.variance)) > 0.1


def test_a_creator_who_is_alone_is_taken_for_itself():
    found = pooled(np.array([[0.3, np.nan]]), np.array([[0.1, 1.0]]), LIFT_SPREAD)
    assert (found.mean[0], found.variance[0], found.between[0]) == (0.3, 0.1, 0.0)
    nobody = pooled_degrees(found, np.zeros((1, 2)), np.array([9.0, np.inf]), LIFT_SPREAD)
    assert np.isinf(nobody[0])
