"""Open items: what still stands on a liability, and since when.

In:   what was added to a balance and taken off it, day by day.
Out:  the open part of each day, newest days last; whatever was taken off took the oldest first.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from truelift.base.money import allocate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AGES = (30, 60, 90)
"""Days that part the groups of age: up to 30, 31 to 60, 61 to 90, more."""


class Party(NamedTuple):
    """Who is owed, under which agreement, on which account and in which currency."""

    account: str
    counterparty: str | None
    creator: str | None
    campaign: str | None
    agreement: str | None
    currency: str


class DayMoves(NamedTuple):
    """What one day added to a party's balance and took off it, both 0 or more.

    base_minor: by how much the day changed what is owed in the brand's currency.
    """

    party: Party
    day: dt.date
    added_minor: int
    taken_minor: int
    base_minor: int


class OpenItem(NamedTuple):
    """What is open of a party, by the day it came from.

    owed_minor: in the party's currency; base_minor: the ledger's balance in the brand's.
    layers: (day, amount), oldest first; none where the party owes us.
    """

    party: Party
    owed_minor: int
    base_minor: int
    layers: tuple[tuple[dt.date, int], ...]

    @property
    def since(self) -> dt.date | None:
        """Give the day of the oldest open part; None where nothing is owed."""
        return self.layers[0][0] if self.layers else None

    def base_by_age(self, today: dt.date) -> list[int]:
        """Split the base over the groups of age (AGES and older), to the minor unit.

        A balance in the party's debit, or one of rates alone, has no age and counts as new.
        """
        amounts = [0] * (len(AGES) + 1)
        for day, amount in self.layers:
            amounts[sum((today - day).days > age for age in AGES)] += amount
        return allocate(self.base_minor, amounts if sum(amounts) else [1, *amounts[1:]])


def open_items(moves: Iterable[DayMoves]) -> list[OpenItem]:
    """Give the open items of every party that has a balance, in the order the parties came.

    moves: of each party from its oldest day to its newest.
    """
    by_party: dict[Party, list[DayMoves]] = {}
    for move in moves:
        by_party.setdefault(move.party, []).append(move)
    found = [_open_item(party, days) for party, days in by_party.items()]
    return [item for item in found if item.owed_minor or item.base_minor]


def _open_item(party: Party, days: Sequence[DayMoves]) -> OpenItem:
    owed = sum(day.added_minor - day.taken_minor for day in days)
    layers: list[tuple[dt.date, int]] = []
    left = max(0, owed)
    for day in reversed(days):  # the newest additions are what is still open
        part = min(left, day.added_minor)
        if part:
            layers.append((day.day, part))
            left -= part
    base = sum(day.base_minor for day in days)
    return OpenItem(party, owed, base, tuple(reversed(layers)))
