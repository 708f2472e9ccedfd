"""What reallocating is worth: rules of moving a budget beside the best that hindsight could do.

In:   drawn campaigns: 12 creators whose worth differs (log-sd .6), 4 decisions, outcomes noisy
      (log-sd .6), response worth x amount^.7; every rule sees the same noise.
Out:  the `reallocation` part of RESULTS.md: share of the clairvoyant's value, moves, seconds.

The rules were written before the campaigns of SEED were drawn; constants are those of the module
(the exponent, one standard deviation) and were not fitted to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.results import circumstances, paragraph, table
from truelift.decisions.response import EXPONENT, response, water_filling, whole_deliverables
from truelift.measurement.ragged import Floats

CAMPAIGNS, CREATORS, DECISIONS = 3_000, 12, 4
BETWEEN, NOISE = 0.6, 0.6
LEAST_PART, MOST_PART = 0.03, 0.30
"""Of the budget on any creator, for every rule and for hindsight: the explore floor, and a cap."""
SEED = 2_026
SAME = 1e-9
MANY = 10_000
LEAST_SHARE, LEAST_GATED, MOST_SECONDS = 0.90, 0.89, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is known before a decision: log worths read so far, one row per past decision."""

    read: Floats
    current: Floats
    random: np.random.Generator


Rule = Callable[[Seen], Floats]


def best(worth: Floats) -> Floats:
    """Split a budget of 1 by what is taken for the worth."""
    low, high = np.full(len(worth), LEAST_PART), np.full(len(worth), MOST_PART)
    return water_filling(worth, 1.0, low, high).amounts


def posterior(read: Floats) -> tuple[Floats, Floats]:
    """Draw the mean of what was read to the mean of all creators; give log means and variances.

    Between-creator variance by the method of moments, not told.
    """
    mean, within = read.mean(axis=0), NOISE**2 / len(read)
    between = max(float(mean.var(ddof=1)) - within, 0.01)
    own = between / (between + within)
    return mean.mean() + own * (mean - mean.mean()), np.full(read.shape[1], own * within)


def equal(seen: Seen) -> Floats:
    """Never move anything."""
    return np.full(len(seen.current), 1 / len(seen.current))


def greedy(seen: Seen) -> Floats:
    """Follow the newest raw return as if it were the truth."""
    return best(np.exp(seen.read[-1]))


def thompson(seen: Seen) -> Floats:
    """Split by one draw from the posterior."""
    middle, variance = posterior(seen.read)
    return best(np.exp(seen.random.normal(middle, np.sqrt(variance))))


def ours(seen: Seen) -> Floats:
    """Split by the posterior mean."""
    middle, variance = posterior(seen.read)
    return best(np.exp(middle + variance / 2))


def gated(seen: Seen) -> Floats:
    """Split by the posterior mean where the gain is more than its standard deviation."""
    middle, variance = posterior(seen.read)
    worth = np.exp(middle + variance / 2)
    proposed = best(worth)
    step = proposed**EXPONENT - seen.current**EXPONENT
    gain = float((worth * step).sum())
    spread = float(np.sqrt((worth**2 * np.expm1(variance) * step**2).sum()))
    return proposed if gain > spread else seen.current


RULES: dict[str, Rule] = {
    "equal split": equal,
    "greedy on the last raw ROI": greedy,
    "Thompson": thompson,
    "posterior mean": ours,
    "posterior mean, one-sd gate": gated,
}


def play(rule: Rule, seed: int, campaigns: int = CAMPAIGNS) -> tuple[float, float]:
    """Play campaigns by a rule; give the share of the clairvoyant's value, and moves a campaign.

    The first decision is an equal split: nothing was read yet.
    """
    shares, moves = [], 0
    for number in range(campaigns):
        world = np.random.default_rng([seed, number])
        log_worth = world.normal(0, BETWEEN, CREATORS)
        noise = world.normal(0, NOISE, (DECISIONS, CREATORS))
        worth = np.exp(log_worth)
        random = np.random.default_rng([seed, number, 1])
        current, value = np.full(CREATORS, 1 / CREATORS), 0.0
        for decision in range(DECISIONS):
            if decision:
                chosen = rule(Seen(log_worth + noise[:decision], current, random))
                moves += bool(np.abs(chosen - current).sum() > SAME)
                current = chosen
            value += float(response(worth, current).sum())
        shares.append(value / (DECISIONS * float(response(worth, best(worth)).sum())))
    return float(np.mean(shares)), moves / campaigns


def seconds() -> tuple[float, float]:
    """Time the split of 10,000 creators' money: amounts, and whole deliverables."""
    drawn = np.random.default_rng(SEED)
    worth = np.exp(drawn.normal(0, BETWEEN, MANY)) * 100
    price = drawn.integers(200, 1_500, MANY).astype(float)
    spent = price * drawn.integers(0, 3, MANY)
    none, most = np.zeros(MANY, np.int64), np.full(MANY, 8)
    budget = float(price.sum())
    start = time.perf_counter()
    water_filling(worth, budget + float(spent.sum()), spent, spent + 8 * price)
    middle = time.perf_counter()
    whole_deliverables(worth, budget, price=price, spent=spent, fewest=none, most=most)
    return middle - start, time.perf_counter() - middle
