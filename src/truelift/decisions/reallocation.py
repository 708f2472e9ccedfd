"""Reallocation: where the money that can still move brings most, and whether moving it is worth it.

In:   candidates with their posteriors, the money that is not committed, what a person lays down.
Out:  a Proposal: moves, expected gain with its standard deviation, the chance of regret, what would
      change the advice; or the reason why there is no advice.

What is live is sunk, and so is what can no longer be cancelled. The gain is linear in each
creator's worth, so its mean and variance are sums; money that is not spent counts at its face.
A proposal is recommended when the gain after what switching costs is above zero and above one
standard deviation of itself.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.base.money import format_minor
from truelift.decisions.candidate import Candidate
from truelift.decisions.constraints import MOST_PAIRS, Constraints, Room, room
from truelift.decisions.response import EXPONENT, Split, water_filling, whole_deliverables
from truelift.measurement.ragged import Floats

LEAST_GAIN = 1.0
"""In standard deviations of the gain: below, the proposal is shown and not recommended."""

EXPONENT_SPREAD = 0.1
"""The standard deviation of the assumed exponent; what that does is part of the gain's spread."""

OTHER_EXPONENTS = (0.5, 0.9)
"""The gain of the same moves is shown for these as well: the exponent is assumed, not measured."""

ROUNDS_OF_FEES = 4
"""Fees are paid out of the money that is freed; keeping them back may free more."""

WORTH_A_FEE = 1.0
"""An agreement is cut where that gains its fee once more after it was paid: nobody cancels a good
creator because whole deliverables happen to fit a little better."""

ONE_BY_ONE = 200
"""Creators up to whom every cutting is weighed by a split of its own; of more, all those at once
that pay at the price of money."""


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of one creator's deliverables that are to come.

    ideal: the amount in all that water-filling gives, deliverables not being whole. value_before,
    value_after: expected extra value to the end. marginal: what the next unit of money brings.
    turning: the log lift at which this part of the moves is no longer worth it; None where no lift
    does that, or where nothing moves.
    """

    candidate: Candidate
    units: int
    ideal: float
    value_before: float
    value_after: float
    marginal: float
    fee: int
    turning: float | None = None

    @property
    def change(self) -> int:
        """Give the money that moves here, below zero where it moves away; fees are apart."""
        return (self.units - self.candidate.planned) * self.candidate.price


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal; amounts in minor units of the brand's currency.

    money: that can be placed. unspent: what is left of it, before fees. marginal: what the next
    unit of money would bring, were deliverables not whole. gain: expected extra value
    less extra money and fees. spread: its standard deviation. exponents: the gain if the response
    is of another exponent.
    """

    moves: tuple[Move, ...]
    money: int
    unspent: int
    fees: int
    marginal: float
    gain: float
    spread: float
    exponents: tuple[tuple[float, float], ...]

    @property
    def affordable(self) -> bool:
        """Say whether what is left pays the fees."""
        return self.unspent >= self.fees

    @property
    def moves_anything(self) -> bool:
        """Say whether any deliverable is bought or cancelled."""
        return any(move.change for move in self.moves)

    @property
    def regret(self) -> float:
        """Give the chance that the moves turn out worse than none; 0 when nothing moves."""
        if not self.moves_anything:
            return 0.0
        if self.spread == 0:
            return float(self.gain < 0)
        return NormalDist().cdf(-self.gain / self.spread)

    @property
    def recommended(self) -> bool:
        """Say whether the gain is above zero and above one standard deviation of itself."""
        return self.moves_anything and self.gain > LEAST_GAIN * self.spread


def propose(
    candidates: Sequence[Candidate],
    uncommitted: int,
    asked: Constraints,
    currency: str,
    gap: int = 0,
) -> Proposal | Withheld:
    """Propose what to do with the money that can still move.

    gap: what money that is freed has to close before any of it buys anything.
    """
    open_money = sum((each.planned - each.firm) * each.price for each in candidates)
    money = max(uncommitted, 0) + open_money
    found = room(candidates, asked, money, currency)
    if isinstance(found, str):
        return Withheld(Reason.CONTRADICTION, found)
    if len(candidates) < 2:  # noqa: PLR2004 - one creator is no choice
        who = candidates[0].creator if candidates else "nobody"
        why = f"Money moves between creators, but only {who} is measured here"
        if not candidates:
            why = "No creator's return is measured here, so nothing says where to"
        return Withheld(
            Reason.ONE_CREATOR,
            f"{why}; the rows say what each one lacks: see to that and ask again.",
        )
    if len(asked.exclusive) > MOST_PAIRS:
        sentence = (
            f"{len(asked.exclusive)} exclusive pairs are too many; name {MOST_PAIRS} at most."
        )
        return Withheld(Reason.CONTRADICTION, sentence)
    if money <= 0:
        return Withheld(
            Reason.NOTHING_TO_MOVE,
            "Everything is live or can no longer be cancelled, and no budget is left; raise the "
            "budget with `--budget`.",
        )
    choices = _choices(candidates, found, asked)
    if gap <= 0:
        made = [_with_fees(candidates, rooms, money, asked) for rooms in choices]
    else:
        made = [
            one for rooms in choices for one in _closing(candidates, rooms, (money, gap), asked)
        ]
    if not made:
        needed = f"{format_minor(gap, currency)} {currency}"
        return Withheld(
            Reason.CONTRADICTION,
            f"What has to be bought finds no money: all that can be freed goes towards the "
            f"{needed} over the budget first. Lower the floors or --explore, or raise the budget "
            "with `--budget`.",
        )
    best = _with_exponents(max(made, key=lambda one: one.gain), asked.exponent)
    return _with_turning(best, asked.exponent)


