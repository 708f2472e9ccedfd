"""Engagement rates of the brand's creators, each by a named formula and beside its peers.

In:   the ground, a formula (or all), a creator or platform.
Out:  rows of reports.engagement_rate; per unit the columns that the shortlist takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.base.errors import NotFound
from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.catalog.platform import PLATFORMS
from truelift.decisions import authenticity
from truelift.decisions.engagement_rate import (
    DEFAULT,
    FIRST_DAY,
    FOLLOWERS,
    FORMULAS,
    PARTS,
    Peers,
    RateFormula,
    among_peers,
    formula_named,
    peer_groups,
    rates,
    size_bands,
)
from truelift.measurement.ragged import Floats, Integers
from truelift.operations.creators import Creators
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.people import Action, needs
from truelift.reports.engagement_rate import RateRow
from truelift.store.ground import Ground

ALL = "all"
NO_UNIT = Withheld(Reason.NOT_OBSERVED, "No profile is known; import profiles, posts and readings.")


@dataclass(frozen=True, slots=True)
class RateRequest:
    """What was asked: a formula by name, `all`; creators and platforms, None: all."""

    formula: str = DEFAULT
    creator: str | None = None
    platform: str | None = None
    as_of: Instant | None = None
    known_at: Instant | None = None

    def formulas(self) -> list[RateFormula]:
        """Give the formulas asked for; UsageError for a name that is none."""
        return list(FORMULAS.values()) if self.formula == ALL else [formula_named(self.formula)]


@needs(Action.READ)
def engagement_rates(ground: Ground, request: RateRequest) -> tuple[Knowledge, list[RateRow]]:
    """Give the rates of each creator on each platform, in the order of their names."""
    formulas = request.formulas()
    known = knowledge(ground, as_of=request.as_of, known_at=request.known_at)
    creators = Creators(known)
    refuse_unknown(creators, request.creator, request.platform)
    rows = [row for formula in formulas for row in _rows(creators, formula, request)]
    return known, sorted(rows, key=lambda row: (row.creator, row.platform))


def refuse_unknown(creators: Creators, creator: str | None, platform: str | None) -> None:
    """Refuse a creator that no file names and a platform that there is not."""
    if creator is not None and creator not in set(creators.names):
        msg = f"There is no creator {creator!r} in this brand; see `truelift list creators`."
        raise NotFound(msg)
    if platform is not None and platform not in PLATFORMS:
        msg = f"There is no platform {platform!r}; use one of {', '.join(PLATFORMS)}."
        raise NotFound(msg)


def _rows(creators: Creators, formula: RateFormula, request: RateRequest) -> list[RateRow]:
    values, peers = unit_rates(creators, formula)
    counts, origins = creators.followers
    found = creators.unit_posts
    posts, units = creators.posts_for(formula), len(creators.units)
    hidden = {part: ~posts.shown(part, units) for part in formula.parts}
    read = np.bincount(posts.unit, minlength=units)
    rows = []
    for at, (creator, platform) in enumerate(creators.units):
        if request.creator not in {None, creator} or request.platform not in {None, platform}:
            continue
        known = np.isfinite(values[at])
        rows.append(
            RateRow(
                creator=creator,
                platform=platform,
                format=str(found.formats[at]),
                followers=int(counts[at]) if np.isfinite(counts[at]) else None,
                followers_from=origins[at],
                posts=int(read[at]),
                formula=formula,
                rate=rate_of(creators, values, at, formula),
                hidden=tuple(part for part in formula.parts if hidden[part][at]) if known else (),
                peers=peers,
                at=at,
            )
        )
    return rows


def rate_of(creators: Creators, values: Floats, at: int, formula: RateFormula) -> float | Withheld:
    """Give a unit's rate by a formula, or why there is none."""
    if np.isfinite(values[at]):
        return float(values[at])
    if not creators.unit_posts.count[at]:
        words = "No organic post with a reading of three days or more is known."
        return Withheld(Reason.NOT_OBSERVED, words)
    if formula.base in {FOLLOWERS, FIRST_DAY} and not creators.followers[0][at] > 0:
        return Withheld(Reason.NOT_OBSERVED, "No follower count is known; import followers.")
    if formula.base == FIRST_DAY:
        return Withheld(Reason.NOT_OBSERVED, "No organic post was read at about a day old.")
    return Withheld(
        Reason.NOT_OBSERVED, f"No post has both {formula.base} and engagement in its reading."
    )


def unit_rates(creators: Creators, formula: RateFormula) -> tuple[Floats, Peers]:
    """Give each unit's rate, and where it stands among its peers."""
    values = rates(creators.posts_for(formula), creators.followers[0], formula)
    return values, among_peers(values, unit_groups(creators))


def unit_groups(creators: Creators) -> tuple[Integers, ...]:
    """Give the groups of peers of each unit, the narrowest first."""
    platform = np.array([where for _, where in creators.units], dtype=object)
    bands = size_bands(creators.followers[0])
    return peer_groups(platform, bands, creators.unit_posts.formats)


def unit_signals(creators: Creators, by_followers: Floats) -> authenticity.Signals:
    """Give the authenticity signals of each unit; by_followers: its rate by followers."""
    found, units = creators.unit_posts, len(creators.units)
    _, sized, alike = unit_groups(creators)
    posts = found.posts
    sums = {
        name: np.bincount(
            posts.unit, np.nan_to_num(posts.counters.get(name, np.zeros(len(posts.unit)))), units
        )
        for name in PARTS
    }
    per_like = np.divide(
        sums["comments"], sums["likes"], out=np.full(units, np.nan), where=sums["likes"] > 0
    )
    per_like = np.where(found.count >= authenticity.LEAST_POSTS, per_like, np.nan)
    return authenticity.together(
        authenticity.narrow_spreads(found.shown, alike, units),
        authenticity.far_from_peers("comments_per_like", "comments per like", per_like, alike),
        authenticity.far_from_peers("engagement_rate", "engagement rate", by_followers, sized),
        authenticity.follower_jumps(creators.follower_history, found.shown, units),
    )
