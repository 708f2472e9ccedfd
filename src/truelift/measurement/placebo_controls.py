"""Concurrent creators: what others did on the dates of a placebo window, look by look.

In:   organic posts of many creators as sorted columns; per row a creator, a cut and moments.
Out:  each row's log ratio over its own baseline at every moment, and rows pooled per window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.measurement.baseline import VariancePrior, estimate_baselines
from truelift.measurement.lift import combined_degrees, least_variance, whitened
from truelift.measurement.ragged import Booleans, Floats, Integers, Ragged, ragged
from truelift.measurement.random_effects import pooled
from truelift.measurement.replay import Replay

LEAST_BEFORE = 5
MOST_INSIDE = 30
"""Posts of a control in one window: of more, as many evenly spread ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """Posts of all creators: where they lie, when they were published (hours), mature readings."""

    posts: Ragged
    hours: Floats
    z: Floats

    def before(self, creator: Integers, hours: Floats) -> Integers:
        """Count each creator's posts published before a time; shapes broadcast."""
        lowest = float(self.hours.min(initial=0.0))
        span = float(self.hours.max(initial=0.0)) - lowest + 1.0
        key = self.posts.group * span + (self.hours - lowest)
        asked = creator * span + np.clip(hours - lowest, 0.0, span)
        found = np.searchsorted(key, asked, side="left") - self.posts.start[creator]
        return np.asarray(np.clip(found, 0, self.posts.count[creator]), dtype=np.int64)

    def only(self, mask: Booleans) -> tuple[Feed, Integers]:
        """Keep some posts, of the same creators; and say where each of them is then."""
        kept = ragged(self.posts.group[mask], self.posts.creators)
        return Feed(kept, self.hours[mask], self.z[mask]), np.cumsum(mask) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Control creators at cuts. creator, cut (hours): shape (rows,); moments: (rows, looks)."""

    creator: Integers
    cut: Floats
    moments: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Log ratio and variance at every moment, shape (rows, looks), nan before the first post.

    least: the smallest variance there can be, shape (rows,).
    """

    delta: Floats
    variance: Floats
    least: Floats


def estimates(
    feed: Feed, rows: Rows, *, baseline_posts: int, q: float, prior: VariancePrior
) -> Estimates:
    """Measure control creators as a campaign's creators are measured, all rows at once.

    Baseline: the last `baseline_posts` posts before the cut, at least LEAST_BEFORE. Posts are read
    as mature. Memory is linear in rows x (baseline posts + MOST_INSIDE + looks).
    """
    count = len(rows.creator)
    before = feed.before(rows.creator, rows.cut)
    inside = feed.before(rows.creator, rows.moments[:, -1]) - before
    able = before >= LEAST_BEFORE
    history = np.where(able, np.minimum(before, baseline_posts), 0)
    taken = np.where(able, np.minimum(inside, MOST_INSIDE), 0)
    past = _spread(feed, rows.creator, before - history, history, history)
    own = estimate_baselines(
        np.repeat(np.arange(count), history), feed.z[past], count, q=q, prior=prior
    )
    current = _spread(feed, rows.creator, before, inside, taken)
    flat = ragged(np.repeat(np.arange(count), taken), count)
    v, x = whitened(own, flat, feed.z[current], np.zeros(len(current)))
    sums = [np.concatenate([[0.0], np.cumsum(part)]) for part in (x * v, x * x)]
    seen = _seen(flat, feed.hours[current], rows.moments)
    start = flat.start[:, None]
    numerator, information = (total[start + seen] - total[start] for total in sums)
    known = np.where(seen > 0, information, np.nan)
    return Estimates(numerator / known, 1 / known, least_variance(own))


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Controls pooled per window and look, shape (windows, looks); nan where there is none.

    variance: of the mean, cautious where controls differ; first, least: at the first look and at
    the most there can be. nu: degrees of freedom.
    """

    mean: Floats
    variance: Floats
    first: Floats
    least: Floats
    nu: Floats


def calendar(found: Estimates, serves: Booleans) -> Calendar:
    """Pool rows into windows. found: rows laid out as (windows x creators); serves: who counts."""
    windows, creators = serves.shape
    looks = found.delta.shape[1]
    shape = (windows, creators, looks)
    delta = np.where(serves[:, :, None], found.delta.reshape(shape), np.nan)
    across = delta.transpose(0, 2, 1).reshape(-1, creators)
    spread = found.variance.reshape(shape).transpose(0, 2, 1).reshape(-1, creators)
    now = pooled(across, spread)
    floor = found.least.reshape(windows, 1, creators) + now.between.reshape(windows, looks, 1)
    here = np.isfinite(across).reshape(windows, looks, creators)
    information = np.where(here, 1 / floor, 0.0).sum(axis=2)
    mean, variance = (part.reshape(windows, looks) for part in (now.mean, now.cautious))
    least = 1 / np.where(information > 0, information, np.nan)
    nu = np.maximum(now.count.reshape(windows, looks) - 1.0, 1.0)
    first = np.take_along_axis(variance, np.argmax(np.isfinite(variance), 1)[:, None], axis=1)
    return Calendar(mean, variance, np.fmax(first, variance), np.fmin(least, variance), nu)


def without_calendar(played: Replay, beside: Calendar) -> Replay:
    """Take the controls' mean out of a replay, and their noise in; without any, nothing."""
    mean, variance, first, least = (
        np.nan_to_num(part) for part in (beside.mean, beside.variance, beside.first, beside.least)
    )
    return Replay(
        played.delta - mean,
        played.variance + variance,
        played.variance_first + first,
        played.variance_least + least,
        combined_degrees(played.variance, played.nu, variance, beside.nu),
    )


def _spread(
    feed: Feed, creator: Integers, first: Integers, there: Integers, taken: Integers
) -> Integers:
    """Give post indices: per row `taken` of the `there` posts from its first one, evenly."""
    total = int(taken.sum())
    place = np.arange(total) - np.repeat(np.cumsum(taken) - taken, taken)
    step = np.repeat(there / np.maximum(taken, 1), taken)
    offset = np.floor(place * step).astype(np.int64)
    return np.asarray(np.repeat(feed.posts.start[creator] + first, taken) + offset)


def _seen(posts: Ragged, hours: Floats, moments: Floats) -> Integers:
    """Count each row's posts up to each moment; shape (rows, looks)."""
    rows = Feed(posts, hours, hours)
    return rows.before(np.arange(posts.creators)[:, None], moments)
