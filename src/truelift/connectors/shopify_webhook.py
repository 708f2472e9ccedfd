"""Shopify's webhooks: orders/* and refunds/create, as the shop sends them.

An order is called by its name (`#1001`), as in the orders export, so that the two are one order.
Its line items are priced before discounts. A refund notice names its order by number only; whoever
stores it looks the name up in the orders, whose notes hold that number. Only the order says whether
the prices of such a notice hold the tax. Orders of the shop's own tests are left out.
"""

from __future__ import annotations

from decimal import Decimal

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
from truelift.facts.event import DropReason
from truelift.facts.given_back import HANDED, ORDER_NUMBER, PRICED, TAX, UNSPLIT
from truelift.facts.hit import Row

SOURCE = "shopify"
NUMBER = ORDER_NUMBER
"""Name of the note that holds an order's number."""

_NO_MONEY = frozenset({"failure", "error"})
"""States of a transaction that gave nothing back."""


def parse(topic: str, body: bytes) -> list[Row]:
    """Read a webhook; topics that move no money give no row."""
    found = object_of(body)
    if topic.startswith("orders/"):
        return _order(found)
    if topic == "refunds/create":
        number = needed(found, "order_id")
        refund = _refund(found, number, taxed=None, currency=None)
        return [Row(refund.kind, {**refund.cells, NUMBER: number})]
    return []


def _order(found: Json) -> list[Row]:
    name = needed(found, "name")
    if at(found, "test") is True:
        what = "order"
        raise _of_a_test(what, name)
    taxed = at(found, "taxes_included") is True
    codes = [code for each in objects(found, "discount_codes") if (code := text(each, "code"))]
    attributes = [
        (text(each, "name") or "", at(each, "value")) for each in objects(found, "note_attributes")
    ]
    email = text(found, "email") or text(found, "contact_email")
    order = row(
        "orders",
        source=SOURCE,
        order_id=name,
        ordered_at=text(found, "created_at"),
        currency=text(found, "currency"),
        subtotal=amount(found, "total_line_items_price"),
        discount=amount(found, "total_discounts"),
        tax=amount(found, "total_tax"),
        shipping=amount(found, "total_shipping_price_set.shop_money.amount"),
        prices_include_tax=taxed,
        code=codes[0] if codes else None,
        codes=";".join(codes) if len(codes) > 1 else None,
        customer=email.lower() if email else None,
        ship_country=text(found, "shipping_address.country_code"),
        ship_region=text(found, "shipping_address.province_code"),
        updated_at=text(found, "updated_at"),
        cancelled_at=text(found, "cancelled_at"),
        **journey(attributes, text(found, "landing_site")),
    )
    order.cells[NUMBER] = text(found, "id")
    currency = text(found, "currency")
    lines = [
        row(
            "order_lines",
            source=SOURCE,
            order_id=name,
            line=str(position),
            sku=text(line, "sku"),
            quantity=text(line, "quantity"),
            price=amount(line, "price"),
            discount=amount(line, "total_discount"),
        )
        for position, line in enumerate(objects(found, "line_items"), start=1)
    ]
    refunds = [
        _refund(each, name, taxed=taxed, currency=currency) for each in objects(found, "refunds")
    ]
    return [order, *lines, *refunds]


def _refund(found: Json, order: str, *, taxed: bool | None, currency: str | None) -> Row:
    """Make a refund of its goods.

    taxed: whether the shop's prices hold the tax; None where only the order says it. Money that is
    given back beyond the goods (order_adjustments), or without any, is goods unless it is shipping.
    """
    lines = objects(found, "refund_line_items")
    priced = sum((amount(line, "subtotal") for line in lines), Decimal(0))
    tax = sum((amount(line, "total_tax") for line in lines), Decimal(0))
    paid = [each for each in objects(found, "transactions") if text(each, "kind") == "refund"]
    if paid and all(at(each, "test") is True for each in paid):
        what = "refund"
        raise _of_a_test(what, needed(found, "id"))
    handed = sum(
        (amount(each, "amount") for each in paid if text(each, "status") not in _NO_MONEY),
        Decimal(0),
    )
    money = currency or next((text(each, "currency") for each in paid), None)
    if money is None and not lines:
        field = "transactions"
        msg = "neither goods nor money of the refund are named"
        raise NotReadable(field, msg)
    shipping, beyond = _adjusted(found)
    quantity = sum(int(amount(line, "quantity")) for line in lines)
    restocked = [text(line, "restock_type") not in {None, "no_restock"} for line in lines]
    goods = max(priced + beyond - (tax if taxed else 0), Decimal(0))
    if not lines:
        goods = beyond or max(handed - shipping, Decimal(0))
    refund = row(
        "refunds",
        source=SOURCE,
        refund_id=needed(found, "id"),
        order_id=order,
        refunded_at=text(found, "processed_at") or text(found, "created_at"),
        amount=goods,
        currency=money,
        quantity=str(quantity) if lines else None,
        restocked=all(restocked) if lines else None,
        shipping=shipping or None,
    )
    notes: dict[str, Decimal] = {HANDED: handed} if handed else {}
    if not lines:
        notes[UNSPLIT] = goods
    elif taxed is None and tax:
        notes |= {PRICED: max(priced + beyond, Decimal(0)), TAX: tax}
    refund.cells.update({name: format(value, "f") for name, value in notes.items()})
    return refund


def _adjusted(found: Json) -> tuple[Decimal, Decimal]:
    """Give the shipping that is given back, and the money beyond the goods (below 0: kept back)."""
    shipping = beyond = Decimal(0)
    for each in objects(found, "order_adjustments"):
        if text(each, "kind") == "shipping_refund":
            shipping -= amount(each, "amount")
        else:
            beyond -= amount(each, "amount")
    return max(shipping, Decimal(0)), beyond


def _of_a_test(what: str, name: str) -> NotReadable:
    field = "test"
    msg = f"{what} {name} is a test of the shop; no money moved, and it is left out"
    return NotReadable(field, msg, DropReason.TEST_ORDER)
