"""Limits by the lottery alone: exact at every look, whatever the noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.redraws import Paths, beyond, limits

DRAWS, LOOKS = 399, 14


def played(seed, *, noise=1.0, factor=2.0, units=20, strength=1.0):
    """Toss a coin for each unit; a dose and its effect come to those with heads, day by day."""
    random = np.random.default_rng(seed)
    sign = random.choice([-1.0, 1.0], size=(DRAWS + 1, units))
    dose = strength * np.cumsum(random.gamma(2.0, 0.5, (units, LOOKS)), axis=1)
    dose *= sign[0, :, None] > 0
    base = np.cumsum(random.standard_t(3, (units, LOOKS)), axis=1) * noise
    outcome = base + factor * dose
    return Paths(
        sign @ outcome,
        sign @ dose,
        (np.sum(outcome**2, axis=0), np.sum(outcome * dose, axis=0), np.sum(dose**2, axis=0)),
    )


def test_the_factor_lies_inside_its_limits_and_the_truth_is_near():
    found = limits(played(1), LOOKS, 0.05)
    assert found.low < found.factor < found.high
    assert found.low < 2 < found.high
    assert found.high - found.low < 3


def test_what_limits_leave_out_is_refused_and_what_they_hold_is_not():
    paths = played(2)
    found = limits(paths, LOOKS, 0.05)
    assert not beyond(paths, found.factor, LOOKS, 0.05).any()
    for end, out in ((found.low, -0.01), (found.high, 0.01)):
        assert beyond(paths, end + out, LOOKS, 0.05)[-1]
        assert not beyond(paths, end - out, LOOKS, 0.05)[-1]


def test_a_true_factor_is_refused_at_any_of_the_looks_as_seldom_as_said():
    """300 lotteries with heavy tails and sums that wander: 5 % is 15, more than 24 has 1 %."""
    wrong = sum(beyond(played(seed), 2.0, LOOKS, 0.05).any() for seed in range(300))
    assert wrong <= 24
    single = 0
    for seed in range(300):
        shown = played(seed).statistic(2.0)
        single += bool((shown[0] > np.quantile(shown, 0.95, axis=0)).any())
    assert single > 40  # each look by itself at 5 %: the test sees what looking costs


def test_no_look_needs_a_later_one():
    paths = played(3)
    part = Paths(paths.outcome[:, :5], paths.dose[:, :5], tuple(x[:5] for x in paths.squares))
    for factor in (-3.0, 0.0, 2.0, 9.0):
        whole = beyond(paths, factor, LOOKS, 0.05)
        assert whole[:5].tolist() == beyond(part, factor, LOOKS, 0.05).tolist()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 20.0), st.floats(-5.0, 5.0))
def test_units_of_outcome_scale_the_factor_and_a_known_effect_shifts_it(seed, times, shift):
    paths = played(seed)
    a, b, c = paths.squares
    moved = Paths(
        times * (paths.outcome + shift * paths.dose),
        paths.dose,
        (times**2 * (a + 2 * shift * b + shift**2 * c), times * (b + shift * c), c),
    )
    found, other = limits(paths, LOOKS, 0.05), limits(moved, LOOKS, 0.05)
    if isinstance(found, Withheld):  # a few lotteries rule nothing out, in any unit
        assert isinstance(other, Withheld)
        return
    for name in ("factor", "low", "high"):
        expected = times * (getattr(found, name) + shift)
        assert getattr(other, name) == pytest.approx(expected, rel=1e-3, abs=2e-3 * times)


def test_more_noise_or_more_planned_looks_make_limits_wider():
    def width(paths, planned=LOOKS):
        found = limits(paths, planned, 0.05)
        return found.high - found.low

    assert width(played(4, noise=3.0)) > 2 * width(played(4))
    assert width(played(4), planned=28) > width(played(4))


def test_a_lottery_too_small_or_a_dose_that_follows_nothing_gives_no_limits():
    few = limits(played(5, units=3), LOOKS, 0.05)
    assert few.reason is Reason.NOT_OBSERVED
    assert "No factor can be ruled out" in few.detail
    none = limits(played(5, strength=0.0), LOOKS, 0.05)
    assert "does not follow the lottery" in none.detail


def test_the_error_is_spent_late_so_that_the_first_look_refuses_nothing():
    paths = played(6)
    assert not beyond(paths, 1e6, LOOKS, 0.05)[0]
    assert beyond(paths, 1e6, LOOKS, 0.05)[-1]


def test_without_any_noise_the_limits_close_on_the_factor():
    found = limits(played(7, noise=0.0), LOOKS, 0.05)
    assert found.low == pytest.approx(2, abs=1e-3)
    assert found.high == pytest.approx(2, abs=1e-3)
