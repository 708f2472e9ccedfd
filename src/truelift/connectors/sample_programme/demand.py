"""Who comes when: tracked orders and leads per creator and day, and by which touch they are seen.

In:   the cast and the true effects.
Out:  Arrivals, one value per tracked order or lead, by time.

The mechanics that make lift of orders measurable: before launch a creator's evergreen code and link
bring `order_rate` orders a day; in the flight, evergreen and campaign assets together bring
`order_rate x exp(true log lift)`. Days are over-dispersed as real codes are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from math import exp

import numpy as np

from truelift.connectors.sample_programme.effects import Effect, daily_factor
from truelift.connectors.sample_programme.people import HIDDEN_BASELINE, LEAKED, Cast
from truelift.connectors.sample_programme.timeline import (
    SHOP_DAYS,
    Flags,
    Indexes,
    Instants,
    Numbers,
    at_day_times,
    flight_days,
    stream,
)

WEEKDAY = np.array([0.97, 0.94, 0.96, 1.0, 1.04, 1.06, 1.03])  # Monday first; their mean is 1
ON_CAMPAIGN = 0.65  # share of a flight's arrivals that use the campaign's asset
_ORDERS_BY_CODE, _LEADS_BY_CODE = 0.6, 0.2
_CLUMPS = 6.0  # shape of the gamma that multiplies a day: variance = mean + mean^2 / 6
LEAK_DAYS = (np.datetime64("2026-05-20"), np.datetime64("2026-05-26"))
LEAKED_ORDERS = 64


class Touch(IntEnum):
    """By which asset an arrival is seen."""

    EVERGREEN_CODE = 0
    CAMPAIGN_CODE = 1
    EVERGREEN_LINK = 2
    CAMPAIGN_LINK = 3


CODES = (Touch.EVERGREEN_CODE, Touch.CAMPAIGN_CODE)
LINKS = (Touch.EVERGREEN_LINK, Touch.CAMPAIGN_LINK)
ON_CAMPAIGN_TOUCHES = (Touch.CAMPAIGN_CODE, Touch.CAMPAIGN_LINK)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Tracked orders or leads by time; arrays have one value per arrival."""

    creator: Indexes
    at: Instants
    effect: Indexes
    """Position of the effect in whose flight it falls; -1 outside the creator's flights."""
    touch: Indexes
    leaked: Flags


def weekday_factor() -> Numbers:
    """Give the factor of each day of the shop's history."""
    # Day 0 of datetime64 was a Thursday.
    factor: Numbers = WEEKDAY[(SHOP_DAYS.astype(np.int64) + 3) % 7]
    return factor


def effect_of_day(people: Cast, drawn: tuple[Effect, ...]) -> Indexes:
    """Give the position of the effect per creator and day; -1 outside the creator's flights."""
    chosen = np.full((len(people.names), len(SHOP_DAYS)), -1)
    for position, item in enumerate(drawn):
        chosen[people.index(item.creator), flight_days(item.campaign)] = position
    return chosen


def clumped(random: np.random.Generator, mean: Numbers) -> Indexes:
    """Draw over-dispersed counts with these means."""
    return random.poisson(mean * random.gamma(_CLUMPS, 1 / _CLUMPS, mean.shape))


def expected_rate(people: Cast, item: Effect, *, leads: bool = False) -> tuple[float, float]:
    """Give what comes anyway and what is tracked in a whole flight, in expectation."""
    rate = (people.lead_rate if leads else people.order_rate)[people.index(item.creator)]
    baseline = float(rate * weekday_factor()[flight_days(item.campaign)].sum())
    return baseline, baseline * exp(item.leads if leads else item.orders)


