from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.baseline import Baselines, estimate_baselines
from truelift.measurement.calendar import Control
from truelift.measurement.lift import (
    CampaignPosts,
    campaign_posts,
    creator_lift,
    least_variance,
    log_lift,
    split,
)


@pytest.fixture
def campaign(pool):
    """Baselines of forty creators, their 0 to 8 campaign posts, and these as padded matrices."""
    group, z, _ = pool
    random = np.random.default_rng(2)
    counts = random.integers(0, 9, 40)
    owner = np.repeat(np.arange(40), counts)
    readings = random.normal(5.5, 1, len(owner))
    tau2 = random.uniform(0, 0.6, len(owner))
    positions = np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]
    matrix, extra = np.full((40, 8), np.nan), np.zeros((40, 8))
    matrix[owner, positions], extra[owner, positions] = readings, tau2
    posts = CampaignPosts(owner, np.round(np.exp(readings)), readings, tau2, np.maximum(tau2, 1.0))
    return estimate_baselines(group, z, 40), posts, matrix, extra


def baselines(level=5.0, creators=1):
    columns = [np.full(creators, value) for value in (level, 0.05, 0.5, 24.0, 0.01)]
    return Baselines(*columns, np.full(creators, 20))


def mature(group, count):
    return campaign_posts(
        np.array(group), np.array(count, float), np.full(len(count), 800.0), ENGAGEMENT_CURVE
    )


def test_the_lift_and_its_information_agree_with_the_oracle(oracle, campaign):
    found, posts, matrix, extra = campaign
    delta, information = oracle.campaign(found.level, found.p, found.s2, found.q[0], matrix, extra)
    ratios = log_lift(found, posts)
    np.testing.assert_allclose(ratios.delta, delta, rtol=1e-9, atol=1e-12)
    has = information > 0
    np.testing.assert_allclose(1 / ratios.variance[has], information[has], rtol=1e-9)
    assert np.isnan(ratios.variance[~has]).all()


def test_the_largest_information_agrees_with_the_oracle(oracle, campaign):
    found = campaign[0]
    planned = oracle.info_max(found.p, found.s2, found.q[0], 12, 0.0)
    np.testing.assert_allclose(1 / least_variance(found, np.full(40, 12)), planned, rtol=1e-9)
    endless = oracle.info_max(found.p, found.s2, found.q[0], 3000, 0.0)
    np.testing.assert_allclose(1 / least_variance(found), endless, rtol=1e-9)


def test_a_reading_that_is_missing_is_no_post(campaign):
    found, posts, _, _ = campaign
    where = [0, 5, 20]
    gaps = CampaignPosts(
        np.insert(posts.group, where, posts.group[where]),
        *(np.insert(c, where, np.nan) for c in (posts.count, posts.z, posts.tau2)),
        np.insert(posts.first_tau2, where, 1.0),
    )
    np.testing.assert_array_equal(log_lift(found, gaps).delta, log_lift(found, posts).delta)
    np.testing.assert_array_equal(log_lift(found, gaps).observed, log_lift(found, posts).observed)


def test_twice_the_usual_count_is_a_lift_of_log_two():
    row = creator_lift(baselines(level=np.log(100.5)), mature([0], [200.5])).row(0)
    assert row.log == pytest.approx(np.log(2))
    assert row.units == pytest.approx(100.25)
    assert row.units_low < row.units < row.units_high
    assert row.low < row.log < row.high
    assert (row.limits, row.grade, row.level) == ("theory", Grade.C, 0.95)


def test_the_limits_are_the_boundary_times_the_standard_error():
    lifts = creator_lift(baselines(), mature([0, 0], [300, 400]))
    half = lifts.high - lifts.log
    assert 2.5 < half[0] / lifts.se[0] < 4
    np.testing.assert_allclose(lifts.log - lifts.low, half)


def test_fewer_planned_posts_leave_less_to_look_at():
    posts = mature([0, 0], [300, 400])
    endless = creator_lift(baselines(), posts)
    planned = creator_lift(baselines(), posts, planned=np.array([3]))
    assert planned.high[0] < endless.high[0]
    assert planned.log[0] == endless.log[0]


def test_a_first_look_of_unknown_age_counts_as_the_youngest():
    group, count, age = np.array([0]), np.array([300.0]), np.array([200.0])
    unknown = campaign_posts(group, count, age, ENGAGEMENT_CURVE)
    known = campaign_posts(group, count, age, ENGAGEMENT_CURVE, np.array([150.0]))
    assert unknown.first_tau2[0] == ENGAGEMENT_CURVE.largest_variance
    assert known.first_tau2[0] < 0.01
    widths = [creator_lift(baselines(), posts).high[0] for posts in (known, unknown)]
    assert widths[0] < widths[1]


def test_controls_take_the_calendar_out_and_their_doubt_in():
    posts = mature([0, 0], [300, 400])
    alone = creator_lift(baselines(), posts)
    beside = creator_lift(baselines(), posts, control=Control(0.2, 0.1, 12))
    assert beside.log[0] == pytest.approx(alone.log[0] - 0.2)
    assert beside.se[0] == pytest.approx(np.hypot(alone.se[0], 0.1))
    assert beside.grade[0] is Grade.B
    assert (beside.row(0).controls.creators, beside.row(0).controls.few) == (12, False)
    few = creator_lift(baselines(), posts, control=Control(0.2, 0.1, 4))
    assert few.row(0).controls.few
    assert alone.row(0).controls is None


