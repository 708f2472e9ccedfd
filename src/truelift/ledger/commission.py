"""Commission: what an order earns, and what its refunds take back, to exactly nothing in the end.

In:   an order that earns commission, its refunds, its obligation.
Out:  steps R06, R07 and R08 on the obligation.

The method is cumulative: commission on the base that is left, less what is booked. So the roundings
of partial refunds never add up, and after a full refund the commission is exactly zero. A cap is on
what is left of all orders of an agreement: min(cap, sum of their commissions after refunds).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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


@dataclass(slots=True, eq=False)
class CommissionCap:
    """The most that an agreement's orders can earn together, after refunds.

    Orders have their part of it in the order in which they came. What a refund gives back is room
    for the earliest order that the cap had cut. most: minor units of the agreement's currency.
    """

    most: int
    used: int = 0
    cut: list[OrderCommission] = field(default_factory=list)

    @property
    def room(self) -> int:
        """Give what can still be earned."""
        return self.most - self.used

    def fill(self, at: Happening) -> None:
        """Give the room that a refund made to the orders that had been cut."""
        for order in list(self.cut):
            if not self.room:
                return
            event = f"{at.event}/room/{order.earned.order}"
            subject = f"order {order.earned.order} (room under the cap by {at.subject})"
            campaign = order.earned.campaign
            order.allow(replace(at, event=event, subject=subject, campaign=campaign))


@dataclass(slots=True, eq=False)
class OrderCommission:
    """One order's commission: what it may earn, what was booked, what was taken back.

    allowed: of what its base earns now, as much as the cap leaves. granted: all that was ever
    allowed; of it `booked` was not in the books by a document already.
    """

    earned: CommissionEarned
    obligation: Obligation
    per_unit: Decimal
    cap: CommissionCap | None = None
    refunded: int = 0
    allowed: int = 0
    granted: int = 0
    booked: int = 0
    booked_base: int = 0
    taken: int = 0
    taken_base: int = 0
    validated: bool = False

    def earn(self, at: Happening) -> None:
        """R06: the order earns rate times net base, in the agreement's currency, under the cap."""
        self.allow(at)

    def allow(self, at: Happening) -> None:
        """Book what the order earns and the cap leaves room for, beyond what it has."""
        wanted = self._wanted
        more = wanted - self.allowed
        if self.cap is not None:
            more = min(more, self.cap.room)
            self.cap.used += more
            self._note(cut=self.allowed + more < wanted)
        if more <= 0:
            return
        got = self.obligation.deliver(more, at, "R06")
        self.allowed += more
        self.granted += more
        self.booked += got
        self.booked_base += self.obligation.writer.base(got)
        if self.validated:
            validate(self.obligation, got, at)

    def refund(self, amount: int, at: Happening) -> None:
        """R07: a refund takes back its exact part, capped at what the order accrued."""
        self.refunded += amount
        wanted = self._wanted
        lost = max(0, self.allowed - wanted)
        self.allowed -= lost
        self._take_back(at)
        if self.cap is not None:
            self.cap.used -= lost
            self._note(cut=self.allowed < wanted)
            self.cap.fill(at)

    def _take_back(self, at: Happening) -> None:
        taken = min(self.granted - self.allowed, self.booked)
        if taken <= self.taken:
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

    def _note(self, *, cut: bool) -> None:
        """Keep the order among those that the cap cut, or take it out of them."""
        if self.cap is None or cut == (self in self.cap.cut):
            return
        if cut:
            self.cap.cut.append(self)
        else:
            self.cap.cut.remove(self)

    @property
    def _wanted(self) -> int:
        """Give what the base that is left earns, whatever the cap."""
        return multiply(max(0, self.earned.base_minor - self.refunded), self.per_unit)
