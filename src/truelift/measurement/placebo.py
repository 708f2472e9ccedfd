"""Placebo windows: stretches of a creator's organic posts played as if they were a campaign.

In:   organic posts as sorted columns (creator, publication), how many posts and looks.
Out:  windows (baseline posts, then campaign posts), and how old each campaign post is at each
      look. Nothing happened in them, so every lift found there is a false alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.measurement.ragged import Booleans, Floats, Integers, Ragged

BLOCK_HOURS = 28 * 24.0
"""Windows of one creator that begin within the same 28 days count as one independent block."""

YOUNGEST_HOURS, OLDEST_HOURS = 6.0, 168.0
"""A post is looked at from 6 hours to 7 days after its publication, at ages evenly in logs."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Placebo windows. Post indices point into the columns they were drawn from.

    creator: creator index of each window, shape (windows,). baseline, campaign: post indices,
    oldest first, shape (windows, posts). starts: hours (of any epoch) of the first campaign post.
    """

    creator: Integers
    baseline: Integers
    campaign: Integers
    starts: Floats

    def __len__(self) -> int:
        """Give the number of windows."""
        return len(self.creator)

    def only(self, mask: Booleans) -> Windows:
        """Keep the windows a mask names."""
        return Windows(
            self.creator[mask], self.baseline[mask], self.campaign[mask], self.starts[mask]
        )

    def moved(self, place: Integers) -> Windows:
        """Point at the same posts where they lie in other columns; place: by their index here."""
        return Windows(self.creator, place[self.baseline], place[self.campaign], self.starts)

    @property
    def blocks(self) -> Integers:
        """Number the independent creator-date blocks, shape (windows,)."""
        period = np.floor(self.starts / BLOCK_HOURS).astype(np.int64)
        pairs = np.stack([self.creator, period], axis=1)
        number = np.unique(pairs, axis=0, return_inverse=True)[1]
        return np.asarray(number, dtype=np.int64).reshape(-1)


def draw_windows(
    posts: Ragged,
    hours: Floats,
    *,
    baseline_posts: int,
    campaign_posts: int,
    most: int,
    seed: int,
) -> Windows:
    """Cut every creator's posts into windows that share no post, at most `most` of them.

    hours: publication of each post, shape (posts,). Each creator's cuts begin at a random post.
    Where there are too many, every creator keeps the same number (drawn at random) or all they
    have: a creator who posts ten times a day must not be the whole calibration.
    """
    random = np.random.default_rng(seed)
    length = baseline_posts + campaign_posts
    whole = posts.count // length
    kept = np.minimum(whole, _fair_share(whole, most))
    spare = posts.count - whole * length
    offset = random.integers(0, spare + 1)
    creator = np.repeat(np.arange(posts.creators), whole)
    place = np.arange(len(creator)) - np.repeat(np.cumsum(whole) - whole, whole)
    # The kept windows of a creator are the first of a random order.
    order = np.lexsort((random.random(len(creator)), creator))
    rank = np.empty(len(creator), np.int64)
    rank[order] = place
    mask = rank < kept[creator]
    creator, place = creator[mask], place[mask]
    first = posts.start[creator] + offset[creator] + place * length
    index = first[:, None] + np.arange(length)
    campaign = index[:, baseline_posts:]
    return Windows(creator, index[:, :baseline_posts], campaign, hours[campaign[:, 0]])


def halves(windows: Windows, creators: int, seed: int) -> Booleans:
    """Split creators in two halves of about as many windows; True for the second half.

    Creators are paired by their number of windows, and chance decides within each pair. Shape
    (windows,): all windows of a creator fall into the same half.
    """
    random = np.random.default_rng([seed, 1])
    count = np.bincount(windows.creator, minlength=creators)
    order = np.lexsort((random.random(creators), -count))
    flip = np.repeat(random.random((creators + 1) // 2) < 1 / 2, 2)[:creators]
    second = np.empty(creators, bool)
    second[order] = (np.arange(creators) % 2 == 1) != flip
    return second[windows.creator]


def ages_at_looks(published: Floats, looks: int) -> Floats:
    """Give the age of each campaign post at each look, hours; nan: not there yet.

    published: hours, shape (windows, posts). Result: shape (windows, looks, posts). With at most
    as many looks as posts, somebody looks when another post is mature (its age is inf). With more,
    every post is looked at again and again between YOUNGEST_HOURS and OLDEST_HOURS, all others
    being as old as the calendar makes them at that moment.
    """
    windows, posts = published.shape
    if looks <= posts:
        seen = np.ceil(np.arange(1, looks + 1) * posts / looks)
        there = np.arange(posts) < seen[:, None]
        ages = np.where(there, np.inf, np.nan)
        return np.broadcast_to(ages, (windows, looks, posts)).copy()
    ladder = np.geomspace(YOUNGEST_HOURS, OLDEST_HOURS, -(-looks // posts))
    moments = np.sort((published[:, :, None] + ladder).reshape(windows, -1), axis=1)
    chosen = np.linspace(0, moments.shape[1] - 1, looks).round().astype(np.int64)
    ages = moments[:, chosen, None] - published[:, None, :]
    return np.where(ages > 0, ages, np.nan)


def _fair_share(whole: Integers, most: int) -> int:
    """Give the largest number per creator with which the total stays at `most`; at least one."""
    share = 1
    for candidate in np.unique(whole[whole > 0]).tolist():
        if int(np.minimum(whole, candidate).sum()) > most:
            break
        share = candidate
    left = most - int(np.minimum(whole, share).sum())
    larger = int((whole > share).sum())
    return share + (max(left, 0) // larger if larger else 0)
