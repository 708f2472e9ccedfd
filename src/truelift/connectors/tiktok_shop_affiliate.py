"""TikTok Shop's affiliate orders: orders that creators brought, and the commission they earned.

A row is one article of one order by one creator. Estimated commission is what has been earned so
far (accrued); actual commission is what was settled (invoiced). Dates are DD/MM/YYYY, rates "15%".
The creator's username is evidence of whose order it is, not a promo code: it goes to utm_content.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from truelift.connectors.calendar_text import day, moment
from truelift.connectors.numerals import number, plain, written
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row
from truelift.facts.event import DropReason

_TIMES = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")
_SOURCE = "tiktok_shop"
_ESTIMATED = ("est. standard commission payment", "est. shop ads commission payment")
_ACTUAL = (
    "actual commission payment",
    "actual standard commission payment",
    "actual shop ads commission payment",
)
_EST_BONUS = "est. co-funded creator bonus"
_ACTUAL_BONUS = "actual co-funded creator bonus"
_NOTHING_DUE = frozenset({"ineligible"})
_YES = frozenset({"yes", "true", "1"})
_USED = (
    "order id",
    "price",
    "payment amount",
    "currency",
    "quantity",
    "sku",
    "sku id",
    "fully returned or refunded",
    "creator username",
    "time created",
    "time commission paid",
    *_ESTIMATED,
    *_ACTUAL,
    _EST_BONUS,
    _ACTUAL_BONUS,
)
_NO_REFUND_DATE = (
    "TikTok's affiliate export says that the order was returned but not when; give the day with "
    "--set refunded_at=YYYY-MM-DD, or import a refunds export"
)


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert the export; the articles of an order stand together and make one order."""
    done: set[str] = set()
    for order, group in groupby(rows, key=lambda row: row.get("order id")):
        lines = list(group)
        if order is None or order in done:
            yield from (_stray(row, order) for row in lines)
            continue
        done.add(order)
        yield _order(order, lines, context)
        for position, row in enumerate(lines, start=1):
            yield _line(order, position, row, context)
            yield from _commission(order, position, row, context)
        yield from _refunds(order, lines, context)


def _stray(row: Row, order: str | None) -> Refused:
    raw = "; ".join(row.cells.values())
    if order is None:
        return Refused(row.line, "Order ID", DropReason.MISSING, "the row has no Order ID", raw)
    message = f"the rows of order {order} do not stand together; sort the file by Order ID"
    return Refused(row.line, "Order ID", DropReason.SAME_KEY_IN_FILE, message, raw)


def _goods(row: Row) -> Decimal | None:
    """Give the goods before discounts: price times pieces, or what was paid when that is more."""
    price, pieces = number(row.get("price")), number(row.get("quantity")) or Decimal(1)
    paid = number(row.get("payment amount"))
    whole = price * pieces if price is not None else None
    if whole is None or paid is None:
        return paid if whole is None else whole
    return max(whole, paid)


def _total(parts: Iterator[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known else None


def _order(order: str, lines: list[Row], context: Context) -> Made:
    goods = _total(_goods(row) for row in lines)
    paid = _total(number(row.get("payment amount")) for row in lines)
    first = lines[0]
    creator = (first.get("creator username") or "").lstrip("@").lower()
    values = {
        "source": context.said("source") or _SOURCE,
        "order_id": order,
        "ordered_at": moment(first.get("time created"), _TIMES),
        "currency": first.get("currency") or context.options.currency,
        "subtotal": written(goods) or first.get("price"),
        "discount": written(goods - paid) if goods is not None and paid is not None else None,
        "utm_source": _SOURCE,
        "utm_content": f"tiktok:@{creator}" if creator else None,
    }
    return Made("orders", first.line, values, first.rest(*_USED))


def _line(order: str, position: int, row: Row, context: Context) -> Made:
    values = {
        "source": context.said("source") or _SOURCE,
        "order_id": order,
        "line": str(position),
        "sku": row.get("sku") or row.get("sku id"),
        "quantity": plain(row.get("quantity")),
        "price": plain(row.get("price")),
    }
    return Made("order_lines", row.line, values)


def _commission(order: str, position: int, row: Row, context: Context) -> Iterator[Made]:
    """Make the commission's cost rows: one for what is estimated, one for what was settled."""
    article = row.get("sku id") or row.get("sku") or str(position)
    settled = (row.get("order status") or "").lower()
    nothing = any(word in settled for word in _NOTHING_DUE)
    stages = (
        ("accrued", "time created", _ESTIMATED, _EST_BONUS),
        ("invoiced", "time commission paid", _ACTUAL, _ACTUAL_BONUS),
    )
    creator = (row.get("creator username") or "").lstrip("@").lower() or None
    for state, when, columns, bonus in stages:
        date = day(row.get(when), _TIMES)
        if date is None:
            continue
        amounts = {
            "commission": _total(number(row.get(name)) for name in columns),
            "bonus": number(row.get(bonus)) or None,
        }
        for kind, amount in amounts.items():
            if amount is None:
                continue
            values = {
                "document": f"{_SOURCE}:{order}:{article}",
                "line": kind,
                "state": state,
                "date": date,
                "creator": creator,
                "type": kind,
                "amount": "0" if nothing else written(amount),
                "currency": row.get("currency") or context.options.currency,
                "sku": row.get("sku id") or row.get("sku"),
                "counterparty": f"@{creator}" if creator else None,
            }
            yield Made("costs", row.line, values)


def _refunds(order: str, lines: list[Row], context: Context) -> Iterator[Made]:
    back = [row for row in lines if (row.get("fully returned or refunded") or "").lower() in _YES]
    if not back:
        return
    paid = [number(row.get("payment amount")) for row in back]
    amount = _total(
        part if part is not None else _goods(row) for part, row in zip(paid, back, strict=True)
    )
    values = {
        "source": context.said("source") or _SOURCE,
        "refund_id": f"{order}-cumulative",
        "order_id": order,
        "amount": written(amount),
        "currency": back[0].get("currency") or context.options.currency,
    }
    yield Made("refunds", back[0].line, values)


FORMAT = Format(
    name="tiktok_shop_affiliate",
    title="TikTok Shop affiliate orders",
    fingerprints=(frozenset({"order id", "creator username", "time created", "payment amount"}),),
    columns=frozenset({*_USED, "order status", "content type", "content id", "product id"}),
    kinds=("orders", "order_lines", "costs", "refunds"),
    convert=convert,
    needs=(Need("refunds", ("refunded_at",), _NO_REFUND_DATE),),
)
