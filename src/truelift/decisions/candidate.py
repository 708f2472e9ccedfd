"""Candidate: a creator of a running campaign, as one whom money can be moved to or from.

In:   what is tracked a day, how much of it is extra (a shrunk posterior), deliverables and prices.
Out:  the worth of its response with its standard deviation, and which lift goes with a worth.

Of what is tracked, the share 1 - exp(-log lift) is extra. The log lift is normal around its shrunk
mean, so the expected share is 1 - exp(-mean + variance / 2): never more than what was tracked.
Commission is owed on all that is tracked, extra or not, and so is taken off whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from truelift.decisions.response import EXPONENT
from truelift.measurement.shrinkage import Posterior

DEAREST = 2.0
"""A creator's money at most doubles, unless a cap says otherwise: nothing was seen beyond."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One creator. Amounts are minor units of the brand's currency.

    tracked: value that the creator would track from now to the end at the pace so far. lift:
    posterior of the log lift. spent: price of what is live, which is sunk. price: of one more
    deliverable. planned: deliverables agreed and not live yet. firm: those of them that can no
    longer be cancelled. fee: what cancelling costs, once. may_grow: whether more can be bought.
    commission: what is owed on `tracked`.
    """

    creator: str
    tracked: float
    lift: Posterior
    spent: int
    price: int
    planned: int
    firm: int
    fee: int = 0
    may_grow: bool = True
    commission: float = 0.0

    @property
    def share(self) -> float:
        """Give the expected share of what is tracked that is extra; below 0 when it sold less."""
        return 1 - math.exp(-self.lift.log + self.lift.variance / 2)

    @property
    def value(self) -> float:
        """Give the expected extra value to the end, less commission, if nothing more goes live."""
        return self.tracked * self.share - self.commission

    @property
    def spread(self) -> float:
        """Give the standard deviation of that value."""
        middle = math.exp(-self.lift.log + self.lift.variance / 2)
        return abs(self.tracked) * middle * math.sqrt(math.expm1(self.lift.variance))

    def quantile(self, probability: float) -> float:
        """Give the extra value that is exceeded with a probability."""
        chance = probability if self.tracked < 0 else 1 - probability
        reach = NormalDist().inv_cdf(chance) * math.sqrt(self.lift.variance)
        return self.tracked * (1 - math.exp(-self.lift.log - reach)) - self.commission

    def worth(self, exponent: float = EXPONENT) -> float:
        """Give the worth of the response: value = worth x amount^exponent."""
        return float(self.value / self.spent**exponent)

    def factor(self, units: int, exponent: float = EXPONENT) -> float:
        """Give by what some more deliverables multiply `value`."""
        return float((1 + units * self.price / self.spent) ** exponent)

    def lift_at(self, value: float) -> float | None:
        """Give the log lift at which `value` would be this; None where no lift gives it."""
        extra = value + self.commission
        if self.tracked <= 0 or extra >= self.tracked:
            return None
        return -math.log1p(-extra / self.tracked)

    @property
    def agreed(self) -> float:
        """Give how many deliverables were agreed, those that are live included."""
        return self.spent / self.price + self.planned

    @property
    def most(self) -> int:
        """Give how many more deliverables may go live at most, where no cap is given."""
        if not self.may_grow:
            return self.planned
        return self.planned + int((DEAREST - 1) * self.agreed + 1e-9)
