"""Shopify's orders export: orders, their lines and what was refunded.

An order with several articles takes several rows; all but the first leave the order's own cells
empty. `Subtotal` is after the discount, so the discount is added back. `Refunded Amount` is the sum
of all refunds up to the day of the export, without a date, and may hold tax and shipping. `Id` is
the number by which a webhook's refund names the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from urllib.parse import parse_qsl, urlsplit

from truelift.connectors.calendar_text import moment
from truelift.connectors.numerals import number, plain, written
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row
from truelift.facts.event import DropReason
from truelift.facts.given_back import CUMULATIVE, ORDER_NUMBER

_TIMES = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S")
_CLICK_KEYS = ("click_id", "truelift_click_id", "tl_click_id", "tlclid")
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
_ATTRIBUTE = re.compile(r"^\s*([^:\n]+?)\s*:\s*(.+?)\s*$", re.MULTILINE)
_LINE_COLUMNS = (
    "lineitem quantity",
    "lineitem name",
    "lineitem price",
    "lineitem compare at price",
    "lineitem sku",
    "lineitem requires shipping",
    "lineitem taxable",
    "lineitem fulfillment status",
    "lineitem discount",
)
_USED = (
    "name",
    "email",
    "currency",
    "subtotal",
    "shipping",
    "taxes",
    "total",
    "discount code",
    "discount amount",
    "created at",
    "cancelled at",
    "refunded amount",
    "note attributes",
    "id",
    "shipping country",
    "shipping province",
    "billing country",
    "billing province",
)
_PERSONAL = frozenset(
    f"{whose} {what}"
    for whose in ("billing", "shipping")
    for what in (
        "name",
        "street",
        "address1",
        "address2",
        "company",
        "city",
        "zip",
        "phone",
        "province name",
    )
) | {"phone", "notes", "device id", "receipt number", "payment reference", "payment id"}

_NO_REFUND_DATE = (
    "Shopify's orders export carries no refund date; give the day for all of them with --set "
    "refunded_at=YYYY-MM-DD, or import a refunds export"
)


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert the export, order by order; rows of an order stand together."""
    for name, group in groupby(rows, key=lambda row: row.get("name")):
        lines = list(group)
        head = next((row for row in lines if row.get("subtotal") or row.get("total")), None)
        if name is None or head is None:
            yield from (_orphan(row) for row in lines)
            continue
        yield _order(head, context)
        for position, row in enumerate(lines, start=1):
            if row.get("lineitem quantity") or row.get("lineitem price"):
                yield _line(name, position, row, context)
        if refund := _refund(head, context):
            yield refund


def _orphan(row: Row) -> Refused:
    raw = "; ".join(row.cells.values())
    message = "a line item stands without the row of its order; export the whole order"
    return Refused(row.line, "Name", DropReason.MISSING, message, raw)


def _source(context: Context) -> str:
    return context.said("source") or "shopify"


def _order(row: Row, context: Context) -> Made:
    subtotal, discount = number(row.get("subtotal")), number(row.get("discount amount"))
    whole = written(subtotal + (discount or 0)) if subtotal is not None else row.get("subtotal")
    codes = [code.strip() for code in (row.get("discount code") or "").split(",") if code.strip()]
    email = row.get("email")
    values = {
        "source": _source(context),
        "order_id": row.get("name"),
        "ordered_at": moment(row.get("created at"), _TIMES),
        "currency": row.get("currency"),
        "subtotal": whole,
        "discount": plain(row.get("discount amount")),
        "tax": plain(row.get("taxes")),
        "shipping": plain(row.get("shipping")),
        "prices_include_tax": _prices_include_tax(row),
        "code": codes[0] if codes else None,
        "codes": ";".join(codes) if len(codes) > 1 else None,
        "customer": email.lower() if email else None,
        "ship_country": row.get("shipping country") or row.get("billing country"),
        "ship_region": row.get("shipping province") or row.get("billing province"),
        "cancelled_at": moment(row.get("cancelled at"), _TIMES),
        **_journey(row.get("note attributes") or ""),
    }
    notes = row.rest(*_USED, *_LINE_COLUMNS)
    if numbered := row.get("id"):
        notes[ORDER_NUMBER] = numbered
    return Made("orders", row.line, values, notes)


def _prices_include_tax(row: Row) -> str | None:
    """Tell by the order's own sum: the total holds the tax once more, or it does not."""
    found = [number(row.get(name)) for name in ("subtotal", "shipping", "taxes", "total")]
    subtotal, shipping, tax, total = found
    if subtotal is None or total is None or not tax:
        return None
    without = subtotal + (shipping or 0)
    return "true" if total == without else "false" if total == without + tax else None


def _journey(attributes: str) -> dict[str, str | None]:
    """Find utm values and our click id in the note attributes, also inside a landing address."""
    found: dict[str, str] = {}
    for key, value in _ATTRIBUTE.findall(attributes):
        if "?" in value:
            for name, part in parse_qsl(urlsplit(value).query):
                found.setdefault(name.lower(), part)
        found[key.lower().replace(" ", "_")] = value
    click = next((found[key] for key in _CLICK_KEYS if key in found), None)
    return {
        **{key: found.get(key) for key in _UTM},
        "click_id": click,
        "survey_creator": found.get("survey_creator"),
    }


def _line(order: str, position: int, row: Row, context: Context) -> Made:
    values = {
        "source": _source(context),
        "order_id": order,
        "line": str(position),
        "sku": row.get("lineitem sku"),
        "quantity": plain(row.get("lineitem quantity")),
        "price": plain(row.get("lineitem price")),
        "discount": plain(row.get("lineitem discount")),
    }
    title = row.get("lineitem name")
    return Made("order_lines", row.line, values, {"lineitem name": title} if title else {})


def _refund(row: Row, context: Context) -> Made | None:
    """Make one refund of all that was given back so far; a later export updates it."""
    refunded = number(row.get("refunded amount"))
    if not refunded:
        return None
    goods, shipping = _split(row, refunded, context)
    values = {
        "source": _source(context),
        "refund_id": f"{row.get('name')}{CUMULATIVE}",
        "order_id": row.get("name"),
        "amount": written(goods),
        "currency": row.get("currency"),
        "shipping": written(shipping) if shipping else None,
    }
    return Made("refunds", row.line, values, {"refunded amount": str(refunded)})


def _split(row: Row, refunded: Decimal, context: Context) -> tuple[Decimal, Decimal]:
    """Give the goods and the shipping in a refund.

    When everything was given back the parts are those of the order; else the export does not say,
    and the amount counts as goods up to what the goods cost.
    """
    goods = number(row.get("subtotal"))
    if goods is None:
        return refunded, Decimal(0)
    included = (context.said("prices_include_tax") or _prices_include_tax(row)) == "true"
    net = goods - (number(row.get("taxes")) or 0) if included else goods
    if refunded == number(row.get("total")):
        return max(net, Decimal(0)), number(row.get("shipping")) or Decimal(0)
    return min(refunded, max(net, Decimal(0))), Decimal(0)


FORMAT = Format(
    name="shopify",
    title="Shopify orders",
    fingerprints=(
        frozenset({"name", "financial status", "subtotal", "lineitem quantity", "created at"}),
    ),
    columns=frozenset({*_USED, *_LINE_COLUMNS, "financial status", "fulfillment status"}),
    kinds=("orders", "order_lines", "refunds"),
    convert=convert,
    needs=(Need("refunds", ("refunded_at",), _NO_REFUND_DATE),),
    private=_PERSONAL,
)
