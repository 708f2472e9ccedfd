"""The truth: what each creator's part in each campaign really causes. Everything else follows.

In:   the seed and the cast.
Out:  log lifts per creator x campaign. expected = baseline x exp(log lift), so of what is tracked
      the share 1 - exp(-log lift) is incremental.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from statistics import NormalDist

import numpy as np

from truelift.connectors.sample_programme.people import TRAP, TREATED, Cast
from truelift.connectors.sample_programme.timeline import FLIGHTS, Numbers, flight_days, stream


@dataclass(frozen=True, slots=True)
class Effect:
    """True log lifts of one creator in one campaign, while its flight lasts."""

    creator: str
    campaign: str
    engagement: float
    orders: float
    leads: float


# Mean and standard deviation of the log lifts: engagement, orders, leads.
_LIFTS = {
    "glow": ((0.35, 0.30), (0.08, 0.10), (0.0, 0.0)),
    "signup-spring": ((0.35, 0.30), (0.08, 0.10), (0.92, 0.25)),
    "summer": ((0.35, 0.30), (0.55, 0.35), (0.0, 0.0)),
}


def effects(seed: int) -> tuple[Effect, ...]:
    """Draw the true lifts of every creator in every campaign."""
    random = stream(seed, "effects")
    drawn = []
    for campaign, names in TREATED.items():
        engagement, orders, leads = (
            _stratified(random, len(names), *shape) for shape in _LIFTS[campaign]
        )
        for place, name in enumerate(names):
            order_lift = float(orders[place])
            if name == TRAP:
                order_lift = 0.04
            if name == "ana" and campaign == "glow":
                # She sells in summer too: nothing of glow may sit in that baseline.
                order_lift = 0.0
            if name == "flor":
                # Without a code before launch, most of what she tracks is new.
                order_lift = 1.1
            lifts = (float(engagement[place]), order_lift, float(leads[place]))
            drawn.append(Effect(name, campaign, *(round(lift, 6) for lift in lifts)))
    return tuple(drawn)


def _stratified(random: np.random.Generator, count: int, mean: float, spread: float) -> Numbers:
    # Equally likely strata in random order: the sample keeps its mean, and some lifts are <= 0.
    if not spread:
        return np.full(count, mean)
    shares = (random.permutation(count) + random.uniform(0.1, 0.9, count)) / count
    return np.array([NormalDist(mean, spread).inv_cdf(float(share)) for share in shares])


def daily_factor(
    people: Cast, drawn: tuple[Effect, ...], lift: Callable[[Effect], float]
) -> Numbers:
    """Give by what each creator's daily rate is multiplied, per creator and day of the shop."""
    factor = np.ones((len(people.names), len(flight_days(next(iter(FLIGHTS))))))
    for effect in drawn:
        factor[people.index(effect.creator), flight_days(effect.campaign)] *= exp(lift(effect))
    return factor
