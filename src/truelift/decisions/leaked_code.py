"""Leaked code: what the judged orders of a code in a campaign add up to.

In:   judged orders.
Out:  LeakedCode: how many leaked, since when, and what tells them from the code's own orders.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from truelift.base.time import Instant
from truelift.decisions.leaks import Judged

NAMED_FROM = 3
"""A code is said to leak once so many of its orders are called leaked; fewer are orders apart."""

TOLD_FROM = 0.15
"""What leaked orders show more often than the others by so much is worth telling."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that leaked orders show more often than the code's own ones; shares of each."""

    shown: str
    leaked: float
    own: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakedCode:
    """A code in a campaign: its orders, and those of them that are called leaked.

    expected: the sum of the probabilities. since, latest: when the first and the last leaked order
    came; seen_at: when there were enough to name the code. daily, daily_before: its orders a day
    since then, and in the 28 days before.
    """

    campaign: str | None
    creator: str
    code: str
    orders: int
    leaked: int
    own_purchases: int
    expected: float
    since: Instant | None = None
    latest: Instant | None = None
    seen_at: Instant | None = None
    daily: float | None = None
    daily_before: float | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def share(self) -> float:
        """Give the share of orders that leaked, by their probabilities."""
        return self.expected / self.orders

    @property
    def named(self) -> bool:
        """Say whether the code is said to leak."""
        return self.leaked >= NAMED_FROM


def leaked_codes(judged: Iterable[Judged]) -> list[LeakedCode]:
    """Add judged orders up to codes by campaign, those with most leaked orders first."""
    groups: dict[tuple[str | None, str, str], list[Judged]] = defaultdict(list)
    for each in judged:
        groups[each.order.campaign, each.order.creator, each.order.code].append(each)
    found = [_code(key, own) for key, own in groups.items()]
    return sorted(
        found, key=lambda each: (-each.leaked, each.creator, each.code, each.campaign or "")
    )


def _code(key: tuple[str | None, str, str], judged: Sequence[Judged]) -> LeakedCode:
    campaign, creator, code = key
    leaked = [each for each in judged if each.leaked]
    counted = LeakedCode(
        campaign=campaign,
        creator=creator,
        code=code,
        orders=len(judged),
        leaked=len(leaked),
        own_purchases=sum(each.order.own for each in judged),
        expected=sum(each.probability for each in judged),
    )
    if not leaked:
        return counted
    first, last = leaked[0].order.day, leaked[-1].order.day
    length = (last - first).days + 1
    before = [each for each in judged if 0 < (first - each.order.day).days <= _MONTH]
    return LeakedCode(
        campaign=campaign,
        creator=creator,
        code=code,
        orders=counted.orders,
        leaked=counted.leaked,
        own_purchases=counted.own_purchases,
        expected=counted.expected,
        since=leaked[0].order.at,
        latest=leaked[-1].order.at,
        seen_at=leaked[NAMED_FROM - 1].order.at if len(leaked) >= NAMED_FROM else None,
        daily=sum(first <= each.order.day <= last for each in judged) / length,
        daily_before=len(before) / _days_before(judged, first),
        differences=_differences(leaked, [each for each in judged if not each.leaked]),
    )


_MONTH = 28


def _days_before(judged: Sequence[Judged], first: dt.date) -> int:
    return min(_MONTH, max(1, (first - judged[0].order.day).days))


def _differences(leaked: Sequence[Judged], own: Sequence[Judged]) -> tuple[Difference, ...]:
    """Give what leaked orders show more often, the largest difference first."""
    theirs, ours = _shown(leaked), _shown(own)
    found = [
        Difference(what, count / len(leaked), ours[what] / max(1, len(own)))
        for what, count in theirs.items()
    ]
    told = [each for each in found if each.leaked - each.own >= TOLD_FROM]
    return tuple(sorted(told, key=lambda each: (each.own - each.leaked, each.shown)))


def _shown(judged: Iterable[Judged]) -> Counter[str]:
    return Counter(each.shown for one in judged for each in one.evidence)