def test_a_late_baseline_is_at_best_grade_c():
    lifts = creator_lift(
        baselines(creators=2),
        mature([0, 1], [300, 400]),
        control=Control(0.0, 0.1, 9),
        late=np.array([True, False]),
    )
    assert lifts.grade.tolist() == [Grade.C, Grade.B]


def test_each_missing_thing_has_its_own_reason():
    found = estimate_baselines(np.array([1, 2, 2, 2, 3, 3]), np.arange(6.0), 4, q=0)
    lifts = creator_lift(found, mature([0, 1, 2], [5, 5, 5]))
    assert len(lifts) == 4
    rows = [lifts.row(creator) for creator in range(4)]
    assert [row.reason for row in rows if isinstance(row, Withheld)] == [
        Reason.NO_BASELINE,
        Reason.TOO_FEW_POSTS,
        Reason.NOT_OBSERVED,
    ]
    assert all(row.detail for row in rows if isinstance(row, Withheld))
    assert lifts.known.tolist() == [False, False, True, False]
    assert lifts.grade[0] is Grade.D
    assert np.isnan(lifts.units[0])


def test_a_post_too_young_to_read_is_withheld_but_its_count_is_observed():
    young = campaign_posts(np.array([0]), np.array([7.0]), np.array([0.5]), ENGAGEMENT_CURVE)
    lifts = creator_lift(baselines(), young)
    assert lifts.row(0).reason is Reason.NOT_OBSERVED
    assert lifts.ratios.observed[0] == 7


def test_a_counter_that_went_down_is_taken_as_it_stands():
    before, after = (creator_lift(baselines(), mature([0], [y])) for y in (500, 450))
    assert after.log[0] < before.log[0]
    assert after.ratios.observed[0] == 450


def test_a_post_gone_viral_keeps_expected_units_finite():
    row = creator_lift(baselines(level=np.log(100)), mature([0], [100_000])).row(0)
    assert row.expected == pytest.approx(100, rel=0.01)
    assert row.units + row.expected == row.observed


def test_a_campaign_without_any_count_has_no_units_to_split():
    row = creator_lift(baselines(level=np.log(100)), mature([0], [0])).row(0)
    assert (row.units, row.expected, row.observed) == (0, 0, 0)
    assert row.log < 0


@given(
    st.integers(0, 2**52),
    st.floats(-900, 900),
    st.sampled_from([0.0, 0.5]),
)
def test_expected_and_incremental_add_up_to_observed_exactly(observed, delta, offset):
    units, expected = split(np.array([float(observed)]), np.array([delta]), offset)
    assert (units + expected)[0] == observed
    assert expected[0] >= 0


@given(st.integers(0, 10**6), st.lists(st.floats(-800, 800), min_size=2, max_size=20))
def test_units_rise_with_the_lift(observed, deltas):
    units, _ = split(np.full(len(deltas), float(observed)), np.sort(deltas), 0.0)
    assert np.all(np.diff(units) >= 0)
    assert np.all(np.isfinite(units))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
def test_the_order_of_creators_does_not_matter(seed, creators):
    random = np.random.default_rng(seed)
    found = Baselines(
        *random.uniform(0.1, 1, (3, creators)),
        np.full(creators, 20.0),
        np.full(creators, 0.02),
        np.full(creators, 20),
    )
    owner = np.repeat(np.arange(creators), random.integers(0, 6, creators))
    count = np.round(np.exp(random.normal(3, 1, len(owner))))
    place = random.permutation(creators)
    order = np.argsort(place[owner], kind="stable")
    moved = np.argsort(place)
    columns = [getattr(found, name)[moved] for name in ("level", "p", "s2", "nu", "q", "n")]
    one = creator_lift(found, mature(owner, count))
    two = creator_lift(Baselines(*columns), mature(place[owner][order], count[order]))
    for name in ("log", "low", "high", "units", "units_low", "units_high", "expected"):
        np.testing.assert_allclose(getattr(two, name)[place], getattr(one, name), rtol=1e-9)


def test_controls_of_few_degrees_of_freedom_widen_the_limits():
    posts = mature([0, 0], [300, 400])
    widths = [
        creator_lift(baselines(), posts, control=Control(0.0, 0.5, 3, nu)).high[0]
        for nu in (np.inf, 20.0, 2.0)
    ]
    assert widths[0] < widths[1] < widths[2]


def test_noise_at_both_ends_of_the_clock_counts_as_it_is_there():
    posts = mature([0, 0], [300, 400])
    ends = [(np.nan, np.nan), (2.0, np.nan), (2.0, 0.001)]
    widths = [
        creator_lift(baselines(), posts, control=Control(0.0, 0.2, 9, np.inf, *end)).high[0]
        for end in ends
    ]
    assert widths[0] < widths[1] < widths[2]


def test_where_a_row_has_no_controls_nothing_is_taken_out_of_it():
    posts = mature([0, 1], [300, 300])
    control = Control(np.array([0.2, np.nan]), np.array([0.1, np.nan]), np.array([9, 0]))
    lifts = creator_lift(baselines(creators=2), posts, control=control)
    alone = creator_lift(baselines(creators=2), posts)
    assert (lifts.log[1], lifts.high[1]) == (alone.log[1], alone.high[1])
    assert lifts.grade.tolist() == [Grade.B, Grade.C]
