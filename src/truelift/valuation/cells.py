"""Cells to components: sums of one day and currency become components in the brand's currency.

In:   cells of attributed orders or refunds as columns (minor units of the order's currency), and
      for each the day's exchange rate and margin. A won lead is its own cell.
Out:  components as columns, in minor units of the brand's currency. Each component is translated
      and rounded once per cell, so that sums over any grouping of cells agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from truelift.base.money import PARTS_PER_MILLION, exponent, translate
from truelift.valuation.ladder import Components

Whole = npt.NDArray[np.int64]
Columns = dict[str, Whole]
"""Components by name, a value per cell; those that are not there are 0."""

ORDER_CELL = ("creator", "campaign", "platform", "post_id", "order_day", "currency")
"""What tells the cells of orders apart, in the names that cells of refunds use."""

_SAFE = 2**62


@dataclass(frozen=True, slots=True)
class DayTerms:
    """What a day's cells are valued at: units of the brand's currency per unit, and the margin.

    rate: None when no rate is known. margin_ppm: None when no margin is in force.
    """

    source: str
    target: str
    rate: Decimal | None
    margin_ppm: int | None

    def translate(self, minor: int) -> int:
        """Translate minor units at the day's rate; the same currency stays as it is."""
        if self.source == self.target or self.rate is None:
            return minor
        return translate(minor, self.source, self.target, self.rate)

    @property
    def ratio(self) -> Fraction:
        """Give how many minor units of the target one minor unit of the source buys."""
        if self.source == self.target or self.rate is None:
            return Fraction(1)
        return Fraction(self.rate) * Fraction(10) ** (exponent(self.target) - exponent(self.source))


@dataclass(frozen=True, slots=True, eq=False)
class CellTerms:
    """The terms of cells: those that there are, and for each cell which of them."""

    terms: Sequence[DayTerms]
    of: Whole

    def translate(self, minor: Whole) -> Whole:
        """Translate a column, each value once; 0 where no rate is known."""
        ratios = [Fraction(0) if each.rate is None else each.ratio for each in self.terms]
        return scaled(minor, ratios, self.of)

    def cost(self, minor: Whole) -> Whole:
        """Give what goods of this net revenue cost by the margin; 0 where none is in force."""
        shares = [
            Fraction(0 if each.margin_ppm is None else PARTS_PER_MILLION - each.margin_ppm)
            / PARTS_PER_MILLION
            for each in self.terms
        ]
        return scaled(minor, shares, self.of)

    def without_margin(self, minor: Whole) -> Whole:
        """Give a column where no margin is in force, and 0 elsewhere."""
        return np.where(self._marks([each.margin_ppm is None for each in self.terms]), minor, 0)

    @property
    def untranslated(self) -> Whole:
        """Give 1 for each cell without a rate."""
        return self._marks([each.rate is None for each in self.terms]).astype(np.int64)

    def _marks(self, of_terms: list[bool]) -> npt.NDArray[np.bool_]:
        marks: npt.NDArray[np.bool_] = np.array(of_terms, dtype=bool)[self.of]
        return marks


def scaled(values: Whole, factors: Sequence[Fraction], of: Whole) -> Whole:
    """Multiply each value by its factor and round half-even, exactly whatever the size.

    factors: not negative; of: which of them is each value's.
    """
    if all(factor == 1 for factor in factors):
        return values
    over = [factor.numerator for factor in factors]
    under = [factor.denominator for factor in factors]
    widest = max(-int(values.min(initial=0)), int(values.max(initial=0)), 1) * max(over)
    kind: Any = np.int64 if max(widest, *under) < _SAFE // 2 else object
    numerator, denominator = (np.array(part, dtype=kind)[of] for part in (over, under))
    product = values.astype(kind) * numerator
    whole, rest = product // denominator, product % denominator
    odd = (whole % 2).astype(bool)
    up = (2 * rest > denominator) | ((2 * rest == denominator) & odd)
    found: Whole = (whole + up.astype(np.int64)).astype(np.int64)
    return found


def order_components(cells: pa.Table, terms: CellTerms) -> Columns:
    """Value cells of orders."""
    goods, discounts, tax, cogs, unknown, fulfilment, fees = (
        terms.translate(_whole(cells, name))
        for name in (
            "goods", "discount", "tax", "cogs", "goods_without_cogs", "fulfilment", "payment_fees",
        )
    )  # fmt: skip
    return {
        "goods": goods, "discounts": discounts, "tax": tax, "cogs": cogs,
        "margin_cost": terms.cost(unknown), "goods_without_margin": terms.without_margin(unknown),
        "fulfilment": fulfilment, "payment_fees": fees, "untranslated": terms.untranslated,
    }  # fmt: skip


def refund_components(cells: pa.Table, terms: CellTerms) -> Columns:
    """Value cells of refunds, each as what it adds to those before it of the same orders' cell.

    Money goes back, and the cost of goods that can be sold again. cells: those of one cell of
    orders stand together, oldest refund first. terms: of the day of the orders, never of the
    refund: what changed since is exchange, not return. Sums are translated, not parts, so a refund
    in thirds takes back what the orders brought, exactly.
    """
    first = _firsts(cells)
    amount, at_margin, cogs, fees = (
        terms.translate(_so_far(_whole(cells, name), first))
        for name in ("amount", "amount_at_margin", "cogs_returned", "fees")
    )
    return {
        "refunds": _added(amount, first),
        "cogs_returned": _added(cogs + terms.cost(at_margin), first),
        "refund_fees": _added(fees, first),
        "untranslated": terms.untranslated,
    }


def lead_components(
    value: int | None, terms: DayTerms, before_ppm: int, upto_ppm: int
) -> Components:
    """Value one creator's share of a won lead, from `before_ppm` to `upto_ppm` of its value.

    value: minor units of the lead's currency, None when none is stated. The whole is translated
    once and split by cumulative share, so that the parts add up to it.
    """
    if value is None:
        return Components()
    if terms.rate is None:
        return Components(untranslated=1)
    whole = terms.translate(value)
    until, since = whole * upto_ppm // PARTS_PER_MILLION, whole * before_ppm // PARTS_PER_MILLION
    return Components(won_leads=until - since)


def _whole(cells: pa.Table, name: str) -> Whole:
    column: Whole = cells[name].to_numpy().astype(np.int64)
    return column


def _firsts(cells: pa.Table) -> npt.NDArray[np.bool_]:
    """Mark the first of the cells that belong to the same cell of orders."""
    first = np.zeros(cells.num_rows, bool)
    first[:1] = True
    for name in ORDER_CELL:
        codes = cells[name].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
        first[1:] |= codes[1:] != codes[:-1]
    return first


def _so_far(values: Whole, first: npt.NDArray[np.bool_]) -> Whole:
    """Add values up, from each first one on."""
    total = np.cumsum(values)
    before = np.flatnonzero(first)[np.cumsum(first) - 1]
    found: Whole = total - (total - values)[before]
    return found


def _added(so_far: Whole, first: npt.NDArray[np.bool_]) -> Whole:
    """Take back from each sum the one before it, but for the first ones."""
    found = so_far.copy()
    found[1:] -= np.where(first[1:], 0, so_far[:-1])
    return found
