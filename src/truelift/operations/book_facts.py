"""Facts of the books: agreements, costs, orders and readings in the words of the ledger.

In:   what is known now.
Out:  `ledger.source.Facts`, with the faults of what cannot even be told.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from truelift.base.money import exponent, round_half_even
from truelift.base.time import brand_day
from truelift.facts.words import hashed_party
from truelift.ledger import source
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    CostDocument,
    CostState,
    DeliverableLive,
    Fault,
    FaultCode,
    Missing,
)
from truelift.measurement.metric import METRICS
from truelift.operations.knowledge import Knowledge, Row
from truelift.operations.outcomes import Outcomes
from truelift.valuation.ladder import Components

OWN_CODE, OWN_LINK, ATTRIBUTED = "own_code", "own_link", "attributed"
_WITHOUT_FEE = frozenset({"affiliate", "gift"})
_EVIDENCE = {OWN_CODE: {"code"}, OWN_LINK: {"click", "visitor"}}


def source_facts(known: Knowledge, go_live: dt.date | None = None) -> source.Facts:
    """Gather what moves the books, in the words of the ledger.

    go_live: the day the books were opened; balances of the period before are opening balances.
    """
    agreements = {row["agreement"]: row for row in known.rows("agreements")}
    deliverables = known.rows("deliverables")
    published = known.read("ledger.deliverable_posts").to_pylist()
    commissions = list(_commissions(known, agreements.values()))
    bonuses, faults = _bonuses(known, agreements.values())
    allocations, unknown = _allocations(known)
    return source.Facts(
        agreements=tuple(_signed(row, deliverables) for row in agreements.values()),
        live=tuple(_live(known, deliverables, published, agreements)),
        commissions=tuple(each.commission for each in commissions),
        refunds=tuple(_reversals(known, commissions)),
        documents=tuple(
            _document(row, known.ground.customer_salt)
            for row in known.read("ledger.costs").to_pylist()
        ),
        bonuses=tuple(bonuses),
        days=tuple(_days(known)),
        allocations=tuple(allocations),
        openings=tuple(_openings(known, go_live)),
        faults=(*faults, *unknown),
    )


def _signed(row: Row, deliverables: list[Row]) -> AgreementSigned:
    work = [item for item in deliverables if item["agreement"] == row["agreement"]]
    return AgreementSigned(
        agreement=row["agreement"],
        creator=row["creator"],
        currency=row["currency"],
        signed_on=row["signed_on"],
        campaign=row["campaign"],
        fee_minor=row["fee"],
        deliverables=tuple(
            AgreedDeliverable(item["deliverable"], _minor(item["price"], row["currency"]))
            for item in work
        ),
        cancelled_on=row["cancelled_on"],
        cancel_fee_minor=row["cancel_fee"] or 0,
        retainer=row["kind"] == "retainer",
        starts=row["starts"],
        ends=row["ends"],
        advance_minor=row["advance"] or 0,
        usage_fee_minor=row["usage_fee"] or 0,
        usage_from=row["usage_from"],
        usage_to=row["usage_to"],
        agency=row["agency"],
        agency_fee_minor=row["agency_fee"] or 0,
        bonus_minor=row["bonus_amount"] or 0,
        commission_cap_minor=row["commission_cap"],
        without_fee=row["kind"] in _WITHOUT_FEE and not row["fee"],
    )


def _minor(micro: int | None, currency: str) -> int | None:
    """Give a price in minor units of its agreement's currency; a finer part is rounded half-even.

    A deliverable's row names no currency, so its price is read in millionths.
    """
    if micro is None:
        return None
    return round_half_even(Decimal(micro).scaleb(exponent(currency) - 6))


def _live(
    known: Knowledge, deliverables: list[Row], published: list[Row], agreements: dict[str, Row]
) -> Iterable[DeliverableLive]:
    """Give deliverables that are live: by their own date, else by the post that fulfils them."""
    zone = known.ground.brand.timezone
    posts = {row["deliverable"]: row for row in published}
    for row in deliverables:
        post = posts.get(row["deliverable"], {})
        live_at = row["live_at"] or post.get("published_at")
        if live_at is None and row["accepted_at"] is None:
            continue
        agreement = agreements.get(row["agreement"])
        yield DeliverableLive(
            deliverable=row["deliverable"],
            agreement=row["agreement"],
            live_on=_day(live_at, zone),
            campaign=agreement["campaign"] if agreement else None,
            accepted_on=_day(row["accepted_at"], zone),
            deleted_on=_day(post.get("deleted_at"), zone),
        )


def _day(instant: dt.datetime | None, zone: str) -> dt.date | None:
    return None if instant is None else brand_day(instant, zone)


def _bonuses(
    known: Knowledge, agreements: Iterable[Row]
) -> tuple[list[source.BonusReached], list[Fault]]:
    """Give the bonuses whose threshold is reached, and faults of metrics that no post has.

    What counts is the sum of each post's newest reading; reached is the first day it is there.
    """
    paying = [row for row in agreements if row["bonus_amount"] and row["bonus_threshold"]]
    if not paying:
        return [], []
    zone = known.ground.brand.timezone
    readings = defaultdict(list)
    for row in known.read("ledger.bonus_readings").to_pylist():
        readings[row["agreement"]].append(row)
    found, faults = [], []
    for row in paying:
        name = row["bonus_metric"] or ""
        metric = METRICS.get(name)
        if metric is None or metric.kind != "counter":
            sentence = (
                f"Its bonus is of {name!r}, which no post is read for; use a metric of posts."
            )
            missing = Missing(row["signed_on"], row["campaign"], row["creator"])
            event = f"agreement:{row['agreement']}/bonus"
            faults.append(Fault(event, "R09", FaultCode.UNKNOWN_METRIC, sentence, missing))
            continue
        newest: dict[tuple[str, str], int] = {}
        for reading in readings[row["agreement"]]:
            counted = [reading[name] for name in metric.columns if reading[name] is not None]
            if counted:
                newest[reading["platform"], reading["post_id"]] = sum(counted)
            total = sum(newest.values())
            if newest and total >= Decimal(row["bonus_threshold"]):
                on = brand_day(reading["observed_at"], zone)
                found.append(source.BonusReached(row["agreement"], on, name, total))
                break
    return found, faults


def _days(known: Knowledge) -> Iterable[source.AttributedDay]:
    """Give what attributed orders, refunds and won leads are made of, as the ladder has them."""
    outcomes = Outcomes(known, known.rate_set, "event")
    sums: dict[tuple[dt.date, str | None, str | None], Components] = defaultdict(Components)
    for (day, campaign, creator), (part, _) in outcomes.money(
        ("day", "campaign", "creator")
    ).items():
        sums[day, campaign, creator] += part
    for row, components in outcomes.won:
        sums[row["day"], row["campaign"], row["creator"]] += components
    for (on, campaign, creator), one in sums.items():
        yield source.AttributedDay(
            on=on,
            campaign=campaign,
            creator=creator,
            gross=one.matched,
            discounts=one.discounts,
            tax=one.tax,
            goods=one.goods,
            refunds=one.refunds,
            goods_cost=one.goods_cost,
            fulfilment=one.fulfilment + one.payment_fees + one.refund_fees,
        )


def _allocations(known: Knowledge) -> tuple[list[source.AllocationRule], list[Fault]]:
    """Give the rules for cost without campaign; a name is a campaign's, else a creator's."""
    creators = {row["creator"] for row in known.rows("creators")}
    found, faults = [], []
    for row in known.rows("allocations"):
        shares: list[tuple[str | None, str | None, int]] = []
        unknown = []
        for part in (row["shares"] or "").split(";"):
            name, _, ppm = part.rpartition(":")
            if name in known.campaigns:
                shares.append((name, None, int(ppm)))
            elif name in creators:
                shares.append((None, name, int(ppm)))
            elif name:
                unknown.append(name)
        if unknown:
            sentence = f"It shares cost to {', '.join(unknown)}, neither campaign nor creator."
            event = f"allocation:{row['document']}/{row['valid_from']}"
            faults.append(Fault(event, "R22", FaultCode.UNKNOWN_NAME, sentence))
        elif shares:
            rule = source.AllocationRule(row["document"], row["valid_from"], tuple(shares))
            found.append(rule)
    return found, faults


def _openings(known: Knowledge, go_live: dt.date | None) -> Iterable[source.OpeningBalance]:
    """Give the entity's balances at the end of the period before the books were opened."""
    if go_live is None:
        return
    brand = known.ground.brand
    calendar = AccountingCalendar.parse(brand.calendar)
    before = str(calendar.period_of(go_live - dt.timedelta(days=1)))
    for row in known.rows("balances"):
        if row["entity"] == brand.entity and row["period"] == before:
            yield source.OpeningBalance(row["account"], row["amount"], row["currency"])


