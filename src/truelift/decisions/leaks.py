"""Leaks: how probable it is that an order by a creator's code did not come from the creator.

In:   orders by code with what is known of each, the days of the creators' posts, a rule version.
Out:  per order a probability with its evidence as log-odds; per code what it adds up to.

A code is judged day by day. Its own pace before (leaked orders left out, raised while a post is
fresh) says how many of a day's orders are suspected at all; click, referrer, country, customer and
the age of the newest post then say which of them. What the code's own orders look like is learnt
from itself, shrunk to the brand's; what leaked ones look like from the surplus of these days.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from truelift.base.time import Instant
from truelift.decisions.leak_rules import (
    CLICK,
    COUPON,
    ELSEWHERE,
    NEW,
    NONE,
    OLD,
    LeakRules,
)

COUNTRY = "country"
_DAY = np.timedelta64(1, "D")
_MOST_ODDS = 30.0
_FLOOR = 0.002

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedOrder:
    """An order that a creator's own code brought, as far as leaks can be told from it.

    clicked: a click on that creator's link stands behind it too. coupon: it came by a coupon site.
    own: the customer is the creator, by the hash of the address.
    """

    order: str
    code: str
    creator: str
    campaign: str | None
    at: Instant
    day: dt.date
    clicked: bool
    coupon: bool = False
    country: str | None = None
    new_customer: bool | None = None
    own: bool = False

    @property
    def shows(self) -> dict[str, str]:
        """Say what the order shows, by kind of evidence; what is not known shows nothing."""
        found = {
            "click": CLICK if self.clicked else NONE,
            "referrer": COUPON if self.coupon else ELSEWHERE,
        }
        if self.country:
            found[COUNTRY] = self.country
        if self.new_customer is not None:
            found["customer"] = NEW if self.new_customer else OLD
        return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one kind of evidence says, in log-odds: above 0 it speaks for a leak."""

    kind: str
    shown: str
    weight: float


@dataclass(frozen=True, slots=True)
class Judged:
    """An order with the probability that it leaked.

    active: how probable it is that the code was leaking in these days at all. suspected: what share
    of their orders is more than the code's own pace allows.
    """

    order: CodedOrder
    probability: float
    active: float
    suspected: float
    evidence: tuple[Evidence, ...]
    leaked: bool

    @property
    def questioned(self) -> bool:
        """Say whether it is to be looked at before it is paid for."""
        return self.leaked or self.order.own


Shares = dict[str, dict[str, float]]
"""By kind of evidence: what is shown -> share (or count) of orders."""


def judge(
    orders: Sequence[CodedOrder],
    posts: Mapping[str, Sequence[dt.date]],
    rules: LeakRules,
    until: dt.date,
) -> list[Judged]:
    """Judge orders in the order they came. posts: days of each creator's posts. until: last day."""
    by_code: dict[str, list[CodedOrder]] = defaultdict(list)
    for order in sorted(orders, key=lambda each: (each.at, each.order)):
        by_code[order.code].append(order)
    codes = {
        name: _Code(own, posts.get(own[0].creator, ()), rules, until)
        for name, own in by_code.items()
    }
    brand = _brand(codes.values())
    pace = float(np.median([each.pace for each in codes.values()])) if codes else 0.0
    found = [judged for each in codes.values() for judged in each.judged(brand, pace)]
    return sorted(found, key=lambda each: (each.order.at, each.order.order))


