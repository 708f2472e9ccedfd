"""Stripe's webhooks: checkout.session.completed and refunds, a minimal reading.

Amounts are in minor units. An order is called by its payment intent, which refunds name too; our
click id comes as `client_reference_id` or in the metadata, the promo code in the metadata. A refund
is money with tax and shipping in it: it counts as goods up to what is left of the order's. One that
fails in the end gives nothing back. charge.refunded holds the refunds themselves, or their sum.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from truelift.base.money import exponent, is_currency
from truelift.connectors.webhook import (
    Json,
    NotReadable,
    amount,
    at,
    journey,
    needed,
    object_of,
    objects,
    row,
    text,
)
from truelift.facts.given_back import CUMULATIVE, UNSPLIT
from truelift.facts.hit import Row

SOURCE = "stripe"
SESSIONS = frozenset({"checkout.session.completed", "checkout.session.async_payment_succeeded"})
REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
CHARGE = "charge.refunded"
GIVEN = frozenset({None, "succeeded", "pending"})
"""States of a refund that gives money back; one that waits counts until it fails."""

GONE = frozenset({"failed", "canceled"})


def parse(topic: str, body: bytes) -> list[Row]:
    """Read an event; other events give no row. topic: may be empty, the body names its own."""
    event = object_of(body)
    name = text(event, "type") or topic
    told = at(event, "data.object")
    if name not in SESSIONS | REFUNDS | {CHARGE}:
        return []
    if not isinstance(told, dict):
        field = "data.object"
        msg = "data.object is missing"
        raise NotReadable(field, msg)
    if name == CHARGE:
        return _refunds_of(told, event)
    if name in REFUNDS:
        known = GIVEN if name == "refund.created" else GIVEN | GONE
        return [_refund(told)] if text(told, "status") in known else []
    return [_order(told, event)] if text(told, "payment_status") != "unpaid" else []


def _order(found: Json, event: Json) -> Row:
    currency = _currency(found)
    email = text(found, "customer_details.email")
    metadata = at(found, "metadata")
    pairs = list(metadata.items()) if isinstance(metadata, dict) else []
    told = journey(pairs)
    told["click_id"] = told["click_id"] or text(found, "client_reference_id")
    return row(
        "orders",
        source=SOURCE,
        order_id=text(found, "payment_intent") or needed(found, "id"),
        ordered_at=_moment(found, "created"),
        currency=currency,
        subtotal=_major(found, "amount_subtotal", currency),
        discount=_major(found, "total_details.amount_discount", currency),
        tax=_major(found, "total_details.amount_tax", currency),
        shipping=_major(found, "total_details.amount_shipping", currency),
        code=text(found, "metadata.code") or text(found, "metadata.promo_code"),
        customer=email.lower() if email else None,
        ship_country=text(found, "customer_details.address.country"),
        ship_region=text(found, "customer_details.address.state"),
        updated_at=_moment(event, "created"),
        **told,
    )


def _refund(found: Json) -> Row:
    currency = _currency(found)
    given = _major(found, "amount", currency)
    if text(found, "status") in GONE:
        given = _major({}, "amount", currency)
    refund = row(
        "refunds",
        source=SOURCE,
        refund_id=needed(found, "id"),
        order_id=text(found, "payment_intent") or needed(found, "charge"),
        refunded_at=_moment(found, "created"),
        amount=given,
        currency=currency,
    )
    refund.cells[UNSPLIT] = format(given, "f")
    return refund


def _refunds_of(charge: Json, event: Json) -> list[Row]:
    """Give the refunds that a charge holds; newer versions of the API name their sum alone."""
    order = text(charge, "payment_intent") or needed(charge, "id")
    named = [
        {"currency": needed(charge, "currency"), **each, "payment_intent": order}
        for each in objects(charge, "refunds.data")
        if text(each, "status") in GIVEN | GONE
    ]
    if named and at(charge, "refunds.has_more") is not True:
        return [_refund(each) for each in named]
    currency = _currency(charge)
    whole = row(
        "refunds",
        source=SOURCE,
        refund_id=f"{order}{CUMULATIVE}",
        order_id=order,
        refunded_at=_moment(event, "created"),
        amount=_major(charge, "amount_refunded", currency),
        currency=currency,
    )
    return [whole]


def _currency(found: Json) -> str:
    currency = needed(found, "currency").upper()
    if not is_currency(currency):
        field = "currency"
        msg = f"currency is {currency[:10]!r}, which is none"
        raise NotReadable(field, msg)
    return currency


def _major(found: Json, path: str, currency: str) -> Decimal:
    return amount(found, path).scaleb(-exponent(currency))


def _moment(found: Json, path: str) -> str:
    seconds = needed(found, path)
    try:
        moment = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    except (ValueError, OverflowError, OSError):
        msg = f"{path} is {seconds[:40]!r}, which is no time"
        raise NotReadable(path, msg) from None
    return moment.isoformat()
