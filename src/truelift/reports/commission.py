"""Commission statements: what a creator earned on orders, what was taken back, and what is open.

In:   sums of the commission accounts by agreement or order; the orders' bases as the agreements
      define them.
Out:  Statements in the currency of each agreement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from truelift.base.money import format_minor
from truelift.ledger.source import CommissionEarned
from truelift.reports.statement import Row, Statement, columns, totals
from truelift.reports.table import Cell, TableColumn

EARNED, REVERSED = "R06", "R07"
STEPS = ("earned", "reversed", "validated", "invoiced", "paid")
SUMMED = (*STEPS, "open")
MONEY = ("base", *SUMMED)
_COLUMNS = (
    *columns("creator", "agreement", "rate"),
    TableColumn("orders", Cell.COUNT),
    *columns(money=MONEY),
    TableColumn("base_currency"),
)
_LINE_COLUMNS = columns(
    "order", "ordered_on", "agreement", "campaign", "rate",
    money=("base", "earned", "reversed", "left"), last=("base_currency",),
)  # fmt: skip
SENTENCE = (
    "open: earned less reversed and paid; the base is empty where orders are in several "
    "currencies, and the rate where there are several: the lines of a creator have each."
)
LINE_SENTENCE = "earned by each order under the agreement's own rule, less what refunds took back."


class CommissionSums(NamedTuple):
    """What the books say of one agreement's commission, in the agreement's currency."""

    agreement: str | None
    creator: str | None
    currency: str
    earned: int = 0
    reversed: int = 0
    validated: int = 0
    invoiced: int = 0
    paid: int = 0


class OrderSums(NamedTuple):
    """What the books say of one order's commission, in the agreement's currency."""

    order: str
    agreement: str | None
    campaign: str | None
    currency: str
    earned: int
    reversed: int


def statement(sums: Iterable[CommissionSums], orders: Iterable[CommissionEarned]) -> Statement:
    """Write one row per creator and agreement, with totals by currency."""
    bases = defaultdict[str, list[CommissionEarned]](list)
    for order in orders:
        bases[order.agreement].append(order)
    rows: list[Row] = []
    for item in sorted(sums, key=lambda each: (each.creator or "", each.agreement or "")):
        base, base_currency = _base(bases[item.agreement or ""])
        rates = {order.rate_ppm for order in bases[item.agreement or ""]}
        rows.append(
            {
                **item._asdict(),
                "orders": len(bases[item.agreement or ""]),
                "base": base,
                "base_currency": base_currency,
                "rate": share(rates.pop()) if len(rates) == 1 else None,
                "open": item.earned - item.reversed - item.paid,
            }
        )
    total = totals(rows, ("orders", *SUMMED), "creator")
    return Statement(
        "commission", "Commission by creator", _COLUMNS, tuple(rows), total, (SENTENCE,),
        {"base": "base_currency"},
    )  # fmt: skip


def order_lines(
    sums: Iterable[OrderSums],
    orders: Iterable[CommissionEarned],
    creator: str,
    whole: Iterable[CommissionSums],
) -> Statement:
    """Write one row per order of a creator, in the order of their days.

    whole: the creator's agreements; what is invoiced and paid belongs to no single order.
    """
    known: Mapping[str, CommissionEarned] = {order.order: order for order in orders}
    rows: list[Row] = []
    for item in sums:
        order = known.get(item.order)
        rows.append(
            {
                "order": item.order,
                "ordered_on": order.ordered_on if order else None,
                "agreement": item.agreement,
                "campaign": item.campaign,
                "rate": share(order.rate_ppm) if order else None,
                "currency": item.currency,
                "base": order.base_minor if order else None,
                "base_currency": order.currency if order else None,
                "earned": item.earned,
                "reversed": item.reversed,
                "left": item.earned - item.reversed,
            }
        )
    rows.sort(key=lambda row: (str(row["ordered_on"]), row["order"]))
    total = totals(rows, ("earned", "reversed", "left"), "order")
    title = f"Commission of {creator}, order by order"
    sentences = (LINE_SENTENCE, *(_told(item) for item in whole))
    return Statement(
        "commission", title, _LINE_COLUMNS, tuple(rows), total, sentences,
        {"base": "base_currency"},
    )  # fmt: skip


def _told(item: CommissionSums) -> str:
    """Say how an agreement stands: what is left, invoiced, paid and open."""
    left = item.earned - item.reversed
    parts = (left, item.invoiced, item.paid, left - item.paid)
    words = zip(("left", "invoiced", "paid", "open"), parts, strict=True)
    told = ", ".join(f"{format_minor(part, item.currency)} {word}" for word, part in words)
    return f"{item.agreement}, {item.currency}: {told}."


def share(rate_ppm: int) -> str:
    """Write parts per million as a plain decimal: 100000 -> 0.1."""
    return f"{Decimal(rate_ppm).scaleb(-6).normalize():f}"


def _base(orders: list[CommissionEarned]) -> tuple[int | None, str | None]:
    currencies = {order.currency for order in orders}
    if len(currencies) != 1:
        return None, None
    return sum(order.base_minor for order in orders), currencies.pop()
