"""Response: what more money on a creator brings, and the split of a budget that brings most.

In:   per creator the worth of its response, what is spent on it already, limits, prices.
Out:  amounts (water-filling) or whole deliverables (greedy) that maximise the summed response.

The response is concave: value = worth x amount^exponent, exponent below 1, the same for all. So the
best split makes the next unit of money worth the same everywhere (Karush-Kuhn-Tucker): amounts in
proportion to (exponent x worth)^(1 / (1 - exponent)), cut to their limits. One bisection finds it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from truelift.measurement.ragged import Floats, Integers

EXPONENT = 0.7
"""Stated, not measured here: twice the money on one creator brings 1.62 times the value."""

HALVINGS = 100
"""Of an interval of logarithms: far below the rounding of a float."""
WIDEST = 60.0
"""How far, in logarithms, limits may move the price of money from what it is without them."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Amounts per creator, and what the next unit of money is worth with those inside limits."""

    amounts: Floats
    marginal: float


def response(worth: Floats, amount: Floats, exponent: float = EXPONENT) -> Floats:
    """Give the value of an amount on each creator."""
    value: Floats = worth * amount**exponent
    return value


def water_filling(
    worth: Floats,
    budget: float,
    low: Floats,
    high: Floats,
    *,
    exponent: float = EXPONENT,
    least: float = 0.0,
) -> Split:
    """Split a budget so that the summed response is greatest; what brings nothing stays at `low`.

    least: money that would bring less than this per unit is kept. ValueError when the lower limits
    need more than the budget, or lie above the upper ones.
    """
    if low.sum() > budget * (1 + 1e-12) or np.any(low > high):
        msg = "the lower limits need more than there is"
        raise ValueError(msg)
    alive = worth > 0
    high = np.where(alive, high, low)
    power = 1 / (1 - exponent)
    rank = np.full(len(worth), -np.inf)
    rank[alive] = np.log(exponent * worth[alive]) * power

    def amounts(log_price: float) -> Floats:
        return np.clip(np.exp(np.minimum(rank - log_price * power, 700.0)), low, high)

    if not alive.any():
        return Split(low, 0.0)
    start = float(np.logaddexp.reduce(rank) - np.log(max(budget, 1e-300))) / power
    floor = np.log(least) if least > 0 else start - WIDEST
    if amounts(floor).sum() <= budget:
        return Split(amounts(floor), float(np.exp(floor)) if least > 0 else 0.0)
    cheap, dear = floor, max(start, floor) + WIDEST
    for _ in range(HALVINGS):
        middle = (cheap + dear) / 2
        if amounts(middle).sum() > budget:
            cheap = middle
        else:
            dear = middle
    return Split(amounts(dear), float(np.exp(dear)))


def whole_deliverables(
    worth: Floats,
    budget: float,
    *,
    price: Floats,
    spent: Floats,
    fewest: Integers,
    most: Integers,
    exponent: float = EXPONENT,
    least: float = 0.0,
) -> Integers:
    """Buy whole deliverables one by one, each time the one that brings most per unit of money.

    spent: what is sunk in each creator. fewest, most: how many are bought at least and at most.
    With one price for all it is the best there is, since the response is concave; with several, the
    best up to less than one deliverable. One that brings less than `least` is not bought.
    """
    bought = fewest.copy()
    left = budget - float((price * fewest).sum())
    amounts = spent + price * bought
    queue: list[tuple[float, int]] = []

    def offer(place: int) -> None:
        at, cost = float(amounts[place]), float(price[place])
        if worth[place] <= 0 or bought[place] >= most[place] or cost <= 0:
            return
        gain = float(worth[place]) * ((at + cost) ** exponent - at**exponent) / cost
        if gain >= least:
            heapq.heappush(queue, (-gain, place))

    for place in range(len(worth)):
        offer(place)
    while queue:
        _, place = heapq.heappop(queue)
        cost = float(price[place])
        if cost > left * (1 + 1e-12):
            continue
        left -= cost
        bought[place] += 1
        amounts[place] += cost
        offer(place)
    return bought
