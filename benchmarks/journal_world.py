"""A small world of seeded facts for the journal: what happens, step by step, and what is booked.

In:   a seed.
Out:  `World`: facts that grow and are corrected, periods that close, the entries they imply. It
      knows no database; the same seed always gives the same history.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field, replace

from truelift.base.time import Period
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.journal import Entry
from truelift.ledger.recognition import entries_for, fee_shares
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
    Policy,
)

START = dt.date(2026, 5, 1)
STEPS = 14
DAYS_A_STEP = 8
BASE = "USD"
CURRENCIES = ("USD", "EUR", "JPY", "KWD")
RATES = RateSet(
    RateRow(str(START + dt.timedelta(day - 60)), "EUR", quote, rate.format(day % 90 + 10), "ecb")
    for day in range(260)
    for quote, rate in (("USD", "1.{:02}1"), ("JPY", "1{:02}.5"), ("KWD", "0.3{:02}"))
)


@dataclass(slots=True)
class World:
    """What has happened so far. `closing` is the period that closes at the end of this step."""

    seed: int
    step: int = 0
    closing: Period | None = None
    agreements: dict[str, AgreementSigned] = field(default_factory=dict)
    live: dict[str, DeliverableLive] = field(default_factory=dict)
    orders: dict[str, CommissionEarned] = field(default_factory=dict)
    refunds: dict[str, CommissionReversed] = field(default_factory=dict)
    documents: dict[str, CostDocument] = field(default_factory=dict)
    closed_through: Period | None = None

    @property
    def today(self) -> dt.date:
        """Give the day of this step."""
        return START + dt.timedelta(days=self.step * DAYS_A_STEP)

    @property
    def now(self) -> dt.datetime:
        """Give the instant at which this step is recorded."""
        return dt.datetime.combine(self.today, dt.time(12))

    def facts(self) -> Facts:
        """Give all facts as known now."""
        return Facts(
            agreements=tuple(self.agreements.values()),
            live=tuple(self.live.values()),
            commissions=tuple(self.orders.values()),
            refunds=tuple(self.refunds.values()),
            documents=tuple(self.documents.values()),
        )

    def target(self) -> tuple[Entry, ...]:
        """Give the entries that the facts imply."""
        return entries_for(self.facts(), Policy(BASE), RATES)[0]

    def advance(self) -> None:
        """Let the next days happen: new facts, late ones, corrections, perhaps a close."""
        self.step += 1
        draw = random.Random(f"{self.seed}/{self.step}")  # noqa: S311 - a simulation
        for happens in draw.choices(
            (self._sign, self._publish, self._sell, self._refund, self._bill, self._pay,
             self._correct, self._cancel),
            (3, 5, 5, 3, 3, 2, 1, 0.5),
            k=draw.randint(2, 6),
        ):  # fmt: skip
            happens(draw)
        self.closing = None
        last = Period.of(self.today - dt.timedelta(days=31))
        if draw.random() < 0.4 and (self.closed_through is None or last > self.closed_through):  # noqa: PLR2004 - a chance
            self.closing = self.closed_through = last

    def _day(self, draw: random.Random) -> dt.date:
        """Give a recent day; some are old enough to lie in a closed period."""
        return self.today - dt.timedelta(days=draw.choice((0, 1, 5, 9, 40, 60)))

    def _sign(self, draw: random.Random) -> None:
        name = f"A{len(self.agreements)}"
        priced = draw.random() < 0.5  # noqa: PLR2004 - a chance
        self.agreements[name] = AgreementSigned(
            agreement=name,
            creator=draw.choice(("ana", "bo", "cy")),
            currency=draw.choice(CURRENCIES),
            signed_on=self._day(draw),
            campaign=draw.choice(("spring", "summer", None)),
            fee_minor=draw.randint(1, 10**6),
            deliverables=tuple(
                AgreedDeliverable(f"{name}/{d}", draw.randint(1, 9_999) if priced else None)
                for d in range(draw.randint(1, 4))
            ),
        )

    def _publish(self, draw: random.Random) -> None:
        waiting = [
            (each.deliverable, agreement)
            for agreement in self.agreements.values()
            for each in agreement.deliverables
            if each.deliverable not in self.live and agreement.cancelled_on is None
        ]
        if waiting:
            work, agreement = draw.choice(waiting)
            day = max(self._day(draw), agreement.signed_on)
            self.live[work] = DeliverableLive(work, agreement.agreement, day)

    def _sell(self, draw: random.Random) -> None:
        if self.agreements:
            name = f"o{len(self.orders)}"
            self.orders[name] = CommissionEarned(
                order=name,
                agreement=draw.choice(sorted(self.agreements)),
                base_minor=draw.randint(1, 50_000),
                currency=draw.choice(CURRENCIES),
                rate_ppm=draw.choice((100_000, 75_000, 33_333)),
                ordered_on=self._day(draw),
            )

    def _refund(self, draw: random.Random) -> None:
        if self.orders:
            order = self.orders[draw.choice(sorted(self.orders))]
            name = f"r{len(self.refunds)}"
            whole = draw.random() < 0.5  # noqa: PLR2004 - a chance
            amount = order.base_minor if whole else draw.randint(0, order.base_minor)
            self.refunds[name] = CommissionReversed(name, order.order, amount, self.today)

    def accrued(self, agreement: AgreementSigned) -> int:
        """Give what the live work of an agreement has earned of its fixed price."""
        shares = fee_shares(agreement)
        return sum(
            shares[each.deliverable]
            for each in self.live.values()
            if each.agreement == agreement.agreement
        )

    def billed(self, agreement: str, state: CostState) -> int:
        """Give what was invoiced or paid under an agreement, in its currency."""
        return sum(
            each.amount_minor
            for each in self.documents.values()
            if each.state is state and each.document.startswith(f"{state.value}-{agreement}-")
        )

    def _bill(self, draw: random.Random) -> None:
        self._document(draw, CostState.INVOICED)

    def _pay(self, draw: random.Random) -> None:
        self._document(draw, CostState.PAID)

    def _document(self, draw: random.Random, state: CostState) -> None:
        invoiced = {name: self.billed(name, CostState.INVOICED) for name in self.agreements}
        room = {
            name: (self.accrued(each) if state is CostState.INVOICED else invoiced[name])
            - self.billed(name, state)
            for name, each in self.agreements.items()
        }
        open_ones = sorted(name for name, amount in room.items() if amount > 0)
        if not open_ones:
            return
        name = draw.choice(open_ones)
        amount = draw.choice((room[name], draw.randint(1, room[name])))
        document = f"{state.value}-{name}-{len(self.documents)}"
        self.documents[document] = CostDocument(
            document=document, state=state, on=self.today, cost_type="fee", amount_minor=amount,
            currency=self.agreements[name].currency, agreement=name,
        )  # fmt: skip

    def _correct(self, draw: random.Random) -> None:
        """Let an order turn out to be worth something else: its entries are reversed and new."""
        untouched = sorted(
            name
            for name in self.orders
            if all(refund.order != name for refund in self.refunds.values())
        )
        if untouched:
            name = draw.choice(untouched)
            self.orders[name] = replace(self.orders[name], base_minor=draw.randint(1, 50_000))

    def _cancel(self, draw: random.Random) -> None:
        standing = sorted(
            name for name, each in self.agreements.items() if each.cancelled_on is None
        )
        if standing:
            name = draw.choice(standing)
            self.agreements[name] = replace(self.agreements[name], cancelled_on=self.today)
