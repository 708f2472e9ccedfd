"""Consistency: what rows must agree on with each other, beyond one file.

In:   accepted rows, and the rows that stand beside them in the store.
Out:  a Finding for every row that cannot be true together with the others.

What is unknown is never a fault here: a refund of an order that has not arrived is kept.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.money import format_minor
from truelift.catalog.destination import DestinationFault, read_destination
from truelift.catalog.served import SLUG
from truelift.facts.event import DropReason, Fault, place_of
from truelift.facts.moments import days_of

SITEWIDE = "sitewide"

AHEAD = dt.timedelta(days=1)
"""How far a clock or a time zone may be off before a time is said to lie in the future."""

_EVER = dt.datetime.min  # noqa: DTZ901 - instants are naive UTC, and this one is before all others


class Finding(NamedTuple):
    """A row that cannot stand: its number in the table that was checked, and its fault."""

    row: int
    fault: Fault


class _Verdict(NamedTuple):
    column: str
    reason: DropReason
    sentence: str


@dataclass(frozen=True, slots=True)
class _Ownership:
    """Who owns a code since when. owner: empty for a sitewide code. until: None when open."""

    row: int
    owner: str
    since: dt.datetime
    until: dt.datetime | None

    def rivals(self, other: _Ownership) -> bool:
        """Say whether two ownerships cannot both hold.

        An open ownership ends where a later one begins: that is a hand-over. One with a written end
        holds until then, and two that begin together leave open which came first.
        """
        if self.owner == other.owner:
            return False
        first, second = sorted((self, other), key=lambda ownership: ownership.since)
        overlaps = first.until is not None and first.until > second.since
        return overlaps or first.since == second.since


def codes_overlap(codes: pa.Table) -> npt.NDArray[np.bool_]:
    """Mark codes that somebody else owns at the same time, by a row before them that stands.

    codes: columns code, creator, valid_from, valid_to and kind, rows that stand already before new
    ones. The row that came first stands, so that the result is the same for one file or two.
    """
    mask = np.zeros(codes.num_rows, bool)
    mask[list(_rivals(codes))] = True
    return mask


def code_faults(codes: pa.Table, standing: pa.Table, *, source_file: str) -> list[Finding]:
    """Find new codes that another creator (or the whole site) owns at the same time.

    codes: accepted rows. standing: codes in the store, without those that the new rows replace.
    """
    names = ["code", "creator", "valid_from", "valid_to", "kind"]
    together = pa.concat_tables([standing.select(names), codes.select(names)])
    found = []
    for row, rival in _rivals(together).items():
        other = together.slice(rival, 1).to_pylist()[0]
        start = other["valid_from"]
        since = f"since {start:%Y-%m-%d %H:%M} UTC" if start else "from the beginning"
        whose = other["creator"] or "the whole site"
        sentence = (
            f"{other['code']!r} belongs to {whose} {since}; "
            "end that ownership before this one begins."
        )
        new = row - standing.num_rows
        verdict = _Verdict("valid_from", DropReason.CODE_OWNED_TWICE, sentence)
        found.append(Finding(new, _fault(codes, new, verdict, source_file)))
    return found


def link_faults(links: pa.Table, taken: Collection[str] = (), *, source_file: str) -> list[Finding]:
    """Find new links that could not be followed, or whose destination could be read as another one.

    taken: the slugs of other brands; one address serves them all, so a slug is one brand's.
    """
    found = []
    texts = links["slug"].to_pylist(), links["destination"].to_pylist()
    for row, (slug, destination) in enumerate(zip(*texts, strict=True)):
        verdict = None
        read = read_destination(destination)
        if SLUG.fullmatch(slug) is None:
            sentence = "a slug has letters, digits and . _ ~ -, 128 at most, the first no mark"
            verdict = _Verdict("slug", DropReason.BAD_TEXT, sentence)
        elif slug in taken:
            sentence = f"another brand of this workspace has the slug {slug}; choose another one"
            verdict = _Verdict("slug", DropReason.CONFLICT, sentence)
        elif isinstance(read, DestinationFault):
            verdict = _Verdict("destination", DropReason.UNSAFE_DESTINATION, read.sentence)
        if verdict is not None:
            found.append(Finding(row, _fault(links, row, verdict, source_file)))
    return found


def _rivals(codes: pa.Table) -> dict[int, int]:
    """Give rows that cannot stand, each with the earlier row that it is a rival of."""
    standing: dict[str, list[_Ownership]] = defaultdict(list)
    found = {}
    for row, code in enumerate(codes.to_pylist()):
        owner = "" if code["kind"] == SITEWIDE else code["creator"] or ""
        claim = _Ownership(row, owner, code["valid_from"] or _EVER, code["valid_to"])
        rival = next((each for each in standing[code["code"]] if each.rivals(claim)), None)
        if rival is None:
            standing[code["code"]].append(claim)
        else:
            found[row] = rival.row
    return found


@dataclass(slots=True)
class _Paid:
    """What was paid for the goods of an order, and what has been given back of it (minor units)."""

    ordered_at: dt.datetime
    day: dt.date
    currency: str
    goods: int
    given_back: int = 0


def refund_faults(
    refunds: pa.Table, orders: pa.Table, earlier: pa.Table, *, timezone: str, source_file: str
) -> list[Finding]:
    """Find refunds dated before their order, above what was paid, or in another currency.

    refunds: accepted rows. orders: the orders they name, as accepted; one that is missing may
    arrive late and is no fault. earlier: refunds in the store. A refund in both is an update and is
    counted once. timezone: the brand's; a refund with a day and no time is held against the day of
    its order. Refunds are weighed in the order of their time.
    """
    paid = _paid(orders, refunds, timezone)
    coming = set(zip(*(refunds[name].to_pylist() for name in ("source", "refund_id")), strict=True))
    for refund in earlier.to_pylist():
        order = paid.get((refund["source"], refund["order_id"]))
        if order and (refund["source"], refund["refund_id"]) not in coming:
            order.given_back += refund["amount"]
    days = days_of(refunds["refunded_at"].combine_chunks(), timezone).to_pylist()
    bare = _midnights(refunds["refunded_at"].combine_chunks(), timezone)
    rows = sorted(
        enumerate(refunds.to_pylist()), key=lambda each: (each[1]["refunded_at"], each[0])
    )
    found = []
    for row, refund in rows:
        order = paid.get((refund["source"], refund["order_id"]))
        if order is None:
            continue
        early = days[row] < order.day if bare[row] else refund["refunded_at"] < order.ordered_at
        verdict = _weighed(refund, order, early=early)
        if verdict is None:
            order.given_back += refund["amount"]
        else:
            found.append(Finding(row, _fault(refunds, row, verdict, source_file)))
    return sorted(found, key=lambda finding: finding.row)


def _weighed(refund: dict[str, Any], order: _Paid, *, early: bool) -> _Verdict | None:
    """Hold a refund against its order; None when both can be true."""
    name = f"order {refund['order_id']}"
    if refund["currency"] != order.currency:
        sentence = (
            f"{refund['currency']} is not the currency of {name}, which is {order.currency}; "
            "give back what was paid."
        )
        return _Verdict("currency", DropReason.MIXED_CURRENCY, sentence)
    if early:
        sentence = (
            f"{refund['refunded_at']} UTC is before {name} was placed at {order.ordered_at} UTC; "
            "check both dates."
        )
        return _Verdict("refunded_at", DropReason.REFUND_BEFORE_ORDER, sentence)
    if order.given_back + refund["amount"] > order.goods:
        amount, before, goods = (
            format_minor(minor, order.currency)
            for minor in (refund["amount"], order.given_back, order.goods)
        )
        sentence = (
            f"{amount} after {before} given back before is more than the {goods} {order.currency} "
            f"paid for the goods of {name}; amounts are net of discount and tax."
        )
        return _Verdict("amount", DropReason.REFUND_ABOVE_ORDER, sentence)
    return None


def _paid(
    orders: pa.Table, refunds: pa.Table, timezone: str
) -> dict[tuple[str | None, str], _Paid]:
    named = orders.filter(pc.is_in(orders["order_id"], refunds["order_id"].combine_chunks()))
    days = days_of(named["ordered_at"].combine_chunks(), timezone).to_pylist()
    return {
        (order["source"], order["order_id"]): _Paid(
            order["ordered_at"], day, order["currency"], goods_paid(order)
        )
        for order, day in zip(named.to_pylist(), days, strict=True)
    }


def goods_paid(order: Mapping[str, Any]) -> int:
    """Give what was paid for the goods, net of discount and tax, in minor units.

    Where prices include the tax, the part of it that lies on the shipping is not taken off the
    goods; it is split by value, rounded in favour of the refund.
    """
    goods: int = order["subtotal"] - (order["discount"] or 0)
    tax, shipping = order["tax"] or 0, order["shipping"] or 0
    if order["prices_include_tax"] and goods > 0:
        goods -= tax * goods // (goods + shipping)
    return goods


def _midnights(moments: pa.Array, timezone: str) -> list[bool]:
    """Mark the moments at which a day of the zone begins: what a day without a time is read as."""
    before = pc.subtract(moments, pa.scalar(dt.timedelta(microseconds=1), pa.duration("us")))
    begins: list[bool] = pc.not_equal(
        days_of(before, timezone), days_of(moments, timezone)
    ).to_pylist()
    return begins


def _fault(rows: pa.Table, row: int, verdict: _Verdict, source_file: str) -> Fault:
    values = rows.slice(row, 1).to_pylist()[0]
    line = values["source_line"]
    kept = {name: value for name, value in values.items() if value is not None}
    return Fault(
        source_file=source_file,
        line=line,
        column=verdict.column,
        reason=verdict.reason,
        message=f"{place_of(source_file, line)}, column {verdict.column}: {verdict.sentence}",
        raw=json.dumps(kept, ensure_ascii=False, default=str),
    )


def ahead_faults(
    rows: pa.Table, received: Sequence[dt.datetime], *, zone: str, source_file: str
) -> list[Finding]:
    """Refuse what is said to have happened more than a day after it was received.

    received: of each row, naive UTC. Every instant of a row counts, and its day. Anybody can send
    with a page's key; one click dated in ten years would move the day of every report there.
    """
    latest = pa.array([each + AHEAD for each in received], pa.timestamp("us"))
    days = days_of(latest, zone)
    found: dict[int, Finding] = {}
    for name in rows.column_names:
        values = rows[name]
        if name == "day" or not (pa.types.is_timestamp(values.type) or name == "date"):
            continue
        bound = latest if pa.types.is_timestamp(values.type) else days
        late = pc.fill_null(pc.greater(values, bound), False)  # noqa: FBT003 - no time is not late
        for row in np.flatnonzero(late.to_numpy()).tolist():
            line = rows["source_line"][row].as_py()
            message = (
                f"{place_of(source_file, line)}, column {name}: {values[row].as_py()} is more than "
                f"24 h after it was received at {received[row]} UTC; correct the time, or the "
                "clock of the sender."
            )
            fault = Fault(source_file, line, name, DropReason.IN_THE_FUTURE, message)
            found.setdefault(row, Finding(row, fault))
    return [found[row] for row in sorted(found)]


def future_faults(
    rows: pa.Table, column: str, now: dt.datetime, *, source_file: str
) -> list[Finding]:
    """Refuse what is said to have happened more than a day after it was imported at `now`.

    One reading dated in ten years would move the day of every report there. Naive UTC.
    """
    late = pc.fill_null(pc.greater(rows[column], now + AHEAD), False)  # noqa: FBT003 - no time is not late
    findings = []
    for row in np.flatnonzero(late.to_numpy()).tolist():
        line, at = rows["source_line"][row].as_py(), rows[column][row].as_py()
        message = (
            f"{place_of(source_file, line)}, column {column}: {at} UTC is after the import at "
            f"{now} UTC; correct the time, or the clock that wrote it."
        )
        fault = Fault(source_file, line, column, DropReason.IN_THE_FUTURE, message)
        findings.append(Finding(row, fault))
    return findings
