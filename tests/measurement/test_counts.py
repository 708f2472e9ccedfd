from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.estimate import Grade, Reason
from truelift.measurement.calendar import Control
from truelift.measurement.campaign import campaign_lift
from truelift.measurement.counts import CodeHistory, code_history, code_lift, overdispersion
from truelift.measurement.limits import boundary
from truelift.measurement.weekdays import weekday_factors


def history(n, days, phi=1.0):
    columns = np.broadcast_arrays(np.array(n, float), days, phi)
    return CodeHistory(*(np.array(column, float) for column in columns))


def test_the_log_rate_ratio_and_its_variance_follow_the_formula():
    lifts = code_lift(history([20], 28, 1.5), np.array([30.0]), np.array([14.0]))
    assert lifts.log[0] == pytest.approx(np.log(30.5 / 14) - np.log(20.5 / 28))
    assert lifts.se[0] ** 2 == pytest.approx(1.5 * (1 / 30.5 + 1 / 20.5))
    assert lifts.high[0] == pytest.approx(lifts.log[0] + boundary(np.array(42.0)) * lifts.se[0])
    row = lifts.row(0)
    assert row.expected == pytest.approx(20.5 * 14 / 28 - 0.5)
    assert row.units + row.expected == 30
    assert row.grade is Grade.C


def test_no_orders_after_a_good_history_is_a_loss_not_nothing():
    row = code_lift(history([28], 28), np.array([0.0]), np.array([14.0])).row(0)
    assert row.units == pytest.approx(-13.75)
    assert row.units_low < row.units < row.units_high <= 0


def test_expected_orders_are_never_negative():
    row = code_lift(history([0], 90), np.array([3.0]), np.array([2.0])).row(0)
    assert (row.units, row.expected) == (3, 0)


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("orders", Reason.NO_ORDER_BASELINE),
        ("leads", Reason.NO_LEAD_BASELINE),
        ("clicks", Reason.NO_BASELINE),
    ],
)
def test_a_new_code_has_no_history_and_no_lift(metric, reason):
    lifts = code_lift(
        history([np.nan, 0, 5], [np.nan, 0, 28]), np.full(3, 9.0), np.full(3, 7.0), metric=metric
    )
    assert [lifts.row(creator).reason for creator in range(2)] == [reason, reason]
    assert lifts.known.tolist() == [False, False, True]
    assert lifts.row(0).detail


def test_a_campaign_that_has_not_begun_is_not_observed():
    lifts = code_lift(history([5, 5], 28), np.array([0.0, np.nan]), np.array([0.0, 3.0]))
    assert [lifts.row(creator).reason for creator in range(2)] == [Reason.NOT_OBSERVED] * 2


def test_controls_and_lateness_set_the_grade():
    n, days = np.array([9.0]), np.array([7.0])
    control = Control(0.1, 0.1, 9)
    assert code_lift(history([5], 28), n, days, control=control).grade[0] is Grade.B
    assert code_lift(history([5], 28), n, days, control=control, late=True).grade[0] is Grade.C


def test_overdispersion_is_pearsons_shrunk_to_the_pool():
    group = np.repeat([0, 1], 4)
    daily = np.array([0.0, 8, 0, 8, 2, 2, 2, 2])
    pearson = np.array([4 * 16 / 4 / 3, 0])
    pool = pearson.mean()
    expected = np.maximum(1, (10 * pool + 3 * pearson) / 13)
    np.testing.assert_allclose(overdispersion(group, daily, 2), expected)


def test_a_creator_without_counts_takes_the_pools_overdispersion():
    daily = np.array([0.0, 8, 0, 8, 0, 0, 5])
    found = overdispersion(np.array([0, 0, 0, 0, 1, 1, 2]), daily, 4)
    np.testing.assert_allclose(found[1:], 16 / 3)


def test_without_any_count_orders_are_poisson():
    assert overdispersion(np.array([], int), np.array([]), 2).tolist() == [1, 1]
    assert code_history([3], [28], np.zeros(28, int), np.ones(28)).phi[0] == 1


