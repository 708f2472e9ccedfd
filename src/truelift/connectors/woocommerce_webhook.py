"""WooCommerce's webhooks: order.created, order.updated.

Its line items are without tax and before coupons, whatever the shop shows. A refund stands in its
order with its whole amount, without a date and without saying what of it is goods: together they
count as goods up to what the goods cost, the oldest first, on the day the order was changed. The
order is changed again later; whoever stores a refund keeps the day on which it was first seen.
"""

from __future__ import annotations

from decimal import Decimal

from truelift.connectors.webhook import (
    Json,
    amount,
    at,
    journey,
    needed,
    object_of,
    objects,
    row,
    text,
)
from truelift.facts.hit import Row

SOURCE = "woocommerce"

NOT_YET = frozenset({"pending", "failed", "checkout-draft", "auto-draft", "trash"})
"""States in which nothing was bought."""

_ATTRIBUTION = "_wc_order_attribution_"


def parse(topic: str, body: bytes) -> list[Row]:
    """Read a webhook; topics that move no money, and carts, give no row."""
    found = object_of(body)
    if topic not in {"order.created", "order.updated", "order.restored"}:
        return []
    status = needed(found, "status")
    return [] if status in NOT_YET else _order(found, status)


def _order(found: Json, status: str) -> list[Row]:
    name = text(found, "number") or needed(found, "id")
    items = objects(found, "line_items")
    changed = _utc(found, "date_modified_gmt")
    codes = [code for each in objects(found, "coupon_lines") if (code := text(each, "code"))]
    said = [
        ((text(each, "key") or "").removeprefix(_ATTRIBUTION), at(each, "value"))
        for each in objects(found, "meta_data")
    ]
    email = text(found, "billing.email")
    currency = text(found, "currency")
    goods = sum((amount(item, "subtotal") for item in items), Decimal(0))
    discount = amount(found, "discount_total")
    order = row(
        "orders",
        source=SOURCE,
        order_id=name,
        ordered_at=_utc(found, "date_created_gmt"),
        currency=currency,
        subtotal=goods,
        discount=discount,
        tax=amount(found, "total_tax"),
        shipping=amount(found, "shipping_total"),
        prices_include_tax=False,
        code=codes[0] if codes else None,
        codes=";".join(codes) if len(codes) > 1 else None,
        customer=email.lower() if email else None,
        ship_country=text(found, "shipping.country") or text(found, "billing.country"),
        ship_region=text(found, "shipping.state") or text(found, "billing.state"),
        updated_at=changed,
        cancelled_at=changed if status == "cancelled" else None,
        **journey(said),
    )
    left = max(goods - discount, Decimal(0))
    refunds = []
    for each in sorted(objects(found, "refunds"), key=_age):
        given = min(abs(amount(each, "total")), left)
        left -= given
        refunds.append(
            row(
                "refunds",
                source=SOURCE,
                refund_id=needed(each, "id"),
                order_id=name,
                refunded_at=changed,
                amount=given,
                currency=currency,
            )
        )
    return [order, *refunds]


def _age(refund: Json) -> tuple[int, str]:
    """Sort refunds by their ids, which grow."""
    name = text(refund, "id") or ""
    return (len(name), name)


def _utc(found: Json, path: str) -> str | None:
    value = text(found, path)
    return None if value is None else value.removesuffix("Z") + "Z"
