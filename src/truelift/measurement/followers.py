"""Followers: the audience each post was published to, so that growth is not taken for lift.

In:   follower counts of units (creator on one platform) as flat columns, and posts.
Out:  per post, the log of its follower count over the count at the baseline's end: the offset that
      is subtracted from a reading (formula: reference/science.md 1.1, offset -log F(t)).

F(t) is the last count at or before the post; between counts nothing is interpolated. The offset is
taken from the count at the baseline's end, so that a baseline with and one without known followers
stand on the same scale, and a unit without counts has offset 0 throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.measurement.panel import Instants
from truelift.measurement.ragged import Floats, Integers

RULE = (
    "Readings are compared per follower: each is divided by the last follower count at or before "
    "its post, relative to the last count before the window's end; a post older than the first "
    "count takes the first; nothing is interpolated."
)


@dataclass(frozen=True, slots=True, eq=False)
class FollowerCounts:
    """Follower counts as flat columns, sorted by unit and time; shape (counts,).

    unit: index of the unit. at: when it was read, naive UTC. followers: the count, at least 1.
    """

    unit: Integers
    at: Instants
    followers: Floats

    def before(self, until: np.datetime64) -> FollowerCounts:
        """Keep the counts that were read before an instant."""
        kept = self.at < until
        return FollowerCounts(self.unit[kept], self.at[kept], self.followers[kept])

    def of(self, unit: int) -> tuple[Instants, Floats]:
        """Give one unit's counts, oldest first: when, how many."""
        span = slice(*np.searchsorted(self.unit, [unit, unit + 1]).tolist())
        return self.at[span], self.followers[span]


def follower_counts(unit: Integers, at: Instants, followers: Floats) -> FollowerCounts:
    """Sort counts of any order into columns; a count of 0 stands as 1, for it has no logarithm."""
    order = np.lexsort((at, unit))
    return FollowerCounts(unit[order], at[order], np.maximum(followers[order], 1.0))


def log_followers(counts: FollowerCounts, unit: Integers, at: Instants) -> Floats:
    """Give log F at instants, shape of `unit`: the last count at or before, else the first.

    nan for a unit without any count.
    """
    if not len(counts.unit):
        return np.full(len(unit), np.nan)
    # Instants are ranked, so that unit and time fit together into one integer to search by.
    instants = np.unique(counts.at)
    width = len(instants) + 1
    keys = counts.unit * width + np.searchsorted(instants, counts.at) + 1
    wanted = unit * width + np.searchsorted(instants, at, side="right")
    last = np.searchsorted(keys, wanted, side="right") - 1
    first = np.searchsorted(counts.unit, unit, side="left")
    place = np.clip(np.maximum(last, first), 0, len(keys) - 1)
    known = counts.unit[place] == unit
    return np.where(known, np.log(counts.followers[place]), np.nan)


def newest(counts: FollowerCounts, units: int) -> Floats:
    """Give log F of each unit's newest count, shape (units,); nan for a unit without any."""
    found = np.full(units, np.nan)
    found[counts.unit] = np.log(counts.followers)  # sorted by time: the newest is written last
    return found


def growth(counts: FollowerCounts, unit: Integers, at: Instants, reference: Floats) -> Floats:
    """Give log F(t) - reference per post, 0 where either is unknown.

    unit, at: of each post, shape (posts,). reference: log F at the baseline's end, of each post.
    """
    found = log_followers(counts, unit, at) - reference
    return np.where(np.isfinite(found), found, 0.0)
