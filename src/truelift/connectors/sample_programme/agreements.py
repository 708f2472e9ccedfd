"""What was agreed and what went live: agreements, deliverables, and what each has earned so far.

In:   effects, posts, and the creators' own-code orders (for commissions).
Out:  Terms per effect, the agreements and deliverables tables, accrued cost in US cents.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from truelift.base.money import allocate
from truelift.connectors.sample_programme.content import Posts, deliverable_id
from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.people import (
    ADVANCE,
    AFFILIATE,
    AGENCY,
    CANCELLED,
    GIFTED,
    TRAP,
    USAGE,
    Cast,
)
from truelift.connectors.sample_programme.shop import PLANNING_RATES
from truelift.connectors.sample_programme.table import (
    Table,
    money_text,
    table_of_records,
    time_text,
)
from truelift.connectors.sample_programme.timeline import FLIGHTS, stream
from truelift.connectors.sample_programme.tracking import known_before_launch

_CURRENCY = {
    **dict.fromkeys(("bo", "edda", "ines", "pia", "dora"), "EUR"),
    **dict.fromkeys(("nils", "will", "abel"), "GBP"),
}
_COMMISSION = {ADVANCE: 100, USAGE: 120, "zoe": 100, AFFILIATE: 150, "flor": 150}  # per thousand
_TRAP_FEE = 320_000  # dear enough that even the upper limit of her lift does not pay it back
CANCELLED_ON = np.datetime64("2026-05-20T12:00:00", "s")
CANCEL_FEE, ADVANCE_PAID, USAGE_FEE, AGENCY_FEE, GIFT_COST = 15_000, 40_000, 30_000, 12_000, 9_600
"""Amounts in cents of the agreement's currency."""


@dataclass(frozen=True, slots=True)
class Terms:
    """One agreement with its deliverables; amounts in cents of its currency."""

    agreement: str
    creator: str
    campaign: str
    kind: str
    currency: str
    fee: int | None
    commission: int | None
    """Per thousand of the creator's own-code orders, net of discount; None without."""
    deliverables: tuple[tuple[str, int | None, np.datetime64], ...]
    """Id, price, and when it went live (NaT: never)."""
    known_at: np.datetime64

    @property
    def agency_fee(self) -> int:
        """Give the agency's price, when there is one in between."""
        return AGENCY_FEE if self.creator == AGENCY else 0

    @property
    def usage_fee(self) -> int:
        """Give the price of the usage right, when one was agreed."""
        return USAGE_FEE if self.creator == USAGE else 0

    @property
    def cancelled(self) -> bool:
        """Say whether the rest of the agreement was cancelled."""
        return self.creator == CANCELLED

    def live(self) -> list[tuple[str, int, np.datetime64]]:
        """Give the priced deliverables that went live."""
        return [
            (name, price, at)
            for name, price, at in self.deliverables
            if price is not None and not np.isnat(at)
        ]

    def accrued(self, commission: int) -> int:
        """Give the accrued cost in US cents at planning rates once the flight is over."""
        fixed = sum(price for _, price, _ in self.live()) + self.agency_fee + self.usage_fee
        fixed += CANCEL_FEE if self.cancelled else 0
        fixed += GIFT_COST if self.kind == "gift" else 0
        return round(fixed * PLANNING_RATES[self.currency]) + commission


