"""TikTok Shop's export of all orders, whether a creator brought them or not.

A row is one article; the row below the header describes the columns and is stepped over. The
seller's own discounts are the order's discount: what the platform discounts it pays itself. The
export carries no currency (--set currency, else the brand's) and no refund date.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from truelift.connectors.calendar_text import moment
from truelift.connectors.numerals import number, plain, written
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row, Skipped
from truelift.facts.event import DropReason

_TIMES = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    # A twelve-hour clock is only used in the United States' export, where months come first.
    "%m/%d/%Y %I:%M:%S %p",
)
_SOURCE = "tiktok_shop"
_BEFORE = "sku subtotal before discount"
_AFTER = "sku subtotal after discount"
_SELLER = "sku seller discount"
_PLATFORM = "sku platform discount"
_USED = (
    "order id",
    "order refund amount",
    "taxes",
    "shipping fee after discount",
    "created time",
    "cancelled time",
    "sku id",
    "seller sku",
    "quantity",
    "sku unit original price",
    "country",
    "state",
    _BEFORE,
    _AFTER,
    _SELLER,
)
_NO_REFUND_DATE = (
    "TikTok's orders export carries no refund date; give the day for all of them with --set "
    "refunded_at=YYYY-MM-DD, or import a refunds export"
)
_PERSONAL = frozenset(
    {
        "recipient",
        "buyer username",
        "buyer nickname",
        "buyer message",
        "phone #",
        "phone",
        "zipcode",
        "city",
        "detail address",
        "address line 1",
        "address line 2",
        "additional address information",
    }
)


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert the export; the articles of an order stand together and make one order."""
    done: set[str] = set()
    for order, group in groupby(rows, key=lambda row: row.get("order id")):
        lines = list(group)
        if order is not None and not any(mark.isdigit() for mark in order):
            # "Platform unique order ID." and its like describe the column.
            yield from (Skipped(row.line) for row in lines)
        elif order is None or order in done:
            yield from (_stray(row, order) for row in lines)
        else:
            done.add(order)
            yield _order(order, lines, context)
            for position, row in enumerate(lines, start=1):
                yield _line(order, position, row, context)
            yield from _refunds(order, lines, context)


def _stray(row: Row, order: str | None) -> Refused:
    raw = "; ".join(row.cells.values())
    if order is None:
        return Refused(row.line, "Order ID", DropReason.MISSING, "the row has no Order ID", raw)
    message = f"the rows of order {order} do not stand together; sort the file by Order ID"
    return Refused(row.line, "Order ID", DropReason.SAME_KEY_IN_FILE, message, raw)


def _before(row: Row) -> Decimal | None:
    before, after = number(row.get(_BEFORE)), number(row.get(_AFTER))
    if before is not None or after is None:
        return before
    return after + (number(row.get(_SELLER)) or 0) + (number(row.get(_PLATFORM)) or 0)


def _order(order: str, lines: list[Row], context: Context) -> Made:
    first = lines[0]
    parts = [part for row in lines if (part := _before(row)) is not None]
    discounts = [part for row in lines if (part := number(row.get(_SELLER))) is not None]
    values = {
        "source": context.said("source") or _SOURCE,
        "order_id": order,
        "ordered_at": moment(first.get("created time"), _TIMES),
        "currency": context.said("currency") or context.options.currency,
        "subtotal": written(sum(parts, Decimal(0))) if parts else first.get(_BEFORE),
        "discount": written(sum(discounts, Decimal(0))) if discounts else None,
        "tax": plain(first.get("taxes")),
        "shipping": plain(first.get("shipping fee after discount")),
        "ship_country": first.get("country"),
        "ship_region": first.get("state"),
        "cancelled_at": moment(first.get("cancelled time"), _TIMES),
    }
    return Made("orders", first.line, values, first.rest(*_USED))


def _line(order: str, position: int, row: Row, context: Context) -> Made:
    values = {
        "source": context.said("source") or _SOURCE,
        "order_id": order,
        "line": str(position),
        "sku": row.get("seller sku") or row.get("sku id"),
        "category": row.get("product category"),
        "quantity": plain(row.get("quantity")),
        "price": plain(row.get("sku unit original price")),
        "discount": plain(row.get(_SELLER)),
    }
    return Made("order_lines", row.line, values)


def _refunds(order: str, lines: list[Row], context: Context) -> Iterator[Made]:
    """Make one refund of all that was given back so far, which the export repeats on each row."""
    refunded = number(lines[0].get("order refund amount"))
    if not refunded:
        return
    goods = sum((_before(row) or 0 for row in lines), Decimal(0))
    net = goods - sum((number(row.get(_SELLER)) or 0 for row in lines), Decimal(0))
    values = {
        "source": context.said("source") or _SOURCE,
        "refund_id": f"{order}-cumulative",
        "order_id": order,
        # The amount may hold tax and shipping; more than the goods cost is not goods.
        "amount": written(min(refunded, Decimal(net))),
        "currency": context.said("currency") or context.options.currency,
    }
    yield Made("refunds", lines[0].line, values, {"order refund amount": str(refunded)})


FORMAT = Format(
    name="tiktok_shop_orders",
    title="TikTok Shop all orders",
    fingerprints=(
        frozenset({"order id", "order status", "created time", _AFTER}),
        frozenset({"order id", "order status", "created time", _BEFORE}),
    ),
    columns=frozenset({*_USED, "order status", "order substatus", "order amount", "paid time"}),
    kinds=("orders", "order_lines", "refunds"),
    convert=convert,
    needs=(Need("refunds", ("refunded_at",), _NO_REFUND_DATE),),
    private=_PERSONAL,
)
