"""Authenticity: signals that an audience or its engagement may not be what it seems, with evidence.

In:   engagement per post, follower counts over time, and who a unit's peers are.
Out:  signals, each with a sentence and the figures behind it. Never a verdict, never a score.

Every signal has innocent causes: a giveaway, a post that went round, a platform that deletes idle
profiles. A signal is a reason to look and to ask. It changes no rank.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from truelift.decisions.engagement_rate import members_of
from truelift.measurement.followers import FollowerCounts
from truelift.measurement.panel import Instants
from truelift.measurement.ragged import Floats, Integers

LEAST_POSTS = 10
"""Posts from which the spread of a unit says something."""

LEAST_PEERS = 20
"""Peers from which their usual spread says something."""

NARROW = 0.5
"""A spread is narrow when even its upper limit is below this share of the peers' median."""

CERTAINTY = 0.995
"""Of the upper limit of a spread (chi-square)."""

FAR = 3.5
"""A value is far from the peers' when it is so many of their robust standard deviations away."""

LEAST_STEPS = 5
"""Steps between follower counts from which a creator's usual growth is known."""

JUMP = math.log(1.10)
"""A jump changes the count by 10 % or more between two counts ..."""

JUMP_FAR = 8.0
"""... and by so many robust standard deviations more than this creator's usual growth a day."""

STEADY = 0.0005
"""Growth a day is never taken as steadier than this (log units): counts come rounded."""

LOUD = math.log(3.0)
"""A post with three times the usual engagement may explain a jump after it."""

DAYS_BEFORE = np.timedelta64(7, "D")
_NORMAL = 0.6745  # median absolute deviation of a standard normal
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to look at a unit: what was seen, and the figures behind it."""

    name: str
    sentence: str
    evidence: Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What was seen of posts, as flat columns; log: log(engagement + .5), nan where never read."""

    unit: Integers
    published_at: Instants
    log: Floats


Signals = dict[int, list[Signal]]
"""By unit; a unit without any is left out."""


def spreads(shown: Shown, units: int) -> tuple[Floats, Integers]:
    """Give the standard deviation of log engagement between a unit's posts, and how many posts."""
    known = np.isfinite(shown.log)
    unit, log = shown.unit[known], shown.log[known]
    count = np.bincount(unit, minlength=units)
    posts = np.maximum(count, 1)
    mean = np.bincount(unit, log, units) / posts
    squares = np.bincount(unit, (log - mean[unit]) ** 2, units)
    enough = count >= LEAST_POSTS
    return np.where(enough, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan), count


def narrow_spreads(shown: Shown, group: Integers, units: int) -> Signals:
    """Find units whose posts all get nearly the same engagement, as bought engagement does.

    group: of each unit; compared within it.
    """
    spread, count = spreads(shown, units)
    degrees = np.maximum(count - 1, 1)
    upper = spread * np.sqrt(degrees / scipy.special.chdtri(degrees, CERTAINTY))
    found: Signals = {}
    for members in members_of(group, np.isfinite(spread)):
        if len(members) <= LEAST_PEERS:
            continue
        usual = float(np.median(spread[members]))
        for unit in members[upper[members] < NARROW * usual].tolist():
            found[unit] = [
                Signal(
                    "narrow_spread",
                    f"engagement differs little from post to post: {_percent(spread[unit])} over "
                    f"{count[unit]} posts, {_percent(usual)} is usual among {len(members) - 1} "
                    "peers",
                    {
                        "spread": round(float(spread[unit]), 4),
                        "upper_limit": round(float(upper[unit]), 4),
                        "peers_median": round(usual, 4),
                        "posts": int(count[unit]),
                        "peers": len(members) - 1,
                    },
                )
            ]
    return found


