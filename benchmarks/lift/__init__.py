"""Lift beside its peers: the same campaign-free windows, looked at while their posts still grow.

A window is a creator's organic posts before an invented launch and the organic posts after it, read
as a campaign would be. No window has any lift, so every interval that excludes 0 is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Windows as arrays: what was there before launch, and what each look could see.

    baseline: mature log readings, shape (windows, posts before), oldest first. readings: log
    readings as if mature, shape (looks, windows, posts), nan where not read yet. extra: variance
    that ageing adds to each, same shape.
    """

    baseline: Floats
    readings: Floats
    extra: Floats

    def some(self, chosen: npt.NDArray[np.int64]) -> Looks:
        """Keep some windows."""
        return Looks(self.baseline[chosen], self.readings[:, chosen], self.extra[:, chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """What a method said: log lift and limits per look and window, nan where it said nothing.

    windows: which it was asked about. seconds: it took for them, all looks together. note: what a
    reader has to know.
    """

    log: Floats
    low: Floats
    high: Floats
    windows: npt.NDArray[np.int64]
    seconds: float
    note: str = ""
