"""Click fraud: which clicks on a link are questioned, and why; they are flagged, never deleted.

In:   clicks of a link on a day, counted by what odd ones are told from; a rule version.
Out:  ClickVerdict: gross, valid and questioned clicks with their reasons.

A post that does well brings many people over hours; a machine or a farm brings few over and over,
or all in minutes, or from addresses that no phone has, or without a landing page ever being shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import scipy

from truelift.measurement.discoveries import FALSE_DISCOVERY_RATE, adjusted


@dataclass(frozen=True, slots=True)
class ClickRules:
    """One version of the rules; shares are of the day's human clicks, counts are clicks.

    repeats: clicks of a visitor on a link in a day from which on they are repeats. beaconed: the
    share of a brand's clicks that land from which on landing pages are taken to tell of themselves.
    """

    version: str = "1"
    repeats: int = 10
    fewest: int = 30
    burst: float = 0.5
    repeated: float = 0.3
    datacenter: float = 0.3
    beaconed: float = 0.3


RULES = ClickRules()

BURST, REPEATS = "burst", "repeats"
DATACENTER, NO_BEACON = "datacenter", "no landing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickDay:
    """Clicks on a link on a day. busiest: human ones in the busiest ten minutes."""

    slug: str
    creator: str
    campaign: str | None
    day: date
    gross: int
    human: int
    datacenter: int
    landed: int
    repeated: int
    busiest: int


@dataclass(frozen=True, slots=True)
class ClickVerdict:
    """What of a link's clicks on a day is questioned, and why; valid ones are the other human ones.

    reasons: (name, what was seen, in a few words).
    """

    clicks: ClickDay
    questioned: int
    reasons: tuple[tuple[str, str], ...]

    @property
    def valid(self) -> int:
        """Give the human clicks that nothing speaks against."""
        return self.clicks.human - self.questioned


def questioned(days: Sequence[ClickDay], rules: ClickRules = RULES) -> list[ClickVerdict]:
    """Judge the clicks of links by day, in their order."""
    unlanded = _unlanded(days, rules)
    return [_verdict(each, missing, rules) for each, missing in zip(days, unlanded, strict=True)]


def _verdict(each: ClickDay, missing: int, rules: ClickRules) -> ClickVerdict:
    found: list[tuple[int, str, str]] = []
    human = max(1, each.human)
    if each.human >= rules.fewest and each.busiest / human >= rules.burst:
        told = f"{each.busiest} of {each.human} clicks within ten minutes"
        found.append((each.busiest, BURST, told))
    if each.repeated >= rules.fewest and each.repeated / human >= rules.repeated:
        told = f"{each.repeated} clicks of visitors with {rules.repeats} and more"
        found.append((each.repeated, REPEATS, told))
    if each.datacenter >= rules.fewest and each.datacenter / each.gross >= rules.datacenter:
        told = f"{each.datacenter} of {each.gross} clicks from datacenters, not counted as people"
        found.append((0, DATACENTER, told))
    if missing:
        told = f"{each.landed} of {each.human} clicks showed the landing page"
        found.append((missing, NO_BEACON, told))
    most = max((count for count, _, _ in found), default=0)
    return ClickVerdict(each, most, tuple((name, told) for _, name, told in found))


def _unlanded(days: Sequence[ClickDay], rules: ClickRules) -> list[int]:
    """Give how many clicks of each link lack the landing that the brand's others had.

    A link is compared with the brand's other links on the same day; over all links and days at a
    false-discovery rate. Where landing pages do not tell, or only one link is clicked, nothing is
    known.
    """
    by_day: dict[date, list[int]] = defaultdict(list)
    for at, each in enumerate(days):
        by_day[each.day].append(at)
    p, usual = np.ones(len(days)), np.zeros(len(days))
    for places in by_day.values():
        human, landed = (_total(days, places, name) for name in ("human", "landed"))
        for at in places:
            others = human - days[at].human
            share = (landed - days[at].landed) / others if others else 0.0
            if share >= rules.beaconed and days[at].human >= rules.fewest:
                usual[at] = share
                p[at] = _clumped_tail(days[at], share, others)
    if not len(days):
        return []
    flagged = adjusted(p) < FALSE_DISCOVERY_RATE
    return [
        round(each.human - each.landed / usual[at]) if flagged[at] else 0
        for at, each in enumerate(days)
    ]


CLUMPS = 60.0
"""Links differ in how many of their clicks land: as if their share were drawn after so many."""


def _clumped_tail(each: ClickDay, share: float, others: int) -> float:
    """Give how probable so few landings are for a link like the others (beta-binomial)."""
    weight = min(CLUMPS, others)
    yes, no = max(share * weight, 0.5), max((1 - share) * weight, 0.5)
    return few(each.landed, each.human, yes, no)


def few(landed: int, human: int, yes: float, no: float) -> float:
    """Give the beta-binomial probability of at most so many of `human`.

    The same as scipy.stats.betabinom.cdf, whose module takes a second to load.
    """
    if landed >= human:
        return 1.0
    k = np.arange(landed + 1)
    log = scipy.special.betaln(k + yes, human - k + no) - scipy.special.betaln(yes, no)
    log -= np.log(human + 1) + scipy.special.betaln(human - k + 1, k + 1)
    return float(min(np.exp(log).sum(), 1.0))


def _total(days: Sequence[ClickDay], places: Iterable[int], name: str) -> int:
    return sum(getattr(days[at], name) for at in places)