def order_arrivals(seed: int, people: Cast, drawn: tuple[Effect, ...]) -> Arrivals:
    """Let the tracked orders come, and those of the leaked code."""
    random = stream(seed, "order arrivals")
    mean = people.order_rate[:, None] * daily_factor(people, drawn, lambda item: item.orders)
    flying = effect_of_day(people, drawn)
    for name in HIDDEN_BASELINE:
        # Without a code or link nobody sees these orders outside the flight.
        place = people.index(name)
        mean[place] = np.where(flying[place] >= 0, mean[place], 0.0)
    tracked = _arrivals(random, mean * weekday_factor(), flying, _order_touch(people))
    return _by_time(_with_leak(random, people, drawn, tracked))


def lead_arrivals(seed: int, people: Cast, drawn: tuple[Effect, ...]) -> Arrivals:
    """Let the tracked leads come."""
    random = stream(seed, "lead arrivals")
    leading = tuple(item for item in drawn if item.campaign == "signup-spring")
    mean = people.lead_rate[:, None] * daily_factor(people, leading, lambda item: item.leads)
    flying = effect_of_day(people, drawn)
    return _by_time(_arrivals(random, mean * weekday_factor(), flying, _lead_touch))


_Chooser = Callable[[np.random.Generator, Indexes, Indexes], Indexes]


def _arrivals(
    random: np.random.Generator, mean: Numbers, flying: Indexes, touch: _Chooser
) -> Arrivals:
    counts = clumped(random, mean)
    creators, days = (np.repeat(grid.ravel(), counts.ravel()) for grid in np.indices(counts.shape))
    effect = flying[creators, days]
    at = at_day_times(SHOP_DAYS[days], random.random(len(days)))
    none = np.zeros(len(days), bool)
    return Arrivals(creators, at, effect, touch(random, creators, effect), none)


def _order_touch(people: Cast) -> _Chooser:
    hidden = np.isin(people.names, HIDDEN_BASELINE)

    def choose(random: np.random.Generator, creators: Indexes, effect: Indexes) -> Indexes:
        campaign = (effect >= 0) & ((random.random(len(effect)) < ON_CAMPAIGN) | hidden[creators])
        by_code = random.random(len(effect)) < _ORDERS_BY_CODE
        return np.where(
            by_code,
            np.where(campaign, Touch.CAMPAIGN_CODE, Touch.EVERGREEN_CODE),
            np.where(campaign, Touch.CAMPAIGN_LINK, Touch.EVERGREEN_LINK),
        )

    return choose


def _lead_touch(random: np.random.Generator, creators: Indexes, effect: Indexes) -> Indexes:
    campaign = (effect >= 0) & (random.random(len(creators)) < ON_CAMPAIGN)
    by_code = random.random(len(creators)) < _LEADS_BY_CODE
    link = np.where(campaign, Touch.CAMPAIGN_LINK, Touch.EVERGREEN_LINK)
    return np.where(by_code, Touch.EVERGREEN_CODE, link)


def _with_leak(
    random: np.random.Generator, people: Cast, drawn: tuple[Effect, ...], tracked: Arrivals
) -> Arrivals:
    """Add the orders of people who found the code on a coupon site and never saw the creator."""
    first, last = LEAK_DAYS
    days = first + random.integers(0, int((last - first).astype(int)) + 1, LEAKED_ORDERS)
    place = next(at for at, item in enumerate(drawn) if item.creator == LEAKED)
    return Arrivals(
        np.concatenate([tracked.creator, np.full(LEAKED_ORDERS, people.index(LEAKED))]),
        np.concatenate([tracked.at, at_day_times(days, random.random(LEAKED_ORDERS))]),
        np.concatenate([tracked.effect, np.full(LEAKED_ORDERS, place)]),
        np.concatenate([tracked.touch, np.full(LEAKED_ORDERS, int(Touch.EVERGREEN_CODE))]),
        np.concatenate([tracked.leaked, np.ones(LEAKED_ORDERS, bool)]),
    )


def _by_time(arrivals: Arrivals) -> Arrivals:
    order = np.argsort(arrivals.at, kind="stable")
    return Arrivals(
        arrivals.creator[order],
        arrivals.at[order],
        arrivals.effect[order],
        arrivals.touch[order],
        arrivals.leaked[order],
    )
