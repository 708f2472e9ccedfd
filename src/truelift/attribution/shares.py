"""Shares: how much of a conversion is whose, and amounts split by them to the last minor unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from truelift.attribution.path import ConversionId
from truelift.attribution.touchpoint import Evidence
from truelift.base.money import PARTS_PER_MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One creator's part of a conversion, in parts per million.

    The shares of a conversion sum to exactly 1,000,000 and stand in the order of `position`, the
    place of the (last) touch in the path, from 1. creator is None for the one share of a conversion
    that nothing attributes; evidence is then None too.
    """

    conversion: ConversionId
    creator: str | None = None
    campaign: str | None = None
    platform: str | None = None
    post_id: str | None = None
    evergreen: bool = False
    evidence: Evidence | None = None
    share_ppm: int = PARTS_PER_MILLION
    position: int = 1


def split(amount_minor: int, shares_ppm: Sequence[int]) -> list[int]:
    """Split minor units by shares so that the parts sum to exactly the amount.

    Integer cumulative split: part i = floor(a * c(i) / 10^6) - floor(a * c(i-1) / 10^6), where c(i)
    is the sum of the first i shares. SQL can say the same without division or overflow, with
    q = a // 10^6 and r = a - q * 10^6: floor(a * c / 10^6) = q * c + (r * c) // 10^6. Each part is
    less than one minor unit from its exact share; a negative amount is the mirror image.
    Raises ValueError unless the shares, in order of position, sum to 1,000,000.
    """
    if sum(shares_ppm) != PARTS_PER_MILLION or min(shares_ppm) < 0:
        msg = f"shares {list(shares_ppm)} are not parts of one million"
        raise ValueError(msg)
    if amount_minor < 0:
        return [-part for part in split(-amount_minor, shares_ppm)]
    reached, total = [0], 0
    for share in shares_ppm:
        total += share
        reached.append(amount_minor * total // PARTS_PER_MILLION)
    return [after - before for before, after in pairwise(reached)]


def split_refunds(refunds_minor: Sequence[int], shares_ppm: Sequence[int]) -> list[list[int]]:
    """Split refunds of one conversion, in the order they came, one list of parts per refund.

    Cumulative: after every refund the parts taken back so far are exactly `split` of the sum
    refunded so far. So when all was refunded, in however many steps, every creator is at exactly 0.
    The price: a single part may be one minor unit against its own direction.
    """
    taken = [0] * len(shares_ppm)
    refunded, result = 0, []
    for refund in refunds_minor:
        refunded += refund
        upto = split(refunded, shares_ppm)
        result.append([after - before for before, after in zip(taken, upto, strict=True)])
        taken = upto
    return result
