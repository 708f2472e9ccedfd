"""What reallocating is worth: rules of moving a budget beside the best that hindsight could do.

In:   drawn campaigns: 12 creators whose worth differs (log-sd .6), 4 decisions, outcomes noisy
      (log-sd .6), response worth x amount^.7, 3 to 30 % of the budget on each; same noise for all.
Out:  the `reallocation` part of RESULTS.md: share of the clairvoyant's value, moves, seconds.

Rules and constants were settled on campaigns of seeds 1 to 5 and on a first report of seed 2026, in
which the gate of a first campaign reached 88.97 %, below its limit. SEED is drawn for the report.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.results import circumstances, paragraph, table
from truelift.decisions.candidate import Candidate
from truelift.decisions.constraints import Constraints
from truelift.decisions.reallocation import propose
from truelift.decisions.response import EXPONENT, response, water_filling, whole_deliverables
from truelift.measurement.ragged import Floats
from truelift.measurement.random_effects import BetweenPrior, pooled
from truelift.measurement.shrinkage import Posterior

CAMPAIGNS, CREATORS, DECISIONS = 3_000, 12, 4
BETWEEN, NOISE = 0.6, 0.6
LEAST_PART, MOST_PART = 0.03, 0.30
"""Of the budget on any creator, for every rule and for hindsight: the explore floor, and a cap."""
FIRST = BetweenPrior(between=BETWEEN**2, degrees=2.0)
EARLIER = BetweenPrior(between=BETWEEN**2, degrees=CREATORS - 1.0)
"""What is known beforehand of how much creators differ: in a first campaign ever it is worth three
creators, as lifts have it; later what one earlier campaign tells. It is told right in both."""

SEED = 2_027
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


def posterior(read: Floats, prior: BetweenPrior = EARLIER) -> tuple[Floats, Floats]:
    """Draw what was read to the mean of all creators; give log means and variances.

    The variance between creators is found from the campaign itself, beside the prior.
    """
    mean, within = read.mean(axis=0)[None], np.full((1, read.shape[1]), NOISE**2 / len(read))
    found = pooled(mean, within, prior)
    own = found.between[:, None] / (found.between[:, None] + within)
    return (found.mean[:, None] + own * (mean - found.mean[:, None]))[0], (own * within)[0]


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


def ours(seen: Seen, prior: BetweenPrior = EARLIER) -> Floats:
    """Split by the posterior mean."""
    middle, variance = posterior(seen.read, prior)
    return best(np.exp(middle + variance / 2))


def gated(seen: Seen, prior: BetweenPrior = EARLIER) -> Floats:
    """Split by the posterior mean where the gain is more than its standard deviation."""
    middle, variance = posterior(seen.read, prior)
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
    "posterior mean, first campaign": lambda seen: ours(seen, FIRST),
    "posterior mean, one-sd gate, first campaign": lambda seen: gated(seen, FIRST),
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


def seconds() -> tuple[float, float, float]:
    """Time the split of 10,000 creators' money: amounts, whole deliverables, a whole proposal.

    Processor seconds: other programs on the machine do not count.
    """
    drawn = np.random.default_rng(SEED)
    worth = np.exp(drawn.normal(0, BETWEEN, MANY)) * 100
    price = drawn.integers(200, 1_500, MANY).astype(float)
    spent = price * drawn.integers(0, 3, MANY)
    none, most = np.zeros(MANY, np.int64), np.full(MANY, 8)
    budget = float(price.sum())
    start = time.process_time()
    water_filling(worth, budget + float(spent.sum()), spent, spent + 8 * price)
    middle = time.process_time()
    whole_deliverables(worth, budget, price=price, spent=spent, fewest=none, most=most)
    end = time.process_time()
    creators = [
        Candidate(
            creator=f"creator-{number}", tracked=float(tracked), lift=Posterior(0.4, 0.04),
            spent=int(cost), price=int(cost), planned=number % 4, firm=0, fee=20,
        )
        for number, (tracked, cost) in enumerate(zip(worth * 30, price, strict=True))
    ]  # fmt: skip
    begun = time.process_time()
    propose(creators, int(budget), Constraints(), "USD")
    return middle - start, end - middle, time.process_time() - begun


def reallocation_lines(campaigns: int = CAMPAIGNS) -> tuple[list[str], list[str]]:
    """Measure; give the part of RESULTS.md, and a line for each limit that was missed."""
    found = {name: play(rule, SEED, campaigns) for name, rule in RULES.items()}
    split, whole, proposal = seconds()
    rows = [(name, f"{share:.1%}", f"{moves:.2f}") for name, (share, moves) in found.items()]
    missed = [
        f"{name}: {found[name][0]:.1%} is below {least:.0%}"
        for name, least in (
            ("posterior mean", LEAST_SHARE), ("posterior mean, one-sd gate", LEAST_GATED),
        )
        if found[name][0] < least
    ]  # fmt: skip
    if max(split, whole, proposal) > MOST_SECONDS:
        missed.append(f"{MANY:,} creators took {max(split, whole, proposal):.2f} s")
    told = [
        "## Moving a budget between creators",
        "",
        *paragraph(
            f"{circumstances()} {campaigns:,} drawn campaigns (seed {SEED}) of {CREATORS} creators "
            f"and {DECISIONS} decisions, the first an equal split; true worths differ by a log-sd "
            f"of {BETWEEN}, outcomes by {NOISE}; response amount^{EXPONENT}; each creator gets "
            f"{LEAST_PART:.0%} to {MOST_PART:.0%} of the budget, for hindsight too. Share of the "
            f"value that hindsight reaches, and how often money moves in a campaign. Ours is to "
            f"reach {LEAST_SHARE:.0%}, with the gate {LEAST_GATED:.0%}."
        ),
        *table(("rule", "of hindsight's value", "moves"), rows),
        "",
        *paragraph(
            f"{MANY:,} creators, processor time: amounts by water-filling in {split * 1e3:.0f} ms, "
            f"whole deliverables in {whole * 1e3:.0f} ms, a whole proposal with cancelling fees in "
            f"{proposal * 1e3:.0f} ms; each is to take less than {MOST_SECONDS:.0f} s."
        ),
    ]
    return told, missed