def _brand(codes: Iterable[_Code]) -> Shares:
    """Give what share of all orders by code shows what."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for code in codes:
        for shown in code.shown:
            for kind, what in shown.items():
                counts[kind][what] += 1
    return {
        kind: {what: count / each.total() for what, count in each.items()}
        for kind, each in counts.items()
    }


@dataclass(slots=True)
class _Code:
    """One code's orders by day; `kept` is how many of a day's are its own."""

    orders: Sequence[CodedOrder]
    posts: Sequence[dt.date]
    rules: LeakRules
    until: dt.date
    first: np.datetime64 = field(init=False)
    exposure: Floats = field(init=False)
    kept: Floats = field(init=False)
    days: dict[int, list[int]] = field(init=False)
    shown: list[dict[str, str]] = field(init=False)
    share: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Lay the code's days out: the age of the newest post, and what came."""
        self.first = np.datetime64(self.orders[0].day)
        last = max(np.datetime64(self.until), np.datetime64(self.orders[-1].day))
        span = np.arange(self.first, last + _DAY)
        self.exposure = _exposure(span, self.posts, self.rules)
        self.kept = np.zeros(len(span))
        self.days = defaultdict(list)
        for at, order in enumerate(self.orders):
            self.days[self._place(order.day)].append(at)
        self.shown = [order.shows for order in self.orders]
        self.share = [0.0] * len(self.orders)

    def _place(self, day: dt.date) -> int:
        return int((np.datetime64(day) - self.first) / _DAY)

    @property
    def pace(self) -> float:
        """Give orders a day of ordinary exposure, over all days."""
        return len(self.orders) / float(self.exposure.sum())

    def judged(self, brand: Shares, pace: float) -> list[Judged]:
        """Judge the code's orders, day by day."""
        found: list[Judged] = []
        own: Shares = defaultdict(lambda: defaultdict(float))
        leaked: Shares = defaultdict(lambda: defaultdict(float))
        start = (
            _weighed(brand, self.rules.own_weight),
            _weighed(self._expected(brand), self.rules.leak_weight),
        )
        learnt, before, active = 0, -1, 0.0
        for day in sorted(self.days):
            while learnt < len(found) and self._place(found[learnt].order.day) < self._low(day):
                probability = found[learnt].probability
                for kind, what in self.shown[learnt].items():
                    own[kind][what] += 1 - probability
                    leaked[kind][what] += probability * found[learnt].leaked
                learnt += 1
            still = active * self.rules.lasting ** (day - before) if found else 0.0
            today = self._judged_day(day, max(still, self.rules.active), (own, leaked), start, pace)
            self.kept[day] = sum(1 - each.probability for each in today)
            before, active = day, today[0].active
            found += today
        return found

    def _low(self, day: int) -> int:
        return max(0, day - self.rules.window_days)

    def _judged_day(
        self,
        day: int,
        before: float,
        seen: tuple[Shares, Shares],
        start: tuple[Shares, Shares],
        pace: float,
    ) -> list[Judged]:
        rules, low = self.rules, self._low(day)
        around = range(low, min(len(self.kept), day + rules.window_days + 1))
        near = [at for each in around for at in self.days.get(each, ())]
        usual = self._usual(low, pace) * float(self.exposure[around.start : around.stop].sum())
        most_usual = usual + rules.spread * sqrt(usual + usual**2 / rules.clumps)
        suspected = min(max(1 - most_usual / len(near), rules.least), rules.most)
        told, suspected, own, leaked = self._stretch(near, suspected, seen, start)
        active = _chance(log(before / (1 - before)) + told)
        return [self._judged(at, active, suspected, own, leaked) for at in self.days[day]]

    def _stretch(
        self,
        near: Sequence[int],
        suspected: float,
        seen: tuple[Shares, Shares],
        start: tuple[Shares, Shares],
    ) -> tuple[float, float, _Shown, _Shown]:
        """Weigh a leak in these days against none, order by order, each by those before it.

        Give the log of how much better the orders are told by a leak beside the code's own, and
        what own and leaked orders show then.
        """
        rules = self.rules
        usual_start, leaked_start = start
        alone = _Shown(usual_start, seen[0])
        own = alone.copy()
        leaked = _Shown(leaked_start, seen[1])
        told, sure, summed = 0.0, rules.surplus_weight, rules.surplus_weight * suspected
        for at in near:
            suspected = min(summed / sure, rules.most)
            shown = self.shown[at]
            usual, mine, other = (each.chance(shown) for each in (alone, own, leaked))
            both = suspected * other + (1 - suspected) * mine
            told += log(both / usual)
            share = suspected * other / both
            alone.learn(shown, 1)
            own.learn(shown, 1 - share)
            leaked.learn(shown, share)
            self.share[at] = share
            sure, summed = sure + 1, summed + share
        return told, min(summed / sure, rules.most), own, leaked

    def _usual(self, low: int, pace: float) -> float:
        """Give the code's own orders a day of ordinary exposure, shrunk to the brand's."""
        start = max(0, low - self.rules.history_days)
        weight = self.rules.pace_weight
        orders = float(self.kept[start:low].sum()) + weight * pace
        return orders / (float(self.exposure[start:low].sum()) + weight)

    def _expected(self, brand: Shares) -> Shares:
        """Give what leaked orders show before any are seen; of countries any alike."""
        found = {kind: dict(shares) for kind, shares in self.rules.expected.items()}
        countries = brand.get(COUNTRY, {})
        found[COUNTRY] = {
            what: (share + 1 / len(countries)) / 2 for what, share in countries.items()
        }
        return found

    def _judged(
        self, at: int, active: float, suspected: float, own: _Shown, leaked: _Shown
    ) -> Judged:
        """Judge an order: in a stretch of leaks by its share, else by the share of any time.

        What the order itself added to what was learnt says nothing about it, and is left out.
        """
        rules, evidence, share = self.rules, [], self.share[at]
        for kind, what in self.shown[at].items():
            weight = log(
                leaked.share(kind, what, without=share) / own.share(kind, what, without=1 - share)
            )
            evidence.append(Evidence(kind, what, min(max(weight, -rules.cap), rules.cap)))
        odds = exp(sum(each.weight for each in evidence))
        inside = suspected * odds / (suspected * odds + 1 - suspected)
        outside = rules.ever * odds / (rules.ever * odds + 1 - rules.ever)
        probability = active * inside + (1 - active) * outside
        leaked_too = probability >= rules.threshold
        return Judged(self.orders[at], probability, active, suspected, tuple(evidence), leaked_too)


