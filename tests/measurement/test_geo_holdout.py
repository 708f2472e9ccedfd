"""Regions by lot: strata, draws, limits that hold at every look."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from truelift.measurement.geo_holdout import (
    RegionDays,
    draw,
    drift,
    enough,
    factor,
    factor_paths,
    redraw,
    usual_dose,
)
from truelift.measurement.redraws import beyond

BEFORE, DAYS = 42, 28
WEEK = np.array([0.9, 0.9, 0.95, 1.0, 1.4, 1.2, 0.65])


def played(seed, *, times=1.0, regions=24, wander=0.02, orders=300.0, share=0.5):
    """A shop whose regions wander apart, with a campaign of which `times` the tracked is extra."""
    random = np.random.default_rng(seed)
    days = BEFORE + DAYS
    size = np.arange(1, regions + 1) ** -0.7
    level = np.cumsum(random.normal(0, wander, (regions, days)), axis=1)
    rate = orders * size[:, None] / size.sum() * WEEK[np.arange(days) % 7] * np.exp(level)
    sold = random.negative_binomial(rate, 0.5).astype(float)
    lot = draw(sold[:, :BEFORE].sum(axis=1), share, seed)
    tracked = np.zeros(sold.shape)
    tracked[:, BEFORE:] = random.poisson(0.2 * rate[:, BEFORE:])
    tracked[lot.held] = 0
    sold[:, BEFORE:] += random.poisson(times * tracked[:, BEFORE:])
    return lot, RegionDays(sold, tracked, BEFORE, drift(sold[:, :BEFORE]))


@settings(max_examples=60, deadline=None)
@given(st.integers(12, 70), st.floats(0.1, 0.9), st.integers(0, 2**32 - 1))
def test_each_stratum_of_neighbours_keeps_out_its_part(regions, share, seed):
    assume(enough(regions, share) is None)
    before = np.random.default_rng(seed).gamma(1.0, 100.0, regions)
    lot = draw(before, share, seed)
    size = np.bincount(lot.stratum)
    held = np.bincount(lot.stratum, weights=lot.held)
    assert (held == (1 if share <= 0.5 else size - 1)).all()
    assert size.sum() == regions
    order = np.argsort(-before, kind="stable")
    assert (np.diff(lot.stratum[order]) >= 0).all()
    again = redraw(lot, seed, 50)
    assert again.shape == (51, regions)
    assert (again[0] == lot.held).all()
    assert (again @ np.eye(size.size)[lot.stratum] == held).all()


def test_the_same_seed_draws_the_same_and_every_region_may_be_drawn():
    before = np.arange(24.0, 0.0, -1.0)
    assert (draw(before, 0.5, 7).held == draw(before, 0.5, 7).held).all()
    often = np.mean([draw(before, 0.5, seed).held for seed in range(400)], axis=0)
    assert ((often > 0.4) & (often < 0.6)).all()


def test_fewer_than_six_strata_show_nothing():
    assert enough(12, 0.5) is None
    assert enough(24, 0.75) is None
    assert "11 regions" in enough(11, 0.5).detail
    assert "needs 24" in enough(23, 0.25).detail


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_true_factor_lies_inside_and_zero_outside(share):
    lot, days = played(3, times=1.5, share=share, orders=1500.0, regions=32)
    found = factor(lot, days, planned=DAYS, seed=3)
    assert 0 < found.low < 1.5 < found.high


def test_a_campaign_that_takes_orders_away_has_a_negative_factor():
    lot, days = played(5, orders=3000.0)
    fewer = RegionDays(days.orders - 2 * days.dose, days.dose, BEFORE, days.step)
    found = factor(lot, fewer, planned=DAYS, seed=5)
    assert found.low < -1 < found.high < 0


def test_the_effect_in_parts_of_usual_orders_needs_nothing_tracked():
    lot, days = played(11, times=0.0, orders=3000.0)
    sold = days.orders.copy()
    sold[~lot.held, BEFORE:] *= 1.3
    dose = usual_dose(lot, sold, BEFORE)
    assert dose[lot.held].sum() == dose[:, :BEFORE].sum() == 0
    found = factor(lot, RegionDays(sold, dose, BEFORE, days.step), planned=DAYS, seed=11)
    extra = (sold - days.orders).sum() / dose.sum()
    assert 0 < found.low < extra < found.high


def test_regions_that_wander_get_a_drift_and_steady_ones_none():
    steady = np.mean([drift(played(s, wander=0.0)[1].orders[:, :BEFORE]) for s in range(5)])
    wandering = np.mean([drift(played(s, wander=0.08)[1].orders[:, :BEFORE]) for s in range(5)])
    assert steady < 1e-4
    assert wandering > 10 * steady


def test_regions_that_are_all_alike_do_not_drift():
    assert drift(np.full((12, 30), 4.0)) == 0


def test_a_region_without_orders_before_divides_by_no_zero():
    lot, days = played(9)
    empty = days.orders.copy()
    empty[-1, :BEFORE] = 0
    found = factor(lot, RegionDays(empty, days.dose, BEFORE, days.step), planned=DAYS, seed=9)
    assert found.low < found.factor < found.high


@pytest.mark.parametrize("times", [0.0, 1.5])
def test_any_look_is_wrong_as_seldom_as_said(times):
    """100 shops whose regions wander: 5 % is 5, more than 11 has a chance of half a percent."""
    wrong = 0
    for seed in range(100):
        lot, days = played(seed, times=times, regions=16)
        paths = factor_paths(lot, days, redraw(lot, seed, 499))
        wrong += beyond(paths, times, DAYS, 0.05).any()
    assert wrong <= 11
