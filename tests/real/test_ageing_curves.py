"""Ageing curves on real counters: YouTube videos of 92 channels, news links on Facebook.

Accounts are split in two halves by the hash of their name (news, which has no accounts, by item);
each half is predicted with the curve fitted on the other: log of the count at a post's last reading
from an early one, with the variance tau2 says plus the counting noise of the first count.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import time

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from truelift.measurement.ageing import ENGAGEMENT_CURVE, KNOTS_HOURS, VIEWS_CURVE
from truelift.measurement.ageing_fit import LATEST_HOURS, Snapshots, fit_curve

BANDS = {0.8: 1.2816, 0.95: 1.96}
LEAST_SHARES = 20


def half_of(name):
    return hashlib.sha256(name.encode()).digest()[0] % 2


@pytest.fixture(scope="module")
def youtube():
    """Give a function: metric -> snapshots and each one's half."""

    def read(path, column):
        table = pyarrow.csv.read_csv(path)
        names = table["video_id"].combine_chunks().dictionary_encode()
        count = table[column].cast(pa.float64()).to_numpy()
        half = np.array([half_of(name) for name in table["channel_id"].to_pylist()])
        return Snapshots(names.indices.to_numpy().astype(np.int64), table["age_h"].to_numpy(),
                         count), half  # fmt: skip

    return read


def news(path):
    """Give the shares of items with at least 20 after 48 hours, every 20 minutes."""
    with gzip.open(path, "rt", newline="") as file:
        rows = np.array([row[1:] for row in list(csv.reader(file))[1:]], float)
    rows = np.where(rows < 0, np.nan, rows)
    rows = rows[rows[:, -1] >= LEAST_SHARES]
    items, times = rows.shape
    snapshots = Snapshots(
        np.repeat(np.arange(items), times),
        np.tile(np.arange(1, times + 1) / 3, items),
        rows.ravel(),
    )
    half = np.array([half_of(str(item)) for item in range(items)])
    return snapshots, np.repeat(half, times), rows


def predicted(snapshots, curve, low, high):
    """Give error and sd of the last reading's log count, predicted from each post's first at `low`.

    That is its first reading from `low` hours on, when it comes before `high` and has a count.
    """
    known = np.isfinite(snapshots.count)
    known &= (snapshots.age_hours >= low) & (snapshots.age_hours <= LATEST_HOURS)
    part = snapshots.only(known)
    order = np.lexsort((part.age_hours, part.post))
    part = Snapshots(part.post[order], part.age_hours[order], part.count[order])
    turns = np.flatnonzero(np.diff(part.post))
    first, last = np.append(0, turns + 1), np.append(turns, len(part.post) - 1)
    (young, start), (old, end) = (
        (part.age_hours[at], part.count[at] + 0.5) for at in (first, last)
    )
    asked = (old > young) & (start > 1) & (young >= low) & (young < high)
    growth = curve.log_fraction(old) - curve.log_fraction(young)
    spread = np.maximum(curve.variance(young) - curve.variance(old), 0)
    sd = np.sqrt(spread - np.expm1(-growth) / start)
    return (np.log(end / start) - growth)[asked], sd[asked]


def held_out(snapshots, half, prior, low, high):
    """Predict each half with the curve of the other; give errors, sds and the default's errors."""
    found = [[], [], []]
    for side in (0, 1):
        curve = fit_curve(snapshots.only(half != side), prior).curve("held-out")
        error, sd = predicted(snapshots.only(half == side), curve, low, high)
        plain, _ = predicted(snapshots.only(half == side), prior, low, high)
        for place, values in enumerate((error, sd, plain)):
            found[place].append(values)
    return [np.concatenate(values) for values in found]


def told(name, low, high, found):
    error, sd, plain = found
    inside = " ".join(f"{np.mean(np.abs(error) <= width * sd):.3f}" for width in BANDS.values())
    return (f"{name:<8}{low:>4}-{high:<4} h {len(error):>5} posts: error {error.mean():+.3f} "
            f"(default {plain.mean():+.3f}), 80 % and 95 % bands hold {inside}")  # fmt: skip