def _closing(
    candidates: Sequence[Candidate], rooms: Sequence[Room], money: tuple[int, int],
    asked: Constraints,
) -> list[Proposal]:  # fmt: skip
    """Give the moves that buy nothing, and those that buy after the gap is closed.

    money: that can be placed, and the gap. Nothing that pays is cancelled for the gap alone.
    """
    free, gap = money
    whole = _with_fees(candidates, rooms, free - gap, asked)
    found = [whole] if whole.affordable else []
    fewer = [
        Room(mine.fewest, max(min(mine.most, each.planned), mine.fewest))
        for each, mine in zip(candidates, rooms, strict=True)
    ]
    kept = _with_fees(candidates, fewer, free, asked)
    if all(move.change <= 0 for move in kept.moves):
        left = max(kept.unspent - gap, kept.fees)
        found.append(replace(kept, money=max(kept.money - gap, 0), unspent=left))
    return found


def _choices(
    candidates: Sequence[Candidate], rooms: Sequence[Room], asked: Constraints
) -> list[list[Room]]:
    """Give the rooms under every way to choose between exclusive creators: there is one at least.

    Of every pair one has nothing that must come, or it would have been named as a contradiction.
    """
    names = [each.creator for each in candidates]
    pairs = [pair for pair in asked.exclusive if all(name in names for name in pair)]
    found = {}
    for losers in itertools.product(*pairs):
        if all(rooms[names.index(name)].fewest == 0 for name in losers):
            out = frozenset(losers)
            found[out] = [
                Room(0, 0) if name in out else mine for name, mine in zip(names, rooms, strict=True)
            ]
    return list(found.values())


def _with_fees(
    candidates: Sequence[Candidate], rooms: Sequence[Room], money: int, asked: Constraints
) -> Proposal:
    """Split the money; agreements are cut one by one, those that bring least first, if it pays."""
    free = _solved(candidates, rooms, money, asked)
    if not free.fees:
        return free
    kept = [
        Room(min(max(mine.fewest, each.planned), mine.most), mine.most)
        for each, mine in zip(candidates, rooms, strict=True)
    ]
    best = _solved(candidates, kept, money, asked)
    cut = [place for place, mine in enumerate(rooms) if mine.fewest < kept[place].fewest]
    if len(candidates) > ONE_BY_ONE:
        paying = [place for place in cut if _pays(candidates[place], free.marginal, asked.exponent)]
        trials = [paying]
    else:
        cut.sort(key=lambda place: (_next_brings(candidates[place], asked.exponent), place))
        trials = [[place] for place in cut]
    for places in trials:
        tried = list(kept)
        for place in places:
            tried[place] = rooms[place]
        other = _solved(candidates, tried, money, asked)
        more = WORTH_A_FEE * (other.fees - best.fees)
        nearer = other.unspent - other.fees > best.unspent - best.fees
        pays = other.affordable and other.gain - best.gain > more
        if pays or (nearer and not best.affordable):
            best, kept = other, tried
    return best


def _pays(each: Candidate, price: float, exponent: float) -> bool:
    """Say whether what is freed brings its fee twice over where money brings a price per unit."""
    freed = (each.planned - each.firm) * each.price
    left = price - _next_brings(each, exponent)
    return left * freed > (1 + WORTH_A_FEE) * each.fee


def _next_brings(each: Candidate, exponent: float) -> float:
    """Give what money that is still open with a creator brings per unit."""
    change = each.factor(each.planned, exponent) - each.factor(each.firm, exponent)
    return each.value * change / ((each.planned - each.firm) * each.price)


def _solved(
    candidates: Sequence[Candidate], rooms: Sequence[Room], money: int, asked: Constraints
) -> Proposal:
    """Split the money without weighing fees, but keep back what they cost."""
    worth = np.array([max(each.worth(asked.exponent), 0.0) for each in candidates])
    price = np.array([float(each.price) for each in candidates])
    spent = np.array([float(each.spent) for each in candidates])
    firm = sum(each.firm * each.price for each in candidates)
    fewest = np.array([mine.fewest for mine in rooms], np.int64)
    most = np.array([mine.most for mine in rooms], np.int64)
    least = 0.0 if asked.spend_all else 1.0
    budget, fees, units = float(money + firm), 0, fewest
    for _ in range(ROUNDS_OF_FEES):
        units = whole_deliverables(
            worth, budget - fees, price=price, spent=spent, fewest=fewest, most=most,
            exponent=asked.exponent, least=least,
        )  # fmt: skip
        paid = _fees(candidates, units.tolist())
        if float((price * units).sum()) + paid <= budget:
            break
        fees = max(fees, paid)
    low: Floats = spent + price * fewest
    high: Floats = spent + price * np.maximum(most, fewest)
    all_of_it = max(float(spent.sum()) + budget - fees, float(low.sum()))
    ideal = water_filling(worth, all_of_it, low, high, exponent=asked.exponent, least=least)
    return _told(candidates, units.tolist(), ideal, money + firm, asked)


