"""Conversions: orders, their lines and refunds, and leads.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of the shop, coded or not."""

    source: str | None = column(ColumnType.NAME, "shop", key=True)
    order_id: str = column(ColumnType.NAME, "the shop's id", key=True, required=True)
    ordered_at: dt.datetime = column(ColumnType.INSTANT, "when", required=True)
    currency: str = column(ColumnType.CURRENCY, "of every amount here", required=True)
    subtotal: int = column(ColumnType.MONEY, "goods before discount", required=True)
    discount: int | None = column(ColumnType.MONEY, "discount on the goods")
    tax: int | None = column(ColumnType.MONEY, "tax")
    shipping: int | None = column(ColumnType.MONEY, "charged for shipping")
    prices_include_tax: bool | None = column(ColumnType.BOOLEAN, "the subtotal holds the tax")
    payment_fees: int | None = column(ColumnType.MONEY, "what the payment provider keeps")
    cogs: int | None = column(ColumnType.MONEY, "cost of the goods")
    fulfilment: int | None = column(ColumnType.MONEY, "cost of packing and sending")
    code: str | None = column(ColumnType.CODE, "promo code used")
    codes: str | None = column(ColumnType.LIST, "several promo codes")
    click_id: str | None = column(ColumnType.TEXT, "our click id")
    visitor: str | None = column(ColumnType.TEXT, "visitor key")
    customer: str | None = column(ColumnType.TEXT, "hashed customer")
    new_customer: bool | None = column(ColumnType.BOOLEAN, "first order of the customer")
    order_type: str | None = column(
        ColumnType.CHOICE,
        "of a subscription",
        choices=(
            "first",
            "renewal",
        ),
    )
    utm_source: str | None = column(ColumnType.TEXT, "as landed")
    utm_medium: str | None = column(ColumnType.TEXT, "as landed")
    utm_campaign: str | None = column(ColumnType.TEXT, "as landed")
    utm_content: str | None = column(ColumnType.TEXT, "as landed")
    survey_creator: str | None = column(ColumnType.TEXT, "creator named after the purchase")
    ship_country: str | None = column(ColumnType.TEXT, "ISO 3166 code")
    ship_region: str | None = column(ColumnType.TEXT, "region")
    updated_at: dt.datetime | None = column(ColumnType.INSTANT, "when the shop last changed it")
    cancelled_at: dt.datetime | None = column(ColumnType.INSTANT, "when it was cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One article of an order; amounts are in the order's currency."""

    source: str | None = column(ColumnType.NAME, "shop", key=True)
    order_id: str = column(ColumnType.NAME, "order", key=True, required=True)
    line: str = column(ColumnType.NAME, "line number", key=True, required=True)
    sku: str | None = column(ColumnType.TEXT, "article")
    category: str | None = column(ColumnType.TEXT, "category")
    quantity: int | None = column(ColumnType.COUNT, "pieces")
    price: int | None = column(ColumnType.UNIT_MONEY, "price of one piece")
    discount: int | None = column(ColumnType.UNIT_MONEY, "discount on the line")
    cogs: int | None = column(ColumnType.UNIT_MONEY, "cost of the goods on the line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Goods or money given back for an order."""

    source: str | None = column(ColumnType.NAME, "shop", key=True)
    refund_id: str = column(ColumnType.NAME, "the shop's id", key=True, required=True)
    order_id: str = column(ColumnType.NAME, "order", required=True)
    refunded_at: dt.datetime = column(ColumnType.INSTANT, "when", required=True)
    amount: int = column(ColumnType.MONEY, "goods, net of tax", required=True)
    currency: str = column(ColumnType.CURRENCY, "of every amount here", required=True)
    line: str | None = column(ColumnType.TEXT, "line of the order")
    quantity: int | None = column(ColumnType.COUNT, "pieces")
    restocked: bool | None = column(ColumnType.BOOLEAN, "the goods can be sold again")
    cogs_returned: int | None = column(ColumnType.MONEY, "cost of the goods that came back")
    shipping: int | None = column(ColumnType.MONEY, "shipping given back")
    fees: int | None = column(ColumnType.MONEY, "fees of the refund")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A sign-up or lead."""

    source: str | None = column(ColumnType.NAME, "system", key=True)
    lead_id: str = column(ColumnType.NAME, "its id", key=True, required=True)
    created_at: dt.datetime = column(ColumnType.INSTANT, "when", required=True)
    stage: str | None = column(
        ColumnType.CHOICE,
        "how far it came",
        choices=(
            "signup",
            "lead",
            "qualified",
            "won",
        ),
    )
    won_at: dt.datetime | None = column(ColumnType.INSTANT, "when it was won")
    value: int | None = column(ColumnType.MONEY, "value when won")
    currency: str | None = column(ColumnType.CURRENCY, "of the value")
    code: str | None = column(ColumnType.CODE, "promo code used")
    click_id: str | None = column(ColumnType.TEXT, "our click id")
    visitor: str | None = column(ColumnType.TEXT, "visitor key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a platform or tool claims for a day; the ladder's first step."""

    source: str = column(ColumnType.NAME, "who claims it", key=True, required=True)
    campaign: str = column(ColumnType.NAME, "campaign", key=True, required=True)
    creator: str | None = column(ColumnType.NAME, "creator", key=True)
    date: dt.date = column(ColumnType.DATE, "day", key=True, required=True)
    revenue: int | None = column(ColumnType.MONEY, "revenue claimed", signed=True)
    conversions: int | None = column(ColumnType.COUNT, "conversions claimed")
    clicks: int | None = column(ColumnType.COUNT, "clicks claimed")
    currency: str | None = column(ColumnType.CURRENCY, "of the revenue")


KINDS = (
    kind_of(Order, "orders", Plane.FACTS, occurred="ordered_at"),
    kind_of(OrderLine, "order_lines", Plane.FACTS),
    kind_of(Refund, "refunds", Plane.FACTS, occurred="refunded_at"),
    kind_of(Lead, "leads", Plane.FACTS, occurred="created_at"),
    kind_of(Reported, "reported", Plane.FACTS, occurred="date"),
)
