"""Draws of what is to come: posteriors, counts, posts, bands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.decisions import forecast as model
from truelift.decisions.forecast import Counting, Evidence, Factors, Posts, Prior
from truelift.measurement.random_effects import LIFT_SPREAD

INF = math.inf
WIDE = Prior(0.3, 0.1, 0.0)


def random(seed=0):
    return np.random.default_rng(seed)


def evidence(*rows, shared=0.0):
    """Rows of (before, its variance, since, its variance)."""
    return Evidence(*np.array(rows, float).T, shared)


def test_a_lift_is_drawn_to_the_mean_of_the_campaign_as_the_reference_says():
    prior = Prior(0.2, 0.1, 0.0)
    found = model.draw_levels(evidence((1.0, 0.05, 1.8, 0.15)), prior, random(), 20_000)
    weight = 0.1 / (0.1 + 0.05 + 0.15)
    expected = 0.2 + weight * (0.8 - 0.2)
    assert found.mean[0] == pytest.approx(expected)
    assert found.own[0] == pytest.approx(weight)
    assert found.lift.mean() == pytest.approx(expected, abs=0.01)
    assert found.variance[0] == pytest.approx(0.1 * (1 - weight))
    assert found.lift.var() == pytest.approx(found.variance[0], rel=0.05)


def test_the_level_follows_from_both_sides_and_moves_against_the_lift():
    found = model.draw_levels(evidence((1.0, 0.1, 1.3, 0.1)), Prior(0.3, 0.1, 0), random(), 20_000)
    assert found.level.mean() == pytest.approx(1.0, abs=0.01)
    assert np.corrcoef(found.level[:, 0], found.lift[:, 0])[0, 1] < -0.3
    assert (found.level + found.lift).var() < found.level.var() + found.lift.var()


def test_who_is_not_live_takes_the_campaigns_lift_and_its_doubt():
    prior = Prior(0.4, 0.1, 0.02)
    found = model.draw_levels(evidence((2.0, 0.01, 0.0, INF)), prior, random(), 20_000)
    assert found.mean[0] == pytest.approx(0.4)
    assert found.own[0] == 0
    assert found.lift.var() == pytest.approx(0.12, rel=0.05)


def test_who_has_no_baseline_keeps_the_rate_since_launch():
    found = model.draw_levels(evidence((0.0, INF, 1.5, 0.04)), WIDE, random(), 20_000)
    assert (found.level + found.lift).mean() == pytest.approx(1.5, abs=0.01)
    assert (found.level + found.lift).var() == pytest.approx(0.04, rel=0.05)


def test_the_mean_of_the_campaign_and_its_calendar_are_shared():
    rows = [(1.0, 0.01, 0.0, INF)] * 2
    shared = model.draw_levels(evidence(*rows), Prior(0.3, 1e-4, 0.2), random(), 5_000)
    assert np.corrcoef(shared.lift.T)[0, 1] > 0.9
    calendar = model.draw_levels(
        evidence(*rows, shared=0.5), Prior(0.3, 1e-4, 0.0), random(), 5_000
    )
    assert np.corrcoef(calendar.level.T)[0, 1] > 0.9


def test_the_prior_is_the_campaigns_own_and_withheld_while_nobody_is_live():
    nobody = model.campaign_prior(evidence((1.0, 0.1, 0.0, INF)))
    assert isinstance(nobody, Withheld)
    assert nobody.reason is Reason.NO_HISTORY
    one = model.campaign_prior(evidence((1.0, 0.1, 1.5, 0.1), (1.0, 0.1, 0.0, INF)))
    assert (one.mean, one.between, one.alone) == (pytest.approx(0.5), LIFT_SPREAD.between, True)
    two = model.campaign_prior(evidence((1.0, 0.1, 1.5, 0.1), (1.0, 0.1, 1.1, 0.1)))
    assert two.mean == pytest.approx(0.3)
    assert not two.alone


def test_one_creator_is_taken_for_itself_and_lends_others_its_lift():
    rows = evidence((1.0, 0.1, 1.5, 0.1), (1.0, 0.1, 0.0, INF))
    found = model.draw_levels(rows, model.campaign_prior(rows), random())
    assert found.mean.tolist() == pytest.approx([0.5, 0.5], abs=1e-6)
    assert found.own.tolist() == pytest.approx([1.0, 0.0])


def test_counts_say_of_rates_what_a_gamma_does():
    found = model.count_evidence(
        (np.array([20.0, np.nan, 0.1]), np.array([10.0, np.nan, 90.0])),
        (np.array([30.0, 5.0, 2.0]), np.array([10.0, 0.0, 1.0])),
        np.array([1.0, 1.0, 1.0]),
    )
    draws = random().gamma(20.5, 1 / 10.0, 200_000)
    assert found.before[0] == pytest.approx(np.log(draws).mean(), abs=0.003)
    assert found.before_variance[1] == INF
    assert found.since_variance[1] == INF
    assert found.since_variance[2] == pytest.approx(1 / 0.5)  # too young: two chance orders


def counting(**more):
    given = {
        "evidence": model.count_evidence(
            (np.array([200.0]), np.array([100.0])), (np.array([120.0]), np.array([40.0])),
            np.array([1.5]),
        ),
        "so_far": np.array([120.0]),
        "days_gone": np.array([40.0]),
        "days_left": np.array([20.0]),
        "dispersion": np.array([1.5]),
    }  # fmt: skip
    return Counting(**given | more)


def test_counts_go_on_at_their_rate_and_what_is_extra_is_above_the_level():
    found = model.count_totals(counting(), WIDE, random(), scale=1.0, draws=4_000)
    assert found.total.mean() == pytest.approx(120 + 20 * 2.9, rel=0.05)
    assert found.incremental.mean() == pytest.approx(found.total.mean() - 60 * 2.0, rel=0.2)
    assert (found.total >= 120).all()
    assert np.allclose(found.total, found.rest + 120)


def test_a_wider_scale_widens_the_band_around_the_same_median():
    narrow, wide = (
        model.band(model.count_totals(counting(), WIDE, random(), scale=scale).total[:, 0])
        for scale in (1.0, 2.0)
    )
    assert wide.p50 == pytest.approx(narrow.p50, rel=0.01)
    assert wide.p90 - wide.p10 > 1.5 * (narrow.p90 - narrow.p10)


def test_when_the_flight_is_over_only_late_orders_are_to_come():
    over = counting(days_left=np.array([0.0]))
    found = model.count_totals(over, WIDE, random(), scale=1.0)
    assert (found.total == 120).all()
    late = model.count_totals(
        counting(days_left=np.array([0.0]), late=1.1, late_variance=0.04), WIDE, random(), scale=1.0
    )
    assert late.total.mean() == pytest.approx(132, rel=0.02)
    assert late.total.std() > 0


def test_counts_of_any_size_are_drawn():
    huge = np.array([[1e12, 0.0]])
    found = model._negative_binomial(huge, np.array([1.0, 5.0]), random())
    assert found[0, 0] == pytest.approx(1e12, rel=1e-3)
    assert found[0, 1] == 0


def posts(**more):
    curve = {"grow": np.array([0.4]), "grow_variance": np.array([0.2]), "end_age": np.array([0.0])}
    given = {
        "evidence": evidence((6.0, 0.02, 6.5, 0.1)),
        "row": np.array([0]),
        "count": np.array([400.0]),
        "planned_row": np.zeros(0, np.int64),
        "planned_age": np.zeros(0),
        "planned_variance": np.zeros(0),
        "spread": np.array([0.5]),
    }
    return Posts(**given | curve | more)


def test_a_live_post_grows_and_never_falls():
    found = model.post_totals(posts(), WIDE, random(), scale=1.0)
    assert (found.total >= 400).all()
    assert np.median(found.total) > 420


def test_a_mature_post_stays_as_it_is():
    still = {"grow": np.array([0.0]), "grow_variance": np.array([0.0])}
    found = model.post_totals(posts(**still), WIDE, random(), scale=1.0)
    assert (found.total == 400).all()
    assert found.incremental.mean() == pytest.approx(400 * (1 - math.exp(-0.4)), rel=0.2)


def test_a_planned_post_is_drawn_around_level_and_lift():
    planned = {
        "row": np.zeros(0, np.int64), "count": np.zeros(0), "grow": np.zeros(0),
        "grow_variance": np.zeros(0), "end_age": np.zeros(0), "planned_row": np.array([0, 0]),
        "planned_age": np.array([-0.1, -2.0]), "planned_variance": np.array([0.1, 0.5]),
    }  # fmt: skip
    found = model.post_totals(posts(**planned), WIDE, random(), scale=1.0, draws=8_000)
    first = np.exp(6.4 - 0.1 + (0.5 + 0.1) / 2)
    second = np.exp(6.4 - 2.0 + (0.5 + 0.5) / 2)
    assert found.total.mean() == pytest.approx(first + second, rel=0.15)
    assert model.band(found.total[:, 0]).p10 > 0


def test_an_experiment_splits_the_total_instead():
    totals = model.count_totals(counting(), WIDE, random(), scale=1.0, draws=4_000)
    tested = Factors(np.array([0.4]), np.array([0.1]), 0.06)
    found = model.by_factor(totals, tested, random())
    share = found.incremental / found.total
    assert share.mean() == pytest.approx(0.4, abs=0.01)
    assert share.std() == pytest.approx(0.1, rel=0.05)
    assert (found.total == totals.total).all()


def test_the_log_of_a_return_has_a_floor():
    mean, variance = model.log_return(np.array([200.0, 200.0]), np.array([100.0, 100.0]))
    assert (mean, variance) == (pytest.approx(math.log(2)), 0.0)
    assert model.log_return(np.array([-5.0]), np.array([100.0]))[0] == math.log(model.LEAST_RETURN)
