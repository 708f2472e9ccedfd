"""Engagement rates: every formula by its name, and where a creator stands among its like.

In:   counters per post, followers per unit (a creator on one platform, posts of one format).
Out:  a rate per unit and formula, nan where something is missing; the peers' quantiles beside it.

Tools mean different things by "engagement rate", even on two screens of one tool. Here a rate is
never shown without the name of its formula, and is compared with rates of the same formula only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from truelift.base.errors import UsageError
from truelift.measurement.metric import Metric, counted
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects

VERSION = "engagement-rates-1"
FOLLOWERS = "followers"
FIRST_DAY = "followers_at_24_hours"
BASES = (FOLLOWERS, "reach", "impressions", "views", FIRST_DAY)
"""What engagement is divided by; the last: followers again, of engagement after a day."""

PARTS = ("likes", "comments", "shares", "saves")
VARIANTS: dict[str, tuple[str, ...]] = {
    "": PARTS,
    "_without_saves": ("likes", "comments", "shares"),
    "_without_shares": ("likes", "comments", "saves"),
    "_likes_and_comments": ("likes", "comments"),
}
"""What counts as engagement, by the end of a formula's name; without an end: all of it."""

SIZES = (
    ("nano", 0.0), ("micro", 1e4), ("mid", 1e5), ("macro", 5e5), ("mega", 1e6),
)  # fmt: skip
"""Size bands by the follower count from which each begins."""

LEAST_PEERS = 10
"""Fewer others than this are no peers; a wider group is taken."""

LEVELS = ("platform, size and format", "platform and size", "platform")
"""Who peers are, from the narrowest group to the widest."""

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class RateFormula:
    """One engagement-rate formula: what is added up, and what it is divided by."""

    name: str
    base: str
    parts: tuple[str, ...]

    @property
    def words(self) -> str:
        """Say the formula in words."""
        whole = f"({' + '.join(self.parts)})"
        if self.base == FOLLOWERS:
            return f"mean over posts of {whole} / newest follower count"
        if self.base == FIRST_DAY:
            return f"mean over posts of {whole} at 24 hours (18 to 30) / newest follower count"
        return f"sum of {whole} / sum of {self.base}, over posts with both"


FORMULAS = {
    name: RateFormula(name, base, parts)
    for base in BASES
    for end, parts in VARIANTS.items()
    for name in (f"by_{base}{end}",)
}
DEFAULT = "by_followers"


def formula_named(name: str) -> RateFormula:
    """Look a formula up; UsageError with the list of names when there is none."""
    if name not in FORMULAS:
        msg = f"There is no engagement rate {name!r}; use one of {', '.join(FORMULAS)}."
        raise UsageError(msg)
    return FORMULAS[name]


@dataclass(frozen=True, slots=True, eq=False)
class RatePosts:
    """Posts of many units as flat columns, in any order.

    unit: of each post, shape (posts,). counters: column name -> counts, nan where never read.
    """

    unit: Integers
    counters: Mapping[str, Floats]

    def shown(self, part: str, units: int) -> Booleans:
        """Say for which units a counter was ever read; a network may hide it from everybody."""
        values = self.counters.get(part)
        if values is None:
            return np.zeros(units, bool)
        return np.asarray(np.bincount(self.unit[~np.isnan(values)], minlength=units) > 0)


def engagement(posts: RatePosts, parts: tuple[str, ...]) -> Floats:
    """Add up engagement per post; a counter that a unit never shows is left out for that unit."""
    metric = Metric(
        "engagement", "engagement", "counter", parts, additive=True, goal="awareness", help=""
    )
    return counted(metric, posts.counters, posts.unit)