def test_the_curve_of_youtube_says_what_the_pairs_of_its_videos_say(real, youtube, show):
    """Growth in the 6 to 10 days after videos were first seen: in this file and by the curve.

    The 200 channels the default curve was measured on: x1.59 likes and x1.99 views at 12-24 h,
    x1.47 and x1.68 at 24-48 h, x1.20 and x1.34 at 48-72 h. Of these 92 channels there are 20 to 50
    videos of an age, of few channels.
    """
    path, lines = real("youtube_snapshots.csv.gz"), []
    for column, prior in (("like_count", ENGAGEMENT_CURVE), ("view_count", VIEWS_CURVE)):
        snapshots, _ = youtube(path, column)
        fit = fit_curve(snapshots, prior)
        lines.append(
            f"{column}: {fit.evidence.pairs} pairs, {fit.evidence.corrections} corrections"
        )
        for low, high in ((12, 24), (24, 48), (48, 72), (72, 168)):
            week = snapshots.only(snapshots.age_hours <= high + 10 * 24)
            error, sd = predicted(week, fit.curve("all"), low, high)
            plain, _ = predicted(week, prior, low, high)
            lines.append(told(column, low, high, (error, sd, plain)))
            assert abs(error.mean()) < 3 * sd.mean() / np.sqrt(len(error) / 4)
    show("YouTube, the curve and its own pairs", lines)


def test_videos_of_other_channels_are_predicted_within_the_stated_spread(real, youtube, show):
    path, lines, wholes = real("youtube_snapshots.csv.gz"), [], []
    for column, prior in (("like_count", ENGAGEMENT_CURVE), ("view_count", VIEWS_CURVE)):
        snapshots, half = youtube(path, column)
        whole = []
        for low, high in ((6, 24), (24, 48), (48, 96), (96, 168), (168, 336), (6, 336)):
            error, sd, plain = held_out(snapshots, half, prior, low, high)
            lines.append(told(column, low, high, (error, sd, plain)))
            whole = error, sd, plain
        wholes.append(whole)
    show("YouTube, held out by channel", lines)
    for error, sd, plain in wholes:
        assert abs(error.mean()) < 0.2 * sd.mean()
        assert abs(error.mean()) < abs(plain.mean()) / 2
        assert np.mean(np.abs(error) <= BANDS[0.8] * sd) > 0.75
        assert np.mean(np.abs(error) <= BANDS[0.95] * sd) > 0.9


def test_news_of_the_other_half_is_predicted_where_the_default_curve_is_far_off(real, show):
    snapshots, half, rows = news(real("news_shares_20min_facebook.csv.gz"))
    fit = fit_curve(snapshots, ENGAGEMENT_CURVE)
    curve = fit.curve("news")
    ages = np.array([12.0, 18.0, 24.0, 36.0])
    at_end = curve.log_fraction(np.array([48.0]))
    reached = np.exp(curve.log_fraction(ages) - at_end)
    median = np.nanmedian(rows[:, (ages * 3 - 1).astype(int)] / rows[:, -1:], axis=0)
    geometric = [
        np.exp(np.mean(np.log((early[early > 0] + 0.5) / (late[early > 0] + 0.5))))
        for early, late in ((rows[:, int(age * 3 - 1)], rows[:, -1]) for age in ages)
    ]
    lines = [
        f"part of the 48-hour count at 12, 18, 24, 36 h: {reached.round(2)} by the curve",
        f"of items seen: geometric mean {np.round(geometric, 2)}, median {median.round(2)}",
    ]
    np.testing.assert_allclose(reached, geometric, atol=0.06)
    # Nothing was read after 48 hours: there the curve is the default one's, and says so.
    after = KNOTS_HOURS.index(48.0)
    assert set(fit.own[after:]) == {0}
    np.testing.assert_allclose(fit.g[after:], ENGAGEMENT_CURVE.g[after:], atol=1e-5)
    spreads = []
    for low, high in ((3, 4), (6, 7), (12, 13), (24, 25)):
        error, sd, plain = held_out(snapshots, half, ENGAGEMENT_CURVE, low, high)
        lines.append(told("shares", low, high, (error, sd, plain)))
        spreads.append((error, sd, plain))
    show("news links on Facebook, held out by item", lines)
    for error, sd, plain in spreads:
        assert abs(error.mean()) < 0.25 * sd.mean()
        assert abs(error.mean()) < abs(plain.mean()) / 2
        assert np.mean(np.abs(error) <= BANDS[0.8] * sd) > 0.75
        assert np.mean(np.abs(error) <= BANDS[0.95] * sd) > 0.9


@pytest.mark.soak
def test_a_million_snapshots_are_fitted_in_linear_time(show):
    random = np.random.default_rng(5)
    took = []
    for posts in (10_000, 100_000):
        growth = np.abs(random.normal(0.2, 0.2, (posts, 10))).cumsum(axis=1)
        snapshots = Snapshots(
            np.repeat(np.arange(posts), 10),
            np.exp(np.sort(random.uniform(0, np.log(720), (posts, 10)))).ravel(),
            np.round(1000 * np.exp(growth)).ravel(),
        )
        start = time.process_time()
        fit = fit_curve(snapshots, VIEWS_CURVE)
        took.append(f"{posts * 10:>9,} snapshots {time.process_time() - start:6.2f} s of CPU")
        assert fit.evidence.readings == posts * 10
    show("fitting a curve", took)