class Earning(NamedTuple):
    """An order that earns commission; of all its goods (minor units) its base is a part."""

    source: str
    order_id: str
    goods: int
    commission: CommissionEarned


def _commissions(known: Knowledge, agreements: Iterable[Row]) -> Iterable[Earning]:
    """Give the orders that earn commission, by each agreement's own rule, never by a report's."""
    paying = [row for row in agreements if row["commission_rate"]]
    if not paying:
        return
    by_creator = defaultdict(list)
    for order in known.read(
        "ledger.commission_orders", order_shares=known.order_shares, touchpoints=known.touchpoints
    ).to_pylist():
        by_creator[order["creator"]].append(order)
    for row in paying:
        for order in by_creator[row["creator"]]:
            base = _commission_base(row, order)
            if base <= 0:
                continue
            earned = CommissionEarned(
                order=f"{order['source']}/{order['order_id']}/{row['agreement']}",
                agreement=row["agreement"],
                base_minor=base,
                currency=order["currency"],
                rate_ppm=row["commission_rate"],
                ordered_on=order["day"],
                campaign=order["campaign"] or row["campaign"],
            )
            goods = int(order["goods"])
            yield Earning(order["source"], order["order_id"], goods, earned)


def _commission_base(agreement: Row, order: Row) -> int:
    """Give what an order's commission is a share of, 0 when it earns none."""
    trigger = agreement["commission_trigger"] or OWN_CODE
    earns = (
        order["evidence"] in _EVIDENCE.get(trigger, {order["evidence"]})
        and (agreement["campaign"] is None or order["campaign"] == agreement["campaign"])
        and order["day"] >= (agreement["starts"] or agreement["signed_on"])
        and (agreement["ends"] is None or order["day"] <= agreement["ends"])
        and (agreement["cancelled_on"] is None or order["day"] <= agreement["cancelled_on"])
        and (not agreement["new_customers_only"] or order["new_customer"] is True)
        and _in_window(agreement["commission_window_days"], order)
    )
    if not earns:
        return 0
    gross = agreement["commission_base"] == "gross"
    return int(order["goods"] + (order["discount"] if gross else 0))