def rates(posts: RatePosts, followers: Floats, formula: RateFormula) -> Floats:
    """Give each unit's rate, shape of `followers`; nan where base or engagement is missing or 0.

    followers: of each unit, nan where unknown. posts: for FIRST_DAY their counters after a day.
    """
    units = len(followers)
    top = engagement(posts, formula.parts)
    known = ~np.isnan(top)
    if formula.base in {FOLLOWERS, FIRST_DAY}:
        base = np.where(followers > 0, followers, np.nan)[posts.unit]
    else:
        base = posts.counters.get(formula.base, np.full(len(top), np.nan))
        known &= ~np.isnan(base)
    above = np.bincount(posts.unit[known], top[known], units)
    below = np.bincount(posts.unit[known], base[known], units)
    rate: Floats = np.divide(above, below, out=np.full(units, np.nan), where=below > 0)
    return rate


def size_bands(followers: Floats) -> Integers:
    """Give the place of each unit's size band in SIZES, -1 where followers are unknown."""
    edges = np.array([least for _, least in SIZES])
    band = np.searchsorted(edges, np.nan_to_num(followers, nan=0.0), side="right") - 1
    return np.where(np.isfinite(followers), band, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """Where each unit stands among its peers, shape (units,); nan and -1 where it has none.

    level: place in LEVELS of the group that was taken. count: others in it. place: share of the
    others who stand below, ties half. low, middle, high: the group's quartiles, the unit included.
    """

    level: Integers
    count: Integers
    place: Floats
    low: Floats
    middle: Floats
    high: Floats


def peer_groups(platform: Objects, band: Integers, format_: Objects) -> tuple[Integers, ...]:
    """Give each unit's group at each level of LEVELS, -1 where it belongs to none."""
    where, what = (
        np.unique(each.astype(str), return_inverse=True)[1] for each in (platform, format_)
    )
    sized = where * (len(SIZES) + 1) + band
    narrow = sized * (what.max(initial=0) + 1) + what
    unsized = band < 0
    return np.where(unsized, -1, narrow), np.where(unsized, -1, sized), where.astype(np.int64)


def among_peers(values: Floats, groups: tuple[Integers, ...]) -> Peers:
    """Place each known value among the others of the narrowest group with LEAST_PEERS of them."""
    units = len(values)
    level, count = np.full(units, -1), np.zeros(units, np.int64)
    place, *quartiles = np.full((4, units), np.nan)
    for number, key in enumerate(groups):
        open_ = np.isfinite(values) & (key >= 0)
        for members in members_of(key, open_):
            others = len(members) - 1
            mine = members[level[members] < 0]
            if others < LEAST_PEERS or not len(mine):
                continue
            own = np.sort(values[members])
            below = np.searchsorted(own, values[mine], side="left")
            equal = np.searchsorted(own, values[mine], side="right") - below - 1
            level[mine], count[mine] = number, others
            place[mine] = (below + equal / 2) / others
            for column, quantile in zip(quartiles, np.quantile(own, QUARTILES), strict=True):
                column[mine] = quantile
    return Peers(level, count, place, *quartiles)


def members_of(key: Integers, wanted: Booleans) -> list[Integers]:
    """Give the rows of each group, wanted ones only; a loop over groups, not over rows."""
    rows = np.flatnonzero(wanted)
    order = rows[np.argsort(key[rows], kind="stable")]
    found, start = np.unique(key[order], return_index=True)
    return np.split(order, start[1:]) if len(found) else []


def peer_scores(peers: Peers) -> Floats:
    """Give each place as a normal score, about -2 to 2; nan without peers."""
    inner = (peers.place * peers.count + 0.5) / (peers.count + 1)
    score: Floats = scipy.special.ndtri(inner)
    return score


def typed_rates(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """Calculate every formula from numbers as a person types them in; None where one is missing.

    numbers: followers and the counters of a post (or of an average post) that are known. What is
    not typed in is not known, never 0: a formula that adds it up is not given.
    """
    found: dict[str, float | None] = {}
    for name, formula in FORMULAS.items():
        if formula.base == FIRST_DAY:
            continue  # by_followers of what was read after a day
        base = numbers.get(formula.base)
        known = all(part in numbers for part in formula.parts) and base is not None and base > 0
        found[name] = (
            sum(numbers[part] for part in formula.parts) / base if known and base else None
        )
    return found
