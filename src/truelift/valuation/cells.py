"""Cells to components: sums of one day and currency become components in the brand's currency.

In:   one cell of attributed orders or refunds (minor units of the order's currency), the day's
      exchange rate, the day's margin.
Out:  Components in minor units of the brand's currency. Each component is translated and rounded
      once per cell, so that sums over any grouping of cells agree. A won lead is its own cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from truelift.base.money import PARTS_PER_MILLION, multiply, translate
from truelift.valuation.ladder import Components

ORDER_CELL = ("creator", "campaign", "platform", "post_id", "order_day", "currency")
"""What tells the cells of orders apart, in the names that cells of refunds use."""

REFUNDED = ("amount", "amount_at_margin", "cogs_returned", "fees")
"""The sums of a cell of refunds."""


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
    def cost_share(self) -> Decimal:
        """Give the share of net revenue that the goods cost."""
        return Decimal(PARTS_PER_MILLION - (self.margin_ppm or 0)) / PARTS_PER_MILLION


def order_components(cell: Mapping[str, Any], terms: DayTerms) -> Components:
    """Value a cell of orders."""
    if terms.rate is None:
        return Components(untranslated=1)
    at_margin = terms.translate(cell["goods_without_cogs"])
    known = terms.margin_ppm is not None
    return Components(
        goods=terms.translate(cell["goods"]),
        discounts=terms.translate(cell["discount"]),
        tax=terms.translate(cell["tax"]),
        cogs=terms.translate(cell["cogs"]),
        margin_cost=multiply(at_margin, terms.cost_share) if known else 0,
        goods_without_margin=0 if known else at_margin,
        fulfilment=terms.translate(cell["fulfilment"]),
        payment_fees=terms.translate(cell["payment_fees"]),
    )


def refund_components(cell: Mapping[str, Any], terms: DayTerms) -> Components:
    """Value refunds: money goes back, and the cost of goods that can be sold again."""
    if terms.rate is None:
        return Components(untranslated=1)
    at_margin = terms.translate(cell["amount_at_margin"])
    saved = multiply(at_margin, terms.cost_share) if terms.margin_ppm is not None else 0
    return Components(
        refunds=terms.translate(cell["amount"]),
        cogs_returned=terms.translate(cell["cogs_returned"]) + saved,
        refund_fees=terms.translate(cell["fees"]),
    )


def valued_refunds(
    cells: Iterable[Mapping[str, Any]], terms_of: Callable[[Mapping[str, Any]], DayTerms]
) -> Iterator[tuple[Mapping[str, Any], Components]]:
    """Value cells of refunds, each as what it adds to those before it of the same orders' cell.

    cells: those of one cell of orders stand together, oldest refund first. terms_of: the terms of
    the day of the orders, never of the refund: what changed since is exchange, not return. Sums
    are translated, not parts, so a refund in thirds takes back what the orders brought, exactly.
    """
    for _, group in groupby(cells, key=lambda cell: [cell[name] for name in ORDER_CELL]):
        sums = dict.fromkeys(REFUNDED, 0)
        before = Components()
        for cell in group:
            sums = {name: sums[name] + cell[name] for name in REFUNDED}
            terms = terms_of(cell)
            after = refund_components(sums, terms)
            yield cell, after if terms.rate is None else after - before
            before = after


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
