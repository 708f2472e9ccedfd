"""The shortlist: who comes first, and why, in one sentence per creator.

In:   expected returns, how small a lift could be seen, engagement beside the peers', names.
Out:  an order; the sentence that gives the reason for a creator's place in it.

First is who should bring most per unit of money. Creators without a history of their own are
expected to be like their peers; among equals those come first whose success could be measured, then
those with the higher engagement rate among peers. What is not known is said, and is never guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from truelift.decisions.value_basis import WON
from truelift.measurement.ragged import Floats, Integers, Objects

RULE = (
    "Ranked by the expected incremental return per unit of money: past incremental returns, drawn "
    "towards those of peers of the same platform and size by how exactly they are known, with what "
    "price and engagement rate have been worth so far. Among equals: who can be measured better, "
    "then the higher place of the engagement rate among peers. Tracked (raw) return, followers and "
    "signals change no rank."
)

EQUAL_DIGITS = 4
"""Returns that agree to so many decimals are equal."""

PRICE, ENGAGEMENT = 0, 1
"""Columns of the traits."""


def traits(price: Floats, peers_price: Floats, score: Floats) -> Floats:
    """Give the traits a return may hang on, nan where unknown; shape (candidates, 2).

    price, peers_price: of a deliverable, own and the peers' median. score: engagement rate among
    peers as a normal score. A price is told as how often it halves the peers'.
    """
    known = (price > 0) & (peers_price > 0)
    cheap = np.full(len(price), np.nan)
    cheap[known] = np.log2(peers_price[known] / price[known])
    return np.column_stack([cheap, score])


def order(point: Floats | None, smallest: Floats, place: Floats, names: Objects) -> Integers:
    """Give the candidates' indices, best first.

    point: expected return, None where nothing ranks. smallest: log lift that could be seen, nan or
    inf where none. place: of the engagement rate among peers, nan where unknown.
    """
    point = np.zeros(len(names)) if point is None else point
    unseen = np.where(np.isfinite(smallest), smallest, np.inf)
    rank = np.unique(names.astype(str), return_inverse=True)[1]
    keys = (rank, -np.nan_to_num(place, nan=-1.0), unseen, -np.round(point, EQUAL_DIGITS))
    return np.lexsort(keys).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """What the reason for one creator's rank is told from.

    expected, low, high: return per unit of money. own: weight of the own history. campaigns: in
    it. own_return: it alone. raw_return: tracked contribution per unit of money, which is not used.
    peers: what the peers let expect. peers_words: who they are. not_used: what is not known.
    """

    expected: float
    low: float
    high: float
    level: float
    currency: str
    own: float
    campaigns: int
    own_return: float | None
    raw_return: float | None
    peers: float
    peers_words: str
    unmeasured: str | None = None
    not_used: tuple[str, ...] = ()


HIGH_RAW = 1.0
"""Tracked contribution above the cost: it looked profitable."""


def why(reason: Because) -> str:
    """Say why a creator has its rank."""
    unit = f"each {reason.currency}"
    told = (
        f"{unit} should bring {two(reason.expected)} of {WON} that would not come anyway "
        f"({two(reason.low)} to {two(reason.high)}, {reason.level * 100:g} %)"
    )
    if reason.own_return is None or math.isnan(reason.own_return):
        past = reason.unmeasured or "no campaign of ours has measured it"
        told += f"; {past}, so it is taken to be like {reason.peers_words}"
    else:
        many = "campaign" if reason.campaigns == 1 else "campaigns"
        told += (
            f"; it brought {two(reason.own_return)} in {reason.campaigns} {many}, "
            f"{reason.peers_words} {two(reason.peers)}, and its own history counts "
            f"{reason.own * 100:.0f} %"
        )
        if reason.raw_return is not None and reason.raw_return > HIGH_RAW > reason.own_return:
            told += (
                f"; the {two(reason.raw_return)} that was tracked looks profitable, but most of it "
                "would have come without the campaign"
            )
    if reason.not_used:
        told += f"; not known and not used: {', '.join(reason.not_used)}"
    return told[0].upper() + told[1:] + "."


def two(value: float) -> str:
    """Write a return with two decimals; what rounds to nothing has no sign."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text
