"""Commission: what an order earns, and what its refunds take back, to exactly nothing in the end.

In:   an order that earns commission, its refunds, its obligation.
Out:  steps R06, R07 and R08 on the obligation.

The method is cumulative: commission on the base that is left, less what is booked. So the roundings
of partial refunds never add up, and after a full refund the commission is exactly zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from truelift.base.money import PARTS_PER_MILLION, allocate, exponent, multiply
from truelift.ledger.corrections import validate

if TYPE_CHECKING:
    from truelift.ledger.obligation import Obligation
    from truelift.ledger.source import CommissionEarned, Happening

DIGITS = 50


def factor(rate_ppm: int, source: str, target: str, rate: Decimal) -> Decimal:
    """Give what one minor unit of `source` earns, in minor units of `target`.

    rate: units of target for one unit of source.
    """
    with localcontext() as context:
        context.prec = DIGITS
        share = Decimal(rate_ppm) / PARTS_PER_MILLION
        return (share * rate).scaleb(exponent(target) - exponent(source))


@dataclass(slots=True)
class OrderCommission:
    """One order's commission: what it earned in full, what was booked, what was taken back."""

    earned: CommissionEarned
    obligation: Obligation
    per_unit: Decimal
    full: int = 0
    booked: int = 0
    booked_base: int = 0
    refunded: int = 0
    taken: int = 0
    taken_base: int = 0
    validated: bool = False

    def earn(self, at: Happening) -> None:
        """R06: the order earns rate times net base, in the agreement's currency."""
        self.full = self._commission(self.earned.base_minor)
        self.booked = self.obligation.deliver(self.full, at, "R06")
        self.booked_base = self.obligation.writer.base(self.booked)

    def refund(self, amount: int, at: Happening) -> None:
        """R07: a refund takes back its exact part, capped at what the order accrued."""
        self.refunded += amount
        left = self._commission(self.earned.base_minor - self.refunded)
        taken = min(self.full - left, self.booked)
        if not self.booked or taken == self.taken:
            return
        taken_base = allocate(self.booked_base, [taken, self.booked - taken])[0]
        self.obligation.take_back(
            taken - self.taken, taken_base - self.taken_base, at, validated=self.validated
        )
        self.taken, self.taken_base = taken, taken_base

    def validate(self, at: Happening) -> None:
        """R08: what is left of the commission can no longer be refunded by the agreement's rule."""
        self.validated = True
        validate(self.obligation, self.booked - self.taken, at)

    def _commission(self, base_minor: int) -> int:
        return multiply(max(0, base_minor), self.per_unit)