def _in_window(days: int | None, order: Row) -> bool:
    """Say whether an order came within the days after a touch; its own code is a touch in itself.

    Attribution looks back 30 days; a longer window earns no more than that.
    """
    touched, ordered = order["touched_at"], order["ordered_at"]
    if days is None or touched is None or order["evidence"] == "code":
        return True
    within: bool = ordered - touched <= dt.timedelta(days=days)
    return within


def _reversals(known: Knowledge, commissions: list[Earning]) -> Iterable[CommissionReversed]:
    """Give refunds and cancellations of orders that earned commission, as falls of their base.

    A refund is of goods after discount: it takes the same part of the base, also of a gross one.
    """
    earned = defaultdict(list)
    for item in commissions:
        earned[item.source, item.order_id].append(item)
    if not earned:
        return
    zone = known.ground.brand.timezone
    refunded: dict[str, int] = defaultdict(int)
    for row in known.read("ledger.order_reversals").to_pylist():
        for item in earned.get((row["source"], row["order_id"]), ()):
            order = item.commission.order
            before, refunded[order] = refunded[order], refunded[order] + row["amount"]
            part = item.commission.base_minor
            if row["refund_id"] is not None:
                part = _part(item, refunded[order]) - _part(item, before)
            yield CommissionReversed(
                refund=(
                    f"{row['source']}/{row['refund_id'] or 'cancelled'}/{item.commission.agreement}"
                ),
                order=order,
                refunded_minor=part,
                refunded_on=brand_day(row["happened_at"], zone),
            )


def _part(item: Earning, refunded: int) -> int:
    """Give how much of an order's base goods worth `refunded` stand for."""
    return refunded * item.commission.base_minor // item.goods if item.goods else 0


def _document(row: Row, salt: bytes) -> CostDocument:
    """Read a document of cost; whom it names enters the books as a pseudonym, ids as they are.

    A bank statement or invoice names a person, and what is in the chain can never be erased.
    """
    party = row["counterparty"]
    return CostDocument(
        document=row["document"],
        state=CostState(row["state"]),
        on=row["date"],
        cost_type=row["type"],
        amount_minor=row["amount"],
        currency=row["currency"],
        line=row["line"] or None,
        creator=row["creator"],
        campaign=row["campaign"],
        agreement=row["agreement"],
        deliverable=row["deliverable"],
        tax_minor=row["tax"] or 0,
        recoverable=row["recoverable"] is not False,
        withheld_minor=row["withheld"] or 0,
        settles=row["settles"],
        counterparty=party if party in {None, row["creator"]} else hashed_party(party, salt),
        fair_value_minor=row["fair_value"],
    )
