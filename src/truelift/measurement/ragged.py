"""Ragged columns: one flat array of posts, grouped by creator, without padding.

In:   flat arrays sorted by creator, oldest post first within a creator.
Out:  counts, starts, positions and sums per creator; memory grows with the posts, never with
      creators x largest creator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Where each creator's posts lie in a flat array.

    group: creator index of each post, shape (posts,), not descending.
    count, start: posts of each creator and index of the first, shape (creators,).
    """

    group: Integers
    count: Integers
    start: Integers

    @property
    def creators(self) -> int:
        """Give the number of creators, those without a post included."""
        return len(self.count)

    @property
    def positions(self) -> Integers:
        """Give the position of each post among its creator's posts, from 0; shape (posts,)."""
        return np.arange(len(self.group), dtype=np.int64) - self.start[self.group]

    def sums(self, values: Floats) -> Floats:
        """Add up a column of posts per creator; 0 for a creator without a post."""
        total = np.bincount(self.group, weights=values, minlength=self.creators)
        return total.astype(np.float64)


def ragged(group: npt.ArrayLike, creators: int) -> Ragged:
    """Describe a flat column by its creator indices.

    group: shape (posts,), whole numbers from 0 to creators - 1, not descending (the order within
    a creator is the order of time and is kept). Raises ValueError otherwise.
    """
    index = np.asarray(group, dtype=np.int64)
    if len(index) and (index[0] < 0 or index[-1] >= creators or np.any(np.diff(index) < 0)):
        msg = f"creator indices must be sorted and lie in 0 .. {creators - 1}"
        raise ValueError(msg)
    count = np.bincount(index, minlength=creators).astype(np.int64)
    return Ragged(index, count, np.cumsum(count) - count)


def floats(values: npt.ArrayLike) -> Floats:
    """Give the values as 64-bit floats (None becomes nan: missing)."""
    return np.asarray(values, dtype=np.float64)
