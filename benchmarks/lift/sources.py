"""Where windows come from: drawn creators, and real accounts where the data are at hand.

In:   a name of a source, a seed.
Out:  Source: posts as sorted columns, with their accounts. A source without data gives None.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from truelift.measurement.ragged import Floats, Integers, Ragged, ragged

REAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "creator_posts_final.csv.gz"
DRAWN_CREATORS, DRAWN_POSTS = 400, 120
_READ = """
select account, epoch(posted_at) / 3600 as hours, likes + comments + shares + quotes as engagement
from read_csv(?) where platform = ? and not coalesce(is_reply, false) order by account, posted_at
"""
_SPREAD = 0.37
"""Median sd of log engagement of drawn creators; widths can be set beside published ones."""

SHOCK = 0.3
"""Sd of what all drawn creators of a shared calendar have in common in a week, log units."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Posts by account and time. hours: publication; final: the mature count."""

    name: str
    accounts: tuple[str, ...]
    posts: Ragged
    hours: Floats
    final: Floats
    described: str


def sourced(name: str, seed: int) -> Source | None:
    """Give the posts of a source; None where its data are not here."""
    if name == "synthetic":
        return _drawn(name, seed)
    if name == "shared calendar":
        return _drawn(name, seed, SHOCK)
    if not REAL.exists():
        return None
    platform = {"Instagram": "instagram", "X": "twitter"}[name]
    rows = duckdb.connect().execute(_READ, [str(REAL), platform]).fetchnumpy()
    accounts, group = np.unique(rows["account"].astype(str), return_inverse=True)
    hours, final = (np.asarray(rows[key], np.float64) for key in ("hours", "engagement"))
    days = (np.array([hours.min(), hours.max()]) * 3600).astype("datetime64[s]").astype("M8[D]")
    described = f"{len(accounts)} accounts, {len(final):,} posts, {days[0]} to {days[1]}"
    return _source(name, tuple(accounts.tolist()), group, hours, final, described)


def _drawn(name: str, seed: int, shock: float = 0.0) -> Source:
    """Draw creators whose log engagement is normal, one post about every day.

    Independent, or good and bad together by weeks with sd `shock`.
    """
    random = np.random.default_rng([seed, 11])
    group = np.repeat(np.arange(DRAWN_CREATORS), DRAWN_POSTS)
    spread = _SPREAD * np.exp(random.normal(0, 0.25, DRAWN_CREATORS))
    level = random.normal(7, 1, DRAWN_CREATORS)
    middle = level[group]
    gaps = random.exponential(24.0, (DRAWN_CREATORS, DRAWN_POSTS))
    hours = np.cumsum(gaps, axis=1).ravel()
    if shock:
        week = (hours // (7 * 24)).astype(np.int64)
        middle = middle + random.normal(0, shock, week.max() + 1)[week]
    final = np.rint(np.exp(random.normal(middle, spread[group])))
    accounts = tuple(f"drawn-{seed}-{number}" for number in range(DRAWN_CREATORS))
    described = f"{DRAWN_CREATORS} creators x {DRAWN_POSTS} posts a seed, log-normal, no drift"
    return _source(name, accounts, group, hours, final, described)


def _source(  # noqa: PLR0917 - the columns of one table
    name: str,
    accounts: tuple[str, ...],
    group: Integers,
    hours: Floats,
    final: Floats,
    described: str,
) -> Source:
    return Source(name, accounts, ragged(group, len(accounts)), hours, final, described)