class _Shown:
    """What orders of one source show: shares that start as expected and learn from each order."""

    __slots__ = ("_counts", "_whole")

    def __init__(self, start: Shares, seen: Shares) -> None:
        """Begin with what is expected, weighed as orders, and what was seen."""
        self._counts = {kind: dict(shares) for kind, shares in start.items()}
        for kind, counts in seen.items():
            for what, count in counts.items():
                self._counts[kind][what] += count
        self._whole = {kind: sum(counts.values()) for kind, counts in self._counts.items()}

    def copy(self) -> _Shown:
        """Give one that knows the same and learns by itself."""
        return _Shown(self._counts, {})

    def learn(self, shown: Mapping[str, str], share: float) -> None:
        """Take in an order, as far as it is one of these."""
        for kind, what in shown.items():
            self._counts[kind][what] += share
            self._whole[kind] += share

    def share(self, kind: str, what: str, without: float = 0.0) -> float:
        """Give what share of orders shows something, less one order's part."""
        return (self._counts[kind][what] - without) / (self._whole[kind] - without)

    def chance(self, shown: Mapping[str, str]) -> float:
        """Give how probable everything is that an order shows."""
        counts, whole, found = self._counts, self._whole, 1.0
        for kind, what in shown.items():
            found *= counts[kind][what] / whole[kind]
        return found


def _weighed(expected: Shares, weight: float) -> Shares:
    """Give what is expected to be shown as counts of `weight` orders."""
    return {
        kind: {what: weight * max(share, _FLOOR) for what, share in shares.items()}
        for kind, shares in expected.items()
    }


def _chance(odds: float) -> float:
    """Give the probability that log-odds stand for."""
    return 1 / (1 + exp(-min(max(odds, -_MOST_ODDS), _MOST_ODDS)))


def _exposure(span: Days, posts: Sequence[dt.date], rules: LeakRules) -> Floats:
    """Give what each day multiplies a code's pace by: more while the newest post is young."""
    published = np.sort(np.array(list(posts), dtype="datetime64[D]"))
    newest = np.searchsorted(published, span, side="right") - 1
    ages = np.full(len(span), rules.living_days + 1)
    posted = newest >= 0
    ages[posted] = (span[posted] - published[newest[posted]]).astype(np.int64)
    found: Floats = np.where(
        ages <= rules.fresh_days,
        rules.fresh,
        np.where(ages <= rules.living_days, rules.living, 1.0),
    )
    return found