def terms(seed: int, people: Cast, drawn: tuple[Effect, ...], content: Posts) -> tuple[Terms, ...]:
    """Sign one agreement per creator and campaign."""
    random = stream(seed, "agreements")
    known = known_before_launch(drawn, 20)
    signed = []
    for position, item in enumerate(drawn):
        own = np.flatnonzero(content.effect == position)
        live = list(content.published[own])
        if item.creator == CANCELLED:
            live.append(np.datetime64("NaT", "s"))
        followers = int(people.followers[people.index(item.creator)])
        price = min(500 + followers // 120, 1_500) + int(random.integers(0, 8)) * 25
        kind = {AFFILIATE: "affiliate", GIFTED: "gift"}.get(item.creator, "deliverables")
        priced = kind == "deliverables"
        fee = (_TRAP_FEE if item.creator == TRAP else price * 100) if priced else None
        parts = allocate(fee, [1] * len(live)) if fee else [None] * len(live)
        owed = [] if kind == "affiliate" else live
        signed.append(
            Terms(
                agreement=f"agreement-{item.campaign}-{item.creator}",
                creator=item.creator,
                campaign=item.campaign,
                kind=kind,
                currency=_CURRENCY.get(item.creator, "USD"),
                fee=fee,
                commission=_COMMISSION.get(item.creator),
                deliverables=tuple(
                    (deliverable_id(item, number), part, at)
                    for number, (part, at) in enumerate(zip(parts, owed, strict=False), start=1)
                ),
                known_at=known[position],
            )
        )
    return tuple(signed)


_AGREEMENT_HEADER = (
    "agreement campaign creator fee currency signed_on starts ends cancelled_on cancellable_until "
    "cancel_fee advance commission_rate commission_base commission_trigger usage_from usage_to "
    "usage_fee agency agency_fee kind"
)


def agreements_table(signed: tuple[Terms, ...]) -> Table:
    """Give the agreements; the cancellation is delivered as an update."""
    rows = [_agreement_row(item) for item in signed]
    known = np.array([item.known_at for item in signed])
    table = table_of_records("agreements", _AGREEMENT_HEADER, rows, known)
    updates = [
        table.changed(row, cancelled_on=str(CANCELLED_ON.astype("datetime64[D]")))
        for row, item in zip(rows, signed, strict=True)
        if item.cancelled
    ]
    return table.with_rows(updates, np.full(len(updates), CANCELLED_ON))


def _agreement_row(item: Terms) -> tuple[str, ...]:
    flight = FLIGHTS[item.campaign]
    starts, ends = flight.starts.isoformat(), flight.ends.isoformat()
    signed_on = (flight.starts - dt.timedelta(days=24)).isoformat()
    cancellable = (flight.starts + dt.timedelta(days=18)).isoformat()
    commission = item.commission is not None
    usage, agency = bool(item.usage_fee), bool(item.agency_fee)
    return (
        *(item.agreement, item.campaign, item.creator, money_text(item.fee, item.currency)),
        *(item.currency, signed_on, starts, ends, ""),
        cancellable if item.fee else "",
        money_text(CANCEL_FEE if item.fee else None, item.currency),
        money_text(ADVANCE_PAID if item.creator == ADVANCE else None, item.currency),
        f"0.{item.commission:03d}" if commission else "",
        "net_of_discount" if commission else "",
        "own_code" if commission else "",
        *((starts, ends, money_text(item.usage_fee, item.currency)) if usage else ("", "", "")),
        *(("Example Agency", money_text(item.agency_fee, item.currency)) if agency else ("", "")),
        item.kind,
    )


def deliverables_table(people: Cast, signed: tuple[Terms, ...], content: Posts) -> Table:
    """Give the deliverables as promised, and again when each went live and was accepted."""
    header = "deliverable agreement platform type price due_on live_at accepted_at post_id"
    live_post = {
        (int(content.creator[place]), content.published[place]): content.post_id[place]
        for place in np.flatnonzero(content.effect >= 0).tolist()
    }
    promised, lived = [], []
    promised_at, lived_at = [], []
    for item in signed:
        owner = people.index(item.creator)
        platform = people.platforms[owner]
        due_days = (FLIGHTS[item.campaign].starts + dt.timedelta(days=9 * n) for n in range(1, 9))
        for (name, price, at), due in zip(item.deliverables, due_days, strict=False):
            row = (
                *(name, item.agreement, platform, "reel" if platform == "instagram" else "video"),
                *(money_text(price, item.currency), due.isoformat()),
            )
            promised.append((*row, "", "", ""))
            promised_at.append(item.known_at)
            if np.isnat(at):
                continue
            accepted = at + np.timedelta64(20, "h")
            texts = time_text(np.array([at, accepted]))
            lived.append((*row, *texts, live_post[owner, at]))
            lived_at.append(max(accepted, item.known_at))
    table = table_of_records("deliverables", header, promised, np.array(promised_at))
    return table.with_rows(lived, np.array(lived_at, "datetime64[s]"))
