"""Constraints: what a person lays down for a reallocation, and in words where that contradicts.

In:   candidates, the money there is, floors, caps, exclusions, pairs of which only one may run.
Out:  how many deliverables each may get at least and at most, or the sentence that says what
      cannot be met together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from truelift.base.money import format_minor
from truelift.decisions.candidate import Candidate
from truelift.decisions.response import EXPONENT

MOST_PAIRS = 8
"""Of exclusive pairs: every way to choose between them is tried."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What is laid down. Amounts are minor units of all that is spent on a creator here.

    excluded: get nothing more. exclusive: of each pair only one may have deliverables to come.
    explore: share of all money that each creator keeps at least. spend_all: also what brings back
    less than it costs.
    """

    floors: Mapping[str, int] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    exclusive: tuple[tuple[str, str], ...] = ()
    explore: float = 0.0
    spend_all: bool = False
    exponent: float = EXPONENT


@dataclass(frozen=True, slots=True)
class Room:
    """How many more deliverables a creator gets at least and at most."""

    fewest: int
    most: int


def room(
    candidates: Sequence[Candidate], asked: Constraints, money: int, currency: str
) -> list[Room] | str:
    """Give the room of each candidate, or a sentence that names what contradicts what.

    money: that can be placed: not committed, and open in agreements that can be cancelled.
    """

    def text(minor: int) -> str:
        return f"{format_minor(minor, currency)} {currency}"

    total = money + sum(each.spent + each.firm * each.price for each in candidates)
    found = []
    for each in candidates:
        name, sunk = each.creator, each.spent + each.firm * each.price
        floor, cap = asked.floors.get(name, 0), asked.caps.get(name)
        if cap is not None and floor > cap:
            return f"The floor of {name} ({text(floor)}) is above the cap ({text(cap)})."
        if cap is not None and cap < sunk:
            return (
                f"The cap of {name} ({text(cap)}) is below what is live or can no longer be "
                f"cancelled ({text(sunk)})."
            )
        most = each.planned if name in asked.excluded else each.most
        if cap is not None:
            grows = each.may_grow and name not in asked.excluded
            most = (cap - each.spent) // each.price if grows else min(most, each.planned)
            most = max(most, each.firm)
        fewest = max(each.firm, _units(each, floor))
        if fewest > most:
            why = f"{name} is excluded and gets" if name in asked.excluded else f"{name} can get"
            return (
                f"The floor of {name} ({text(floor)}) needs {fewest} more deliverables, but "
                f"{why} {most} at most."
            )
        explored = _units(each, round(asked.explore * total))
        found.append(Room(min(max(fewest, explored), max(most, fewest)), most))
    return _together(candidates, found, asked, money, text(money)) or found


def _together(
    candidates: Sequence[Candidate],
    found: Sequence[Room],
    asked: Constraints,
    money: int,
    told: str,
) -> str | None:
    """Say which floors or pairs cannot be met together."""
    named = {each.creator: (each, mine) for each, mine in zip(candidates, found, strict=True)}
    for pair in asked.exclusive:
        if all(name in named and named[name][1].fewest for name in pair):
            why = ["has deliverables that can no longer be cancelled" if named[name][0].firm
                   else "has a floor" for name in pair]  # fmt: skip
            return (
                f"{pair[0]} and {pair[1]} exclude each other, but {pair[0]} {why[0]} and "
                f"{pair[1]} {why[1]}."
            )
    needed = sum((mine.fewest - each.firm) * each.price for each, mine in named.values())
    if needed > money:
        who = sorted(name for name in asked.floors if name in named)
        what = f"The floors of {', '.join(who)} need"
        if len(who) == 1:
            what = f"The floor of {who[0]} needs"
        elif not who:
            what = f"An explore floor of {asked.explore:.0%} needs"
        return f"{what} more than the {told} that can be moved."
    return None


def kept_back(each: Candidate, asked: Constraints) -> int:
    """Give the price of what a floor keeps with a creator though it could be cancelled."""
    fewest = min(_units(each, asked.floors.get(each.creator, 0)), each.planned)
    return max(fewest - each.firm, 0) * each.price


def _units(each: Candidate, amount: int) -> int:
    return max(0, math.ceil((amount - each.spent) / each.price))
