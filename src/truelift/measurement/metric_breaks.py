"""Metric breaks: since when a platform counts a metric differently, and what then compares.

In:   breaks of metrics on platforms, when posts were published and when they were read.
Out:  eras: posts of one era were counted alike; a post whose count runs across a break is of none.

A count from before a break is never spliced to one from after it (`views` is not `impressions`): a
baseline holds posts of one era alone, and lift and controls are read within that era.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from truelift.base.time import Instant
from truelift.measurement.metric import METRICS
from truelift.measurement.panel import Instants
from truelift.measurement.ragged import Integers

SPANS = -1
"""The era of a post that was published before a break and read after it: of which count it is
nobody can tell."""


@dataclass(frozen=True, slots=True)
class MetricBreak:
    """A platform counts a metric differently from `at` on; UTC, naive."""

    platform: str
    metric: str
    at: Instant

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the counters that it changes."""
        return METRICS[self.metric].columns


@dataclass(frozen=True, slots=True)
class MetricBreaks:
    """All breaks that are known."""

    rows: tuple[MetricBreak, ...] = ()

    def of(self, platform: str, columns: Collection[str]) -> Instants:
        """Give when a metric made of these counters broke on a platform: distinct, sorted.

        A sum breaks with any of its parts: engagement with likes.
        """
        found = {
            one.at
            for one in self.rows
            if one.platform == platform and set(one.columns) & {*columns}
        }
        return np.array(sorted(found), dtype="datetime64[us]")

    def metrics(self, platform: str, columns: Collection[str], at: Instant) -> list[str]:
        """Name the metrics of these counters that broke on a platform at a time."""
        return sorted(
            one.metric
            for one in self.rows
            if (one.platform, one.at) == (platform, at) and set(one.columns) & {*columns}
        )


def era_at(breaks: Instants, at: Instants) -> Integers:
    """Give the era at each instant: 0 before the first break; a break begins the next one."""
    return np.searchsorted(breaks, at, side="right").astype(np.int64)


def eras(breaks: Instants, published_at: Instants, observed_at: Instants) -> Integers:
    """Give each post's era; SPANS where it was published before a break and read after it.

    observed_at: of the newest reading, NaT for a post never read, which is of the era of its
    publication.
    """
    begun = era_at(breaks, published_at)
    read = era_at(breaks, np.where(np.isnat(observed_at), published_at, observed_at))
    return np.where(begun == read, begun, SPANS)


def newest_break(breaks: Instants, until: Instant) -> Instant | None:
    """Give the newest break that lies at or before a time, None where there is none."""
    before = breaks[breaks <= np.datetime64(until, "us")]
    return before[-1].astype(object) if len(before) else None


def era_sealed(breaks: Instants, sealed: Instant | None) -> int:
    """Give the era of a sealed baseline by the break that it states, None for none.

    A break that became known only after sealing, and lies before the baseline's end, puts it where
    nothing after that break compares with it.
    """
    if sealed is None:
        return 0
    at = np.array([sealed], dtype="datetime64[us]")
    return int(era_at(breaks, at)[0])


def told(platform: str, metric: str, day: dt.date) -> str:
    """Say that a metric broke; the day in the brand's time zone."""
    return (
        f"{platform} counts {metric} differently since {day}: posts from before are not compared "
        "with posts from after."
    )
