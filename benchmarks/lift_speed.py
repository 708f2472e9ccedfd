"""Benchmarks of lift: baselines and one live look of 100,000 creators, and of ten times the posts.

20 organic and 10 campaign posts each; the peer of ten times the posts is the work with the posts as
they are, so that the limit says: at most eleven times as long.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import Bench
from benchmarks.results import paragraph, table
from truelift.measurement.ageing import ENGAGEMENT_CURVE, reading
from truelift.measurement.baseline import Baselines, estimate_baselines
from truelift.measurement.lift import Lifts, campaign_posts, creator_lift

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.lift.table import Row
    from truelift.measurement.ragged import Floats, Integers

CREATORS = 100_000
BEFORE, AFTER = 20, 10
ROUNDS = 5
LEAST_SHARE = 1 / 11
"""Ten times the posts may take eleven times as long."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Creators with their posts as flat columns: organic ones, mature, and the campaign's."""

    creators: int
    before: Integers
    organic: Floats
    after: Integers
    counts: Floats
    ages: Floats


@cache
def crowd(creators: int, times: int) -> Crowd:
    """Draw creators with `times` as many posts as the usual 20 and 10."""
    random = np.random.default_rng(creators + times)
    level = random.normal(7, 1, creators)
    spread = np.exp(random.normal(np.log(0.8), 0.25, creators))

    def posts(count: int) -> tuple[Integers, Floats]:
        group = np.repeat(np.arange(creators), count)
        return group, np.round(np.exp(random.normal(level[group], spread[group])))

    before, organic = posts(BEFORE * times)
    after, counts = posts(AFTER * times)
    return Crowd(creators, before, organic, after, counts, random.uniform(6, 800, len(counts)))


def baselines_of(people: Crowd) -> Baselines:
    """Read the organic posts and estimate every creator's baseline, drift and prior fitted."""
    z, _ = reading(people.organic, np.full(len(people.organic), 800.0), ENGAGEMENT_CURVE)
    return estimate_baselines(people.before, z, people.creators)


def look(people: Crowd, baselines: Baselines) -> Lifts:
    """Read the campaign's posts at their ages and give every creator's lift with limits."""
    posts = campaign_posts(people.after, people.counts, people.ages, ENGAGEMENT_CURVE)
    return creator_lift(baselines, posts)


def baseline_and_look(people: Crowd) -> Lifts:
    """Do both."""
    return look(people, baselines_of(people))


FEWER = CREATORS // 10

BENCHES = (
    Bench(
        "lift, ten times the posts",
        FEWER * (BEFORE + AFTER) * 10,
        lambda: baseline_and_look(crowd(FEWER, 10)),
        "the posts as they are",
        lambda: baseline_and_look(crowd(FEWER, 1)),
        LEAST_SHARE,
    ),
)


def speed_lines(rows: Sequence[Row]) -> list[str]:
    """Measure 100,000 creators on one core and set the peers of the same run beside it."""
    people = crowd(CREATORS, 1)
    baselines = baselines_of(people)
    before = _best_core_seconds(lambda: baselines_of(people))
    live = _best_core_seconds(lambda: look(people, baselines))
    few, many = (
        _best_core_seconds(lambda times=times: baseline_and_look(crowd(FEWER, times)))
        for times in (1, 10)
    )
    ours = 1_000 * (before + live) / CREATORS
    peers: dict[str, list[float]] = {}
    for row in rows:
        if row.seconds and not row.method.startswith("ours"):
            peers.setdefault(row.method, []).append(row.seconds)
    lines = [
        "## Speed of lift",
        "",
        *paragraph(
            f"{CREATORS:,} creators with {BEFORE} organic and {AFTER} campaign posts, one core "
            f"(processor seconds, best of {ROUNDS}): baselines {before:.2f} s (drift and prior "
            f"fitted), one live look {live:.2f} s, together {before + live:.2f} s. Ten times the "
            f"posts of {FEWER:,} creators take {many / few:.1f} times as long (at most 11)."
        ),
    ]
    cells = [["ours, baseline and look", f"{ours:.4f}", "1"]] + [
        [name, f"{min(seconds):.2g}", _times(min(seconds) / ours)]
        for name, seconds in peers.items()
    ]
    return lines + table(("method", "s per 1,000 creators, one look", "times ours"), cells)


def _times(ratio: float) -> str:
    return f"{ratio:.2g}" if ratio < 10 else f"{ratio:,.0f}"  # noqa: PLR2004 - two digits


def _best_core_seconds(work: Callable[[], object]) -> float:
    """Give the fewest processor seconds of a few rounds: others on the machine do not count."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)
