"""The ladder: from what a platform reports to the return after creator cost, in whole minor units.

In:   the summed components of attributed orders, refunds and won leads in the brand's currency.
Out:  levels whose differences add up exactly: reported, matched, net, contribution, incremental,
      return.

matched: goods before discount of the orders that are ours, each order once (with the tax that their
prices hold), and the value of won leads. net: less discounts, tax, refunds and the returns reserve;
shipping charged is no part of it. contribution: less goods, fulfilment and payment fees.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import add, attrgetter, sub

from truelift.base.estimate import Estimate, Reason, Withheld

STEPS = ("reported", "matched", "net", "contribution", "incremental", "return")

Claim = int | Withheld | None
"""What platforms report in minor units, why it is not known, or None when nothing is reported."""


@dataclass(frozen=True, slots=True)
class Components:
    """What attributed outcomes are made of, in minor units of one currency; all are >= 0 as read.

    goods: goods after discount and without tax. goods_at_margin: the part of `goods` whose cost is
    taken from a margin rate because the orders state none; margin_cost: that cost.
    goods_without_margin: the part for which no cost is known at all.
    """

    goods: int = 0
    discounts: int = 0
    tax: int = 0
    refunds: int = 0
    reserve: int = 0
    cogs: int = 0
    margin_cost: int = 0
    goods_without_margin: int = 0
    cogs_returned: int = 0
    fulfilment: int = 0
    payment_fees: int = 0
    refund_fees: int = 0
    won_leads: int = 0
    untranslated: int = 0

    def __add__(self, other: Components) -> Components:
        """Add component by component."""
        return Components(*map(add, _parts(self), _parts(other)))

    def __sub__(self, other: Components) -> Components:
        """Subtract component by component."""
        return Components(*map(sub, _parts(self), _parts(other)))

    @property
    def matched(self) -> int:
        """Give goods before discount, with the tax that their prices hold, and won leads."""
        return self.goods + self.discounts + self.tax + self.won_leads

    @property
    def net(self) -> int:
        """Give matched less discounts, tax, refunds and the returns reserve."""
        return self.goods + self.won_leads - self.refunds - self.reserve

    @property
    def goods_cost(self) -> int:
        """Give the cost of the goods that stayed sold."""
        return self.cogs + self.margin_cost - self.cogs_returned

    @property
    def contribution(self) -> int:
        """Give net less the cost of goods, fulfilment and fees."""
        costs = self.goods_cost + self.fulfilment + self.payment_fees + self.refund_fees
        return self.net - costs


_parts = attrgetter(*(item.name for item in fields(Components)))
"""Gives every component, in the order in which Components takes them."""


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder: the amount after it, or why there is none."""

    step: str
    amount: int | None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """All levels of one campaign or creator, and the components they come from.

    unmeasured: contribution of creators whose incremental part is withheld; it is taken out of the
    campaign's incremental level on a line of its own. tracked: False where no order or lead of the
    brand was ever imported, so that what is matched is not known (and not zero). rounded: the
    incremental level in whole minor units, where it is rounded together with other rows so that
    they add up; rounded by itself when None.
    """

    reported: Claim
    components: Components
    incremental: Estimate | Withheld
    unmeasured: int
    cost: int
    tracked: bool = True
    rounded: int | None = None

    @property
    def withheld_money(self) -> Withheld | None:
        """Give the reason why the ladder stops before contribution, if it does."""
        if not self.tracked:
            return Withheld(
                Reason.NO_ORDERS,
                "No orders or leads were imported; only what others report is known.",
            )
        if self.components.untranslated:
            return Withheld(
                Reason.NO_RATE,
                "Some orders are in a currency without an exchange rate on their day.",
            )
        if self.components.goods_without_margin:
            return Withheld(
                Reason.NO_MARGIN,
                "Some orders have no cost of goods, and no margin is known for their day.",
            )
        return None

    @property
    def contribution(self) -> int | Withheld:
        """Give contribution, or why it is not known."""
        return self.withheld_money or self.components.contribution

    @property
    def incremental_minor(self) -> int | None:
        """Give incremental contribution in whole minor units, None when withheld."""
        if isinstance(self.incremental, Withheld) or self.withheld_money is not None:
            return None
        return round(self.incremental.point) if self.rounded is None else self.rounded

    @property
    def _claimed(self) -> Level:
        if isinstance(self.reported, Withheld):
            return Level("reported", None, self.reported)
        return Level("reported", self.reported)

    def levels(self) -> tuple[Level, ...]:
        """Give the six levels in order."""
        money = self.withheld_money
        no_rate = money if money and money.reason is not Reason.NO_MARGIN else None
        incremental = self.incremental_minor
        why = self.incremental if isinstance(self.incremental, Withheld) else money
        after = None if incremental is None else incremental - self.cost
        return (
            self._claimed,
            Level("matched", None if no_rate else self.components.matched, no_rate),
            Level("net", None if no_rate else self.components.net, no_rate),
            Level("contribution", None if money else self.components.contribution, money),
            Level("incremental", incremental, why if incremental is None else None),
            Level("return", after, why if after is None else None),
        )
