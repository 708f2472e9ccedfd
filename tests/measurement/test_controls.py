"""Controls: the calendar of each treated creator's own window, and who was asked for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.measurement.baseline import estimate_baselines
from truelift.measurement.calendar import Control
from truelift.measurement.campaign import campaign_lift
from truelift.measurement.controls import (
    BETWEEN,
    LEAST_BEFORE,
    ControlPosts,
    Windows,
    choose,
    control_columns,
    joined,
)
from truelift.measurement.lift import CampaignPosts, creator_lift, log_lift
from truelift.measurement.ragged import ragged
from truelift.measurement.random_effects import pooled

LONG_AGO, FAR_AHEAD = (np.datetime64(day, "us") for day in ("1970-01-01", "2100-01-01"))


def at(days):
    """Give instants so many days after 1 March 2026."""
    micro = np.round(np.asarray(days, float) * 86_400e6)
    return np.datetime64("2026-03-01", "us") + micro.astype("timedelta64[us]")


def of(rows, creators, busy=()):
    """Give control posts from (creator, day, reading); all serve for ever."""
    rows = sorted(rows)
    unit, days, z = (np.array([row[part] for row in rows], float) for part in range(3))
    return ControlPosts(
        names=[f"c{index}" for index in range(creators)],
        unit=unit.astype(np.int64),
        published_at=at(days),
        z=z,
        tau2=np.zeros(len(rows)),
        since=np.full(creators, LONG_AGO),
        until=np.full(creators, FAR_AHEAD),
        busy=np.array([one for one, _, _ in busy], np.int64),
        busy_since=at([since for _, since, _ in busy]),
        busy_until=at([until for _, _, until in busy]),
    )


def window(cut=30.0, first=35.0, last=50.0, own=-1):
    """Give the window of one treated creator, in days."""
    cuts = np.array(["NaT"], "datetime64[us]") if cut is None else at([cut])
    return Windows(np.array([own]), cuts, at([first]), at([last]), np.array([0.01]))


@pytest.fixture
def pool():
    """Six controls with ten posts before day 30 and four after, of which one is long after."""
    random = np.random.default_rng(3)
    days = [*np.linspace(1, 29, 10), 36, 40, 49, 70]
    return [
        (creator, day, 5 + random.normal(0, 0.5) + (0.4 if day > 30 else 0.0))
        for creator in range(6)
        for day in days
    ]


def by_hand(rows, creators, until):
    """The reference: each control through log_lift alone, then all of them pooled."""
    rows = [row for row in sorted(rows) if row[1] < until and row[0] in creators]
    place = {creator: index for index, creator in enumerate(sorted(creators))}
    before = [row for row in rows if row[1] < 30]
    after = [row for row in rows if row[1] >= 30]
    group = np.array([place[row[0]] for row in before])
    base = estimate_baselines(group, np.array([row[2] for row in before]), len(place), q=0.01)
    z = np.array([row[2] for row in after])
    zeros = np.zeros(len(z))
    posts = CampaignPosts(
        np.array([place[row[0]] for row in after]), np.round(np.exp(z)), z, zeros, zeros
    )
    ratios = log_lift(base, posts)
    found = pooled(ratios.delta[None], ratios.variance[None], BETWEEN)
    return found.mean[0], found.variance[0]


def test_the_controls_are_measured_as_the_treated_are_and_pooled(pool):
    found = control_columns(window(), of(pool, 6))
    mean, variance = by_hand(pool, set(range(6)), until=54)
    assert found.mean[0] == pytest.approx(mean)
    assert found.se[0] ** 2 >= variance * (1 - 1e-12)
    assert found.creators[0] == 6
    assert found.nu[0] > 10
    assert found.names[0] == ("c0", "c1", "c2", "c3", "c4", "c5")
    assert found.least[0] < found.se[0] ** 2 < found.first[0]


def test_a_window_closes_three_days_after_the_newest_post(pool):
    longer = control_columns(window(last=68.0), of(pool, 6))
    assert longer.mean[0] == pytest.approx(by_hand(pool, set(range(6)), until=80)[0])
    assert longer.mean[0] != control_columns(window(), of(pool, 6)).mean[0]


def test_windows_of_one_cut_are_read_off_the_same_run_and_equal_each_alone(pool):
    posts = of(pool, 6)
    several = [window(), window(last=68.0), window(first=39.0), window(cut=20.0), window(cut=None)]
    columns = [
        np.concatenate([getattr(one, name) for one in several])
        for name in ("own", "cut", "first", "last", "q")
    ]
    together = control_columns(Windows(*columns), posts)
    for row, alone in enumerate(several[:4]):
        single = control_columns(alone.take(np.array([0]), np.array([-1])), posts)
        for name in ("mean", "se", "first", "least", "nu", "creators"):
            assert getattr(together, name)[row] == pytest.approx(getattr(single, name)[0])
    assert together.creators[4] == 0  # no baseline, no window
    assert np.isnan(together.mean[4])


def test_nobody_is_treated_and_control_at_once(pool):
    posts = of(pool, 6)
    assert control_columns(window(own=2), posts).names[0] == ("c0", "c1", "c3", "c4", "c5")


@pytest.mark.parametrize(
    ("span", "serves"), [((10, 31), True), ((10, 33), False), ((40, 60), False), ((55, 60), True)]
)
def test_who_is_live_in_another_campaign_in_the_window_is_no_control(pool, span, serves):
    found = control_columns(window(), of(pool, 6, busy=[(4, *span)]))  # the window: day 32 to 54
    assert ("c4" in found.names[0]) is serves


def test_a_creator_serves_until_it_launches_itself_and_within_its_arms_days(pool):
    posts = of(pool, 6)
    posts.until[1] = at(36.5)  # one post of the window is before
    posts.until[2] = at(32.0)  # none is
    posts.since[3] = at(60.0)
    found = control_columns(window(), posts)
    assert found.names[0] == ("c0", "c1", "c4", "c5")
    out = {(1, 40), (1, 49), (1, 70)} | {(one, day) for one in (2, 3) for day in (36, 40, 49, 70)}
    kept = of([row for row in pool if row[:2] not in out], 6)
    assert found.mean[0] == pytest.approx(control_columns(window(), kept).mean[0])


def test_a_control_needs_posts_before_the_cut_and_one_in_the_window(pool):
    sparse = [(6, day, 5.0) for day in (1, 2, 3, 4, 40)]  # four before
    silent = [(7, day, 5.0) for day in (1, 2, 3, 4, 5, 6, 70)]  # none in the window
    enough = [(8, day, 5.0) for day in (1, 2, 3, 4, 5, 40)]
    found = control_columns(window(), of([*pool, *sparse, *silent, *enough], 9))
    assert found.creators[0] == 7
    assert "c8" in found.names[0]
    assert LEAST_BEFORE == 5


def test_without_any_control_nothing_is_taken_out(pool):
    for posts in (of([], 0), of([], 3), of([row for row in pool if row[1] < 30], 6)):
        found = control_columns(window(), posts)
        assert found.creators[0] == 0
        assert found.names[0] == ()
        shaped = found.over(1)
        columns = (shaped.mean, shaped.se, shaped.first, shaped.least)
        assert [column[0] for column in columns] == [0, 0, 0, 0]
    unknown = replace(window(), q=np.array([np.nan]))
    assert control_columns(unknown, of(pool, 6)).creators[0] == 6  # q fitted on the controls


def test_platforms_are_joined_row_by_row(pool):
    found = control_columns(window(), of(pool, 6))
    whole = joined([(np.array([2]), found)], 3, "the rule")
    assert whole.creators.tolist() == [0, 0, 6]
    assert whole.names[0] == ()
    assert whole.rule == "the rule"
    used = whole.over(3).used(np.array([0, 2]), 0.1, 0.2)
    assert (used.creators, used.names, used.mean, used.few) == (6, found.names[0], 0.1, False)
    assert whole.over(3).used(np.array([0]), 0.0, 0.0) is None
    assert Control(0.1, 0.1, 3).over(1).used(np.array([0]), 0.1, 0.1).few


def test_of_many_candidates_those_with_the_longest_history_serve_and_parties_last():
    before = {"ana": 9, "bo": 3, "cy": 9, "dee": 50}
    assert choose(before) == ("ana", "bo", "cy", "dee")
    assert choose(before, most=2) == ("ana", "dee")
    assert choose(before, {"dee", "ana"}, most=3) == ("bo", "cy", "dee")


@given(st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_a_calendar_shift_of_all_controls_is_their_mean(shift):
    random = np.random.default_rng(8)
    rows = [(c, d, random.normal()) for c in range(5) for d in (*range(1, 25, 3), 40, 45)]
    moved = [(c, d, z + shift * (d > 30)) for c, d, z in rows]
    plain, found = (control_columns(window(), of(item, 5)) for item in (rows, moved))
    assert found.mean[0] == pytest.approx(plain.mean[0] + shift)
    assert found.se[0] == pytest.approx(plain.se[0])


def simulated(random, shock):
    """Give the limits of a campaign without any effect on a shared calendar: alone, with controls.

    Fifteen treated creators and forty controls, twenty posts each before and five in five weeks.
    """
    unit = np.repeat(np.arange(55), 25)
    days = np.concatenate(
        [np.sort([*random.uniform(0, 140, 20), *random.uniform(140, 175, 5)]) for _ in range(55)]
    )
    week = np.cumsum(random.normal(0, shock, 26))
    z = random.normal(6, 1, 55)[unit] + week[(days / 7).astype(int)]
    z += random.normal(0, 0.8, len(z))
    before, mine = days < 140, unit < 15
    base = estimate_baselines(unit[before & mine], z[before & mine], 15)
    late = mine & ~before
    zeros = np.zeros(late.sum())
    posts = CampaignPosts(unit[late], np.round(np.exp(z[late])), z[late], zeros, zeros)
    group = ragged(unit[late], 15)
    windows = Windows(
        np.full(15, -1),
        at(np.full(15, 140.0)),
        at(days[late][group.start]),
        at(days[late][group.start + 4]),
        base.q,
    )
    rows = list(zip(unit[~mine] - 15, days[~mine], z[~mine], strict=True))
    control = control_columns(windows, of(rows, 40))
    return [campaign_lift(creator_lift(base, posts, control=one)) for one in (None, control)]


def test_on_a_calendar_that_moves_only_controls_keep_the_stated_error():
    """A single look at 120 campaigns without effect; the calendar walks by 20 % a week."""
    random = np.random.default_rng(21)
    found = [simulated(random, 0.2) for _ in range(120)]
    alone, beside = ([not pair[i].low <= 0 <= pair[i].high for pair in found] for i in (0, 1))
    assert np.mean(alone) > 0.10
    assert np.mean(beside) <= 0.06


def test_one_control_alone_leaves_limits_that_say_something():
    """On one degree of freedom of its own the multiplier would be a hundred."""
    rows = [(0, day, 5.0 + 0.3 * (day % 2)) for day in (*range(1, 29), 36, 40, 49)]
    found = control_columns(window(), of(rows, 1))
    assert found.se[0] ** 2 > BETWEEN.between
    assert found.nu[0] >= BETWEEN.degrees
