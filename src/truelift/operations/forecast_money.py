"""Money of a forecast: what a unit is worth once refunds came in, and what the campaign will cost.

In:   Knowledge, a campaign's creators, developments of refunds.
Out:  columns over creators in minor units of the brand's currency, or why there is no money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.completion import Money, shared_value
from truelift.decisions.value_basis import ValueBasis
from truelift.measurement.development import Development
from truelift.measurement.ragged import Floats
from truelift.operations.costs import Costs
from truelift.operations.developments import Developments
from truelift.operations.knowledge import Knowledge
from truelift.operations.panels import PPM, Panels
from truelift.operations.plans import agreements_of
from truelift.valuation.ladder import Components

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Sold:
    """What creators sold so far, as columns.

    orders, goods: contribution and goods of orders, after refunds still to come. won_leads: the
    contribution of won leads, won: their number. units: attributed orders or leads.
    """

    orders: Floats
    goods: Floats
    units: Floats
    won_leads: Floats
    won: Floats
    why: Withheld | None

    def money(self, basis: ValueBasis, lead_value: float | None) -> Floats:
        """Give the money of each creator by a basis."""
        columns = (self.orders, self.won_leads, self.units - self.won)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        worth = [basis.money(orders, won, not_won, lead_value) for orders, won, not_won in rows]
        return np.array(worth, np.float64)


def sold(developments: Developments, campaign: str, names: list[str], units: Floats) -> Sold:
    """Sum what creators sold in a campaign; what will still be refunded is taken off already."""
    place = {name: at for at, name in enumerate(names)}
    orders, goods, still, won_leads, won = np.zeros((5, len(names)))
    whole = Components()
    found = developments.refunds
    for row, parts in developments.outcomes.cells_of(campaign):
        at = place.get(row["creator"])
        if at is None:
            continue
        whole += parts
        orders[at] += parts.contribution
        kept = parts.goods - parts.refunds
        goods[at] += kept
        day = row["order_day"] if "order_day" in row else row["day"]
        if isinstance(found, Development) and kept:
            age = max((developments.today - day).days, 0)
            still[at] += kept * (1 - float(found.still(np.array([age]))[0]))
    for row, parts in developments.outcomes.won:
        at = place.get(row["creator"])
        if row["campaign"] == campaign and at is not None:
            whole += parts
            won_leads[at] += parts.contribution
            won[at] += row["share_ppm"] / PPM
    lost = _lost_per_refund(whole)
    return Sold(orders - still * lost, goods - still, units, won_leads, won, _why(whole))


def _lost_per_refund(whole: Components) -> float:
    """Give what a unit of refund takes off the contribution: goods that come back are resold."""
    if whole.refunds <= 0:
        return 1.0
    lost = whole.refunds - whole.cogs_returned + whole.refund_fees
    return min(max(lost / whole.refunds, 0.0), 1.5)


def _why(whole: Components) -> Withheld | None:
    if whole.untranslated:
        words = "Some orders are in a currency without an exchange rate on their day; import rates."
        return Withheld(Reason.NO_RATE, words)
    if whole.goods_without_margin:
        words = "Some orders have no cost of goods and no margin is known; import margins."
        return Withheld(Reason.NO_MARGIN, words)
    return None


def money(
    panels: Panels, campaign: str, names: list[str], given: Sold, basis: ValueBasis
) -> Money | Withheld:
    """Give the money of a campaign's creators, a unit valued by a basis."""
    known = panels.known
    unbooked = Costs(known).incomplete(("campaign", "creator"))
    for key, words in sorted(unbooked.items(), key=str):
        if key[0] == campaign:
            return words
    if given.why is not None:
        return given.why
    worth = given.money(basis, panels.lead_value(campaign))
    value, alone, lent = shared_value(worth, given.units)
    fixed, earned, rest = _fixed(known, campaign, names)
    per_unit, cap = _commission(known, campaign, names, given, earned)
    return Money(value, alone, lent, fixed, per_unit, cap, rest)


def _fixed(known: Knowledge, campaign: str, names: list[str]) -> tuple[Floats, Floats, float]:
    """Give cost booked and open per creator, the commission in it, and what is nobody's."""
    place = {name: at for at, name in enumerate(names)}
    fixed, earned, rest = np.zeros(len(names)), np.zeros(len(names)), 0.0
    for (name, creator), states in Costs(known).by(("campaign", "creator")).items():
        if name != campaign:
            continue
        at = place.get(str(creator or ""))
        if at is None:
            rest += states.bound
        else:
            fixed[at] += states.bound
            earned[at] += states.commission
    return fixed, earned, rest


def _commission(
    known: Knowledge, campaign: str, names: list[str], given: Sold, earned: Floats
) -> tuple[Floats, Floats]:
    """Give the commission of one more unit, and how much can still be earned below the cap."""
    rate, cap = dict.fromkeys(names, 0.0), dict.fromkeys(names, np.inf)
    for row in agreements_of(known, campaign):
        if row["creator"] in rate and row["commission_rate"]:
            rate[row["creator"]] += row["commission_rate"] / PPM
            if row["commission_cap"] is not None:
                cap[row["creator"]] = float(row["commission_cap"])
    goods, _, _ = shared_value(given.goods, given.units)
    each = np.array([rate[name] for name in names]) * np.nan_to_num(goods)
    left = np.array([cap[name] for name in names]) - earned
    return np.maximum(each, 0.0), np.maximum(left, 0.0)
