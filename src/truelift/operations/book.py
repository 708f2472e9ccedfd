"""Book: agreements, costs and commissions to journal entries; nothing when nothing changed.

In:   what is known now.
Out:  entries appended to the journal (store.journal), and faults of facts that cannot be booked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from truelift.base.money import exponent, multiply, round_half_even
from truelift.base.time import brand_day
from truelift.facts.words import hashed_party
from truelift.ledger import posting_plan, recognition, source
from truelift.ledger.commission import factor
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    CostDocument,
    CostState,
    DeliverableLive,
    Fault,
)
from truelift.operations.knowledge import Knowledge, Row, knowledge
from truelift.operations.people import Action, needs
from truelift.store import journal, rates
from truelift.store import workspace_database as records
from truelift.store.ground import Ground

OWN_CODE, OWN_LINK, ATTRIBUTED = "own_code", "own_link", "attributed"
_EVIDENCE = {OWN_CODE: {"code"}, OWN_LINK: {"click", "visitor"}}


@needs(Action.BOOK)
def book(ground: Ground) -> tuple[int, tuple[Fault, ...]]:
    """Bring the journal to what the facts imply; give how many entries were written, and faults.

    The entries carry the time of the newest recording, so that what was known when can be asked
    of the books as of the facts.
    """
    known = knowledge(ground)
    keep_own_rates(known)
    seed_rates(known)
    rate_set = rate_set_of(known)
    facts = source_facts(known)
    brand = ground.brand
    target, faults = recognition.entries_for(facts, source.Policy(brand.currency), rate_set)
    with ground.workspace.transaction() as connection:
        difference = posting_plan.compare(target, journal.headers(connection, brand.brand))
        outdated = journal.entries_by_id(connection, brand.brand, list(difference.outdated))
        calendar = journal.calendar(connection, brand.brand)
        entries = posting_plan.dated(difference.missing, outdated, calendar)
        appended = journal.append(connection, brand.brand, entries, known.known_at)
        records.replace_unbooked(
            connection, brand.brand, [_told(fault) for fault in faults], known.known_at
        )
    return appended.inserted, faults


def _told(fault: Fault) -> records.Unbooked:
    told = (fault.event, fault.rule, fault.code.value, fault.sentence)
    missing = fault.missing
    if missing is None:
        return records.Unbooked(*told)
    return records.Unbooked(*told, missing.on, missing.campaign, missing.creator)


def rate_set_of(known: Knowledge) -> RateSet:
    """Give the exchange rates the brand books at, as known: its own over the central bank's."""
    ground = known.ground
    with ground.workspace.transaction() as connection:
        return rates.load(connection, ground.brand.brand, known_at=known.known_at)


def seed_rates(known: Knowledge) -> None:
    """Keep the central bank's history of every currency that the facts are in."""
    brand = known.ground.brand
    given = {row["currency"] for row in known.read("facts.currencies").to_pylist()}
    for kind in ("agreements", "values"):
        given |= {row["currency"] for row in known.rows(kind)}
    foreign = given - {brand.currency, None}
    if foreign:
        with known.ground.workspace.transaction() as connection:
            rates.seed(connection, known.known_at, foreign | {brand.currency})


def keep_own_rates(known: Knowledge) -> int:
    """Copy imported rates that differ from what is kept into a rate set of their own."""
    rows = [row for row in known.rows("rates") if (row["kind"] or "spot") == rates.SPOT]
    if not rows:
        return 0
    brand = known.ground.brand.brand
    with known.ground.workspace.transaction() as connection:
        kept = rates.own_rates(connection, brand)
        rate_set = f"own-{known.known_at.isoformat()}"
        fresh = [
            RateRow(row["date"].isoformat(), row["base"], row["quote"], row["rate"], rate_set)
            for row in rows
            if kept.get((row["date"].isoformat(), row["base"], row["quote"])) != row["rate"]
        ]
        return rates.append_rates(
            connection, brand, fresh, source="imported", recorded_at=known.known_at
        )


def source_facts(known: Knowledge) -> source.Facts:
    """Gather what moves the books, in the words of the ledger."""
    agreements = {row["agreement"]: row for row in known.rows("agreements")}
    deliverables = known.rows("deliverables")
    published = known.read("ledger.deliverable_posts").to_pylist()
    commissions = list(_commissions(known, agreements.values()))
    return source.Facts(
        agreements=tuple(_signed(row, deliverables) for row in agreements.values()),
        live=tuple(_live(known, deliverables, published, agreements)),
        commissions=tuple(each.commission for each in commissions),
        refunds=tuple(_reversals(known, commissions)),
        documents=tuple(
            _document(row, known.ground.customer_salt)
            for row in known.read("ledger.costs").to_pylist()
        ),
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
    posts = {row["deliverable"]: row["published_at"] for row in published}
    for row in deliverables:
        live_at = row["live_at"] or posts.get(row["deliverable"])
        if live_at is None:
            continue
        agreement = agreements.get(row["agreement"])
        yield DeliverableLive(
            deliverable=row["deliverable"],
            agreement=row["agreement"],
            live_on=brand_day(live_at, zone),
            campaign=agreement["campaign"] if agreement else None,
        )


class Earning(NamedTuple):
    """An order that earns commission, and what its base is of all its goods (minor units)."""

    source: str
    order_id: str
    goods: int
    base: int
    commission: CommissionEarned


def _commissions(known: Knowledge, agreements: Iterable[Row]) -> Iterable[Earning]:
    """Give the orders that earn commission, by each agreement's own rule, never by a report's."""
    paying = [row for row in agreements if row["commission_rate"]]
    if not paying:
        return
    rate_set = rate_set_of(known)
    by_creator = defaultdict(list)
    for order in known.read(
        "ledger.commission_orders", order_shares=known.order_shares
    ).to_pylist():
        by_creator[order["creator"]].append(order)
    for row in paying:
        cap = row["commission_cap"]
        for order in by_creator[row["creator"]]:
            base = whole_base = _commission_base(row, order)
            if base <= 0:
                continue
            if cap is not None:
                base, booked = _capped(row, order, base, cap, rate_set)
                cap -= booked
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
            yield Earning(order["source"], order["order_id"], goods, whole_base, earned)


def _capped(agreement: Row, order: Row, base: int, left: int, rate_set: RateSet) -> tuple[int, int]:
    """Give the base that stays under what is left of the cap, and what of the cap it books.

    Both in minor units: the base of the order's currency, the cap of the agreement's. Without a
    rate of the day nothing is booked, so nothing of the cap is used.
    """
    found = rate_set.find(order["day"], order["currency"], agreement["currency"])
    if found is None:
        return base, 0
    per_unit = factor(
        agreement["commission_rate"], order["currency"], agreement["currency"], found.rate
    )
    if multiply(base, per_unit) > left:
        base = int(left / per_unit)
        if multiply(base, per_unit) < left and multiply(base + 1, per_unit) == left:
            base += 1
    return base, multiply(base, per_unit)


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
    )
    if not earns:
        return 0
    gross = agreement["commission_base"] == "gross"
    return int(order["goods"] + (order["discount"] if gross else 0))


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
    return refunded * item.base // item.goods if item.goods else 0


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
    )
