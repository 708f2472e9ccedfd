"""Ageing curves are fitted from what posts show between their readings, and from nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.measurement import ageing_fit
from truelift.measurement.ageing import ENGAGEMENT_CURVE, KNOTS_HOURS, AgeingCurve
from truelift.measurement.ageing_fit import LATEST_HOURS, Snapshots, fit_curve, growth_pairs

HOURS = np.array(KNOTS_HOURS)
TRUE_STEPS = np.array([0.9, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02])
TRUE_SD = np.array([0.5, 0.4, 0.3, 0.3, 0.2, 0.2, 0.1, 0.05, 0.05])
TRUE_G = -np.append(np.cumsum(TRUE_STEPS[::-1])[::-1], 0)
TRUE_TAU2 = np.append(np.cumsum(TRUE_SD[::-1] ** 2)[::-1], 0)


def snapshots(rows):
    """Write (post, age in hours, count) rows as columns."""
    post, age, count = zip(*rows, strict=True) if rows else ((), (), ())
    return Snapshots(np.array(post, np.int64), np.array(age, float), np.array(count, float))


def grown(posts, seed=3, first=0, last=9):
    """Draw posts that age by the true curve, read at the knots from `first` to `last`."""
    random = np.random.default_rng(seed)
    growth = random.normal(TRUE_STEPS, TRUE_SD, (posts, 9))
    paths = np.hstack([np.zeros((posts, 1)), np.cumsum(growth, axis=1)])
    counts = np.round(np.exp(paths + random.normal(11, 1, (posts, 1))))
    kept = slice(first, last + 1)
    ages = np.tile(HOURS[kept], posts)
    return Snapshots(np.repeat(np.arange(posts), len(HOURS[kept])), ages, counts[:, kept].ravel())


def together(*parts):
    """Put posts of several sets in one, none of them shared."""
    post, shift = [], 0
    for part in parts:
        post.append(part.post + shift)
        shift += int(part.post.max()) + 1
    return Snapshots(
        np.concatenate(post),
        np.concatenate([part.age_hours for part in parts]),
        np.concatenate([part.count for part in parts]),
    )


def test_the_true_curve_comes_back_from_a_thousand_posts():
    fit = fit_curve(grown(1000), ENGAGEMENT_CURVE)
    np.testing.assert_allclose(fit.g, TRUE_G, atol=4 * np.sqrt(TRUE_TAU2[0] / 1000))
    np.testing.assert_allclose(np.sqrt(fit.tau2), np.sqrt(TRUE_TAU2), atol=0.05)
    assert (fit.evidence.posts, fit.evidence.pairs) == (1000, 9000)
    assert min(fit.own) > 0.99


def test_posts_that_were_last_read_young_tell_about_young_posts_only():
    """No post is read from its first hours to its maturity; the chain has the whole curve."""
    young, old = grown(600, 1, last=5), grown(600, 2, first=5)
    fit = fit_curve(together(young, old), ENGAGEMENT_CURVE)
    np.testing.assert_allclose(fit.g, TRUE_G, atol=0.15)
    only_young = fit_curve(young, ENGAGEMENT_CURVE)
    prior = np.diff(ENGAGEMENT_CURVE.g)
    np.testing.assert_allclose(np.diff(only_young.g)[5:], prior[5:], atol=1e-5)
    assert only_young.own[5:] == (0, 0, 0, 0)
    np.testing.assert_allclose(np.diff(only_young.g)[:5], TRUE_STEPS[:5], atol=0.1)


@pytest.mark.parametrize("posts", [20, 100])
def test_few_pairs_weigh_against_a_prior_of_twenty_that_fades(posts):
    """Every post grows e-fold from 24 to 48 hours, the prior says e^.2."""
    prior = AgeingCurve("prior", tuple(np.arange(-9, 1) * 0.2), tuple(np.arange(9, -1, -1) * 0.01))
    counts = [1e8, 1e8 * np.e]
    rows = [(post, age, count) for post in range(posts)
            for age, count in zip((24, 48), counts, strict=True)]  # fmt: skip
    fit = fit_curve(snapshots(rows), prior)
    weight = posts / (posts + 20 * (1 - posts / 200))
    assert fit.own[4] == pytest.approx(weight)
    # The prior's 0.2 lies so far off that the data pull with their whole weight, unclipped.
    assert np.diff(fit.g)[4] == pytest.approx(weight * 1 + (1 - weight) * 0.2, abs=1e-3)
    # The law of total variance: within the prior, and between the prior and the data.
    between = weight * (1 - weight) * 0.8**2
    assert -np.diff(fit.tau2)[4] == pytest.approx((1 - weight) * 0.01 + between, abs=1e-3)


def test_without_any_pair_the_curve_is_the_prior():
    for given_rows in ([], [(1, 5.0, 10), (2, 30.0, 4)]):
        fit = fit_curve(snapshots(given_rows), ENGAGEMENT_CURVE)
        np.testing.assert_allclose(fit.g, ENGAGEMENT_CURVE.g, atol=1e-6)
        np.testing.assert_allclose(fit.tau2, ENGAGEMENT_CURVE.tau2, atol=1e-6)
        assert fit.evidence.pairs == 0
        assert set(fit.own) == {0}


def test_half_an_interval_is_half_a_pair_and_says_its_part_of_the_growth():
    middle = np.sqrt(24 * 48)
    rows = [(post, age, count) for post in range(2000)
            for age, count in ((24, 1e8), (middle, 1e8 * np.exp(0.2)))]  # fmt: skip
    pairs, _ = growth_pairs(snapshots(rows))
    np.testing.assert_allclose(pairs.coverage[4], 1000)
    assert np.diff(fit_curve(snapshots(rows), ENGAGEMENT_CURVE).g)[4] == pytest.approx(
        0.4, rel=0.01
    )


def test_what_is_no_growth_is_left_out_and_counted():
    rows = [
        (1, -2.0, 3), (1, 0.5, 5), (1, 12.0, 9), (1, 24.0, 7), (1, LATEST_HOURS + 1, 99),
        (2, 12.0, 0), (2, 24.0, 4), (2, 48.0, 0), (2, 96.0, np.nan), (2, np.nan, 9),
        (3, 800.0, 4), (3, 900.0, 5),
        (4, 24.0, 4),
    ]  # fmt: skip
    pairs, told = growth_pairs(snapshots(rows))
    # Post 1 fell from 9 to 7 (used as read), post 2 from 4 to 0; its growth from 0 has no log.
    np.testing.assert_allclose(pairs.growth, np.log([7.5 / 9.5, 0.5 / 4.5]))
    assert (told.posts, told.pairs, told.readings, told.corrections) == (2, 2, 11, 2)
    assert (told.before_post, told.too_young, told.too_old, told.from_zero) == (1, 1, 1, 1)


def test_a_platform_of_zeros_tells_nothing_of_growth():
    rows = [(post, age, 0) for post in range(300) for age in (6.0, 24.0, 96.0)]
    fit = fit_curve(snapshots(rows), ENGAGEMENT_CURVE)
    np.testing.assert_allclose(fit.g, ENGAGEMENT_CURVE.g, atol=1e-6)
    assert (fit.evidence.pairs, fit.evidence.from_zero) == (0, 600)


def test_readings_every_few_minutes_count_once_per_knot():
    ages = np.arange(1, 48, 1 / 3)
    rows = [(1, age, 100 + index) for index, age in enumerate(ages)]
    pairs, told = growth_pairs(snapshots(rows))
    assert told.readings == len(ages)
    assert len(pairs) == 5
    np.testing.assert_allclose(pairs.growth.sum(), np.log((100.5 + len(ages) - 1) / 100.5))


def test_one_counter_a_thousand_times_too_large_moves_a_curve_less_than_one_per_cent():
    clean = grown(1000)
    wrong = clean.count.copy()
    wrong[5::10] *= np.where(np.arange(1000) < 10, 1000, 1)  # ten posts, wrong at 48 hours
    fits = [
        fit_curve(part, ENGAGEMENT_CURVE)
        for part in (clean, Snapshots(clean.post, clean.age_hours, wrong))
    ]
    moved = np.abs(np.subtract(fits[0].g, fits[1].g)).max()
    # The plain mean would move one interval by 1 % of log 1,000 = 0.069 and its variance from .04
    # to .5.
    assert moved < 0.02
    assert np.abs(np.subtract(fits[0].tau2, fits[1].tau2)).max() < 0.03


def test_posts_that_all_jump_over_many_knots_share_the_growth_as_the_prior_does():
    ends = grown(500)
    ends = ends.only((ends.age_hours == 6) | (ends.age_hours == HOURS[-1]))
    fit = fit_curve(ends, ENGAGEMENT_CURVE)
    assert fit.g[2] == pytest.approx(TRUE_G[2], abs=4 * np.sqrt(TRUE_TAU2[2] / 500))
    assert np.sqrt(fit.tau2[2]) == pytest.approx(np.sqrt(TRUE_TAU2[2]), abs=0.05)
    assert np.all(np.diff(fit.g)[2:8] > 0)


def test_a_search_that_is_cut_short_still_gives_a_curve(monkeypatch):
    monkeypatch.setattr(ageing_fit, "ROUNDS", 1)
    fit = fit_curve(grown(50), ENGAGEMENT_CURVE)
    assert np.all(np.diff(fit.curve("short").g) >= 0)


ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.floats(-5, 2000), st.integers(0, 10**6)),
    min_size=1,
    max_size=80,
)


@given(ROWS)
def test_g_rises_to_0_and_tau2_falls_to_0(rows):
    fit = fit_curve(snapshots(rows), ENGAGEMENT_CURVE)
    assert np.all(np.diff(fit.g) >= 0)
    assert np.all(np.diff(fit.tau2) <= 0)
    assert fit.g[-1] == fit.tau2[-1] == 0
    assert all(0 <= weight <= 1 for weight in fit.own)
    assert fit.curve("any").g == fit.g


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_their_repetition_and_the_names_of_posts_change_nothing(rows, random):
    once = fit_curve(snapshots(rows), ENGAGEMENT_CURVE)
    mixed = [(12 - post, age, count) for post, age, count in [*rows, *random.sample(rows, 1)]]
    random.shuffle(mixed)
    again = fit_curve(snapshots(mixed), ENGAGEMENT_CURVE)
    assert again.evidence == once.evidence
    np.testing.assert_allclose(again.g, once.g, atol=2e-5)
    np.testing.assert_allclose(again.tau2, once.tau2, atol=2e-5)


@settings(max_examples=20)
@given(st.integers(0, 99), st.sampled_from([2, 10, 1000]))
def test_a_count_in_thousands_ages_as_a_count_in_units(seed, factor):
    """Up to the half that is added to every count and to counting noise, below 1e-3 here."""
    units = grown(100, seed)
    units = Snapshots(units.post, units.age_hours, units.count + 10_000)
    large = Snapshots(units.post, units.age_hours, units.count * factor)
    one, other = (fit_curve(part, ENGAGEMENT_CURVE) for part in (units, large))
    np.testing.assert_allclose(one.g, other.g, atol=1e-3)
    np.testing.assert_allclose(one.tau2, other.tau2, atol=1e-3)


def test_memory_and_work_grow_with_readings_and_not_with_the_numbers_of_posts():
    few = grown(50)
    far = Snapshots(few.post * 10**12, few.age_hours, few.count)
    assert fit_curve(far, ENGAGEMENT_CURVE) == fit_curve(few, ENGAGEMENT_CURVE)