def test_many_small_creators_without_an_effect_do_not_add_up_to_a_lift():
    random = np.random.default_rng(8)
    before, now = random.poisson(1.0, (2, 20_000)).astype(float)
    lifts = code_lift(history(before, 28), now, np.full(20_000, 28.0))
    whole = campaign_lift(lifts)
    assert abs(whole.units) / whole.observed < 0.03
    # With n1 in the place of n1 + .5 half of these orders would have been called incremental.
    plain = np.sum(now * -np.expm1(-lifts.log)) / whole.observed
    assert plain > 0.2


def test_over_dispersed_codes_raise_few_false_alarms_under_daily_looks():
    random = np.random.default_rng(6)
    rate = random.gamma(2, 0.5, 3000)
    days = random.negative_binomial(rate[:, None], 0.5, (3000, 78)).astype(float)
    owner = np.repeat(np.arange(3000), 28)
    seen = code_history(days[:, :28].sum(1), np.full(3000, 28.0), owner, days[:, :28].ravel())
    wrong = np.zeros(3000, bool)
    for look in range(1, 51):
        lifts = code_lift(seen, days[:, 28 : 28 + look].sum(1), np.full(3000, float(look)))
        wrong |= (lifts.low > 0) | (lifts.high < 0)
    busy = seen.n >= 5
    assert wrong[busy].mean() < 0.06


def test_before_the_history_expects_one_order_chance_orders_say_next_to_nothing():
    young, grown = (
        code_lift(history([10], 100), np.array([3.0]), np.array([days])).row(0)
        for days in (9.0, 10.0)
    )
    assert young.low < -2 < 0 < young.log
    assert grown.low > -1


@pytest.mark.parametrize("start", [1, 4])
def test_busy_fridays_are_no_lift_whichever_weekday_a_campaign_begins_on(start):
    """Ten times the orders on Fridays, 50 daily looks, 90 days of history, 40 shops."""
    random, wrong, plain, busy = np.random.default_rng(21), 0, 0, 0
    weekday = (start - 90 + np.arange(140)) % 7
    rate = np.where(weekday == 4, 10.0, 1.0) * 7 / 16
    for _ in range(40):
        level = random.gamma(2, 0.5, (60, 1))
        days = random.negative_binomial(level * rate, 0.5).astype(float)
        factors = weekday_factors(int(weekday[0]), days[:, :90].sum(0))
        usual = factors[weekday]
        owner = np.repeat(np.arange(60), 90)
        before = days[:, :90].sum(1)
        seen = code_history(
            before, np.full(60, usual[:90].sum()), owner, days[:, :90].ravel(),
            np.tile(usual[:90], 60),
        )  # fmt: skip
        unweighted = code_history(before, np.full(60, 90.0), owner, days[:, :90].ravel())
        alarm = np.zeros((2, 60), bool)
        for look in range(1, 51):
            now = days[:, 90 : 90 + look].sum(1)
            lifts = code_lift(seen, now, np.full(60, usual[90 : 90 + look].sum()))
            alarm[0] |= (lifts.low > 0) | (lifts.high < 0)
            lifts = code_lift(unweighted, now, np.full(60, float(look)))
            alarm[1] |= (lifts.low > 0) | (lifts.high < 0)
        wrong, plain = wrong + alarm[0].sum(), plain + alarm[1].sum()
        busy += 60
    assert wrong / busy <= 0.06
    if start == 4:
        assert plain / busy > 0.06  # plain days: the first Friday looks like a lift


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 10**5)] * 2, st.integers(1, 400)), min_size=1))
def test_expected_and_incremental_orders_add_up_exactly(rows):
    before, now, days = np.array(rows, float).T
    lifts = code_lift(history(before, 28), now, days)
    np.testing.assert_array_equal(lifts.expected + lifts.units, now)
    assert np.all((lifts.units_low <= lifts.units) & (lifts.units <= lifts.units_high))
    assert np.all(lifts.expected >= 0)