def far_from_peers(name: str, words: str, values: Floats, group: Integers) -> Signals:
    """Find units whose ratio is far from their peers', on the log scale.

    values: of each unit, nan or not above 0 where unknown. words: what the ratio is.
    """
    log = np.full(len(values), np.nan)
    known = np.isfinite(values) & (values > 0)
    log[known] = np.log(values[known])
    found: Signals = {}
    for members in members_of(group, known):
        if len(members) <= LEAST_PEERS:
            continue
        middle = float(np.median(log[members]))
        scale = float(np.median(np.abs(log[members] - middle))) / _NORMAL
        if scale <= 0:
            continue
        score = (log[members] - middle) / scale
        for unit, away in zip(members.tolist(), score.tolist(), strict=True):
            if abs(away) > FAR:
                side = "far above" if away > 0 else "far below"
                found[unit] = [
                    Signal(
                        name,
                        f"{words} {values[unit]:.3g}, {side} the {math.exp(middle):.3g} that is "
                        f"usual among {len(members) - 1} peers",
                        {
                            "value": float(f"{values[unit]:.4g}"),
                            "peers_median": float(f"{math.exp(middle):.4g}"),
                            "deviations": round(away, 2),
                            "peers": len(members) - 1,
                        },
                    )
                ]
    return found


def follower_jumps(counts: FollowerCounts, shown: Shown, units: int) -> Signals:
    """Find jumps of a unit's follower count that are far from its own usual growth.

    A jump up after a post with three times the usual engagement is explained and is no signal.
    """
    same = counts.unit[1:] == counts.unit[:-1]
    first = np.flatnonzero(same)
    days = np.maximum((counts.at[first + 1] - counts.at[first]) / _DAY, 1.0)
    change = np.log(counts.followers[first + 1] / counts.followers[first])
    daily, unit = change / days, counts.unit[first]
    middle, scale = np.full((2, units), np.nan)
    large = np.abs(change) >= JUMP
    # Only who has a large step at all is looked at closely.
    for one in np.unique(unit[large]).tolist():
        own = daily[unit == one]
        if len(own) >= LEAST_STEPS:
            middle[one] = np.median(own)
            scale[one] = max(float(np.median(np.abs(own - middle[one]))) / _NORMAL, STEADY)
    far = np.abs(daily - middle[unit]) > JUMP_FAR * scale[unit]
    found: Signals = {}
    for step in np.flatnonzero(large & far).tolist():
        begin, one = first[step], int(unit[step])
        since, until = counts.at[begin], counts.at[begin + 1]
        if change[step] > 0 and _loud(shown, one, since, until):
            continue
        before, after = (round(float(counts.followers[at])) for at in (begin, begin + 1))
        times = "no post of those days stood out" if change[step] > 0 else "many left at once"
        found.setdefault(one, []).append(
            Signal(
                "follower_jump",
                f"followers went from {before:,} to {after:,} between {_day(since)} and "
                f"{_day(until)}, usual is {math.expm1(middle[one] * days[step]) * 100:+.1f} %; "
                f"{times}",
                {
                    "from": before,
                    "to": after,
                    "since": _day(since),
                    "until": _day(until),
                    "deviations": round(float((daily[step] - middle[one]) / scale[one]), 1),
                },
            )
        )
    return found


def together(*parts: Signals) -> Signals:
    """Put the signals of a unit together, in the order of the parts."""
    found: Signals = {}
    for part in parts:
        for unit, signals in part.items():
            found.setdefault(unit, []).extend(signals)
    return found


def _loud(shown: Shown, unit: int, since: np.datetime64, until: np.datetime64) -> bool:
    """Say whether a post of these days, or of the week before, was far louder than usual."""
    own = (shown.unit == unit) & np.isfinite(shown.log)
    if not own.any():
        return False
    then = own & (shown.published_at >= since - DAYS_BEFORE) & (shown.published_at <= until)
    return bool(then.any() and shown.log[then].max() - np.median(shown.log[own]) >= LOUD)


def _percent(spread: float) -> str:
    return f"+-{math.expm1(spread) * 100:.0f} %"


def _day(at: np.datetime64) -> str:
    return str(at.astype("datetime64[D]"))