def _fees(candidates: Sequence[Candidate], units: Sequence[int]) -> int:
    """Give what cancelling costs: once for each creator who is to deliver less than agreed."""
    cut = [each for each, many in zip(candidates, units, strict=True) if many < each.planned]
    return sum(each.fee for each in cut)


def _told(
    candidates: Sequence[Candidate],
    units: Sequence[int],
    ideal: Split,
    money: int,
    asked: Constraints,
) -> Proposal:
    """Give the proposal of a split with its gain."""
    moves = []
    for each, bought, amount in zip(candidates, units, ideal.amounts.tolist(), strict=True):
        before, after = (each.factor(many, asked.exponent) for many in (each.planned, bought))
        at = each.spent + bought * each.price
        moves.append(
            Move(
                candidate=each,
                units=bought,
                ideal=amount,
                value_before=each.value * before,
                value_after=each.value * after,
                marginal=asked.exponent * each.value * after / at,
                fee=each.fee if bought < each.planned else 0,
            )
        )
    fees = sum(move.fee for move in moves)
    placed = sum(move.units * move.candidate.price for move in moves)
    made = Proposal(
        moves=tuple(moves), money=money, unspent=money - placed, fees=fees,
        marginal=ideal.marginal, gain=0.0, spread=0.0, exponents=(),
    )  # fmt: skip
    gain, spread = gained(made, asked.exponent)
    return replace(made, gain=gain, spread=spread)


def gained(
    proposal: Proposal, exponent: float = EXPONENT, known: Sequence[Candidate] | None = None
) -> tuple[float, float]:
    """Give the gain of a proposal's moves, and its standard deviation.

    known: the same creators as they are known at another time, to score what was advised.
    """
    creators = [move.candidate for move in proposal.moves] if known is None else known
    gain, variance = -float(proposal.fees), 0.0
    for move, each in zip(proposal.moves, creators, strict=True):
        planned, spent = move.candidate, move.candidate.spent
        before, after = (
            (1 + many * planned.price / spent) ** exponent for many in (planned.planned, move.units)
        )
        gain += each.value * (after - before) - move.change
        variance += (each.spread * (after - before)) ** 2
    return gain, math.sqrt(variance)


def unpaid(made: Proposal, asked: Constraints) -> Move | None:
    """Give the move of the creator whose next deliverable would pay but finds no money.

    None where money is free, or where nothing more would pay: then no possible move does.
    """
    short = [move for move in made.moves if _would_pay(move, made, asked)]
    return max(short, key=lambda move: move.marginal, default=None)


def _would_pay(move: Move, made: Proposal, asked: Constraints) -> bool:
    each = move.candidate
    cap = asked.caps.get(each.creator)
    most = each.most if cap is None else (cap - each.spent) // each.price
    grows = each.may_grow and each.creator not in asked.excluded and move.units < most
    paired = any(each.creator in pair for pair in asked.exclusive)
    if not grows or paired or each.price <= made.unspent - made.fees:
        return False
    now, then = (each.factor(units, asked.exponent) for units in (move.units, move.units + 1))
    return each.value * (then - now) > each.price


def _with_exponents(made: Proposal, exponent: float) -> Proposal:
    """Add what is not known of the exponent to the spread, and the gain with other ones."""
    near = [gained(made, exponent + step)[0] for step in (-EXPONENT_SPREAD, EXPONENT_SPREAD)]
    others = tuple((other, gained(made, other)[0]) for other in OTHER_EXPONENTS)
    spread = math.hypot(made.spread, (near[1] - near[0]) / 2)
    return replace(made, spread=spread, exponents=others)


def _with_turning(made: Proposal, exponent: float) -> Proposal:
    """Say at which lift of each creator its own part of the moves would not be worth it.

    What is bought has to bring back its price. What is cancelled is kept where it would bring more
    than the freed money does: what was bought for its part of it, and the rest at its face.
    """
    bought = [move for move in made.moves if move.change > 0]
    cost = sum(move.change for move in bought)
    freed = -sum(move.change for move in made.moves if move.change < 0)
    profit = sum(move.value_after - move.value_before for move in bought) - cost
    moves = []
    for move in made.moves:
        candidate, turning = move.candidate, None
        step = candidate.factor(move.units, exponent) - candidate.factor(
            candidate.planned, exponent
        )
        if move.change > 0:
            turning = candidate.lift_at(move.change / step)
        elif move.change < 0:
            elsewhere = -move.change * (1 + profit / max(freed, cost)) - move.fee
            turning = candidate.lift_at(elsewhere / -step)
        moves.append(replace(move, turning=turning))
    return replace(made, moves=tuple(moves))
