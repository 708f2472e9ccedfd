"""Leak report: leaked codes with the return beside it that leaves them out, and why each order is.

In:   leaked codes, judged orders, returns with and without leaked orders.
Out:  rows and sentences, the same for every door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from truelift.base.estimate import Withheld
from truelift.decisions.dispute import Dispute
from truelift.decisions.leaked_code import LeakedCode
from truelift.decisions.leaks import Evidence, Judged
from truelift.reports.roi import instant_text
from truelift.reports.table import Cell, Table, TableColumn

FORMULA = (
    "leak-adjusted ROI = (contribution - contribution of leaked orders - cost) / cost; the cost is "
    "the same accrued one, for what leaked orders earned is owed until it is decided"
)
NOTE = (
    "leaked: called so by the rules, of all orders the code brought; held: left out of payables "
    "until released; ROI without and with leaked orders taken out, on the same accrued cost"
)
WEIGHTY = 0.3
"""Evidence of so many log-odds, either way, is told of an order."""

_CODES = (
    TableColumn("campaign"),
    TableColumn("creator"),
    TableColumn("code"),
    TableColumn("orders", Cell.COUNT),
    TableColumn("leaked", Cell.COUNT),
    TableColumn("leak_share", Cell.NUMBER),
    TableColumn("since"),
    TableColumn("roi", Cell.NUMBER),
    TableColumn("leak_adjusted_roi", Cell.NUMBER),
    TableColumn("held", Cell.COUNT),
    TableColumn("why"),
)
_ORDERS = (
    TableColumn("order"),
    TableColumn("ordered_at", Cell.INSTANT),
    TableColumn("code"),
    TableColumn("creator"),
    TableColumn("campaign"),
    TableColumn("probability", Cell.NUMBER),
    TableColumn("verdict"),
    TableColumn("held"),
    TableColumn("why"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A code in a campaign with the return of its creator there; amounts are minor units.

    cost: None outside campaigns, where nothing is divided by cost. held: orders that are held.
    """

    code: LeakedCode
    rules: str
    cost: int | None
    leaked_contribution: int
    roi: Decimal | Withheld
    adjusted: Decimal | Withheld
    held: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A judged order with what holds it, and the file and line it came from."""

    judged: Judged
    rules: str
    held: Dispute | None
    source_file: str | None
    source_line: int | None


def code_sentence(code: LeakedCode) -> str:
    """Say in a sentence what speaks for a leak of a code."""
    own = f" {code.own_purchases} by the creator's own address." if code.own_purchases else ""
    if not code.leaked or code.since is None:
        return f"No order of it looks leaked.{own}"
    told = "; ".join(
        f"{each.shown} {each.leaked:.0%} (others {each.own:.0%})" for each in code.differences[:4]
    )
    pace = f"{code.daily:.1f} orders a day since, {code.daily_before:.1f} before"
    verdict = "leaked" if code.named else "too few to name the code"
    return (
        f"{code.leaked} of {code.orders} orders look leaked since {code.since:%Y-%m-%d} "
        f"({verdict}): {pace}{'; ' + told if told else ''}.{own}"
    )


def order_sentence(judged: Judged) -> str:
    """Say in a sentence why an order is called leaked or not."""
    told = sorted(judged.evidence, key=lambda each: (-abs(each.weight), each.kind))
    said = ", ".join(_evidence(each) for each in told if abs(each.weight) >= WEIGHTY)
    own = " The customer is the creator, by the hash of the address." if judged.order.own else ""
    return (
        f"The code leaks in these days with {judged.active:.0%}, and {judged.suspected:.0%} of "
        f"their orders are suspected; {said or 'nothing speaks either way'}.{own}"
    )


def _evidence(each: Evidence) -> str:
    return f"{each.shown} {each.weight:+.1f}"


def code_json(row: CodeRow) -> dict[str, Any]:
    """Write a row as JSON with its inputs."""
    code = row.code
    return {
        "campaign": code.campaign,
        "creator": code.creator,
        "code": code.code,
        "orders": code.orders,
        "leaked": code.leaked,
        "leak_share": round(code.share, 6),
        "leaks": code.named,
        "since": None if code.since is None else instant_text(code.since),
        "named_at": None if code.seen_at is None else instant_text(code.seen_at),
        "own_purchases": code.own_purchases,
        "orders_a_day": _number(code.daily),
        "orders_a_day_before": _number(code.daily_before),
        "evidence": [
            {"shown": each.shown, "leaked": round(each.leaked, 6), "others": round(each.own, 6)}
            for each in code.differences
        ],
        "roi": _ratio(row, row.roi),
        "leak_adjusted_roi": _ratio(row, row.adjusted),
        "inputs": {"cost": row.cost, "leaked_contribution": row.leaked_contribution},
        "formula": FORMULA,
        "held": row.held,
        "rules": row.rules,
        "why": code_sentence(code),
    }


def _ratio(row: CodeRow, found: Decimal | Withheld) -> float | dict[str, str] | None:
    if row.code.campaign is None:
        return None
    if isinstance(found, Withheld):
        return {"withheld": found.reason.value, "sentence": found.detail}
    return float(found)


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def order_json(row: OrderRow) -> dict[str, Any]:
    """Write a judged order as JSON with its evidence."""
    judged, order = row.judged, row.judged.order
    return {
        "order": order.order,
        "ordered_at": instant_text(order.at),
        "code": order.code,
        "creator": order.creator,
        "campaign": order.campaign,
        "probability": round(judged.probability, 6),
        "verdict": verdict(judged),
        "code_leaks": round(judged.active, 6),
        "suspected": round(judged.suspected, 6),
        "evidence": [
            {"kind": each.kind, "shown": each.shown, "log_odds": round(each.weight, 6)}
            for each in judged.evidence
        ],
        "held": row.held.sentence if row.held else None,
        "rules": row.rules,
        "source_file": row.source_file,
        "source_line": row.source_line,
        "why": order_sentence(judged),
    }


def verdict(judged: Judged) -> str:
    """Say in a word what an order is taken for: valid, leaked, or the creator's own."""
    if judged.order.own:
        return "own purchase"
    return "leaked" if judged.leaked else "valid"


def codes_table(rows: Sequence[CodeRow]) -> Table:
    """Lay codes out for a terminal or a file."""
    told = [code_json(row) for row in rows]
    flat = [
        row
        | {name: _plain(row[name]) for name in ("roi", "leak_adjusted_roi")}
        | {"leak_share": round(row["leak_share"], 3)}
        for row in told
    ]
    return Table("Leaks by code", _CODES, tuple(flat), NOTE)


def _plain(found: float | dict[str, str] | None) -> float | None:
    return found if isinstance(found, float) else None


def orders_table(rows: Sequence[OrderRow]) -> Table:
    """Lay orders out for a terminal or a file."""
    flat = [
        order_json(row)
        | {"ordered_at": row.judged.order.at, "probability": round(row.judged.probability, 4)}
        for row in rows
    ]
    return Table("Orders by code", _ORDERS, tuple(flat), f"rules {rows[0].rules}" if rows else "")
